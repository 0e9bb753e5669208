/** Errors that depend on the values of tensors: found out by a kernel, so that compiled programs check them, too. */
import type { DType } from "../base/index.ts";
import * as ir from "../ir/expr.ts";
import { type ReduceKernel, reduceKernel } from "../ir/kernel.ts";
import { trace } from "./executor.ts";
import type { Tensor } from "./handle.ts";

/** Whether all elements of a tensor fulfil `condition`, which is made of input 0 and params. */
export function allTrue(name: string, dtype: DType, condition: ir.Expr): ReduceKernel {
  const [a, b] = [ir.input(0, condition.dtype), ir.input(1, condition.dtype)];
  return reduceKernel(name, [dtype], {
    element: condition,
    combine: ir.and(a, b),
    identity: ir.constant(true, condition.dtype),
    finish: null,
  });
}

/**
 * Throws what `fail` makes unless the one element of `holds` is true; in a compiled program at each run, when the
 * tensors of the trace have no values that `fail` could read.
 */
export function checkValues(holds: Tensor, fail: (mayRead: boolean) => Error): void {
  if (trace !== null) trace.check(holds, () => fail(false));
  else if (holds.item() === 0) throw fail(true);
}
