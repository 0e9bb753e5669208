/** From one dtype to another, element by element. */
import type { DType } from "../base/index.ts";
import { cast, input } from "../ir/expr.ts";
import { PointwiseFunction } from "./pointwise-function.ts";

const conversions = new Map<number, PointwiseFunction>();

/** The function that converts between two dtypes; from a dtype to itself it copies. */
export function conversion(from: DType, to: DType): PointwiseFunction {
  const key = from.index * 16 + to.index;
  let fn = conversions.get(key);
  if (!fn) {
    fn = new PointwiseFunction(from === to ? "clone" : "to", [from], cast(input(0, from), to), null);
    conversions.set(key, fn);
  }
  return fn;
}
