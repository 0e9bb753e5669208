import { abs, constant, div, exp, fma, lt, min, mul, neg, select, sub } from "../expr.ts";
import type { FunctionDefinition } from "./definition.ts";
import { expInRange } from "./exp.ts";
import { constantsFor, copySign, type PerFormat } from "./format.ts";
import { fusedPolynomial } from "./polynomial.ts";

/** Below this the polynomial, above it the formula with exp. */
const THRESHOLD = 0.9;

/** t = 1 / (1 + BEND |x|) makes exp(x^2) erfc(x) nearly a polynomial in t. */
const BEND = 0.5;

interface ErfConstants {
  /** From here on erf rounds to 1. */
  readonly saturation: number;
  /** erf(x) / x - 1 in powers of x^2, up to the threshold. */
  readonly near: readonly number[];
  /** exp(x^2) erfc(x) / t in powers of t, from the threshold to the saturation. */
  readonly far: readonly number[];
}

// Minimax (Remez exchange at 200 bits); relative error of erf 2^-26 and 2^-56 near, 2^-29 and 2^-58 far.
const constants: PerFormat<ErfConstants> = {
  float32: {
    saturation: 4,
    near: [
      0.12837915122509003, -0.37612512707710266, 0.11282067000865936, -0.026776997372508049,
      0.0050098774954676628, -0.00060822535306215286,
    ],
    far: [
      0.27513948082923889, 0.34469425678253174, 0.023139277473092079, 0.56331580877304077,
      -0.20631109178066254,
    ],
  },
  float64: {
    saturation: 6,
    near: [
      0.12837916709551259, -0.37612638903184137, 0.11283791670973595, -0.026866170648564822,
      0.0052239776580353565, -0.00085483288178517941, 0.0001205539396209218, -1.4926957108718114e-5,
      1.647943886424662e-6, -1.6495551061892883e-7, 1.5176825230640541e-8, -1.0992647369284648e-9,
    ],
    far: [
      0.28211832598030961, 0.2815390439256667, 0.25282862736033357, 0.13730289455678649, 0.2536428336156602,
      -0.52343417175213269, 1.0720958155900169, -1.7807336877298712, 1.7686631697623807, -1.0307728783313399,
      0.33379305015675254, -0.047043385710417787,
    ],
  },
};

/** Bits behind the point in the reference: the terms of the series grow to 2^52 and then cancel. */
const PLACES = 256n;

/** 2 / sqrt(pi) in units of 2^-128. */
const SCALE = 0x120dd750429b6d11ae3a914fed7fd8688n;

/**
 * erf in float64 to about 1 ulp: 2 / sqrt(pi) sum (-1)^n x^(2n+1) / (n! (2n+1)), summed in whole numbers.
 * Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.5.
 */
function evaluateErf(x: number): number {
  if (Math.abs(x) < 2 ** -30) return (2 / Math.sqrt(Math.PI)) * x;
  if (!(Math.abs(x) < 6)) return Math.sign(x);
  // 2^82 x is whole.
  const start = BigInt(x * 2 ** 82) << (PLACES - 82n);
  const square = (start * start) >> PLACES;
  let sum = 0n;
  let power = start;
  for (let n = 0n; power > 1n || power < -1n; n++) {
    sum += power / (2n * n + 1n);
    power = -((power * square) >> PLACES) / (n + 1n);
  }
  return Number((sum * SCALE) >> 128n) / Number(1n << PLACES);
}

export const erf: FunctionDefinition = {
  arity: 1,
  // Near 0: x + x P(x^2). Elsewhere: 1 - exp(-x^2) t Q(t), with the sign of x.
  lower([x]) {
    const { saturation, near, far } = constantsFor(x!, constants);
    const one = constant(1, x!.dtype);
    const size = min(abs(x!), saturation);
    const square = mul(size, size);
    const t = div(one, fma(size, BEND, 1));
    const erfc = mul(expInRange(neg(square)), mul(fusedPolynomial(t, far), t));
    const inner = fma(fusedPolynomial(square, near), size, size);
    return copySign(select(lt(size, THRESHOLD), inner, sub(one, erfc)), x!);
  },
  // erf'(x) = 2 / sqrt(pi) exp(-x^2)
  gradient: (dy, [x]) => [mul(dy, mul(exp(neg(mul(x!, x!))), 2 / Math.sqrt(Math.PI)))],
  evaluate: evaluateErf,
};
