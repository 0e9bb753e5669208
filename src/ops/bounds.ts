/** Plain numbers that say where in a dimension. */

import { describe, formatShape, IndexError, type Shape, ValueError } from "../base/index.ts";

/** Throws a ValueError unless the value is a whole number. */
export function checkWhole(name: string, what: string, value: number): void {
  if (!Number.isInteger(value)) {
    throw new ValueError(`${name}: ${what} must be a whole number, got ${describe(value)}`);
  }
}

/**
 * Turns a position in [-size, size) of a dimension into one in [0, size). Throws an IndexError for others, which names the
 * item of an index that it is, if it is one.
 */
export function positionIn(name: string, index: number, dim: number, shape: Shape, item?: number): number {
  const size = shape[dim]!;
  if (Number.isInteger(index) && index >= -size && index < size) return index < 0 ? index + size : index;
  const where = item === undefined ? name : `${name}: item ${item}`;
  throw new IndexError(
    Number.isInteger(index)
      ? `${where}: index ${index} is out of range for dimension ${dim} of size ${size} (shape ${formatShape(shape)})`
      : `${where}: an index must be a whole number, got ${describe(index)}`,
  );
}

/** Turns a bound of a range, in which negative numbers count from the end, into one in [0, size], as Python does. */
export function boundIn(name: string, what: string, bound: number, size: number): number {
  checkWhole(name, what, bound);
  return Math.min(Math.max(bound < 0 ? bound + size : bound, 0), size);
}
