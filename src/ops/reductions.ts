/** Reductions: many elements become one, over any dimensions. */

import { dims, flag, optional, required, signature } from "../base/arguments/index.ts";
import { bool, type DType, int64, limitsOf, uint8 } from "../base/index.ts";
import * as ir from "../ir/expr.ts";
import type { Tensor } from "./handle.ts";
import { tensor } from "./kinds.ts";
import { div, eq, exp, log, mul, sub, where } from "./pointwise/index.ts";
import { PointwiseFunction } from "./pointwise-function.ts";
import { type Dims, type Reduction, reducedBy, reduction, requireFloat } from "./reduction.ts";
import { expand, reshape } from "./reshaping.ts";

const logsumexpParameters = signature(
  "logsumexp",
  required("x", tensor),
  required("dim", dims),
  optional("keepdim", flag, false),
);

/** Sums and products of integers and bools gather in int64, as in PyTorch. */
const widened = (dtype: DType): DType => (dtype.isFloatingPoint ? dtype : int64);
const same = (dtype: DType): DType => dtype;

/** Answers about uint8 are 0 or 1 of uint8, all others bool: PyTorch had no bool in its first years. */
const truthOf = (dtype: DType): DType => (dtype === uint8 ? uint8 : bool);

/** The smallest and largest value of a dtype: where max and min begin. */
const lowest = (dtype: DType): number | bigint => limitsOf(dtype)[0];
const highest = (dtype: DType): number | bigint => limitsOf(dtype)[1];

/**
 * Sum over the dimensions (all unless said). Integers and bools give int64, unless `dtype` says otherwise. Gradient: dy, spread over the
 * summed elements.
 *
 * @throws ShapeError for a dimension that is out of range or named twice.
 * Source: https://pytorch.org/docs/stable/generated/torch.sum.html
 *
 * @example
 * torch.tensor([[1, 2], [3, 4]]).sum(); // tensor(10.)
 * torch.tensor([[1, 2], [3, 4]]).sum(1, true); // tensor([[3.], [7.]])
 */
export const sum: Reduction = reduction({
  name: "sum",
  accumulator: widened,
  gathersInDtype: true,
  combine: (a, b) => (a.dtype === bool ? ir.or(a, b) : ir.add(a, b)),
  identity: () => 0,
  gradient: ({ dy, shape }) => expand(dy, shape),
});

const shares: (PointwiseFunction | undefined)[] = [];

/** dy -> dy / n, with n as a parameter of the kernel. */
function shareOf(dtype: DType): PointwiseFunction {
  return (shares[dtype.index] ??= new PointwiseFunction(
    "mean backward",
    [dtype],
    ir.div(ir.input(0, dtype), ir.param(0, dtype)),
    null,
  ));
}

/**
 * Arithmetic mean over the dimensions (all unless said): sum / n.
 *
 * @throws DTypeError unless floating point; ShapeError for a dimension that is out of range or named twice.
 * Source: https://pytorch.org/docs/stable/generated/torch.mean.html
 *
 * @example
 * torch.tensor([[1, 2], [3, 4]]).mean(); // tensor(2.5000)
 * torch.tensor([[1, 2], [3, 4]]).mean(0); // tensor([2., 3.])
 */
export const mean: Reduction = reduction({
  name: "mean",
  accumulator: requireFloat("mean"),
  combine: ir.add,
  identity: () => 0,
  finish: ir.div,
  gradient: ({ dy, shape, count }) => expand(shareOf(dy.dtype).apply1(dy, [count]), shape),
});

/** Up to this many elements, the gradient of a product is worked out without division, exact also at zeros. */
const EXACT_PRODUCT_LIMIT = 64;

/**
 * Product over the dimensions (all unless said). Integers and bools give int64, unless `dtype` says otherwise. Gradient: dy times the
 * product of the other elements.
 *
 * @throws ShapeError for a dimension that is out of range or named twice.
 * Source: https://pytorch.org/docs/stable/generated/torch.prod.html
 *
 * @example
 * torch.tensor([[1, 2], [3, 4]]).prod(); // tensor(24.)
 */
export const prod: Reduction = reduction({
  name: "prod",
  accumulator: widened,
  gathersInDtype: true,
  combine: (a, b) => (a.dtype === bool ? ir.and(a, b) : ir.mul(a, b)),
  identity: () => 1,
  saves: { input: true },
  gradient: ({ dy, x, dims, count }) => {
    if (count <= EXACT_PRODUCT_LIMIT) return mul(dy, productOfOthers(x, dims, count));
    // With zeros set aside: no zero, every factor gets prod / factor; one zero, only it gets the product of the rest.
    const isZero = eq(x, 0);
    const nonZero = where(isZero, 1, x);
    const rest = prod(nonZero, dims, true);
    const zeros = sum(isZero.to(x.dtype), dims, true);
    const ofFactor = where(eq(zeros, 0), div(rest, nonZero), 0);
    return mul(dy, where(eq(zeros, 1).logicalAnd(isZero), rest, ofFactor));
  },
});

