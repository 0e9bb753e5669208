/** Views of matrices in every layout that an operand may have, and their elements read one by one. */
import { type DType, int64, type TypedArray } from "../../src/base/index.ts";
import type { Device } from "../../src/device/device.ts";
import { Storage, type View } from "../../src/device/storage.ts";

/** How a matrix lies in memory. */
export type Layout =
  | "rows"
  | "columns"
  | "slice"
  | "columnSlice"
  | "strided"
  | "repeatedRow"
  | "repeatedColumn";

export const layouts: readonly Layout[] = [
  "rows",
  "columns",
  "slice",
  "columnSlice",
  "strided",
  "repeatedRow",
  "repeatedColumn",
];

function stridesOf(layout: Layout, rows: number, columns: number): [number, number] {
  switch (layout) {
    case "rows":
      return [columns, 1];
    case "columns":
      return [1, rows];
    case "slice":
      return [columns + 3, 1];
    case "columnSlice":
      return [1, rows + 2];
    case "strided":
      return [2 * (3 * columns + 1), 3];
    case "repeatedRow":
      return [0, 1];
    case "repeatedColumn":
      return [1, 0];
  }
}

/** A view of these strides; elements outside it are NaN (0 for integers), so that reading one shows. */
export function stridedView(
  dtype: DType,
  shape: readonly number[],
  strides: readonly number[],
  value: () => number | bigint,
  { base = 5, offset = 3 } = {},
): View {
  let span = 1;
  for (let d = 0; d < shape.length; d++) span += Math.max(0, shape[d]! - 1) * strides[d]!;
  const data = new dtype.Array(base + offset + span + 7);
  if (dtype.isFloatingPoint) (data as Float32Array).fill(Number.NaN);
  const view: View = {
    storage: new Storage(undefined as unknown as Device, data, base, offset + span),
    dtype,
    shape,
    strides,
    offset,
    dense: false,
  };
  for (const at of positions(view)) data[at] = value() as never;
  return view;
}

export function matrixView(
  dtype: DType,
  rows: number,
  columns: number,
  layout: Layout,
  value: () => number | bigint,
): View {
  return stridedView(dtype, [rows, columns], stridesOf(layout, rows, columns), value);
}

/** Positions in the storage's data of all elements, in row-major order. */
export function positions({ shape, strides, offset, storage }: View): Int32Array {
  let result = Int32Array.of(storage.base + offset);
  shape.forEach((size, d) => {
    const next = new Int32Array(result.length * size);
    for (let i = 0; i < next.length; i++) next[i] = result[Math.floor(i / size)]! + (i % size) * strides[d]!;
    result = next;
  });
  return result;
}

/** All elements in row-major order, in an array of the view's own kind. */
export function elements<T extends TypedArray = Float32Array>(view: View): T {
  const result = new view.dtype.Array(positions(view).length);
  positions(view).forEach((at, i) => {
    result[i] = view.storage.data[at] as never;
  });
  return result as T;
}

/** An output without gaps, NaN (or 77) everywhere, in a storage with room on both sides. */
export function outputView(dtype: DType, shape: readonly number[]): View {
  const strides = shape.map((_, d) => shape.slice(d + 1).reduce((x, y) => x * y, 1));
  const filler = dtype.isFloatingPoint ? Number.NaN : dtype === int64 ? 77n : 77;
  const view = stridedView(dtype, shape, strides, () => filler);
  view.storage.data.fill(filler as never);
  return { ...view, dense: true };
}

/** Small deterministic pseudo-random numbers in [-1, 1), exact in float32. */
export function numbers(seed: number): () => number {
  let state = seed * 2654435761 + 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 23 - 1;
  };
}
