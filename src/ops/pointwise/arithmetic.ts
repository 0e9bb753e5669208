/** Arithmetic, element by element. Every op here broadcasts, and takes a plain number in place of one tensor. */
import { bool, type DType, ValueError } from "../../base/index.ts";
import * as ir from "../../ir/expr.ts";
import { binary, ternary, unary } from "../pointwise-op.ts";
import { flatGradient } from "./flat.ts";

/** The factor of integers is no fraction: it would be cut off. */
function settleAlpha<A extends { alpha: number }>(options: A, dtype: DType, where: string): A {
  if (dtype.isFloatingPoint || Number.isInteger(options.alpha)) return options;
  throw new ValueError(
    `${where}: alpha must be a whole number for tensors of ${dtype}, got ${options.alpha}`,
  );
}

/**
 * Sum: y = a + alpha * b, elementwise with broadcasting. On bool it is the logical or.
 *
 * @throws ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.add.html
 *
 * @example
 * torch.tensor([[1], [2]]).add(torch.tensor([10, 20])); // tensor([[11., 21.], [12., 22.]])
 * torch.add(torch.tensor([1, 2]), 1, { alpha: 3 }); // tensor([4., 5.])
 */
export const add = binary({
  domain: "any",
  attributes: { alpha: 1 },
  settle: settleAlpha,
  compute: (a, b, { alpha }) =>
    a.dtype === bool ? ir.or(a, ir.and(b, ir.cast(alpha, bool))) : ir.fma(b, alpha, a),
  samples: { torch: "torch.add", attributes: [{ alpha: 3 }, { alpha: 0 }] },
});

/**
 * Difference: y = a - alpha * b, elementwise with broadcasting.
 *
 * @throws ShapeError where the shapes do not broadcast; DTypeError where one of them is bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.sub.html
 *
 * @example
 * torch.sub(1, torch.tensor([0.25, 1])); // tensor([0.7500, 0.0000])
 */
export const sub = binary({
  domain: "nowhere bool",
  attributes: { alpha: 1 },
  settle: settleAlpha,
  // Without alpha, a - 1 * b would be a + (-b), which is the same number.
  compute: (a, b, { alpha }) =>
    alpha.op === "const" ? ir.sub(a, ir.mul(b, alpha)) : ir.fma(b, ir.neg(alpha), a),
  samples: { torch: "torch.sub", attributes: [{ alpha: 3 }] },
});

/**
 * Product: y = a * b, elementwise with broadcasting. On bool it is the logical and.
 *
 * @throws ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.mul.html
 *
 * @example
 * torch.tensor([1, 2, 3]).mul(2); // tensor([2., 4., 6.])
 */
export const mul = binary({
  domain: "any",
  compute: (a, b) => (a.dtype === bool ? ir.and(a, b) : ir.mul(a, b)),
  samples: { torch: "torch.mul" },
});

/**
 * Negative: y = -x.
 *
 * @throws DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.neg.html
 *
 * @example
 * torch.tensor([1, -2]).neg(); // tensor([-1., 2.])
 */
export const neg = unary({
  domain: "numeric",
  compute: (x) => ir.neg(x),
  samples: { torch: "torch.neg" },
});

/**
 * Absolute value: y = |x|; its slope at 0 is 0.
 *
 * @throws DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.abs.html
 *
 * @example
 * torch.tensor([1, -2]).abs(); // tensor([1., 2.])
 */
export const abs = unary({
  domain: "numeric",
  compute: (x) => ir.abs(x),
  samples: { torch: "torch.abs" },
});

/**
 * Sign: -1, 0 or 1; its slope is 0 everywhere.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.sign.html
 *
 * @example
 * torch.tensor([-3, 0, 5]).sign(); // tensor([-1., 0., 1.])
 */
export const sign = unary({
  domain: "any",
  compute: (x) =>
    x.dtype === bool
      ? x
      : ir.select(ir.gt(x, 0), ir.constant(1, x.dtype), ir.select(ir.lt(x, 0), ir.constant(-1, x.dtype), 0)),
  gradient: (dy) => [flatGradient(dy)],
  samples: { torch: "torch.sign" },
});

