/** Losses per element; nn/functional reduces them to a mean or a sum. */
import { ValueError } from "../../base/index.ts";
import type { Expr } from "../../ir/expr.ts";
import * as ir from "../../ir/expr.ts";
import { binary, ternary } from "../pointwise-op.ts";

/** PyTorch cuts the logarithms of the cross-entropy at -100, so that a certain wrong answer costs 100, not Infinity. */
const LOG_FLOOR = -100;

/** 1e-12 in float32, also for float64: as PyTorch has it. */
const LEAST_DIVISOR = Math.fround(1e-12);

function flooredLog(x: Expr): Expr {
  return ir.max(ir.log(x), LOG_FLOOR);
}

/**
 * Binary cross-entropy of a probability x against a target t: -(t ln x + (1 - t) ln(1 - x)), logarithms at
 * least -100.
 *
 * @throws ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.BCELoss.html
 *
 * @example
 * torch.binaryCrossEntropyTerm(torch.tensor([0.5, 0]), torch.tensor([1, 1])); // tensor([0.6931, 100.0000])
 */
export const binaryCrossEntropyTerm = binary({
  // ln(1 - x) and not log1p(-x), which would be closer: the digits of a small cost are those of the rounded 1 - x.
  compute: (x, t) => ir.sub(ir.mul(ir.sub(t, 1), flooredLog(ir.sub(1, x))), ir.mul(t, flooredLog(x))),
  gradient: (dy, x, t) => {
    // dx = dy (x - t) / (x (1 - x)), the divisor at least 1e-12; dt = dy (ln(1 - x) - ln x)
    const divisor = ir.max(ir.mul(ir.sub(1, x), x), LEAST_DIVISOR);
    return [ir.div(ir.mul(dy, ir.sub(x, t)), divisor), ir.mul(dy, ir.sub(ir.log(ir.sub(1, x)), ir.log(x)))];
  },
  samples: {
    torch: "(lambda x, t: F.binary_cross_entropy(x, t, reduction='none'))",
    range: [0.05, 0.95],
    points: [
      [0, 1, 0.5, 1e-30, 1e-12, 0.9999999],
      [0, 1, 0.25],
    ],
    // PyTorch adds 1e-12 to a divisor of the second derivative.
    tolerance: { float32: 5e-6, float64: 1e-10 },
  },
});

/**
 * Binary cross-entropy of sigmoid(x) against t, from the logit x: (1 - t) x + w (ln(1 + exp(-|x|)) + max(-x,
 * 0)) with w = 1 + (p - 1) t, where p weighs the positive answers. Exact where sigmoid(x) would round to 0
 * or 1.
 *
 * @throws ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
 *
 * @example
 * const logits = torch.tensor([0, 200]);
 * torch.binaryCrossEntropyWithLogitsTerm(logits, torch.tensor([1, 0]), 1); // tensor([0.6931, 200.0000])
 */
export const binaryCrossEntropyWithLogitsTerm = ternary({
  compute: (x, t, p) => {
    const weight = ir.add(1, ir.mul(ir.sub(p, 1), t));
    const softplus = ir.add(ir.log1p(ir.exp(ir.neg(ir.abs(x)))), ir.max(ir.neg(x), 0));
    return ir.add(ir.mul(ir.sub(1, t), x), ir.mul(weight, softplus));
  },
  gradient: (dy, x, t, p) => {
    // dx = (1 - t) - w (1 - sigmoid(x)); dt = (p - 1) s - x; dp = t s; s = ln(1 + exp(-x)); each times dy
    const weight = ir.add(1, ir.mul(ir.sub(p, 1), t));
    const s = ir.add(ir.log1p(ir.exp(ir.neg(ir.abs(x)))), ir.max(ir.neg(x), 0));
    return [
      ir.mul(dy, ir.sub(ir.sub(1, t), ir.mul(weight, ir.sigmoid(ir.neg(x))))),
      ir.mul(dy, ir.sub(ir.mul(ir.sub(p, 1), s), x)),
      ir.mul(dy, ir.mul(t, s)),
    ];
  },
  samples: {
    torch: "(lambda x, t, p: F.binary_cross_entropy_with_logits(x, t, pos_weight=p, reduction='none'))",
    range: [
      [-4, 4],
      [0.05, 0.95],
      [0.5, 3],
    ],
    tolerance: { float32: 5e-6 },
  },
});

/**
 * Squared difference: (x - t)^2.
 *
 * @throws ShapeError where the shapes do not broadcast; DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.MSELoss.html
 *
 * @example
 * torch.squaredError(torch.tensor([1, 2]), torch.tensor([3, 2])); // tensor([4., 0.])
 */
