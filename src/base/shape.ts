/** Shapes, strides and broadcasting: plain arithmetic on arrays of numbers. Strides count elements. */
import { ShapeError } from "./errors.ts";

/** The sizes of the dimensions, the last of which moves fastest in memory; [] for a single number. */
export type Shape = readonly number[];

/** A shape as error messages show it: [2, 3]. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Number of elements: the product of the sizes, 1 for a 0-d tensor. */
export function elementCount(shape: Shape): number {
  let count = 1;
  for (let d = 0; d < shape.length; d++) count *= shape[d]!;
  return count;
}

const sharedStrides: Shape[] = [[], [1]];

/** Row-major strides: the last dimension moves fastest. */
export function contiguousStrides(shape: Shape): Shape {
  if (shape.length < 2) return sharedStrides[shape.length]!;
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    strides[d] = step;
    // A size of 0 must not zero the strides before it (PyTorch's rule).
    step *= Math.max(shape[d]!, 1);
  }
  return strides;
}

/** Whether elements lie in row-major order without gaps. Dimensions of size 1 may have any stride. */
export function isContiguous(shape: Shape, strides: Shape): boolean {
  let step = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    const size = shape[d]!;
    if (size === 0) return true;
    if (size !== 1) {
      if (strides[d] !== step) return false;
      step *= size;
    }
  }
  return true;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let d = 0; d < a.length; d++) if (a[d] !== b[d]) return false;
  return true;
}

/** The largest tensor that one typed array can hold in every JavaScript engine. */
export const MAX_ELEMENTS = 2 ** 32;

/** Checks a shape that a user gave. Throws a ShapeError that names the function and the faulty size. */
export function checkShape(where: string, shape: Shape): void {
  if (!Array.isArray(shape)) {
    throw new ShapeError(
      `${where}: the shape must be an array of sizes such as [2, 3], got ${String(shape)}`,
    );
  }
  for (let d = 0; d < shape.length; d++) {
    const size = shape[d]!;
    if (!Number.isInteger(size) || size < 0) {
      throw new ShapeError(
        `${where}: size ${String(size)} at dimension ${d} of shape ${formatShape(shape)} is not a whole number of at least 0`,
      );
    }
  }
  if (elementCount(shape) > MAX_ELEMENTS) {
    throw new ShapeError(
      `${where}: shape ${formatShape(shape)} has ${elementCount(shape)} elements; at most ${MAX_ELEMENTS} fit in one tensor`,
    );
  }
}

/** Turns a dimension in [-rank, rank) into one in [0, rank). A 0-d tensor takes 0 and -1, as in PyTorch. */
export function normalizeDim(where: string, dim: number, rank: number): number {
  const limit = Math.max(rank, 1);
  if (!Number.isInteger(dim) || dim < -limit || dim >= limit) {
    throw new ShapeError(
      `${where}: dimension ${String(dim)} is out of range for ${rank === 0 ? "a 0-d tensor" : `a tensor of ${rank} dimension${rank === 1 ? "" : "s"}`} (expected ${-limit} to ${limit - 1})`,
    );
  }
  return dim < 0 ? dim + limit : dim;
}

/** Normalised, sorted and checked for repeats; `undefined` or an empty list means every dimension. */
export function normalizeDims(
  where: string,
  dims: number | Shape | undefined | null,
  rank: number,
): number[] {
  if (dims !== undefined && dims !== null && typeof dims !== "number" && !Array.isArray(dims)) {
    throw new ShapeError(
      `${where}: a dimension must be a whole number or an array of them, got ${String(dims)}`,
    );
  }
  if (dims === undefined || dims === null || (typeof dims !== "number" && dims.length === 0)) {
    const all = new Array<number>(rank);
    for (let d = 0; d < rank; d++) all[d] = d;
    return all;
  }
  if (typeof dims === "number") {
    const dim = normalizeDim(where, dims, rank);
    return rank === 0 ? [] : [dim];
  }
  const seen = dims.map((dim) => normalizeDim(where, dim, rank)).sort((a, b) => a - b);
  for (let i = 1; i < seen.length; i++) {
    if (seen[i] === seen[i - 1]) {
      throw new ShapeError(`${where}: dimension ${seen[i]} appears more than once in ${formatShape(dims)}`);
    }
  }
  return rank === 0 ? [] : seen;
}

/**
 * The common shape of two operands: aligned at the last dimension, sizes must be equal or one of them 1.
 * Throws a ShapeError that names the op, both shapes and the dimension that differs.
 */
export function broadcastShapes(where: string, a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  if (b.length === 0) return a;
  if (a.length === 0) return b;
  const rank = Math.max(a.length, b.length);
  const result = new Array<number>(rank);
  for (let d = 1; d <= rank; d++) {
    const m = d <= a.length ? a[a.length - d]! : 1;
    const n = d <= b.length ? b[b.length - d]! : 1;
    if (m !== n && m !== 1 && n !== 1) {
      throw new ShapeError(
        `${where}: shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast: size ${m} against ${n} at dimension -${d}. ` +
          "Sizes must be equal, or one of them 1; reshape or unsqueeze one operand",
      );
    }
    result[rank - d] = m === 1 ? n : m;
  }
  return result;
}

/** Strides that read a tensor of `shape` as if it had the larger `target` shape: 0 where it repeats. */
export function broadcastStrides(shape: Shape, strides: Shape, target: Shape): Shape {
  if (sameShape(shape, target)) return strides;
  const lead = target.length - shape.length;
  const result = new Array<number>(target.length);
  for (let d = 0; d < target.length; d++) {
    result[d] = d < lead || (shape[d - lead] === 1 && target[d] !== 1) ? 0 : strides[d - lead]!;
  }
  return result;
}

/**
 * Strides of the same elements under a new shape, without copying; null where only a copy can do it.
 * Each run of old dimensions that covers a run of new ones must itself be contiguous.
 */
export function reshapedStrides(shape: Shape, strides: Shape, target: Shape): Shape | null {
  if (elementCount(target) === 0) return contiguousStrides(target);
  const result = new Array<number>(target.length);
  const old: { size: number; stride: number }[] = [];
  for (let d = 0; d < shape.length; d++) {
    if (shape[d] !== 1) old.push({ size: shape[d]!, stride: strides[d]! });
  }
  let i = old.length - 1;
  let left = i >= 0 ? old[i]!.size : 1;
  let stride = i >= 0 ? old[i]!.stride : 1;
  for (let d = target.length - 1; d >= 0; d--) {
    const size = target[d]!;
    if (size === 1) {
      result[d] = d + 1 < target.length ? result[d + 1]! * target[d + 1]! : 1;
      continue;
    }
    // Merge the next outer old dimension in when this run is used up.
    while (left === 1 && i > 0) {
      i--;
      left = old[i]!.size;
      stride = old[i]!.stride;
    }
    while (left % size !== 0 || left < size) {
      if (i === 0 || old[i - 1]!.stride !== old[i]!.stride * old[i]!.size) return null;
      // The run grows outward: the inner dimension's stride stays the run's stride.
      i--;
      left *= old[i]!.size;
    }
    result[d] = stride;
    stride *= size;
    left /= size;
  }
  return result;
}
