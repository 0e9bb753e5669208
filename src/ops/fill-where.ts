/** Overwriting, or adding to, the elements where a mask is true: without moving any. */
import { bool } from "../base/index.ts";
import * as ir from "../ir/expr.ts";
import { perDtype } from "./per-dtype.ts";
import { PointwiseFunction } from "./pointwise-function.ts";

/** (x, mask, value) -> value where the mask is true, else x. */
export const fillWhere = perDtype((dtype) => {
  const [x, mask, value] = [ir.input(0, dtype), ir.input(1, bool), ir.input(2, dtype)];
  return new PointwiseFunction("maskedFill", [dtype, bool, dtype], ir.select(mask, value, x), null);
});

/** (x, mask, value) -> x + value where the mask is true, else x. */
export const addWhere = perDtype((dtype) => {
  const [x, mask, value] = [ir.input(0, dtype), ir.input(1, bool), ir.input(2, dtype)];
  const sum = dtype === bool ? ir.or(x, value) : ir.add(x, value);
  return new PointwiseFunction("indexPut", [dtype, bool, dtype], ir.select(mask, sum, x), null);
});
