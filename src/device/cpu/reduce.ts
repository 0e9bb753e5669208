/** Reduce kernels: finds out how the folded axes lie, and folds rows or columns accordingly (reduction.ts). */
import { elementCount } from "../../base/index.ts";
import { asColumns, planFold } from "../../codegen/wasm/fold-plan.ts";
import type { ReduceKernel } from "../../ir/kernel.ts";
import type { View } from "../storage.ts";
import { foldsOf, planOf } from "./reduce-plan.ts";
import { Reduction } from "./reduction.ts";
import { writeParams } from "./scratch.ts";
import { throwTrap } from "./trap.ts";

const reduction = new Reduction();

/** See Device.reduce. Throws a ValueError where integers are divided by zero. */
export function reduce(
  kernel: ReduceKernel,
  output: View,
  inputs: readonly View[],
  shape: readonly number[],
  dims: readonly number[],
  params: readonly number[],
): void {
  if (kernel.paramCount > 0) writeParams(params, kernel.paramCount);
  reduction.kernel = kernel;
  reduction.plan = planOf(kernel);
  reduction.inputs = inputs;
  reduction.output = output;
  try {
    fold(inputs, shape, dims);
  } catch (error) {
    throwTrap(kernel.name, error);
  } finally {
    reduction.end();
  }
}

function fold(inputs: readonly View[], shape: readonly number[], dims: readonly number[]): void {
  const first = dims.length > 0 ? dims[0]! : shape.length;
  const last = dims.length > 0 ? dims[dims.length - 1]! : shape.length - 1;
  // [count, rows, width] over dimension 1: the sizes before, in and after the axes where those are neighbours.
  let count = 1;
  let rows = 1;
  let width = 1;
  for (let d = 0; d < first; d++) count *= shape[d]!;
  for (let d = first; d <= last; d++) rows *= shape[d]!;
  for (let d = last + 1; d < shape.length; d++) width *= shape[d]!;

  if (count * rows * width === 0) {
    foldNothing(shape, dims);
  } else if (last - first + 1 !== dims.length || !readsPlainly(inputs, count * rows * width)) {
    foldStrided(shape, dims);
  } else if (width === 1) {
    begin(true);
    reduction.foldRows(count, rows);
  } else if (asColumns(count, rows, width)) {
    begin(true);
    reduction.foldColumns(count, rows, width);
  } else {
    foldStrided(shape, dims);
  }
}

function begin(plain: boolean): void {
  reduction.plain = plain;
  reduction.folds = foldsOf(reduction.kernel, reduction.plan, reduction.repeated);
  reduction.begin();
}

/** The fold of no elements, for each element of the output. */
function foldNothing(shape: readonly number[], dims: readonly number[]): void {
  let n = 1;
  for (let d = 0; d < shape.length; d++) if (!dims.includes(d)) n *= shape[d]!;
  if (n === 0) return;
  reduction.folds = foldsOf(reduction.kernel, reduction.plan, 0);
  reduction.foldNothing(n);
}

/** Whether all inputs are contiguous with `total` elements, or one element that is repeated (which it notes). */
function readsPlainly(inputs: readonly View[], total: number): boolean {
  let repeated = 0;
  for (let i = 0; i < inputs.length; i++) {
    const view = inputs[i]!;
    const n = elementCount(view.shape);
    if (n !== total) {
      if (n !== 1) return false;
      repeated |= 1 << i;
    } else if (!view.dense) {
      return false;
    }
  }
  reduction.repeated = repeated;
  return true;
}

/** Any strides and axes: the axes are brought together, as the innermost ones or before the last one that stays. */
function foldStrided(shape: readonly number[], dims: readonly number[]): void {
  const { walk, inputs } = reduction;
  walk.begin(shape);
  for (const view of inputs) walk.add(view, shape);
  const strides = inputs.map((_, i) => walk.operands[i]!.strides);
  const { count, rows, width, kept, folded, inner } = planFold(shape, dims, strides);
  walk.permute([...kept, ...folded, ...inner]);
  walk.merge();

  reduction.repeated = 0;
  for (let i = 0; i < inputs.length; i++) if (walk.operands[i]!.repeated) reduction.repeated |= 1 << i;
  begin(false);
  if (width > 1) reduction.foldColumns(count, rows, width);
  else reduction.foldRows(count, rows);
}
