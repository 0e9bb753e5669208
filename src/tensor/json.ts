/** The form of tensors in JSON, and how they get into it. */
import { bool, type DType, type DTypeName, float32, type Shape } from "../base/index.ts";
import type { View } from "../device/storage.ts";
import { readTyped } from "./reading.ts";

/** A tensor as plain data. */
export interface TensorJSON {
  readonly dtype: DTypeName;
  readonly shape: Shape;
  /**
   * The elements in row-major order: true and false for bool, else numbers. What JSON has no number for is a string: "NaN",
   * "Infinity", "-Infinity", "-0", and integers beyond 2^53.
   */
  readonly data: readonly (number | boolean | string)[];
}

/** The fewest digits that give the same float32 again: 0.1, where the float32 itself is 0.10000000149011612. */
function shortened(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

function toPlain(value: number | bigint, dtype: DType): number | boolean | string {
  if (dtype === bool) return value !== 0;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (!Number.isFinite(value)) return String(value);
  if (Object.is(value, -0)) return "-0";
  return dtype === float32 ? shortened(value) : value;
}

/** What `JSON.stringify` writes of a tensor. */
export function toJSON(x: View): TensorJSON {
  const { dtype, shape } = x;
  const elements = Array.from(readTyped(x) as ArrayLike<number | bigint>);
  return { dtype: dtype.name, shape: [...shape], data: elements.map((value) => toPlain(value, dtype)) };
}

/** Whether a value has the form that `toJSON` gives. */
export function isTensorJSON(value: unknown): value is TensorJSON {
  return (
    typeof value === "object" && value !== null && "dtype" in value && "shape" in value && "data" in value
  );
}
