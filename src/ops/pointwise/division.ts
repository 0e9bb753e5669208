/** Quotients and remainders, element by element. */
import { float64, ValueError } from "../../base/index.ts";
import * as ir from "../../ir/expr.ts";
import { exactProduct } from "../../ir/functions/exact-product.ts";
import { binary } from "../pointwise-op.ts";
import { flatGradient } from "./flat.ts";

/** The largest whole number not above a / b, without the error of rounding a / b first. */
function floorQuotient(a: ir.Expr, b: ir.Expr): ir.Expr {
  if (a.dtype.isFloatingPoint) {
    const modulus = truncatedRemainder(a, b);
    // a - modulus is a multiple of b, so that rounding the quotient to the nearest whole number repairs it.
    const truncated = ir.nearest(ir.div(ir.sub(a, modulus), b));
    const below = ir.and(ir.ne(modulus, 0), ir.ne(ir.lt(modulus, 0), ir.lt(b, 0)));
    const whole = ir.select(below, ir.sub(truncated, 1), truncated);
    const exact = ir.div(a, b);
    // A zero has the sign of a / b. An infinite quotient is truncated for the sake of its slope, which is 0.
    const quotient = ir.select(ir.eq(whole, 0), ir.mul(exact, 0), whole);
    return ir.trunc(ir.select(ir.eq(b, 0), exact, quotient));
  }
  const quotient = ir.div(a, b);
  const inexact = ir.ne(ir.rem(a, b), 0);
  const negative = ir.ne(ir.lt(a, 0), ir.lt(b, 0));
  return ir.select(ir.and(inexact, negative), ir.sub(quotient, 1), quotient);
}

/**
 * x - n y, n a whole number: with the exact product of n = trunc(x / y) and y nothing is rounded, and the result is
 * below y in size unless x / y is beyond 2^53. Where rounding made n 1 too large, y is given back.
 */
function reduced(x: ir.Expr, y: ir.Expr): ir.Expr {
  const { high, low } = exactProduct(ir.trunc(ir.div(x, y)), y);
  const rest = ir.sub(ir.sub(x, high), low);
  const isTooLow = ir.and(ir.ne(rest, 0), ir.ne(ir.lt(rest, 0), ir.lt(x, 0)));
  return ir.select(isTooLow, ir.add(rest, ir.select(ir.eq(ir.lt(x, 0), ir.lt(y, 0)), y, ir.neg(y))), rest);
}

/** a - trunc(a / b) * b, with the sign of a, worked out in float64: twice, for quotients up to 2^105. */
function truncatedRemainder(a: ir.Expr, b: ir.Expr): ir.Expr {
  if (!a.dtype.isFloatingPoint) return ir.rem(a, b);
  const [x, y] = [ir.cast(a, float64), ir.cast(b, float64)];
  const rest = reduced(reduced(x, y), y);
  // Zeros have the sign of x; 0 stands for what is beyond reach, too.
  const zero = ir.mul(x, 0);
  const signed = ir.select(ir.or(ir.eq(rest, 0), ir.ge(ir.abs(rest), ir.abs(y))), zero, rest);
  const infiniteDivisor = ir.and(ir.eq(ir.abs(y), Infinity), ir.lt(ir.abs(x), Infinity));
  return ir.cast(ir.select(infiniteDivisor, x, signed), a.dtype);
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
  // da = dy / b, db = -dy ((a / b) / b), without the result, which may be overwritten; a rounded quotient is flat
  gradient: (dy, a, b, _y, { roundingMode }) =>
    (roundingMode as unknown) === "none"
      ? [ir.div(dy, b), ir.mul(ir.neg(dy), ir.div(ir.div(a, b), b))]
      : [flatGradient(dy), flatGradient(dy)],
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
