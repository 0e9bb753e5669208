/** From tensors back to JavaScript: numbers, nested arrays, typed arrays. */
import {
  bool,
  type DType,
  elementCount,
  formatShape,
  ShapeError,
  type TypedArray,
  ValueError,
} from "../base/index.ts";
import type { View } from "../device/storage.ts";

/** The elements of a tensor as nested arrays; a plain value for a 0-d tensor. bigint only beyond 2^53. */
export type Nested = number | boolean | bigint | Nested[];

/** Position in the storage's array of the element at a row-major position. */
export function locate(x: View, position: number): number {
  let index = x.storage.base + x.offset;
  if (x.dense) return index + position;
  for (let d = x.shape.length - 1; d >= 0; d--) {
    const size = x.shape[d]!;
    index += (position % size) * x.strides[d]!;
    position = Math.floor(position / size);
  }
  return index;
}

function toNumber(value: number | bigint, where: string): number {
  if (typeof value === "number") return value;
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw new ValueError(
      `${where}: the int64 value ${value} is not exact as a number; read it with toTypedArray()`,
    );
  }
  return number;
}

/** The value of a tensor with one element; bool gives 0 or 1. */
export function readScalar(x: View): number {
  const count = elementCount(x.shape);
  if (count !== 1) {
    throw new ShapeError(
      `item: only a tensor with one element is a number, this one has shape ${formatShape(x.shape)} with ${count}; use tolist(), or reduce it first with mean() or sum()`,
    );
  }
  return toNumber(x.storage.data[x.storage.base + x.offset]!, "item");
}

function convert(value: number | bigint, dtype: DType): number | boolean | bigint {
  if (dtype === bool) return value !== 0;
  if (typeof value === "number") return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** The elements as nested arrays: see `Tensor.tolist`. */
export function readNested(x: View): Nested {
  const { data, base } = x.storage;
  const visit = (dim: number, index: number): Nested => {
    if (dim === x.shape.length) return convert(data[index]!, x.dtype);
    return Array.from({ length: x.shape[dim]! }, (_, i) => visit(dim + 1, index + i * x.strides[dim]!));
  };
  return visit(0, base + x.offset);
}

/** A copy of the elements in row-major order. */
export function readTyped(x: View): TypedArray {
  const count = elementCount(x.shape);
  const start = x.storage.base + x.offset;
  if (x.dense) return x.storage.data.slice(start, start + count);
  const copy = new x.dtype.Array(count);
  // One loop serves both kinds of element: numbers and, for int64, bigints.
  const [to, from] = [copy as { [i: number]: number | bigint }, x.storage.data];
  for (let i = 0; i < count; i++) to[i] = from[locate(x, i)]!;
  return copy;
}
