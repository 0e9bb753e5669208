/** Arithmetic, element by element. Every op here broadcasts, and takes a plain number in place of one tensor. */
import { bool, float64, ValueError } from "../../base/index.ts";
import * as ir from "../../ir/expr.ts";
import { binary, ternary, unary } from "../pointwise-op.ts";

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
  compute: (a, b, { alpha }) => (a.dtype === bool ? ir.or(a, b) : ir.fma(b, alpha, a)),
  samples: { torch: "torch.add", attributes: [{ alpha: 3 }] },
});

/**
 * Difference: y = a - alpha * b, elementwise with broadcasting.
 *
 * @throws ShapeError where the shapes do not broadcast; DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.sub.html
 *
 * @example
 * torch.sub(1, torch.tensor([0.25, 1])); // tensor([0.7500, 0.0000])
 */
export const sub = binary({
  domain: "numeric",
  attributes: { alpha: 1 },
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

/** The largest whole number not above a / b, without the error of rounding a / b first. */
function floorQuotient(a: ir.Expr, b: ir.Expr): ir.Expr {
  if (a.dtype.isFloatingPoint) {
    const modulus = truncatedRemainder(a, b);
    // a - modulus is a multiple of b, so that rounding the quotient to the nearest whole number repairs it.
    const truncated = ir.nearest(ir.div(ir.sub(a, modulus), b));
    const below = ir.and(ir.ne(modulus, 0), ir.ne(ir.lt(modulus, 0), ir.lt(b, 0)));
    const quotient = ir.select(below, ir.sub(truncated, 1), truncated);
    return ir.select(ir.eq(b, 0), ir.div(a, b), quotient);
  }
  const quotient = ir.div(a, b);
  const inexact = ir.ne(ir.rem(a, b), 0);
  const negative = ir.ne(ir.lt(a, 0), ir.lt(b, 0));
  return ir.select(ir.and(inexact, negative), ir.sub(quotient, 1), quotient);
}

/** a - trunc(a / b) * b, with the sign of a. float32 is worked out in float64, where the product is exact. */
function truncatedRemainder(a: ir.Expr, b: ir.Expr): ir.Expr {
  if (!a.dtype.isFloatingPoint) return ir.rem(a, b);
  const [x, y] = [ir.cast(a, float64), ir.cast(b, float64)];
  const finite = ir.sub(x, ir.mul(ir.trunc(ir.div(x, y)), y));
  const infiniteDivisor = ir.and(ir.eq(ir.abs(y), Infinity), ir.lt(ir.abs(x), Infinity));
  return ir.cast(ir.select(infiniteDivisor, x, finite), a.dtype);
}

/** As Python's %: the remainder with the sign of b. */
function flooredRemainder(a: ir.Expr, b: ir.Expr): ir.Expr {
  const remainder = truncatedRemainder(a, b);
  const wrongSign = ir.and(ir.ne(remainder, 0), ir.ne(ir.lt(remainder, 0), ir.lt(b, 0)));
  return ir.select(wrongSign, ir.add(remainder, b), remainder);
}

/**
 * Quotient: y = a / b, a float also for integers. `roundingMode: "floor"` or `"trunc"` rounds it to a whole
 * number and keeps integers integers.
 *
 * @throws ShapeError where the shapes do not broadcast; ValueError for another rounding mode, and where
 * integers are divided by zero in a whole-number mode.
 * Source: https://pytorch.org/docs/stable/generated/torch.div.html
 *
 * @example
 * torch.div(torch.tensor([7, -7]), 2); // tensor([3.5000, -3.5000])
 * torch.div(torch.tensor([7, -7]), 2, { roundingMode: "floor" }); // tensor([3., -4.])
 */
export const div = binary({
  domain: ({ roundingMode }) => ((roundingMode as unknown) === "none" ? "float" : "numeric"),
  attributes: { roundingMode: "none" },
  compute: (a, b, { roundingMode }) => {
    switch (roundingMode as string) {
      case "none":
        return ir.div(a, b);
      case "floor":
        return floorQuotient(a, b);
      case "trunc":
        return a.dtype.isFloatingPoint ? ir.trunc(ir.div(a, b)) : ir.div(a, b);
      default:
        throw new ValueError(`div: roundingMode must be "none", "floor" or "trunc", got "${roundingMode}"`);
    }
  },
  samples: {
    torch: "torch.div",
    range: [
      [-5, 5],
      [0.5, 4],
    ],
    attributes: [{ roundingMode: "floor" }, { roundingMode: "trunc" }],
  },
});

/**
 * Quotient rounded down to a whole number: y = floor(a / b). Integers stay integers.
 *
 * @throws ShapeError where the shapes do not broadcast; DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.floor_divide.html
 *
 * @example
 * torch.tensor([7, -7]).floorDivide(2); // tensor([3., -4.])
 */
export const floorDivide = binary({
  domain: "numeric",
  compute: floorQuotient,
  samples: {
    torch: "torch.floor_divide",
    range: [
      [-5, 5],
      [0.5, 4],
    ],
  },
});

/**
 * Remainder with the sign of the divisor, as Python's %: y = a - floor(a / b) * b.
 *
 * @throws ShapeError where the shapes do not broadcast; DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.remainder.html
 *
 * @example
 * torch.tensor([7, -7]).remainder(3); // tensor([1., 2.])
 */
export const remainder = binary({
  domain: "numeric",
  compute: flooredRemainder,
  // d/da = 1, d/db = -floor(a / b)
  gradient: (dy, a, b) => [dy, ir.mul(dy, ir.neg(floorQuotient(a, b)))],
  samples: {
    torch: "torch.remainder",
    range: [
      [-5, 5],
      [0.6, 4],
    ],
  },
});

/**
 * Remainder with the sign of the dividend, as C's fmod: y = a - trunc(a / b) * b.
 *
 * @throws ShapeError where the shapes do not broadcast; DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.fmod.html
 *
 * @example
 * torch.tensor([7, -7]).fmod(3); // tensor([1., -1.])
 */
export const fmod = binary({
  domain: "numeric",
  compute: truncatedRemainder,
  // d/da = 1, d/db = -trunc(a / b)
  gradient: (dy, a, b) => [dy, ir.mul(dy, ir.neg(ir.trunc(ir.div(a, b))))],
  samples: {
    torch: "torch.fmod",
    range: [
      [-5, 5],
      [0.6, 4],
    ],
  },
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
  gradient: (dy) => [ir.mul(dy, 0)],
  samples: { torch: "torch.sign" },
});

/**
 * Square: y = x * x.
 *
 * @throws DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.square.html
 *
 * @example
 * torch.tensor([3, -4]).square(); // tensor([9., 16.])
 */
export const square = unary({
  domain: "numeric",
  compute: (x) => ir.mul(x, x),
  samples: { torch: "torch.square" },
});

/**
 * Square root: y = x^(1/2), NaN below 0.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.sqrt.html
 *
 * @example
 * torch.tensor([4, 2]).sqrt(); // tensor([2.0000, 1.4142])
 */
export const sqrt = unary({
  compute: (x) => ir.sqrt(x),
  samples: { torch: "torch.sqrt", range: [0.1, 5] },
});

/**
 * Reciprocal of the square root: y = 1 / sqrt(x).
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.rsqrt.html
 *
 * @example
 * torch.tensor([4, 0.25]).rsqrt(); // tensor([0.5000, 2.0000])
 */
export const rsqrt = unary({
  compute: (x) => ir.div(1, ir.sqrt(x)),
  // y' = -y^3 / 2
  gradient: (dy, _x, y) => [ir.mul(ir.mul(dy, -0.5), ir.mul(y, ir.mul(y, y)))],
  samples: { torch: "torch.rsqrt", range: [0.2, 5] },
});

/**
 * Reciprocal: y = 1 / x.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.reciprocal.html
 *
 * @example
 * torch.tensor([4, -0.5]).reciprocal(); // tensor([0.2500, -2.0000])
 */
export const reciprocal = unary({
  compute: (x) => ir.div(1, x),
  // y' = -y^2
  gradient: (dy, _x, y) => [ir.mul(ir.neg(dy), ir.mul(y, y))],
  samples: { torch: "torch.reciprocal", range: [0.3, 5] },
});

/** base^exponent of integers by squaring, wrapping on overflow; negative exponents give 0 but for 1 and -1. */
function integerPower(base: ir.Expr, exponent: ir.Expr): ir.Expr {
  const bits = base.dtype.bytes * 8 - 1;
  let result: ir.Expr = ir.constant(1, base.dtype);
  let square = base;
  for (let bit = 0; bit < bits; bit++) {
    const isSet = ir.ne(
      ir.and(exponent, ir.shl(ir.constant(1, base.dtype), ir.constant(bit, base.dtype))),
      0,
    );
    result = ir.select(isSet, ir.mul(result, square), result);
    square = ir.mul(square, square);
  }
  const one = ir.constant(1, base.dtype);
  const isOdd = ir.ne(ir.and(exponent, one), 0);
  const ofMinusOne = ir.select(ir.eq(base, -1), ir.select(isOdd, base, one), 0);
  return ir.select(ir.lt(exponent, 0), ir.select(ir.eq(base, 1), one, ofMinusOne), result);
}

/**
 * Power: y = base^exponent, elementwise with broadcasting. Integers stay integers and wrap on overflow.
 *
 * @throws ShapeError where the shapes do not broadcast; DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.pow.html
 *
 * @example
 * torch.tensor([1, 2, 3]).pow(2); // tensor([1., 4., 9.])
 * torch.pow(2, torch.tensor([1, 2, 3])); // tensor([2., 4., 8.])
 */
export const pow = binary({
  domain: "numeric",
  shortcut: (exponent) => {
    if (exponent === 2) return square;
    if (exponent === -1) return reciprocal;
    return null;
  },
  compute: (base, exponent) =>
    base.dtype.isFloatingPoint ? ir.pow(base, exponent) : integerPower(base, exponent),
  samples: {
    torch: "torch.pow",
    range: [
      [0.2, 3],
      [-2, 3],
    ],
  },
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
