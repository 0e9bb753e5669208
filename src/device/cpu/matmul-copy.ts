/** Copies into the memory of kernels and out of it, each by the quickest way for its layout and size. */
import { copyFloat32 } from "./copy-tile.ts";
import type { FloatArray } from "./matmul-kernels.ts";
import type { Target } from "./matmul-operand.ts";

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

/** Fills rows, `targetRow` elements apart, with the block of a matrix that begins at row i and column j. */
export function loadBlock(
  target: FloatArray,
  to: number,
  targetRow: number,
  { data, at, row, column }: Target,
  i: number,
  j: number,
  rows: number,
  columns: number,
): void {
  const from = at + i * row + j * column;
  if (row === 0) {
    // One row, then doubled: rows 0 and 1 become 2 and 3, ...
    copyStrided(target, to, targetRow, data, from, 1, columns, row, column);
    for (let done = 1; done < rows; done *= 2) {
      const count = Math.min(done, rows - done);
      target.copyWithin(to + done * targetRow, to, to + count * targetRow);
    }
  } else if (column === 1) {
    for (let r = 0; r < rows; r++) copyDense(target, to + r * targetRow, data, from + r * row, columns);
  } else copyStrided(target, to, targetRow, data, from, rows, columns, row, column);
}

/** Copies rows out of the memory of kernels: in one go if neither side has gaps. */
export function storeRows(
  data: FloatArray,
  to: number,
  targetRow: number,
  memory: FloatArray,
  from: number,
  rows: number,
  columns: number,
  rowStride: number,
): void {
  if (targetRow === columns) copyRows(data, to, memory, from, rows, columns, rowStride);
  else
    for (let r = 0; r < rows; r++) copyDense(data, to + r * targetRow, memory, from + r * rowStride, columns);
}
