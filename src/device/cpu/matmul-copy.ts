/** Copies into the scratch memory, each by the quickest way for its layout and size. */
import type { FloatArray } from "./matmul-kernels.ts";

/** Up to this many elements, a loop is quicker than `TypedArray.set`; up to the second, when a subarray must be made. */
const LOOP_LIMIT = 24;
const LOOP_LIMIT_SUBARRAY = 48;

/** Copies `count` elements that lie side by side. */
export function copyDense(target: FloatArray, to: number, data: FloatArray, at: number, count: number): void {
  if (data.length === count && count > LOOP_LIMIT) target.set(data, to);
  else if (count > LOOP_LIMIT_SUBARRAY) target.set(data.subarray(at, at + count), to);
  else copyForward(target, to, data, at, count);
}

/** As `copyDense`, from the start of `data`, a view made for the purpose. */
export function copyWhole(target: FloatArray, to: number, data: FloatArray): void {
  if (data.length > LOOP_LIMIT) target.set(data, to);
  else copyForward(target, to, data, 0, data.length);
}

/** Four elements a step; the `| 0` spare V8 its checks for overflow. */
function copyForward(target: FloatArray, to: number, data: FloatArray, at: number, count: number): void {
  to |= 0;
  at |= 0;
  const end = (at + count) | 0;
  const whole = (at + (count & ~3)) | 0;
  for (; at < whole; at = (at + 4) | 0, to = (to + 4) | 0) {
    target[to] = data[at];
    target[(to + 1) | 0] = data[(at + 1) | 0];
    target[(to + 2) | 0] = data[(at + 2) | 0];
    target[(to + 3) | 0] = data[(at + 3) | 0];
  }
  for (; at < end; at = (at + 1) | 0, to = (to + 1) | 0) target[to] = data[at];
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
