/**
 * Whole numbers in tensors of the user: positions and class numbers. They may be floats, since JavaScript does not tell
 * 1 from 1.0.
 */
import { type DType, float64, formatShape, IndexError, int32, int64 } from "../base/index.ts";
import * as ir from "../ir/expr.ts";
import { allTrue, checkValues } from "./check-values.ts";
import { toDtype } from "./conversion.ts";
import { execute } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { perDtype } from "./per-dtype.ts";
import { expand } from "./reshaping.ts";

/** Which numbers are allowed, and how errors speak of them. */
export interface Allowed {
  /** The least number. */
  readonly from: number;
  /** One more than the largest. */
  readonly to: number;
  /** A number that is allowed although it may lie elsewhere. */
  readonly also?: number;
  /** What a number is called, with its article: ["an", "index"]. */
  readonly noun: readonly [string, string];
  /** What follows "is out of range". */
  readonly range: string;
}

/** The element, and how bounds are compared with it: float32 does not have all of them. */
function elementOf(dtype: DType): ir.Expr {
  const x = ir.input(0, dtype);
  return dtype.isFloatingPoint ? ir.cast(x, float64) : x;
}

/** Whether the element is a whole number from param 0 to param 1. */
function isInside(dtype: DType): ir.Expr {
  const x = elementOf(dtype);
  const inside = ir.and(ir.ge(x, ir.param(0, x.dtype)), ir.le(x, ir.param(1, x.dtype)));
  return dtype.isFloatingPoint ? ir.and(inside, ir.eq(x, ir.floor(x))) : inside;
}

const areInside = perDtype((dtype) => allTrue("check of whole numbers", dtype, isInside(dtype)));

/** As `areInside`, or the number of param 2. */
const areInsideOr = perDtype((dtype) => {
  const x = elementOf(dtype);
  return allTrue("check of whole numbers", dtype, ir.or(ir.eq(x, ir.param(2, x.dtype)), isInside(dtype)));
});

/** Whether a tensor may hold positions or class numbers. */
export function mayBeWhole({ dtype }: Tensor): boolean {
  return dtype === int64 || dtype === int32 || dtype.isFloatingPoint;
}

/**
 * The elements of x, which `mayBeWhole`, as int64 or int32.
 *
 * @throws IndexError that names the first element that is no whole number, or is not allowed, and its place.
 */
export function wholeNumbers(name: string, x: Tensor, allowed: Allowed): Tensor {
  const plain = x.dtype.isFloatingPoint ? x.detach() : x;
  // What an expanded tensor repeats need only be looked at once.
  const shape = plain.shape.map((size, d) => (plain.strides[d] === 0 ? Math.min(size, 1) : size));
  const once = execute.view(plain, shape, plain.strides, plain.offset);
  if (once.numel() > 0) {
    const { from, to, also } = allowed;
    const check = also === undefined ? areInside(x.dtype) : areInsideOr(x.dtype);
    // Larger bounds than an int32 can have say nothing of an int32.
    const [least, most] =
      x.dtype === int32 ? [Math.max(from, -(2 ** 31)), Math.min(to, 2 ** 31) - 1] : [from, to - 1];
    const params = also === undefined ? [least, most] : [least, most, also];
    const dims = shape.map((_, d) => d);
    const holds = execute.reduce(check, [once], shape, dims, [], params);
    checkValues(holds, (mayRead) => new IndexError(`${name}: ${complaint(once, allowed, mayRead)}`));
  }
  return x.dtype.isFloatingPoint ? expand(toDtype(once, int64), x.shape) : x;
}

/** What is wrong with the first number that is. Compiled programs have no values to look at. */
function complaint(x: Tensor, { from, to, also, noun, range }: Allowed, mayRead: boolean): string {
  const [article, word] = noun;
  const outside = `is out of range ${range}`;
  if (!mayRead) {
    return `${article} ${word} ${x.dtype.isFloatingPoint ? "is not a whole number, or " : ""}${outside}`;
  }
  const values = Array.from(x.toTypedArray(), Number);
  const isWrong = (n: number): boolean => n !== also && !(Number.isInteger(n) && n >= from && n < to);
  const at = values.findIndex(isWrong);
  const value = values[at]!;
  const where = x.shape.length === 0 ? "" : ` at ${formatShape(placeOf(at, x.shape))}`;
  return `${word} ${value}${where} ${Number.isInteger(value) ? outside : "is not a whole number"}`;
}

/** The index in each dimension of the element at a row-major position. */
function placeOf(position: number, shape: readonly number[]): number[] {
  const place = new Array<number>(shape.length);
  for (let d = shape.length - 1; d >= 0; d--) {
    place[d] = position % shape[d]!;
    position = Math.floor(position / shape[d]!);
  }
  return place;
}
