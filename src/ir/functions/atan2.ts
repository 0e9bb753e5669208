import { abs, add, constant, div, type Expr, eq, gt, lt, max, min, mul, neg, select, xor } from "../expr.ts";
import type { FunctionDefinition } from "./definition.ts";
import { bitsOf, constantsFor, copySign, formatOf, type PerFormat } from "./format.ts";
import { polynomial } from "./polynomial.ts";

interface AtanConstants {
  /** pi/2 rounded, and what that leaves over. */
  readonly halfPi: number;
  readonly halfPiLow: number;
  /** (atan(q) - q) / q^3 in powers of q^2. */
  readonly coefficients: readonly number[];
}

// Minimax on [0, 1] (Remez exchange at 200 bits); relative error of atan 2^-25.8 and 2^-54.
const constants: PerFormat<AtanConstants> = {
  float32: {
    halfPi: 1.5707963705062866211,
    halfPiLow: -4.3711390001862428308e-8,
    coefficients: [
      -0.33333152532577515, 0.19993773102760315, -0.14211058616638184, 0.1066601574420929,
      -0.075522340834140778, 0.043212052434682846, -0.016368022188544273, 0.0029207107145339251,
    ],
  },
  float64: {
    halfPi: 1.570796326794896558,
    halfPiLow: 6.1232339957367658861e-17,
    coefficients: [
      -0.3333333333333186, 0.1999999999975493, -0.14285714271331751, 0.11111110678696184,
      -0.090909012348733775, 0.076922129275859799, -0.06665860355752698, 0.058773077925546841,
      -0.052392332808063685, 0.046739509249459736, -0.040926421502344226, 0.034067893481504394,
      -0.025826923582454142, 0.016978179409126361, -0.0091846779126192567, 0.0038560446956943596,
      -0.0011640994091189317, 0.00022302902015894027, -2.025927691620292e-5,
    ],
  },
};

/**
 * The smaller size over the larger: 0 for 0/0 and 1 for two infinities, which gives C99's angles for those.
 */
function sizeRatio(a: Expr, b: Expr): Expr {
  const { minNormal, fractionBits } = formatOf(a);
  const small = min(a, b);
  const notZero = max(max(a, b), minNormal * 2 ** -fractionBits);
  return select(eq(small, Number.POSITIVE_INFINITY), 1, div(small, notZero));
}

export const atan2: FunctionDefinition = {
  arity: 2,
  /**
   * With t = atan(min(|a|, |b|) / max(|a|, |b|)) in [0, pi/4] the angle's size is t, pi/2 - t, pi/2 + t or pi
   * - t by the octant, and its sign that of a. Zeros and infinities: C99, annex F.9.1.4.
   */
  lower([a, b]) {
    const { halfPi, halfPiLow, coefficients } = constantsFor(a!, constants);
    const q = sizeRatio(abs(a!), abs(b!));
    const z = mul(q, q);
    const t = add(q, mul(mul(polynomial(z, coefficients), z), q));
    const steep = gt(abs(a!), abs(b!));
    // By the sign bit, so that -0 counts as negative.
    const behind = lt(bitsOf(b!), 0);
    const quarters = select(steep, constant(1, a!.dtype), select(behind, constant(2, a!.dtype), 0));
    const turned = select(xor(steep, behind), neg(t), t);
    return copySign(add(mul(quarters, halfPi), add(mul(quarters, halfPiLow), turned)), a!);
  },
  // d atan2(a, b) / da = b / (a^2 + b^2), d atan2(a, b) / db = -a / (a^2 + b^2), 0 at the origin
  gradient(dy, [a, b]) {
    const square = add(mul(a!, a!), mul(b!, b!));
    const slope = (x: Expr): Expr => mul(dy, select(eq(square, 0), 0, div(x, square)));
    return [slope(b!), slope(neg(a!))];
  },
  evaluate: Math.atan2,
};
