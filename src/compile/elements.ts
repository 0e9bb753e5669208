/** The elements of storages and tensors, between programs and the world outside. */
import { elementCount, sameShape, type TypedArray } from "../base/index.ts";
import { Storage } from "../device/storage.ts";
import { execute } from "../ops/executor.ts";
import { readTyped } from "../tensor/reading.ts";
import { Tensor } from "../tensor/tensor.ts";

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

/** Copies the elements of a tensor to memory in which they lie as those of `like`, which has its shape. */
export function writeLike(to: TypedArray, like: Tensor, x: Tensor): void {
  if (like.dense) {
    writeElements(to, x);
  } else if (sameShape(like.strides, x.strides)) {
    const start = x.storage.base + x.offset;
    copyElements(to, x.storage.data.subarray(start, start + to.length));
  } else {
    execute.copyInto(tensorOver(new Storage(x.storage.device, to, 0, to.length), like), x);
  }
}

/** A tensor like x with memory of its own, and the elements of `from`. */
export function copyLike(x: Tensor, from: Storage): Tensor {
  const { dtype, shape, strides, offset, dense } = x;
  return new Tensor(x.storage.device.allocateCopy(dtype, from), dtype, shape, strides, offset, dense);
}

/** A leaf like x that shows a storage of a program. */
export function tensorOver(storage: Storage, { dtype, shape, strides, offset, dense }: Tensor): Tensor {
  return new Tensor(storage, dtype, shape, strides, offset, dense);
}

/** Another view like x, of the same memory. Its history is up to whoever asks. */
export function viewAgain(x: Tensor): Tensor {
  const view = tensorOver(x.storage, x);
  view.viewOf = x.viewOf;
  view.viewedGradFn = x.viewOf?.gradFn ?? null;
  view.unfollowed = x.unfollowed;
  return view;
}