/** For each element the product of all others that it is multiplied with: [..., n] -> [..., n, n] -> [..., n]. */
function productOfOthers(x: Tensor, dims: readonly number[], count: number): Tensor {
  const kept = x.shape.map((_, d) => d).filter((d) => !dims.includes(d));
  const order = [...kept, ...dims];
  const moved = x.permute(order);
  const rows = reshape(moved, [...kept.map((d) => x.shape[d]!), 1, count]);
  const diagonal = reshape(x.newArange(count), [count, 1]).eq(x.newArange(count));
  const others = prod(where(diagonal, 1, rows), -1);
  const inverse = order.map((_, d) => order.indexOf(d));
  return reshape(others, moved.shape).permute(inverse);
}

/** The gradient of an extreme value is shared evenly among the elements that reach it. */
function shareAmongEqual(dy: Tensor, x: Tensor, y: Tensor, dims: readonly number[]): Tensor {
  const reached = eq(x, y).to(x.dtype);
  return mul(dy, div(reached, sum(reached, dims, true)));
}

/**
 * Largest element over the dimensions; NaN if there is one. Ties share the gradient evenly.
 *
 * @throws ShapeError where there are no elements to choose from, and for a dimension that is out of range.
 * Source: https://pytorch.org/docs/stable/generated/torch.amax.html
 *
 * @example
 * torch.tensor([[1, 2], [3, 4]]).amax(0); // tensor([3., 4.])
 */
export const amax: Reduction = reduction({
  name: "amax",
  accumulator: same,
  combine: (a, b) => (a.dtype === bool ? ir.or(a, b) : ir.max(a, b)),
  identity: lowest,
  needsElements: true,
  saves: { input: true, output: true },
  gradient: ({ dy, x, y, dims }) => shareAmongEqual(dy, x, y, dims),
});

/**
 * Smallest element over the dimensions; NaN if there is one. Ties share the gradient evenly.
 *
 * @throws ShapeError where there are no elements to choose from, and for a dimension that is out of range.
 * Source: https://pytorch.org/docs/stable/generated/torch.amin.html
 *
 * @example
 * torch.tensor([[1, 2], [3, 4]]).amin(0); // tensor([1., 2.])
 */
export const amin: Reduction = reduction({
  name: "amin",
  accumulator: same,
  combine: (a, b) => (a.dtype === bool ? ir.and(a, b) : ir.min(a, b)),
  identity: highest,
  needsElements: true,
  saves: { input: true, output: true },
  gradient: ({ dy, x, y, dims }) => shareAmongEqual(dy, x, y, dims),
});

/**
 * Whether every element is nonzero; bool, for uint8 0 or 1 of uint8.
 *
 * @throws ShapeError for a dimension that is out of range or named twice.
 * Source: https://pytorch.org/docs/stable/generated/torch.all.html
 *
 * @example
 * torch.tensor([[1, 0], [1, 1]]).all(1); // tensor([False, True])
 */
export const all: Reduction = reduction({
  name: "all",
  accumulator: () => bool,
  result: truthOf,
  combine: ir.and,
  identity: () => 1,
  gradient: () => null,
});

/**
 * Whether any element is nonzero; bool, for uint8 0 or 1 of uint8.
 *
 * @throws ShapeError for a dimension that is out of range or named twice.
 * Source: https://pytorch.org/docs/stable/generated/torch.any.html
 *
 * @example
 * torch.tensor([[0, 0], [0, 1]]).any(1); // tensor([False, True])
 */
export const any: Reduction = reduction({
  name: "any",
  accumulator: () => bool,
  result: truthOf,
  combine: ir.or,
  identity: () => 0,
  gradient: () => null,
});

/** The largest element of each sum, which is taken out of it; 0 where it is infinite, as inf - inf is NaN. */
function shiftOf(x: Tensor, dim: Dims): Tensor | number {
  if (reducedBy("logsumexp", x.shape, dim).count === 0) return 0;
  const highestValue = amax(x, dim, true).detach();
  return where(highestValue.isfinite(), highestValue, 0);
}

/**
 * y = ln(sum exp(x)), without overflow: the largest element is taken out first. Gradient: dy * exp(x - y).
 *
 * @throws DTypeError unless floating point; ShapeError for a dimension that is out of range or named twice.
 * Source: https://pytorch.org/docs/stable/generated/torch.logsumexp.html
 *
 * @example
 * torch.tensor([1000, 1000]).logsumexp(0); // tensor(1000.6932)
 */
export function logsumexp(x: Tensor, dim: Dims, keepdim?: boolean): Tensor;
export function logsumexp(x: Tensor, options: { dim: Dims; keepdim?: boolean }): Tensor;
export function logsumexp(x: Tensor, dim: Dims, options: { keepdim?: boolean }): Tensor;
export function logsumexp(...given: unknown[]): Tensor {
  const [x, dim, keepdim] = logsumexpParameters.read(given);
  requireFloat("logsumexp")(x.dtype);
  const shift = shiftOf(x, dim);
  const total = sum(exp(sub(x, shift)), dim, true);
  const result = log(total).add(shift);
  return keepdim ? result : reshape(result, sum(x.detach(), dim).shape);
}
