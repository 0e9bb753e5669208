import { add, type Expr, eq, max, min, mul, nearest, select, sub } from "../expr.ts";
import type { FunctionDefinition } from "./definition.ts";
import { expConstants, subtractLn2 } from "./exp.ts";
import { constantsFor, type PerFormat, powerOfTwo } from "./format.ts";
import { polynomial } from "./polynomial.ts";

interface Expm1Constants {
  /** From here down the result rounds to -1. */
  readonly saturation: number;
  /** (exp(r) - 1 - r) / r^2 on [-ln 2 / 2, ln 2 / 2]. */
  readonly coefficients: readonly number[];
}

// Minimax (Remez exchange at 200 bits); relative error of exp(r) - 1 2^-26 and 2^-54.4.
const constants: PerFormat<Expm1Constants> = {
  float32: {
    saturation: -18,
    coefficients: [
      0.49999997019767761, 0.16666539013385773, 0.041667778044939041, 0.0083671407774090767,
      0.0013833411503583193,
    ],
  },
  float64: {
    saturation: -38,
    coefficients: [
      0.50000000000000044, 0.16666666666666594, 0.041666666666578783, 0.0083333333333877099,
      0.0013888888931032812, 0.00019841269722564148, 2.4801505815653714e-5, 2.7557404696503446e-6,
      2.7625849221402923e-7, 2.5054586325776646e-8,
    ],
  },
};

function expm1Constants(x: Expr): Expm1Constants {
  return constantsFor(x, constants);
}

/** exp(r) - 1 for r in [-ln 2 / 2, ln 2 / 2]. */
export function expm1Reduced(r: Expr): Expr {
  const { coefficients } = expm1Constants(r);
  return add(mul(polynomial(r, coefficients), mul(r, r)), r);
}

export const expm1: FunctionDefinition = {
  arity: 1,
  /**
   * n = nearest(x / ln 2), r = x - n ln 2, exp(x) - 1 = 2 (2^(n-1) (exp(r) - 1) + (2^(n-1) - 1/2)). Halving
   * the power keeps it finite up to the largest result; n = 0 leaves the polynomial alone, so small x lose
   * nothing.
   */
  lower([x]) {
    const inRange = max(min(x!, expConstants(x!).overflow), expm1Constants(x!).saturation);
    const n = nearest(mul(inRange, Math.LOG2E));
    const r = subtractLn2(inRange, n);
    const half = powerOfTwo(sub(n, 1));
    const y = mul(add(mul(expm1Reduced(r), half), sub(half, 0.5)), 2);
    // Where r^2 underflows, x is its own result: so -0 and the smallest numbers come through.
    return select(eq(mul(r, r), 0), x!, y);
  },
  // expm1' = exp = expm1 + 1
  gradient: (dy, _args, y) => [mul(dy, add(y, 1))],
  evaluate: Math.expm1,
};
