import type { Expr } from "../expr.ts";

/** Everything there is to know about one named function of scalar expressions. */
export interface FunctionDefinition {
  readonly arity: 1 | 2;
  /** The function in primitives only, for float32 and float64 arguments. */
  lower(args: readonly Expr[]): Expr;
  /**
   * dy/d(each argument) in terms of the arguments and the result y; null where flat. May use named functions.
   */
  derivatives(args: readonly Expr[], y: Expr): readonly (Expr | null)[];
  /** The value in float64: what the lowered form is measured against. */
  evaluate(...args: number[]): number;
}
