import type { Expr } from "../expr.ts";

/**
 * PyTorch runs its float32 sigmoid over 16 elements at a time with a vector library, and over the last n mod 16 with the
 * C library, whose exp rounds otherwise (torch.exp itself takes the vector library throughout). Training runs that are near a bifurcation, as XOR's are, tell
 * the two apart within a thousand steps, so the elements from n - n mod 16 on use the form of the C library here too.
 * Source: PyTorch, vectorized_loop in ATen/native/cpu/Loops.h: two vectors of 8 floats in each turn.
 */
export const TAIL_PERIOD = 16;

/** Everything there is to know about one named function of scalar expressions. */
export interface FunctionDefinition {
  readonly arity: 1 | 2;
  /** The function in primitives only, for float32 and float64 arguments. */
  lower(args: readonly Expr[]): Expr;
  /** The form for the last elements of a tensor, where PyTorch has another (see TAIL_PERIOD); else `lower` serves all. */
  lowerTail?(args: readonly Expr[]): Expr;
  /**
   * dL/d(each argument) from dy = dL/dy, the arguments and the result y; null where flat. May use named functions.
   */
  gradient(dy: Expr, args: readonly Expr[], y: Expr): readonly (Expr | null)[];
  /** The value in float64: what the lowered form is measured against. */
  evaluate(...args: number[]): number;
}
