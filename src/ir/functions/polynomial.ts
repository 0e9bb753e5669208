import { add, constant, type Expr, mul } from "../expr.ts";

/** c[0] + c[1] x + c[2] x^2 + ..., by Horner's rule. */
export function polynomial(x: Expr, coefficients: readonly number[]): Expr {
  const last = coefficients.length - 1;
  let sum = constant(coefficients[last]!, x.dtype);
  for (let k = last - 1; k >= 0; k--) sum = add(mul(sum, x), coefficients[k]!);
  return sum;
}