/**
 * The larger of two, elementwise; NaN if either is NaN. At a tie each gets half of the gradient.
 *
 * @throws ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.maximum.html
 *
 * @example
 * torch.tensor([1, 5]).maximum(torch.tensor([3, 2])); // tensor([3., 5.])
 */
export const maximum = binary({
  domain: "any",
  compute: (a, b) => (a.dtype === bool ? ir.or(a, b) : ir.max(a, b)),
  samples: { torch: "torch.maximum" },
});

/**
 * The smaller of two, elementwise; NaN if either is NaN. At a tie each gets half of the gradient.
 *
 * @throws ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.minimum.html
 *
 * @example
 * torch.tensor([1, 5]).minimum(torch.tensor([3, 2])); // tensor([1., 2.])
 */
export const minimum = binary({
  domain: "any",
  compute: (a, b) => (a.dtype === bool ? ir.and(a, b) : ir.min(a, b)),
  samples: { torch: "torch.minimum" },
});

/**
 * Linear interpolation: y = a + weight * (b - a), from a at weight 0 to b at weight 1. Counted from the
 * nearer end, so that both ends are met exactly.
 *
 * @throws ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.lerp.html
 *
 * @example
 * torch.tensor([0, 10]).lerp(torch.tensor([1, 20]), 0.5); // tensor([0.5000, 15.0000])
 */
export const lerp = ternary({
  compute: (a, b, weight) =>
    // Two forms, so that both ends are met exactly (PyTorch's rule).
    ir.select(
      ir.lt(ir.abs(weight), 0.5),
      ir.add(a, ir.mul(weight, ir.sub(b, a))),
      ir.sub(b, ir.mul(ir.sub(b, a), ir.sub(1, weight))),
    ),
  gradient: (dy, a, b, weight) => [
    ir.mul(dy, ir.sub(1, weight)),
    ir.mul(dy, weight),
    ir.mul(dy, ir.sub(b, a)),
  ],
  samples: { torch: "torch.lerp" },
});

/**
 * y = x + value * a * b, elementwise with broadcasting.
 *
 * @throws ShapeError where the shapes do not broadcast; DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.addcmul.html
 *
 * @example
 * torch.tensor([1, 1]).addcmul(torch.tensor([2, 3]), 4, { value: 0.5 }); // tensor([5., 7.])
 */
export const addcmul = ternary({
  domain: "numeric",
  attributes: { value: 1 },
  compute: (x, a, b, { value }) => ir.add(x, ir.mul(value, ir.mul(a, b))),
  samples: { torch: "torch.addcmul", attributes: [{ value: 0.5 }] },
});

/**
 * y = x + value * a / b, elementwise with broadcasting.
 *
 * @throws ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.addcdiv.html
 *
 * @example
 * torch.tensor([1, 1]).addcdiv(torch.tensor([2, 3]), torch.tensor([4, 6])); // tensor([1.5000, 1.5000])
 */
export const addcdiv = ternary({
  attributes: { value: 1 },
  compute: (x, a, b, { value }) => ir.add(x, ir.mul(value, ir.div(a, b))),
  // da = dy value / b, db = -dy value a / b^2
  gradient: (dy, _x, a, b, _y, { value }) => [
    dy,
    ir.mul(dy, ir.div(value, b)),
    ir.mul(ir.neg(dy), ir.div(ir.mul(value, a), ir.mul(b, b))),
  ],
  samples: {
    torch: "torch.addcdiv",
    attributes: [{ value: 0.5 }],
    range: [
      [-2, 2],
      [-2, 2],
      [0.5, 3],
    ],
  },
});

/**
 * Angle of the point (x, y) in (-pi, pi], in radians; the first operand is y.
 *
 * @throws ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.atan2.html
 *
 * @example
 * torch.tensor([1, -1]).atan2(torch.tensor([1, -1])); // tensor([0.7854, -2.3562])
 */
export const atan2 = binary({
  compute: (y, x) => ir.atan2(y, x),
  samples: { torch: "torch.atan2" },
});
