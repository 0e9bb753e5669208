/** Nested JavaScript arrays of numbers, as `torch.tensor` and an index take them. */

import { DTypeError, describe, ShapeError, type TypedArray } from "../base/index.ts";
import { isTensor } from "./handle.ts";

/** Numbers, booleans or bigints, nested as deep as the tensor has dimensions. */
export type NestedArray = number | boolean | bigint | readonly NestedArray[] | TypedArray;

export interface Flattened {
  readonly values: (number | bigint | boolean)[];
  readonly shape: number[];
}

export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/**
 * The values in row-major order, and the shape. `what` is what errors call the array.
 *
 * @throws ShapeError with the position of the first part that does not fit; DTypeError for what is no number.
 */
export function flattenNested(name: string, what: string, data: NestedArray): Flattened {
  const values: (number | bigint | boolean)[] = [];
  const shape: number[] = [];
  /** Where the walk is: its text is made for errors alone. */
  const path: number[] = [];
  const place = (): string => `${what}${path.map((i) => `[${i}]`).join("")}`;
  const visit = (item: unknown): void => {
    const depth = path.length;
    if (Array.isArray(item) || isTypedArray(item)) {
      const part = item as ArrayLike<unknown>;
      if (values.length === 0 && shape.length === depth) shape.push(part.length);
      if (depth >= shape.length || part.length !== shape[depth]) {
        const expected = depth >= shape.length ? "a number" : `${shape[depth]} elements`;
        throw new ShapeError(
          `${name}: ragged array: ${place()} has ${part.length} elements where the ones before have ${expected}`,
        );
      }
      for (let i = 0; i < part.length; i++) {
        path.push(i);
        visit(part[i]);
        path.pop();
      }
      return;
    }
    if (typeof item !== "number" && typeof item !== "boolean" && typeof item !== "bigint") {
      const hint = isTensor(item) ? "; join tensors with torch.stack or torch.cat" : "";
      throw new DTypeError(`${name}: ${place()} is ${describe(item)}, expected a number${hint}`);
    }
    if (depth !== shape.length) {
      throw new ShapeError(
        `${name}: ragged array: ${place()} is a number where the ones before are arrays of ${shape[depth]}`,
      );
    }
    values.push(item);
  };
  visit(data);
  return { values, shape };
}
