/** Reduce kernels for tests. */
import { type DType, dtypes } from "../../src/base/index.ts";
import * as ir from "../../src/ir/expr.ts";
import { type ArgReduceKernel, type ReduceKernel, reduceKernel } from "../../src/ir/kernel.ts";

/** The fold of `element` with `combine`. */
export function foldKernel(
  name: string,
  inputs: readonly DType[],
  element: ir.Expr,
  combine: (a: ir.Expr, b: ir.Expr) => ir.Expr,
  identity: number | bigint | boolean,
  finish: ((x: ir.Expr) => ir.Expr) | null = null,
): ReduceKernel {
  const { dtype } = element;
  const [a, b] = [ir.input(0, dtype), ir.input(1, dtype)];
  return reduceKernel(name, inputs, {
    element,
    combine: combine(a, b),
    identity: ir.constant(identity, dtype),
    finish: finish?.(a) ?? null,
  });
}

/** The places of the smallest, and in PyTorch's order, where a NaN is larger than any number, of the largest. */
export const argKernels: readonly ArgReduceKernel[] = [
  ...dtypes.map((dtype): ArgReduceKernel => {
    const better = ir.lt(ir.input(0, dtype), ir.input(1, dtype));
    return { kind: "argReduce", name: `argmin ${dtype}`, input: dtype, better };
  }),
  ...dtypes
    .filter((dtype) => dtype.isFloatingPoint)
    .map((dtype): ArgReduceKernel => {
      const [a, b] = [ir.input(0, dtype), ir.input(1, dtype)];
      const better = ir.or(ir.gt(a, b), ir.and(ir.ne(a, a), ir.eq(b, b)));
      return { kind: "argReduce", name: `argmax ${dtype}`, input: dtype, better };
    }),
];
