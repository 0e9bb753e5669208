/** exp, and the parts of it that other functions build on. */
import { float32, float64, int32 } from "../../base/index.ts";
import {
  add,
  bitcast,
  cast,
  constant,
  type Expr,
  eq,
  floor,
  fma,
  max,
  min,
  mul,
  nearest,
  select,
  shl,
  shr,
  sub,
} from "../expr.ts";
import type { FunctionDefinition } from "./definition.ts";
import { constantsFor, type PerFormat, powerOfTwo } from "./format.ts";
import { fusedPolynomial } from "./polynomial.ts";

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

// The coefficients are minimax (Remez exchange at 200 bits), each rounded to the format and the rest fitted
// again.
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

/**
 * x - n ln 2, with the product taken in two parts (Cody and Waite, Software Manual for the Elementary
 * Functions).
 */
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
  const y = add(fma(fusedPolynomial(r, expConstants(x).coefficients), mul(r, r), r), 1);
  return mul(y, powerOfTwo(n));
}

/** Results below the smallest normal number are 0. */
function clampedExp(x: Expr): Expr {
  const { overflow, underflow } = expConstants(x);
  return expInRange(max(min(x, overflow), underflow));
}

/** 1.5 * 2^23: a small float added to it is rounded to a whole number, which stands in the low bits of the sum. */
const WHOLE = 12582912;
const WHOLE_BITS = 0x4b400000;
/** From here down exp(x) is nearer to 0 than to the smallest float32. */
const LEAST = -104;

/**
 * exp(x) of float32 with the digits of PyTorch, which takes it from SLEEF: n = round(x / ln 2), r = x - n ln 2 in two
 * parts, 1 + (r + r^2 p(r)), times 2^n in two steps so that n may pass the ends of the exponent.
 * Source: Shibata and Petrogalli, SLEEF, 2020: expf of at most 1 ulp, its constants and order of operations.
 */
function singleExp(unclamped: Expr): Expr {
  const x = max(min(unclamped, 100), LEAST);
  const shifted = add(mul(x, Math.LOG2E), WHOLE);
  const n = sub(shifted, WHOLE);
  const r = fma(n, -1.428606765330187045e-6, fma(n, -0.693145751953125, x));
  const p = [
    0.00139304355252534151077271, 0.00833336077630519866943359, 0.0416664853692054748535156,
    0.166666671633720397949219, 0.5,
  ].reduce(
    (sum: Expr, coefficient) => fma(sum, r, coefficient),
    constant(0.000198527617612853646278381, float32),
  );
  // Where the result is 0, y is: else the last product underflows, which takes processors a hundred times as long. In a
  // masked softmax, that is half of the elements.
  const y = select(eq(x, LEAST), 0, add(fma(mul(r, r), p, r), 1));
  const exponent = sub(bitcast(shifted, int32), WHOLE_BITS);
  const first = shr(exponent, 1);
  const powerOf = (e: Expr): Expr => bitcast(shl(add(e, 127), 23), float32);
  return mul(mul(y, powerOf(first)), powerOf(sub(exponent, first)));
}

/**
 * exp(x) of float32 with the digits of the GNU C library: with z = x 32 / ln 2 and k = round(z), in float64,
 * 2^(k / 32) p(z - k), rounded once at the end.
 * Source: Arm Optimized Routines (glibc since 2.27), expf, its polynomial and order of operations.
 */
export function singleExpOfLibrary(unclamped: Expr): Expr {
  const x = cast(max(min(unclamped, 100), -110), float64);
  const z = mul(x, 32 * Math.LOG2E);
  const k = nearest(z);
  const r = sub(z, k);
  const [c3, c2, c1] = [0.05550361559341535 / 32 ** 3, 0.2402284522445722 / 32 ** 2, 0.6931471806916203 / 32];
  const p = add(mul(add(mul(r, c3!), c2!), mul(r, r)), add(mul(r, c1!), 1));
  return cast(mul(p, expInRange(mul(k, Math.LN2 / 32))), float32);
}

export const exp: FunctionDefinition = {
  arity: 1,
  lower: ([x]) => (x!.dtype === float32 ? singleExp(x!) : clampedExp(x!)),
  // exp' = exp
  gradient: (dy, _args, y) => [mul(dy, y)],
  evaluate: Math.exp,
};
