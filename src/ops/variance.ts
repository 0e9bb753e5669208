/** Variance and standard deviation. */
import { dims, flag, keyword, number, optional, required, signature } from "../base/arguments/index.ts";
import { ArgumentError, type DType, type Shape } from "../base/index.ts";
import * as ir from "../ir/expr.ts";
import { compositeReduction } from "./composite-reduction.ts";
import { sumOfDistances, sumOfSquares } from "./distances.ts";
import { execute } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { tensor } from "./kinds.ts";
import { perDtype } from "./per-dtype.ts";
import { div, eq, mul, where } from "./pointwise/index.ts";
import { PointwiseFunction } from "./pointwise-function.ts";
import { type Dims, type Reduced, requireFloat } from "./reduction.ts";
import { mean } from "./reductions.ts";
import { reshape } from "./reshaping.ts";

/** Options of `var` and `std`. */
export interface VarianceOptions {
  /** Subtracted from the number of elements in the divisor: 1 (Bessel's correction) unless said. */
  correction?: number;
  /** The correction as a word: 1 if true, 0 if false. */
  unbiased?: boolean;
  /** Keeps the reduced dimensions, with size 1. */
  keepdim?: boolean;
}

const functions = /* @__PURE__ */ perDtype((dtype: DType) => {
  const [a, b, c] = [ir.input(0, dtype), ir.input(1, dtype), ir.input(2, dtype)];
  const parameter = ir.param(0, dtype);
  const variance = ir.div(a, parameter);
  const make = (inputs: number, expression: ir.Expr): PointwiseFunction =>
    new PointwiseFunction("var", new Array<DType>(inputs).fill(dtype), expression, null);
  return {
    /** (sum of x - p, p), param n -> p + sum / n */
    moved: make(2, ir.add(b, ir.div(a, parameter))),
    /** (sum of squares), param n - correction */
    variance: make(1, variance),
    deviation: make(1, ir.sqrt(variance)),
    /** (dy, x, mean), param 2 / (n - correction) -> dy param (x - mean) */
    slope: make(3, ir.mul(ir.mul(a, parameter), ir.sub(b, c))),
  };
});

/**
 * sum (x - mean)^2. The mean is counted from an element of the group: of equal elements it is exactly that one, and an
 * offset that they have in common costs no digits.
 */
function squaresOf(x: Tensor, { dims, keptShape, count }: Reduced): Tensor {
  const first = count > 0 ? execute.view(x, keptShape, x.strides, x.offset) : execute.scalar(0, x.dtype, x);
  const shifted = sumOfDistances(x.dtype).apply([x, first], dims);
  return sumOfSquares(x.dtype).apply([x, functions(x.dtype).moved.apply([shifted, first], [count])], dims);
}

/** dx = dy 2 / (n - correction) (x - mean) */
function slopeOf(dy: Tensor, x: Tensor, { dims, count }: Reduced, correction: number): Tensor {
  const average = mean(x, [...dims], true);
  return functions(x.dtype).slope.apply([dy, x, average], [2 / (count - correction)]);
}

function finish(
  x: Tensor,
  reduced: Reduced,
  shape: Shape,
  correction: number,
  how: "variance" | "deviation",
) {
  const squares = reshape(squaresOf(x, reduced), shape);
  return functions(x.dtype)[how].apply1(squares, [Math.max(reduced.count - correction, 0)]);
}

const variance = /* @__PURE__ */ compositeReduction<number>({
  name: "var",
  savesOutput: false,
  compute: (x, reduced, shape, correction) => finish(x, reduced, shape, correction, "variance"),
  gradient: ({ dy, x, reduced }, correction) => slopeOf(dy, x, reduced, correction),
});

/** As of the variance, through dy / (2 y); 0 where all elements are equal. */
const deviation = /* @__PURE__ */ compositeReduction<number>({
  name: "std",
  savesOutput: true,
  compute: (x, reduced, shape, correction) => finish(x, reduced, shape, correction, "deviation"),
  gradient({ dy, x, y, reduced }, correction) {
    const ofVariance = where(eq(y, 0), 0, div(dy, mul(y, 2)));
    return slopeOf(ofVariance, x, reduced, correction);
  },
});

/* @__NO_SIDE_EFFECTS__ */
function parametersOf(name: string) {
  return signature(
    name,
    required("x", tensor),
    optional("dim", dims),
    optional("unbiased", flag),
    optional("keepdim", flag, false),
    keyword("correction", number),
  );
}

const varParameters = /* @__PURE__ */ parametersOf("var");
const stdParameters = /* @__PURE__ */ parametersOf("std");

function call(
  parameters: typeof varParameters,
  given: unknown[],
  compute: (x: Tensor, dim: Dims, keepdim: boolean, correction: number) => Tensor,
): Tensor {
  const [x, dim, unbiased, keepdim, correction] = parameters.read(given);
  requireFloat(parameters.name)(x.dtype);
  if (unbiased !== undefined && correction !== undefined) {
    throw new ArgumentError(
      `${parameters.name}: unbiased and correction say the same (true is 1, false 0); give one of them`,
    );
  }
  return compute(x, dim, keepdim, correction ?? (unbiased === false ? 0 : 1));
}

/**
 * Variance: sum (x - mean)^2 / (n - correction), with Bessel's correction of 1 unless said.
 *
 * @throws DTypeError unless floating point; ShapeError for a dimension that is out of range or named twice.
 * Source: https://pytorch.org/docs/stable/generated/torch.var.html
 *
 * @example
 * torch.tensor([1, 2, 3, 4]).var(); // tensor(1.6667)
 * torch.tensor([1, 2, 3, 4]).var(0, { correction: 0 }); // tensor(1.2500)
 */
function variance_(x: Tensor, dim?: Dims, unbiased?: boolean, keepdim?: boolean): Tensor;
function variance_(x: Tensor, options: VarianceOptions & { dim?: Dims }): Tensor;
function variance_(x: Tensor, dim?: Dims, options?: VarianceOptions): Tensor;
function variance_(...given: unknown[]): Tensor {
  return call(varParameters, given, variance);
}

export { variance_ as var };

/**
 * Standard deviation: the square root of the variance. Its slope is 0 where all elements are equal.
 *
 * @throws DTypeError unless floating point; ShapeError for a dimension that is out of range or named twice.
 * Source: https://pytorch.org/docs/stable/generated/torch.std.html
 *
 * @example
 * torch.tensor([1, 2, 3, 4]).std(); // tensor(1.2910)
 */
export function std(x: Tensor, dim?: Dims, unbiased?: boolean, keepdim?: boolean): Tensor;
export function std(x: Tensor, options: VarianceOptions & { dim?: Dims }): Tensor;
export function std(x: Tensor, dim?: Dims, options?: VarianceOptions): Tensor;
export function std(...given: unknown[]): Tensor {
  return call(stdParameters, given, deviation);
}
