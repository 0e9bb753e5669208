/** Powers and roots, element by element. */
import { bool, elementOf, ValueError, wrapped } from "../../base/index.ts";
import * as ir from "../../ir/expr.ts";
import { binary, unary } from "../pointwise-op.ts";

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
  // As PyTorch has it; sqrt and pow(0.5) differ at -Infinity and -0.
  shortcut: (exponent, dtype) => {
    if (exponent === 2 && dtype !== bool) return square;
    if (exponent === 0.5) return sqrt;
    if (exponent === -0.5) return rsqrt;
    return exponent === -1 && dtype.isFloatingPoint ? reciprocal : null;
  },
  numbers(value, dtype, where, operand) {
    if (operand === 0 || dtype.isFloatingPoint) return wrapped(value, dtype);
    if (value < 0) {
      throw new ValueError(
        `${where}: integers to the power ${value} are fractions; convert with .to(torch.float32) first`,
      );
    }
    return elementOf(value, dtype, where);
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
