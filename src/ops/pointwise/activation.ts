/** Activation functions: what makes a layer more than a straight line. */
import { uint8, ValueError } from "../../base/index.ts";
import type { Expr, Scalar } from "../../ir/expr.ts";
import * as ir from "../../ir/expr.ts";
import { binary, unary } from "../pointwise-op.ts";

/** x where it is negative, else 0, also at NaN: exp of it does not overflow in the branch that is not taken. */
function negativePart(x: Expr): Expr {
  return ir.select(ir.lt(x, 0), x, 0);
}

/** x within its bounds; NaN and -0 stay. */
function cut(x: Expr, low: Scalar, high: Scalar): Expr {
  return ir.select(ir.lt(x, low), low, ir.select(ir.gt(x, high), high, x));
}

/** dy within the bounds and at NaN, 0 at the bounds and beyond. */
function slopeOfCut(dy: Expr, x: Expr, low: Scalar, high: Scalar): Expr {
  return ir.select(ir.or(ir.le(x, low), ir.ge(x, high)), 0, dy);
}

/**
 * Logistic sigmoid: y = 1 / (1 + exp(-x)), from 0 to 1. Integers and bools are converted to the default
 * float first.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.sigmoid.html
 *
 * @example
 * torch.tensor([-1, 0, 1]).sigmoid(); // tensor([0.2689, 0.5000, 0.7311])
 */
export const sigmoid = unary({
  compute: ir.sigmoid,
  // dx = dy (1 - y) y, multiplied in PyTorch's order
  gradient: (dy, _x, y) => [ir.mul(ir.mul(dy, ir.sub(1, y)), y)],
  samples: { torch: "torch.sigmoid" },
});

/**
 * y = ln(sigmoid(x)), without underflow for very negative x.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.logsigmoid.html
 *
 * @example
 * torch.logSigmoid(torch.tensor([-100, 0, 2])); // tensor([-100.0000, -0.6931, -0.1269])
 */
export const logSigmoid = unary({
  compute: (x) => ir.sub(ir.min(x, 0), ir.log1p(ir.exp(ir.neg(ir.abs(x))))),
  gradient: (dy, x) => [ir.mul(dy, ir.sigmoid(ir.neg(x)))],
  samples: { torch: "F.logsigmoid" },
});

/**
 * Rectified linear unit: y = max(x, 0); its slope at 0 is 0, and NaN stays NaN.
 *
 * @throws DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.relu.html
 *
 * @example
 * torch.tensor([-2, 0, 3]).relu(); // tensor([0., 0., 3.])
 */
export const relu = unary({
  domain: "numeric",
  // Written so that NaN and -0 stay.
  compute: (x) => ir.select(ir.lt(x, 0), 0, x),
  gradient: (dy, _x, y) => [ir.select(ir.le(y, 0), 0, dy)],
  samples: { torch: "torch.relu" },
});

/**
 * ReLU cut off at 6: y = min(max(x, 0), 6).
 *
 * @throws DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.relu6.html
 *
 * @example
 * torch.relu6(torch.tensor([-2, 4, 9])); // tensor([0., 4., 6.])
 */
export const relu6 = unary({
  domain: "numeric",
  compute: (x) => cut(x, 0, 6),
  gradient: (dy, x) => [slopeOfCut(dy, x, 0, 6)],
  samples: { torch: "F.relu6", range: [-3, 9] },
});

/**
 * y = x where x > 0, else negativeSlope * x.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.leaky_relu.html
 *
 * @example
 * torch.leakyRelu(torch.tensor([-2, 3]), { negativeSlope: 0.1 }); // tensor([-0.2000, 3.0000])
 */
export const leakyRelu = unary({
  attributes: { negativeSlope: 0.01 },
  compute: (x, { negativeSlope }) => ir.select(ir.gt(x, 0), x, ir.mul(x, negativeSlope)),
  samples: { torch: "F.leaky_relu", attributes: [{ negativeSlope: 0.3 }] },
});

/** x, below 0 alpha (exp(x) - 1); -0 stays. */
function bent(x: Expr, alpha: Scalar): Expr {
  return ir.select(ir.lt(x, 0), ir.mul(ir.expm1(negativePart(x)), alpha), x);
}

