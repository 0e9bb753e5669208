/** Sums over how far elements are from a point. */
import type { DType } from "../base/index.ts";
import * as ir from "../ir/expr.ts";
import { perDtype } from "./per-dtype.ts";
import { PointwiseSum } from "./pointwise-sum.ts";

const distance = (dtype: DType): ir.Expr => ir.sub(ir.input(0, dtype), ir.input(1, dtype));

/** (x, m) -> sum (x - m) */
export const sumOfDistances = /* @__PURE__ */ perDtype(
  (dtype) => new PointwiseSum("sum of distances", dtype, 2, distance(dtype)),
);

/** (x, m) -> sum (x - m)^2 */
export const sumOfSquares = /* @__PURE__ */ perDtype((dtype) => {
  const d = distance(dtype);
  return new PointwiseSum("sum of squares", dtype, 2, ir.mul(d, d));
});
