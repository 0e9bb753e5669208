/** Update kernels: everything that a step does to a parameter, in one pass over its elements. */
import type { DType } from "../base/index.ts";
import type { Expr } from "../ir/expr.ts";
import { type MapKernel, mapKernel } from "../ir/kernel.ts";

/**
 * The kernels of an optimizer, made when first asked for: one for each dtype and each variant, a number below 64 whose bits
 * are the options that change the formula. `build` gives the outputs; the inputs all have the dtype.
 */
/* @__NO_SIDE_EFFECTS__ */
export function kernelTable(
  name: string,
  build: (dtype: DType, variant: number) => { inputs: number; outputs: readonly Expr[] },
): (dtype: DType, variant: number) => MapKernel {
  const kernels: (MapKernel | undefined)[] = [];
  return (dtype, variant) => {
    const key = dtype.index * 64 + variant;
    return (kernels[key] ??= make(dtype, variant));
  };

  function make(dtype: DType, variant: number): MapKernel {
    const { inputs, outputs } = build(dtype, variant);
    return mapKernel(name, new Array<DType>(inputs).fill(dtype), outputs);
  }
}