/** dy where x > 0 or NaN, else dy alpha exp(x), of which the slope at 0 is 0. */
function slopeOfElu(dy: Expr, x: Expr, alpha: Scalar): Expr {
  const below = ir.mul(dy, ir.mul(ir.exp(negativePart(x)), alpha));
  return ir.select(ir.lt(x, 0), below, ir.select(ir.eq(x, 0), ir.mul(dy, alpha), dy));
}

/**
 * Exponential linear unit: y = x where x > 0, else alpha * (exp(x) - 1). Source: Clevert et al. 2015.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.elu.html
 *
 * @example
 * torch.elu(torch.tensor([-1, 2])); // tensor([-0.6321, 2.0000])
 */
export const elu = unary({
  attributes: { alpha: 1 },
  compute: (x, { alpha }) => bent(x, alpha),
  gradient: (dy, x, _y, { alpha }) => [slopeOfElu(dy, x, alpha)],
  samples: { torch: "F.elu", attributes: [{ alpha: 0.7 }] },
});

/** Constants that keep mean 0 and variance 1 from layer to layer. Source: Klambauer et al. 2017, section 2. */
const SELU_ALPHA = 1.6732632423543772848170429916717;
const SELU_SCALE = 1.0507009873554804934193349852946;

/**
 * Scaled ELU: y = scale * (x where x > 0, else alpha * (exp(x) - 1)). Source: Klambauer et al. 2017.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.selu.html
 *
 * @example
 * torch.selu(torch.tensor([-1, 1])); // tensor([-1.1113, 1.0507])
 */
export const selu = unary({
  compute: (x) => ir.mul(SELU_SCALE, bent(x, SELU_ALPHA)),
  gradient: (dy, x) => [slopeOfElu(ir.mul(dy, SELU_SCALE), x, SELU_ALPHA)],
  samples: { torch: "F.selu" },
});

/**
 * Gaussian error linear unit: y = x * Phi(x), with Phi the normal distribution function. `approximate:
 * "tanh"` uses 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))). Source: Hendrycks and Gimpel 2016.
 *
 * @throws ValueError where `approximate` is neither "none" nor "tanh".
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.gelu.html
 *
 * @example
 * torch.gelu(torch.tensor([-1, 0, 1])); // tensor([-0.1587, 0.0000, 0.8413])
 */
export const gelu = unary({
  attributes: { approximate: "none" },
  compute: (x, { approximate }) => {
    const half = ir.mul(x, 0.5);
    switch (approximate as string) {
      case "none":
        return ir.mul(half, ir.add(1, ir.erf(ir.mul(x, Math.SQRT1_2))));
      case "tanh": {
        const inner = ir.add(x, ir.mul(0.044715, ir.mul(x, ir.mul(x, x))));
        return ir.mul(half, ir.add(1, ir.tanh(ir.mul(Math.sqrt(2 / Math.PI), inner))));
      }
      default:
        throw new ValueError(`gelu: approximate must be "none" or "tanh", got "${approximate}"`);
    }
  },
  samples: { torch: "F.gelu", attributes: [{ approximate: "tanh" }], tolerance: { float32: 1e-5 } },
});

/**
 * Sigmoid linear unit, also called swish: y = x * sigmoid(x).
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.silu.html
 *
 * @example
 * torch.silu(torch.tensor([-1, 0, 1])); // tensor([-0.2689, 0.0000, 0.7311])
 */
export const silu = unary({
  compute: (x) => ir.mul(x, ir.sigmoid(x)),
  samples: { torch: "F.silu", tolerance: { float32: 1e-5 } },
});

/**
 * Mish: y = x * tanh(softplus(x)). Source: Misra 2019.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.mish.html
 *
 * @example
 * torch.mish(torch.tensor([-1, 0, 1])); // tensor([-0.3034, 0.0000, 0.8651])
 */
export const mish = unary({
  compute: (x) => ir.mul(x, ir.tanh(smoothRelu(x))),
  gradient: (dy, x) => {
    // y' = t + x * sigmoid(x) * (1 - t^2), t = tanh(softplus(x))
    const t = ir.tanh(smoothRelu(x));
    return [ir.mul(dy, ir.add(t, ir.mul(ir.mul(x, ir.sigmoid(x)), ir.sub(1, ir.mul(t, t)))))];
  },
  samples: { torch: "F.mish", tolerance: { float32: 1e-5 } },
});

