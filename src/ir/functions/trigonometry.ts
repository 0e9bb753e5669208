/**
 * sin, cos and tan. Both dtypes are computed in float64, where the reduction to [-pi/4, pi/4] is exact
 * enough. Up to |x| = 2^31 float64 results are within 2.5 ulp (tan: 4), float32 ones within 0.6. Beyond, sin
 * and cos are off by what a change of x by one float64 ulp would make; from 2^50 on only their range, [-1,
 * 1], is to be relied on.
 */
import { float64 } from "../../base/index.ts";
import {
  abs,
  add,
  and,
  cast,
  constant,
  cos as cosOf,
  div,
  type Expr,
  max,
  min,
  mul,
  ne,
  neg,
  select,
  shl,
  sin as sinOf,
  sub,
  xor,
} from "../expr.ts";
import type { FunctionDefinition } from "./definition.ts";
import { bitsOf, constantsFor, flipSign, formatOf, type PerFormat, signOf } from "./format.ts";
import { polynomial } from "./polynomial.ts";

interface CircleConstants {
  /**
   * pi/2 in parts of 22 bits, whose products with whole numbers up to 2^31 are exact, and a last one of 53.
   */
  readonly halfPi: readonly number[];
  /** (sin(r) - r) / r^3 in powers of r^2. */
  readonly sine: readonly number[];
  /** (cos(r) - 1 + r^2/2) / r^4 in powers of r^2. */
  readonly cosine: readonly number[];
}

// By the dtype of the result. Minimax on [-pi/4, pi/4] (Remez exchange at 200 bits): relative error of the
// sine 2^-28 and 2^-56.4, of the cosine 2^-33 and 2^-59.6.
const constants: PerFormat<CircleConstants> = {
  float32: {
    halfPi: [1.5707960128784179688, 3.1391641641675960273e-7, 6.2233721718966133838e-14],
    sine: [-0.16666654598954717, 0.0083321601010013062, -0.00019515193386783242],
    cosine: [0.041666645664230569, -0.0013887315365933167, 2.4433055825428157e-5],
  },
  float64: {
    halfPi: [
      1.5707960128784179688, 3.1391641641675960273e-7, 6.2233719696699885127e-14, 2.0222659584103533345e-21,
      2.9038559739793605089e-28,
    ],
    sine: [
      -0.1666666666666663, 0.0083333333333221044, -0.00019841269829577892, 2.7557313617168269e-6,
      -2.5050747077004029e-8, 1.5896189023850665e-10,
    ],
    cosine: [
      0.041666666666666595, -0.0013888888888873036, 2.4801587288838439e-5, -2.7557314175349969e-7,
      2.0875700290796569e-9, -1.1358507259933599e-11,
    ],
  },
};

/** Just above pi/4: keeps the polynomials tame where x is too large to be reduced. */
const LARGEST_REDUCED = 0.8;

interface Circle {
  /** An integer whose lowest two bits are those of n. */
  readonly quadrant: Expr;
  readonly sine: Expr;
  readonly cosine: Expr;
}

/**
 * n = nearest(x / (pi/2)), and the sine and cosine of r = x - n pi/2 (Cody and Waite's reduction in parts).
 */
function reduce(x: Expr, { halfPi, sine, cosine }: CircleConstants): Circle {
  const { wholeShift } = formatOf(x);
  const shifted = add(mul(x, 2 / Math.PI), wholeShift);
  const n = sub(shifted, wholeShift);
  const difference = halfPi.reduce((rest, part) => sub(rest, mul(n, part)), x);
  const r = max(min(difference, LARGEST_REDUCED), -LARGEST_REDUCED);
  const z = mul(r, r);
  return {
    quadrant: bitsOf(shifted),
    sine: add(r, mul(mul(r, z), polynomial(z, sine))),
    cosine: add(mul(z, add(mul(z, polynomial(z, cosine)), -0.5)), 1),
  };
}

/** Runs `compute` on |x| in float64 and rounds its result to the dtype of x. */
function inFloat64(x: Expr, compute: (x: Expr, size: Expr, constants: CircleConstants) => Expr): Expr {
  const wide = cast(x, float64);
  const table = constantsFor(x, constants);
  return cast(compute(wide, abs(wide), table), x.dtype);
}

function isOdd(quadrant: Expr): Expr {
  return ne(and(quadrant, 1), 0);
}

/** The sign bit, set where bit `bit` of the quadrant is. */
function signFromBit(quadrant: Expr, bit: number): Expr {
  return and(shl(quadrant, 63 - bit), formatOf(constant(0, float64)).signBit);
}

export const sin: FunctionDefinition = {
  arity: 1,
  // By quadrants: sin r, cos r, -sin r, -cos r; the sign of x apart, so that -0 stays -0.
  lower: ([x]) =>
    inFloat64(x!, (wide, size, table) => {
      const { quadrant, sine, cosine } = reduce(size, table);
      const sign = xor(signFromBit(quadrant, 1), signOf(wide));
      return flipSign(select(isOdd(quadrant), cosine, sine), sign);
    }),
  // sin' = cos
  gradient: (dy, [x]) => [mul(dy, cosOf(x!))],
  evaluate: Math.sin,
};

export const cos: FunctionDefinition = {
  arity: 1,
  // By quadrants: cos r, -sin r, -cos r, sin r.
  lower: ([x]) =>
    inFloat64(x!, (_wide, size, table) => {
      const { quadrant, sine, cosine } = reduce(size, table);
      return flipSign(select(isOdd(quadrant), sine, cosine), signFromBit(add(quadrant, 1), 1));
    }),
  // cos' = -sin
  gradient: (dy, [x]) => [mul(dy, neg(sinOf(x!)))],
  evaluate: Math.cos,
};

export const tan: FunctionDefinition = {
  arity: 1,
  // By quadrants: sin r / cos r, -cos r / sin r, and again.
  lower: ([x]) =>
    inFloat64(x!, (wide, size, table) => {
      const { quadrant, sine, cosine } = reduce(size, table);
      const odd = isOdd(quadrant);
      const ratio = div(select(odd, cosine, sine), select(odd, sine, cosine));
      return flipSign(ratio, xor(signFromBit(quadrant, 0), signOf(wide)));
    }),
  // tan' = 1 + tan^2
  gradient: (dy, _args, y) => [mul(dy, add(mul(y, y), 1))],
  evaluate: Math.tan,
};
