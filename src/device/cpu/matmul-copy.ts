/** Copies into the scratch memory, each by the quickest way for its layout and size. */
import { copyFloat32 } from "./copy-tile.ts";
import type { FloatArray } from "./matmul-kernels.ts";

/** Copies `count` elements that lie side by side. */
export function copyDense(target: FloatArray, to: number, data: FloatArray, at: number, count: number): void {
  if (data instanceof Float32Array) copyFloat32(target as Float32Array, to, data, at, count);
  else target.set(data.length === count ? data : data.subarray(at, at + count), to);
}

/** Copies a matrix whose rows have no gaps, but may have gaps between them, into one without any. */
export function copyRows(
  target: FloatArray,
  to: number,
  data: FloatArray,
  at: number,
  rows: number,
  columns: number,
  rowStride: number,
): void {
  if (rowStride === columns || rows === 1) copyDense(target, to, data, at, rows * columns);
  else
    for (let row = 0; row < rows; row++)
      copyDense(target, to + row * columns, data, at + row * rowStride, columns);
}

/** Copies a matrix of any strides into one with rows `targetRow` apart. */
export function copyStrided(
  target: FloatArray,
  to: number,
  targetRow: number,
  data: FloatArray,
  at: number,
  rows: number,
  columns: number,
  rowStride: number,
  columnStride: number,
): void {
  to |= 0;
  for (let row = 0; row < rows; row++, at += rowStride, to += targetRow) {
    for (let column = 0, from = at; column < columns; column++, from += columnStride)
      target[to + column] = data[from];
  }
}
