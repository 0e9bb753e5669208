/** What softmax is made of: exponentials of scores, each divided by their sum along a dimension. */
import type { DType, Shape } from "../base/index.ts";
import * as ir from "../ir/expr.ts";
import { type MapKernel, mapKernel, type ReduceKernel, reduceKernel } from "../ir/kernel.ts";
import { execute } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { perDtype } from "./per-dtype.ts";
import { PointwiseFunction } from "./pointwise-function.ts";
import { PointwiseSum } from "./pointwise-sum.ts";

const noParams: readonly number[] = [];

/** The largest score along a dimension; rows of -Infinity alone count as 0 where `masked`. */
export function highestOf(
  name: string,
  inputs: readonly DType[],
  score: ir.Expr,
  masked: boolean,
): ReduceKernel {
  const { dtype } = score;
  const gathered = ir.input(0, dtype);
  return reduceKernel(`${name} (max)`, inputs, {
    element: score,
    combine: ir.max(gathered, ir.input(1, dtype)),
    identity: ir.constant(-Infinity, dtype),
    finish: masked ? ir.select(ir.eq(gathered, -Infinity), 0, gathered) : null,
  });
}

export interface ShareKernels {
  readonly highest: ReduceKernel;
  readonly exponential: MapKernel;
  readonly total: ReduceKernel;
  readonly share: MapKernel;
}

/**
 * The kernels of y = exp(z) / sum exp(z), for the scores z that are made of the inputs. With `masked`, a score may be
 * -Infinity, and rows without any other score give zeros.
 */
export function shareKernels(
  name: string,
  inputs: readonly DType[],
  score: ir.Expr,
  masked: boolean,
): ShareKernels {
  const { dtype } = score;
  const [x, y] = [ir.input(0, dtype), ir.input(1, dtype)];
  return {
    highest: highestOf(name, inputs, score, masked),
    // Shifted by the largest score, so that nothing overflows.
    exponential: mapKernel(
      `${name} (exp)`,
      [...inputs, dtype],
      [ir.exp(ir.sub(score, ir.input(inputs.length, dtype)))],
    ),
    total: reduceKernel(`${name} (sum)`, [dtype], {
      element: x,
      combine: ir.add(x, y),
      identity: ir.constant(0, dtype),
      // Elsewhere the sum is at least 1.
      finish: masked ? ir.select(ir.eq(x, 0), 1, x) : null,
    }),
    share: mapKernel(name, [dtype, dtype], [ir.div(x, y)]),
  };
}

/** What a reduction along one dimension takes, which stays with size 1; a 0-d tensor has one element and no dimension. */
export function along(shape: Shape, dim: number): { dims: readonly number[]; kept: Shape } {
  return { dims: shape.length > 0 ? [dim] : [], kept: shape.map((size, d) => (d === dim ? 1 : size)) };
}

/** Runs them along `dim` of `shape`, to which the inputs broadcast. */
export function shares(
  { highest, exponential, total, share }: ShareKernels,
  inputs: readonly Tensor[],
  shape: Shape,
  dim: number,
  params: readonly number[] = noParams,
): Tensor {
  const { dims, kept } = along(shape, dim);
  const shift = execute.reduce(highest, inputs, shape, dims, kept, params);
  const y = execute.map(exponential, [...inputs, shift], shape, params);
  const sums = execute.reduce(total, [y], shape, dims, kept, noParams);
  execute.mapInto(share, [y], [y, sums], noParams);
  return y;
}

const backward = perDtype((dtype) => {
  const [dy, y, dot] = [ir.input(0, dtype), ir.input(1, dtype), ir.input(2, dtype)];
  const dx = ir.mul(ir.mul(ir.sub(dy, dot), y), ir.param(0, dtype));
  return {
    dot: new PointwiseSum("softmax backward", dtype, 2, ir.mul(dy, y)),
    slope: new PointwiseFunction("softmax backward", [dtype, dtype, dtype], dx, null),
  };
});

/** For y = the shares of scale x: dx = scale y (dy - sum(dy y)). */
export function sharesGradient(dy: Tensor, y: Tensor, dim: number, scale: number): Tensor {
  const { dot, slope } = backward(y.dtype);
  return slope.apply([dy, y, dot.apply([dy, y], along(y.shape, dim).dims)], [scale]);
}
