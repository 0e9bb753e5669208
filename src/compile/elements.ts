/** The elements of storages and tensors, between programs and the world outside. */
import { elementCount, type TypedArray } from "../base/index.ts";
import type { Storage } from "../device/storage.ts";
import { readTyped } from "../tensor/reading.ts";
import { Tensor } from "../tensor/tensor.ts";

/** Up to so many elements, a loop is quicker than making views for a copy. */
const FEW = 16;

export function elementsOf({ data, base, length }: Storage): TypedArray {
  return data.subarray(base, base + length);
}

export function copyElements(to: TypedArray, from: TypedArray): void {
  (to as { set(from: TypedArray): void }).set(from);
}

/** Copies the elements of a tensor, in row-major order. */
export function writeElements(to: TypedArray, x: Tensor): void {
  if (!x.dense) copyElements(to, readTyped(x));
  else {
    const start = x.storage.base + x.offset;
    copyElements(to, x.storage.data.subarray(start, start + elementCount(x.shape)));
  }
}

/** A tensor like x with memory of its own, and the elements of `from`. */
export function copyLike(x: Tensor, from: Storage): Tensor {
  const { length } = from;
  const to = x.storage.device.allocate(x.dtype, length);
  if (length > FEW) copyElements(to.data.subarray(to.base, to.base + length), elementsOf(from));
  else {
    const [target, source] = [to.data as Float32Array, from.data as Float32Array];
    for (let i = 0; i < length; i++) target[to.base + i] = source[from.base + i]!;
  }
  return new Tensor(to, x.dtype, x.shape, x.strides, x.offset, x.dense);
}

/** A leaf like x that shows a storage of a program. */
export function tensorOver(storage: Storage, { dtype, shape, strides, offset, dense }: Tensor): Tensor {
  return new Tensor(storage, dtype, shape, strides, offset, dense);
}