/** ln(1 + e^x) without overflow. */
function smoothRelu(x: Expr): Expr {
  return ir.add(ir.max(x, 0), ir.log1p(ir.exp(ir.neg(ir.abs(x)))));
}

/**
 * Smooth ReLU: y = ln(1 + exp(beta x)) / beta, and x itself where beta x > threshold.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.softplus.html
 *
 * @example
 * torch.softplus(torch.tensor([-1, 0, 30])); // tensor([0.3133, 0.6931, 30.0000])
 */
export const softplus = unary({
  attributes: { beta: 1, threshold: 20 },
  compute: (x, { beta, threshold }) => {
    const scaled = ir.mul(x, beta);
    return ir.select(ir.gt(scaled, threshold), x, ir.div(smoothRelu(scaled), beta));
  },
  gradient: (dy, x, _y, { beta, threshold }) => {
    const scaled = ir.mul(x, beta);
    // At the threshold itself the slope of the slope is 0.
    const atThreshold = ir.mul(dy, ir.sigmoid(threshold));
    const below = ir.select(ir.eq(scaled, threshold), atThreshold, ir.mul(dy, ir.sigmoid(scaled)));
    return [ir.select(ir.gt(scaled, threshold), dy, below)];
  },
  samples: { torch: "F.softplus", attributes: [{ beta: 2, threshold: 3 }], tolerance: { float32: 5e-6 } },
});

/**
 * y = x / (1 + |x|), between -1 and 1.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.softsign.html
 *
 * @example
 * torch.softsign(torch.tensor([-1, 0, 3])); // tensor([-0.5000, 0.0000, 0.7500])
 */
export const softsign = unary({
  compute: (x) => ir.div(x, ir.add(1, ir.abs(x))),
  samples: { torch: "F.softsign", tolerance: { float32: 5e-6 } },
});

/**
 * y = x cut to [minVal, maxVal]; its slope is 1 strictly between and 0 elsewhere.
 *
 * @throws DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.hardtanh.html
 *
 * @example
 * torch.hardtanh(torch.tensor([-3, 0.5, 3])); // tensor([-1.0000, 0.5000, 1.0000])
 */
export const hardtanh = unary({
  domain: "numeric",
  attributes: { minVal: -1, maxVal: 1 },
  settle({ minVal, maxVal }, dtype, where) {
    if (minVal > maxVal) {
      throw new ValueError(`${where}: minVal must not be above maxVal, got ${minVal} and ${maxVal}`);
    }
    // There is nothing below 0 to be cut off.
    return dtype === uint8
      ? { minVal: Math.max(minVal, 0), maxVal: Math.max(maxVal, 0) }
      : { minVal, maxVal };
  },
  // Where a bound is NaN, so is the result.
  compute: (x, { minVal, maxVal }) => {
    const y = cut(x, minVal, maxVal);
    if (!x.dtype.isFloatingPoint) return y;
    const areNumbers = ir.and(ir.eq(minVal, minVal), ir.eq(maxVal, maxVal));
    return ir.select(areNumbers, y, ir.add(minVal, maxVal));
  },
  gradient: (dy, x, _y, { minVal, maxVal }) => [slopeOfCut(dy, x, minVal, maxVal)],
  samples: { torch: "F.hardtanh", attributes: [{ minVal: -0.5, maxVal: 2 }] },
});

/**
 * The step: 0 below 0, 1 above, `values` at exactly 0. It is the activation of the classic perceptron and
 * has no gradient.
 *
 * @throws ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.heaviside.html
 *
 * @example
 * torch.heaviside(torch.tensor([-2, 0, 3]), 1); // tensor([0., 1., 1.])
 */
export const heaviside = binary({
  domain: "any",
  compute: (x, values) => ir.select(ir.eq(x, 0), values, ir.select(ir.gt(x, 0), ir.constant(1, x.dtype), 0)),
  gradient: () => [null, null],
  samples: { torch: "torch.heaviside" },
});
