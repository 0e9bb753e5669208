import { abs, add, constant, div, fma, lt, min, mul, select, sub } from "../expr.ts";
import type { FunctionDefinition } from "./definition.ts";
import { expInRange } from "./exp.ts";
import { constantsFor, copySign, type PerFormat } from "./format.ts";
import { fusedPolynomial } from "./polynomial.ts";

/** Below this the polynomial, above it the formula with exp. tanh is just above 1/2 here. */
const THRESHOLD = 0.55;

interface TanhConstants {
  /** From here on tanh rounds to 1. */
  readonly saturation: number;
  /** (tanh(x) - x) / x^3 in powers of x^2. */
  readonly coefficients: readonly number[];
}

// Minimax on [0, THRESHOLD] (Remez exchange at 200 bits); relative error of tanh 2^-24.7 and 2^-55.5.
const constants: PerFormat<TanhConstants> = {
  float32: {
    saturation: 9.1,
    coefficients: [-0.3333294689655304, 0.13320727646350861, -0.052671860903501511, 0.016437534242868423],
  },
  float64: {
    saturation: 20,
    coefficients: [
      -0.33333333333332316, 0.13333333333168931, -0.053968253876163046, 0.0218694859764305,
      -0.0088631945225658912, 0.0035917198267106042, -0.0014532173211861752, 0.00057913851625500477,
      -0.00021030461946800475, 5.1022879584989615e-5,
    ],
  },
};

export const tanh: FunctionDefinition = {
  arity: 1,
  // Near 0: x + x^3 P(x^2). Elsewhere: 1 - 2 / (exp(2 |x|) + 1), with the sign of x.
  lower([x]) {
    const { saturation, coefficients } = constantsFor(x!, constants);
    const size = abs(x!);
    const doubled = min(add(size, size), 2 * saturation);
    const far = sub(constant(1, x!.dtype), div(constant(2, x!.dtype), add(expInRange(doubled), 1)));
    const z = mul(x!, x!);
    const near = fma(mul(fusedPolynomial(z, coefficients), z), size, size);
    return copySign(select(lt(size, THRESHOLD), near, far), x!);
  },
  // tanh' = 1 - tanh^2
  gradient: (dy, [x], y) => [mul(dy, sub(constant(1, x!.dtype), mul(y, y)))],
  evaluate: Math.tanh,
};
