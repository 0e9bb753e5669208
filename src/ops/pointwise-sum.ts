/** Sums of pointwise functions in one kernel: what is summed is never written down. */
import type { DType, Shape } from "../base/index.ts";
import { derivatives } from "../ir/derivative.ts";
import { add, constant, type Expr, input } from "../ir/expr.ts";
import { type ReduceKernel, reduceKernel } from "../ir/kernel.ts";
import { type Differentiable, execute, type Recorded, record } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { PointwiseFunction } from "./pointwise-function.ts";
import { expand } from "./reshaping.ts";

/** y = sum over some dimensions of f(inputs), from an expression of input(i, dtype). */
export class PointwiseSum implements Differentiable {
  readonly #summed: PointwiseFunction;
  readonly #kernel: ReduceKernel;

  constructor(
    readonly name: string,
    dtype: DType,
    count: number,
    expression: Expr,
  ) {
    const dtypes = new Array<DType>(count).fill(dtype);
    // Derived from the expression alone: the values of f are not there to be read.
    this.#summed = new PointwiseFunction(name, dtypes, expression, (dy, x) => derivatives(expression, dy, x));
    this.#kernel = reduceKernel(name, dtypes, {
      element: expression,
      combine: add(input(0, dtype), input(1, dtype)),
      identity: constant(0, dtype),
      finish: null,
    });
  }

  /** The inputs broadcast to the shape of the first. The dimensions `dims` are kept, with size 1. */
  apply(inputs: readonly Tensor[], dims: readonly number[]): Tensor {
    const { shape } = inputs[0]!;
    const kept: Shape = shape.map((size, d) => (dims.includes(d) ? 1 : size));
    return record(this, inputs, execute.reduce(this.#kernel, inputs, shape, dims, kept, []), []);
  }

  saves(needs: number): number {
    return this.#summed.saves(needs);
  }

  /** Each element that was summed gets the gradient of its sum. */
  gradient(dy: Tensor, call: Recorded): (Tensor | null)[] {
    return this.#summed.gradient(expand(dy, call.shapeOf(0)), call);
  }
}
