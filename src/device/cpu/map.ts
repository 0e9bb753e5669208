/** Map kernels. What fits in one block, as most tensors of small models do, takes the shortest way. */
import { contiguousStrides, elementCount, float32 } from "../../base/index.ts";
import type { MapKernel } from "../../ir/kernel.ts";
import type { View } from "../storage.ts";
import { copyNested } from "./copy-nested.ts";
import { copyElements, copyFloat32 } from "./copy-tile.ts";
import { copyView } from "./copy-view.ts";
import { mapBlocks } from "./map-blocks.ts";
import { execute, type MapPlan, mapPlanOf } from "./map-plan.ts";
import { f32, regionAddress, scratch, writeParams } from "./scratch.ts";

/** See Device.map. Throws a ValueError where integers are divided by zero, before anything is changed. */
export function map(
  kernel: MapKernel,
  outputs: readonly View[],
  inputs: readonly View[],
  params: readonly number[],
): void {
  const n = elementCount(outputs[0]!.shape);
  if (n === 0) return;
  if (kernel.isCopy) {
    copyView(outputs[0]!, inputs[0]!, n);
    return;
  }
  const plan = mapPlanOf(kernel);
  if (kernel.paramCount > 0) writeParams(params, kernel.paramCount);
  if (n > plan.block) mapBlocks(kernel, plan, outputs, inputs, n);
  else mapBlock(kernel, plan, outputs, inputs, n);
}

/** At most a block of elements, all at once. */
function mapBlock(
  kernel: MapKernel,
  plan: MapPlan,
  outputs: readonly View[],
  inputs: readonly View[],
  n: number,
): void {
  let repeated = 0;
  for (let i = 0; i < inputs.length; i++) {
    const { storage, dtype, shape, strides, offset, dense } = inputs[i]!;
    const count = elementCount(shape);
    const start = storage.base + offset;
    if (count !== n && count === 1) repeated |= 1 << i;
    // Contiguous and as many elements: then the shapes differ by dimensions of size 1 at most.
    if (count === 1 || (dense && count === n)) {
      if (dtype === float32)
        copyFloat32(f32, regionAddress(i) / 4, storage.data as Float32Array, start, count);
      else
        copyElements(
          dtype,
          scratch[dtype.index]!,
          regionAddress(i) / dtype.bytes,
          storage.data,
          start,
          count,
        );
    } else {
      const all = outputs[0]!.shape;
      const dense = contiguousStrides(all);
      const region = regionAddress(i) / dtype.bytes;
      copyNested(dtype, all, scratch[dtype.index]!, region, all, dense, storage.data, start, shape, strides);
    }
  }
  execute(kernel, plan, repeated, n);
  for (let i = 0; i < outputs.length; i++) {
    const { storage, dtype, shape, strides, offset, dense } = outputs[i]!;
    const start = storage.base + offset;
    const region = regionAddress(inputs.length + i) / dtype.bytes;
    if (!dense) {
      const dense = contiguousStrides(shape);
      copyNested(
        dtype,
        shape,
        storage.data,
        start,
        shape,
        strides,
        scratch[dtype.index]!,
        region,
        shape,
        dense,
      );
    } else if (dtype === float32) {
      copyFloat32(storage.data as Float32Array, start, f32, region, n);
    } else {
      copyElements(dtype, storage.data, start, scratch[dtype.index]!, region, n);
    }
  }
}
