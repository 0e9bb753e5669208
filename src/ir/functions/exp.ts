/** exp and expm1, and the parts of exp that other functions build on. */
import { add, type Expr, floor, max, min, mul, sub } from "../expr.ts";
import type { FunctionDefinition } from "./definition.ts";
import { constantsFor, type PerFormat, powerOfTwo } from "./format.ts";
import { polynomial } from "./polynomial.ts";

interface ExpConstants {
  /** From here on the result is Infinity. */
  readonly overflow: number;
  /** From here down the result is 0. */
  readonly underflow: number;
  /** ln 2 in two parts; the first has so few bits that its products with exponents are exact. */
  readonly ln2High: number;
  readonly ln2Low: number;
  /** (exp(r) - 1 - r) / r^2 on [0, ln 2], so that the relative error of exp is below 0.03 ulp. */
  readonly coefficients: readonly number[];
}

// The coefficients are minimax (Remez exchange at 200 bits), each rounded to the format and the rest fitted again.
const constants: PerFormat<ExpConstants> = {
  float32: {
    overflow: 88.8,
    underflow: -87.9,
    ln2High: 0.693145751953125,
    ln2Low: 1.42860677e-6,
    coefficients: [
      0.50000226497650146, 0.16663210093975067, 0.041854370385408401, 0.0078692734241485596,
      0.001912064733915031,
    ],
  },
  float64: {
    overflow: 710,
    underflow: -709,
    ln2High: 0.69314718056011770386,
    ln2Low: -1.7239444525614834793e-13,
    coefficients: [
      0.4999999999999738, 0.1666666666679055, 0.041666666643817699, 0.0083333335568799311,
      0.0013888875761581035, 0.00019841760622506819, 2.4789632143654797e-5, 2.7745918378264141e-6,
      2.5710674210211569e-7, 3.5068412868230019e-8,
    ],
  },
};

export function expConstants(x: Expr): ExpConstants {
  return constantsFor(x, constants);
}

/** x - n ln 2, with the product taken in two parts (Cody and Waite, Software Manual, 1980, chapter 6). */
export function subtractLn2(x: Expr, n: Expr): Expr {
  const { ln2High, ln2Low } = expConstants(x);
  return sub(sub(x, mul(n, ln2High)), mul(n, ln2Low));
}

/**
 * exp(x) where nothing overflows: x between the limits of the constants.
 * n = floor(x / ln 2), r = x - n ln 2 in [0, ln 2), exp(x) = 2^n exp(r). Rounding down rather than to nearest
 * makes 2^n overflow to Infinity and underflow to 0 just where exp(x) does.
 */
export function expInRange(x: Expr): Expr {
  const n = floor(mul(x, Math.LOG2E));
  const r = subtractLn2(x, n);
  const y = add(add(mul(polynomial(r, expConstants(x).coefficients), mul(r, r)), r), 1);
  return mul(y, powerOfTwo(n));
}

export const exp: FunctionDefinition = {
  arity: 1,
  /** Results below the smallest normal number are 0. */
  lower([x]) {
    const { overflow, underflow } = expConstants(x!);
    return expInRange(max(min(x!, overflow), underflow));
  },
  // exp' = exp
  derivatives: (_args, y) => [y],
  evaluate: Math.exp,
};
