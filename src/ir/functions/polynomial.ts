import { add, constant, type Expr, fma, mul } from "../expr.ts";

function horner(x: Expr, coefficients: readonly number[], step: (sum: Expr, c: number) => Expr): Expr {
  return coefficients.slice(0, -1).reduceRight(step, constant(coefficients.at(-1)!, x.dtype));
}

/** c[0] + c[1] x + c[2] x^2 + ..., by Horner's rule. */
export function polynomial(x: Expr, coefficients: readonly number[]): Expr {
  return horner(x, coefficients, (sum, c) => add(mul(sum, x), c));
}

/** As `polynomial`, each step with one rounding in float32: half the instructions where the engine has one for that. */
export function fusedPolynomial(x: Expr, coefficients: readonly number[]): Expr {
  return horner(x, coefficients, (sum, c) => fma(sum, x, c));
}
