/** Where the extreme values are, and what they are: argmax, argmin, max, min. */

import {
  dim as dimension,
  either,
  flag,
  nullable,
  optional,
  required,
  signature,
} from "../base/arguments/index.ts";
import { type DType, type DTypeName, normalizeDim, ShapeError } from "../base/index.ts";
import { and, type Expr, eq, gt, input, lt, ne, not, or } from "../ir/expr.ts";
import type { ArgReduceKernel } from "../ir/kernel.ts";
import { readAt } from "./at-index.ts";
import { clone } from "./conversion.ts";
import { execute } from "./executor.ts";
import type { Tensor, TensorLike } from "./handle.ts";
import { tensor } from "./kinds.ts";
import { maximum, minimum } from "./pointwise/index.ts";
import type { Reduction } from "./reduction.ts";
import { amax, amin } from "./reductions.ts";
import { reshape } from "./reshaping.ts";
import { ValuesAndIndices } from "./values-and-indices.ts";

/** `beyond`, or NaN where the best so far is not: the first NaN counts as the extreme. */
function betterThan(beyond: (a: Expr, b: Expr) => Expr) {
  return (candidate: Expr, best: Expr): Expr => {
    if (!candidate.dtype.isFloatingPoint) return beyond(candidate, best);
    return or(beyond(candidate, best), and(ne(candidate, candidate), eq(best, best)));
  };
}

/** The forms of `argmax` and `argmin`. */
export interface ArgReduction {
  (x: Tensor, dim?: number | null, keepdim?: boolean): Tensor;
  (x: Tensor, options: { dim?: number | null; keepdim?: boolean }): Tensor;
  (x: Tensor, dim: number | null, options: { keepdim?: boolean }): Tensor;
}

function argReduction(name: string, better: (candidate: Expr, best: Expr) => Expr): ArgReduction {
  const kernels: Partial<Record<DTypeName, ArgReduceKernel>> = {};
  const kernelFor = (dtype: DType): ArgReduceKernel =>
    (kernels[dtype.name] ??= {
      kind: "argReduce",
      name,
      input: dtype,
      better: better(input(0, dtype), input(1, dtype)),
    });
  const parameters = signature(
    name,
    required("x", tensor),
    optional("dim", nullable(dimension), null),
    optional("keepdim", flag, false),
  );
  return (...given: unknown[]): Tensor => {
    const [x, dim, keepdim] = parameters.read(given);
    const whole = dim === null;
    const source = whole ? reshape(x.detach(), [-1]) : x.shape.length === 0 ? reshape(x.detach(), [1]) : x;
    const at = whole ? 0 : normalizeDim(name, dim, x.shape.length);
    if (source.shape[at] === 0) {
      throw new ShapeError(
        `${name}: shape [${x.shape.join(", ")}] has no elements along the dimension to search`,
      );
    }
    const kept = source.shape.map((size, d) => (d === at ? 1 : size));
    const outputShape = kept.filter((_, d) => d !== at);
    const output = execute.argReduce(kernelFor(x.dtype), source, at, outputShape);
    if (!keepdim || x.shape.length === 0) return output;
    return reshape(output, whole ? x.shape.map(() => 1) : kept);
  };
}

/** bool has no order in the IR: true is more than false. */
const more = (a: Expr, b: Expr): Expr => (a.dtype.kind === "bool" ? and(a, not(b)) : gt(a, b));
const less = (a: Expr, b: Expr): Expr => (a.dtype.kind === "bool" ? and(not(a), b) : lt(a, b));

/**
 * Position of the largest element along `dim` (of the flattened tensor without one), the first at a tie;
 * int64.
 *
 * @throws ShapeError for a dimension that is out of range, or that has no elements.
 * Source: https://pytorch.org/docs/stable/generated/torch.argmax.html
 *
 * @example
 * torch.tensor([[1, 9], [7, 2]]).argmax(1); // tensor([1, 0], dtype=torch.int64)
 */
export const argmax = argReduction("argmax", betterThan(more));

/**
 * Position of the smallest element along `dim` (of the flattened tensor without one), the first at a tie;
 * int64.
 *
 * @throws ShapeError for a dimension that is out of range, or that has no elements.
 * Source: https://pytorch.org/docs/stable/generated/torch.argmin.html
 *
 * @example
 * torch.tensor([[1, 9], [7, 2]]).argmin(); // tensor(0, dtype=torch.int64)
 */
export const argmin = argReduction("argmin", betterThan(less));

/** The forms of `max` and `min`. */
export interface Extreme {
  /** The extreme of all elements; ties share the gradient evenly. */
  (x: Tensor): Tensor;
  /** The extreme along a dimension and its position; the gradient goes to that position. */
  (x: Tensor, dim: number, keepdim?: boolean | { keepdim?: boolean }): ValuesAndIndices;
  /** Elementwise against another tensor. */
  (x: Tensor, other: Tensor): Tensor;
}

function extreme(
  name: string,
  arg: typeof argmax,
  overAll: Reduction,
  elementwise: (a: Tensor, b: TensorLike) => Tensor,
): Extreme {
  const parameters = signature(
    name,
    required("x", tensor),
    optional("dim", either(dimension, tensor)),
    optional("keepdim", flag, false),
  );
  const apply = (...given: unknown[]): Tensor | ValuesAndIndices => {
    const [x, second, keepdim] = parameters.read(given);
    if (second === undefined) return overAll(x);
    if (typeof second !== "number") return elementwise(x, second);
    const at = normalizeDim(name, second, x.shape.length);
    if (x.shape.length === 0) return new ValuesAndIndices(clone(x), arg(x, 0));
    const found = arg(x, at, true);
    const values = readAt(x, at, found);
    if (keepdim) return new ValuesAndIndices(values, found);
    const shape = x.shape.filter((_, d) => d !== at);
    return new ValuesAndIndices(reshape(values, shape), reshape(found, shape));
  };
  return apply as Extreme;
}

/**
 * Largest element: of all (ties share the gradient), or along a dimension as a pair of values and indices; NaN
 * wins. Against a second tensor it is `maximum`.
 *
 * @throws ShapeError for a dimension that is out of range, or that has no elements.
 * Source: https://pytorch.org/docs/stable/generated/torch.max.html
 *
 * @example
 * torch.tensor([[1, 9], [7, 2]]).max(); // tensor(9.)
 * const [values, indices] = torch.tensor([[1, 9], [7, 2]]).max(1);
 * values; // tensor([9., 7.])
 * indices; // tensor([1, 0], dtype=torch.int64)
 */
export const max: Extreme = extreme("max", argmax, amax, maximum);

/**
 * Smallest element: of all (ties share the gradient), or along a dimension as a pair of values and indices; NaN
 * wins. Against a second tensor it is `minimum`.
 *
 * @throws ShapeError for a dimension that is out of range, or that has no elements.
 * Source: https://pytorch.org/docs/stable/generated/torch.min.html
 *
 * @example
 * torch.tensor([[1, 9], [7, 2]]).min(); // tensor(1.)
 * torch.tensor([[1, 9], [7, 2]]).min(0).values; // tensor([1., 2.])
 */
export const min: Extreme = extreme("min", argmin, amin, minimum);
