/**
 * What tensors of one storage have in common: which of their elements are the same memory. Storages are compared by whoever
 * asks; here are shapes, strides and offsets alone.
 *
 * The words are PyTorch's. What it refuses is refused: results that repeat an element, and operands that lie in the memory
 * of the result, but not element by element, where both are without gaps. Among strided tensors with gaps it does not look;
 * there the operand is to be read before anything is written.
 * Source: https://github.com/pytorch/pytorch/blob/main/aten/src/ATen/MemoryOverlap.cpp
 */
import { elementCount, type Shape } from "./shape.ts";

/** Elements within a storage. */
export interface Extent {
  readonly shape: Shape;
  readonly strides: Shape;
  readonly offset: number;
}

/**
 * "none": no element in common. "same": element for element the same. "partial": both are without gaps, and share memory
 * otherwise. "unclear": at least one has gaps or repeats elements, and they may share some.
 */
export type Overlap = "none" | "same" | "partial" | "unclear";

/** Whether some element is named more than once: a dimension repeats (`expand`). */
export function repeatsElements({ shape, strides }: Extent): boolean {
  let repeats = false;
  for (let d = 0; d < shape.length; d++) {
    if (shape[d] === 0) return false;
    if (strides[d] === 0 && shape[d] !== 1) repeats = true;
  }
  return repeats;
}

/** How far the last element lies behind the first. There must be one. */
function reach({ shape, strides }: Extent): number {
  let last = 0;
  for (let d = 0; d < shape.length; d++) last += (shape[d]! - 1) * strides[d]!;
  return last;
}

/** Whether the elements fill a stretch of memory, each once, in whatever order. */
export function isWithoutGaps(extent: Extent): boolean {
  // Each element once, and the last as far as there are elements: nothing lies between.
  return !repeatsElements(extent) && reach(extent) === elementCount(extent.shape) - 1;
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

/**
 * Whether two extents are seen to be apart within rows of `row` elements: neither goes over the end of a row, and within a row
 * one ends before the other begins, as columns of a matrix do.
 */
function areApartInRows(a: Extent, b: Extent, row: number): boolean {
  const within = ({ shape, strides, offset }: Extent): [number, number] | null => {
    const first = offset % row;
    let last = first;
    for (let d = 0; d < shape.length; d++) {
      if (strides[d]! % row !== 0) last += (shape[d]! - 1) * strides[d]!;
    }
    return last < row ? [first, last] : null;
  };
  const [inA, inB] = [within(a), within(b)];
  return inA !== null && inB !== null && (inA[1] < inB[0] || inB[1] < inA[0]);
}

/** What two extents of one storage have in common. */
export function overlapOf(a: Extent, b: Extent): Overlap {
  if (elementCount(a.shape) === 0 || elementCount(b.shape) === 0) return "none";
  if (isSameExtent(a, b)) return "same";
  if (a.offset + reach(a) < b.offset || b.offset + reach(b) < a.offset) return "none";
  if (isWithoutGaps(a) && isWithoutGaps(b)) return "partial";
  // Every other element here, the elements between there.
  const strides = [
    ...a.strides.filter((_, d) => a.shape[d] !== 1),
    ...b.strides.filter((_, d) => b.shape[d] !== 1),
  ];
  const step = strides.reduce(greatestCommonDivisor, 0);
  if (step > 1 && (a.offset - b.offset) % step !== 0) return "none";
  return strides.some((row) => row > 1 && areApartInRows(a, b, row)) ? "none" : "unclear";
}

/** Whether two extents name the same elements in the same order. */
export function isSameExtent(a: Extent, b: Extent): boolean {
  if (a.offset !== b.offset || a.shape.length !== b.shape.length) return false;
  for (let d = 0; d < a.shape.length; d++) {
    if (a.shape[d] !== b.shape[d]) return false;
    if (a.shape[d] !== 1 && a.strides[d] !== b.strides[d]) return false;
  }
  return true;
}
