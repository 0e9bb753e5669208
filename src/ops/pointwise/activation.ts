/** Activation functions: what makes a layer more than a straight line. */
import { ValueError } from "../../base/index.ts";
import type { Expr } from "../../ir/expr.ts";
import * as ir from "../../ir/expr.ts";
import { binary, unary } from "../pointwise-op.ts";

/** min(x, 0), with the whole slope at 0 on the side of x, so that exp of it neither overflows nor splits there. */
function negativePart(x: Expr): Expr {
  return ir.select(ir.gt(x, 0), 0, x);
}

/** Logistic sigmoid: y = 1 / (1 + exp(-x)), from 0 to 1. */
export const sigmoid = unary({
  compute: ir.sigmoid,
  // dx = dy (1 - y) y, multiplied in PyTorch's order
  gradient: (dy, _x, y) => [ir.mul(ir.mul(dy, ir.sub(1, y)), y)],
  samples: { torch: "torch.sigmoid" },
});

/** ln(sigmoid(x)), without underflow for very negative x. */
export const logSigmoid = unary({
  compute: (x) => ir.sub(ir.min(x, 0), ir.log1p(ir.exp(ir.neg(ir.abs(x))))),
  gradient: (dy, x) => [ir.mul(dy, ir.sigmoid(ir.neg(x)))],
  samples: { torch: "F.logsigmoid" },
});

/** Rectified linear unit: y = max(x, 0); its slope at 0 is 0. */
export const relu = unary({
  domain: "numeric",
  // Written so that NaN stays NaN.
  compute: (x) => ir.select(ir.le(x, 0), 0, x),
  gradient: (dy, _x, y) => [ir.select(ir.gt(y, 0), dy, 0)],
  samples: { torch: "torch.relu" },
});

/** ReLU cut off at 6: min(max(x, 0), 6). */
export const relu6 = unary({
  domain: "numeric",
  compute: (x) => ir.min(ir.max(x, 0), 6),
  gradient: (dy, x) => [ir.select(ir.and(ir.gt(x, 0), ir.lt(x, 6)), dy, 0)],
  samples: { torch: "F.relu6", range: [-3, 9] },
});

/** y = x where x > 0, else negativeSlope * x. */
export const leakyRelu = unary({
  attributes: { negativeSlope: 0.01 },
  compute: (x, { negativeSlope }) => ir.select(ir.gt(x, 0), x, ir.mul(x, negativeSlope)),
  samples: { torch: "F.leaky_relu", attributes: [{ negativeSlope: 0.3 }] },
});

/** Exponential linear unit: y = x where x > 0, else alpha * (exp(x) - 1). Source: Clevert et al. 2015. */
export const elu = unary({
  attributes: { alpha: 1 },
  compute: (x, { alpha }) => ir.select(ir.gt(x, 0), x, ir.mul(alpha, ir.expm1(negativePart(x)))),
  gradient: (dy, x, _y, { alpha }) => [
    ir.select(ir.gt(x, 0), dy, ir.mul(dy, ir.mul(alpha, ir.exp(negativePart(x))))),
  ],
  samples: { torch: "F.elu", attributes: [{ alpha: 0.7 }] },
});

/** Constants that keep mean 0 and variance 1 from layer to layer. Source: Klambauer et al. 2017, section 2. */
const SELU_ALPHA = 1.6732632423543772848170429916717;
const SELU_SCALE = 1.0507009873554804934193349852946;

/** Scaled ELU: y = scale * (x where x > 0, else alpha * (exp(x) - 1)). Source: Klambauer et al. 2017. */
export const selu = unary({
  compute: (x) =>
    ir.mul(SELU_SCALE, ir.select(ir.gt(x, 0), x, ir.mul(SELU_ALPHA, ir.expm1(negativePart(x))))),
  gradient: (dy, x) => {
    const slope = ir.select(
      ir.gt(x, 0),
      ir.constant(1, x.dtype),
      ir.mul(SELU_ALPHA, ir.exp(negativePart(x))),
    );
    return [ir.mul(dy, ir.mul(SELU_SCALE, slope))];
  },
  samples: { torch: "F.selu" },
});

/**
 * Gaussian error linear unit: y = x * Phi(x), Phi the normal distribution function. `approximate: "tanh"` uses
 * 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))). Source: Hendrycks and Gimpel 2016.
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

/** Sigmoid linear unit, also called swish: y = x * sigmoid(x). */
export const silu = unary({
  compute: (x) => ir.mul(x, ir.sigmoid(x)),
  samples: { torch: "F.silu", tolerance: { float32: 1e-5 } },
});

/** Mish: y = x * tanh(softplus(x)). Source: Misra 2019. */
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

/** Smooth ReLU: y = ln(1 + exp(beta x)) / beta, and x itself where beta x > threshold. */
export const softplus = unary({
  attributes: { beta: 1, threshold: 20 },
  compute: (x, { beta, threshold }) => {
    const scaled = ir.mul(x, beta);
    return ir.select(ir.gt(scaled, threshold), x, ir.div(smoothRelu(scaled), beta));
  },
  gradient: (dy, x, _y, { beta, threshold }) => {
    const scaled = ir.mul(x, beta);
    return [ir.select(ir.gt(scaled, threshold), dy, ir.mul(dy, ir.sigmoid(scaled)))];
  },
  samples: { torch: "F.softplus", attributes: [{ beta: 2, threshold: 3 }], tolerance: { float32: 5e-6 } },
});

/** x / (1 + |x|). */
export const softsign = unary({
  compute: (x) => ir.div(x, ir.add(1, ir.abs(x))),
  samples: { torch: "F.softsign", tolerance: { float32: 5e-6 } },
});

/** y = x cut to [minVal, maxVal]; its slope is 1 strictly between. */
export const hardtanh = unary({
  domain: "numeric",
  attributes: { minVal: -1, maxVal: 1 },
  compute: (x, { minVal, maxVal }) => ir.min(ir.max(x, minVal), maxVal),
  gradient: (dy, x, _y, { minVal, maxVal }) => [
    ir.select(ir.and(ir.gt(x, minVal), ir.lt(x, maxVal)), dy, 0),
  ],
  samples: { torch: "F.hardtanh", attributes: [{ minVal: -0.5, maxVal: 2 }] },
});

/** The step: 0 below 0, 1 above, `values` at exactly 0. The activation of the classic perceptron. */
export const heaviside = binary({
  domain: "any",
  compute: (x, values) => ir.select(ir.eq(x, 0), values, ir.select(ir.gt(x, 0), ir.constant(1, x.dtype), 0)),
  gradient: () => [null, null],
  samples: { torch: "torch.heaviside" },
});