export const squaredError = binary({
  domain: "numeric",
  compute: (x, t) => {
    const difference = ir.sub(x, t);
    return ir.mul(difference, difference);
  },
  samples: { torch: "(lambda x, t: F.mse_loss(x, t, reduction='none'))", tolerance: { float32: 5e-6 } },
});

/**
 * Absolute difference: |x - t|.
 *
 * @throws ShapeError where the shapes do not broadcast; DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.L1Loss.html
 *
 * @example
 * torch.absoluteError(torch.tensor([1, 2]), torch.tensor([3, 2])); // tensor([2., 0.])
 */
export const absoluteError = binary({
  domain: "numeric",
  compute: (x, t) => ir.abs(ir.sub(x, t)),
  samples: { torch: "(lambda x, t: F.l1_loss(x, t, reduction='none'))" },
});

/**
 * |d| - beta / 2 for d = x - t, rounded off to d^2 / (2 beta) where |d| < beta, which is above 0. Its slope is d / beta, cut to
 * [-1, 1].
 *
 * @throws ShapeError where the shapes do not broadcast; ValueError unless beta is above 0.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.SmoothL1Loss.html
 *
 * @example
 * torch.smoothAbsoluteError(torch.tensor([1, 5]), torch.tensor([0, 0])); // tensor([0.5000, 4.5000])
 */
export const smoothAbsoluteError = binary({
  attributes: { beta: 1 },
  settle: (options, _dtype, where) => checkPositive(options, "beta", options.beta, where),
  compute: (x, t, { beta }) => {
    const difference = ir.sub(x, t);
    const size = ir.abs(difference);
    const parabola = ir.div(ir.mul(ir.mul(0.5, difference), difference), beta);
    return ir.select(ir.lt(size, beta), parabola, ir.sub(size, ir.mul(0.5, beta)));
  },
  gradient: (dy, x, t, _y, { beta }) => {
    const difference = ir.sub(x, t);
    const dx = ir.mul(dy, bounded(difference, beta, ir.div(difference, beta), ir.constant(1, dy.dtype)));
    return [dx, ir.neg(dx)];
  },
  samples: {
    torch: "(lambda x, t, beta=1.0: F.smooth_l1_loss(x, t, beta=beta, reduction='none'))",
    attributes: [{ beta: 0.4 }],
    tolerance: { float32: 5e-6 },
  },
});

/**
 * d^2 / 2 for d = x - t where |d| < delta, which is above 0, else delta (|d| - delta / 2). Its slope is d, cut to
 * [-delta, delta].
 *
 * @throws ShapeError where the shapes do not broadcast; ValueError unless delta is above 0.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.HuberLoss.html
 *
 * @example
 * torch.huberError(torch.tensor([1, 5]), torch.tensor([0, 0]), { delta: 2 }); // tensor([0.5000, 8.0000])
 */
export const huberError = binary({
  attributes: { delta: 1 },
  settle: (options, _dtype, where) => checkPositive(options, "delta", options.delta, where),
  compute: (x, t, { delta }) => {
    const difference = ir.sub(x, t);
    const size = ir.abs(difference);
    const parabola = ir.mul(ir.mul(0.5, difference), difference);
    return ir.select(ir.lt(size, delta), parabola, ir.mul(delta, ir.sub(size, ir.mul(0.5, delta))));
  },
  gradient: (dy, x, t, _y, { delta }) => {
    const difference = ir.sub(x, t);
    const dx = ir.mul(dy, bounded(difference, delta, difference, delta));
    return [dx, ir.neg(dx)];
  },
  samples: {
    torch: "(lambda x, t, delta=1.0: F.huber_loss(x, t, delta=delta, reduction='none'))",
    attributes: [{ delta: 0.4 }],
    tolerance: { float32: 5e-6 },
  },
});

function checkPositive<A>(options: A, name: string, value: number, where: string): A {
  if (value > 0) return options;
  throw new ValueError(`${where}: ${name} must be above 0, got ${value}`);
}

/** `inside` where |x| < bound, else `limit` with the sign of x; NaN for NaN, without a slope. */
function bounded(x: Expr, bound: Expr, inside: Expr, limit: Expr): Expr {
  const outside = ir.select(ir.lt(x, 0), ir.neg(limit), ir.constant(Number.NaN, x.dtype));
  return ir.select(ir.lt(ir.abs(x), bound), inside, ir.select(ir.gt(x, 0), limit, outside));
}
