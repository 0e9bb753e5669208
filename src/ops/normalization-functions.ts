/** The pointwise functions and sums that normalisation is made of, by dtype. */
import { type DType, float64 } from "../base/index.ts";
import * as ir from "../ir/expr.ts";
import { sumOfSquares } from "./distances.ts";
import { perDtype } from "./per-dtype.ts";
import { PointwiseFunction } from "./pointwise-function.ts";
import { PointwiseSum } from "./pointwise-sum.ts";

export interface NormalizationFunctions {
  /** (x, mean) -> sum (x - mean)^2 */
  readonly squares: PointwiseSum;
  /** (dy, w) -> sum dy w */
  readonly weighted: PointwiseSum;
  /** (dy, w, x, mean) -> sum dy w (x - mean) */
  readonly moment: PointwiseSum;
  /** (sum of squares), params 1 / n and eps -> r = 1 / sqrt(variance + eps) */
  readonly inverse: PointwiseFunction;
  /** (x, mean, r, w, b) -> (x - mean) r w + b */
  readonly standardized: PointwiseFunction;
  /** (x, mean, scale, b) -> (x - mean) scale + b */
  readonly centered: PointwiseFunction;
  /** (x, scale, shift) -> x scale + shift */
  readonly affine: PointwiseFunction;
  /** (running, sum, momentum), param n -> (1 - momentum) running + momentum sum / n */
  readonly running: PointwiseFunction;
  /** (dy, w, x, mean, r, s, t), param 1 / n -> (dy w - s / n - (x - mean) r^2 t / n) r */
  readonly gradient: PointwiseFunction;
}

function build(dtype: DType): NormalizationFunctions {
  const input = (i: number): ir.Expr => ir.input(i, dtype);
  const sum = (count: number, expression: ir.Expr): PointwiseSum =>
    new PointwiseSum("normalization", dtype, count, expression);
  const map = (count: number, expression: ir.Expr): PointwiseFunction =>
    new PointwiseFunction("normalization", new Array<DType>(count).fill(dtype), expression, null);

  const [a, b, c] = [input(0), input(1), input(2)];
  // The mean is taken off first: of a large mean and a small deviation, x r - mean r would keep few digits.
  const distance = ir.sub(a, b);
  const weighted = ir.mul(a, b);
  const away = ir.sub(c, input(3));
  const r = input(4);
  const common = ir.add(input(5), ir.mul(away, ir.mul(ir.mul(r, r), input(6))));

  // PyTorch keeps running statistics in float64 until they are stored.
  const momentum = ir.input(2, float64);
  const latest = ir.div(ir.cast(input(1), float64), ir.param(0, float64));
  const kept = ir.mul(ir.sub(1, momentum), ir.cast(input(0), float64));

  return {
    squares: sumOfSquares(dtype),
    weighted: sum(2, weighted),
    moment: sum(4, ir.mul(weighted, away)),
    inverse: map(1, ir.div(1, ir.sqrt(ir.fma(a, ir.param(0, dtype), ir.param(1, dtype))))),
    standardized: map(5, ir.fma(ir.mul(distance, c), input(3), input(4))),
    centered: map(4, ir.fma(distance, c, input(3))),
    affine: map(3, ir.fma(a, b, c)),
    running: new PointwiseFunction(
      "running statistics",
      [dtype, dtype, float64],
      ir.cast(ir.add(ir.mul(momentum, latest), kept), dtype),
      null,
    ),
    gradient: map(7, ir.mul(ir.sub(weighted, ir.mul(common, ir.param(0, dtype))), r)),
  };
}

export const normalizationFunctions = /* @__PURE__ */ perDtype(build);
