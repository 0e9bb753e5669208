/** Other orders of the dimensions, without moving data. */

import { listOf, required, several, signature, whole, wholes } from "../base/arguments/index.ts";
import { formatShape, normalizeDim, type Shape, ShapeError } from "../base/index.ts";
import { execute, record } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { tensor } from "./kinds.ts";
import { movementRule } from "./movement-rule.ts";

const permuteParameters = signature(
  "permute",
  required("x", tensor),
  several("order", listOf(whole, "dimensions")),
);
const transposeParameters = signature(
  "transpose",
  required("x", tensor),
  required("dim0", whole),
  required("dim1", whole),
);
const tParameters = signature("t", required("x", tensor));
const movedimParameters = signature(
  "movedim",
  required("x", tensor),
  required("source", wholes),
  required("destination", wholes),
);

const permuteRule = movementRule("permute", (dy, _shape, order) => {
  const inverse = (order as number[]).map((_, d) => (order as number[]).indexOf(d));
  return permute(dy, inverse);
});

const transposeRule = movementRule("transpose", (dy, _shape, dims) => {
  const [a, b] = dims as [number, number];
  return transpose(dy, a, b);
});

/**
 * Reorders the dimensions: dimension d of the result is dimension order[d] of x. A view.
 *
 * @throws ShapeError where `order` does not name every dimension once.
 * Source: https://pytorch.org/docs/stable/generated/torch.permute.html
 *
 * @example
 * torch.zeros([2, 3, 4]).permute([2, 0, 1]).shape; // [4, 2, 3]
 */
export function permute(x: Tensor, order: readonly number[]): Tensor;
export function permute(x: Tensor, ...order: number[]): Tensor;
export function permute(...given: unknown[]): Tensor {
  const [x, order] = permuteParameters.read(given);
  const rank = x.shape.length;
  const dims = order.map((dim) => normalizeDim("permute", dim, rank));
  if (dims.length !== rank || new Set(dims).size !== rank) {
    throw new ShapeError(
      `permute: ${formatShape(order)} is not an order of the ${rank} dimensions of shape ${formatShape(x.shape)}`,
    );
  }
  const shape = dims.map((d) => x.shape[d]!);
  const strides = dims.map((d) => x.strides[d]!);
  return record(permuteRule, [x], execute.view(x, shape, strides, x.offset), dims);
}

/**
 * Swaps two dimensions. A view.
 *
 * @throws ShapeError for a dimension that is out of range.
 * Source: https://pytorch.org/docs/stable/generated/torch.transpose.html
 *
 * @example
 * torch.tensor([[1, 2], [3, 4]]).transpose(0, 1); // tensor([[1., 3.], [2., 4.]])
 */
export function transpose(x: Tensor, dim0: number, dim1: number): Tensor;
export function transpose(x: Tensor, options: { dim0: number; dim1: number }): Tensor;
export function transpose(...given: unknown[]): Tensor {
  const [x, dim0, dim1] = transposeParameters.read(given);
  const rank = x.shape.length;
  const a = normalizeDim("transpose", dim0, rank);
  const b = normalizeDim("transpose", dim1, rank);
  const view = execute.view(x, swapped(x.shape, a, b), swapped(x.strides, a, b), x.offset);
  return record(transposeRule, [x], view, [a, b]);
}

function swapped(sizes: Shape, a: number, b: number): Shape {
  if (a === b) return sizes;
  const result = sizes.slice();
  result[a] = sizes[b]!;
  result[b] = sizes[a]!;
  return result;
}

/**
 * Transpose of a matrix; tensors of fewer dimensions stay as they are. A view.
 *
 * @throws ShapeError for more than 2 dimensions.
 * Source: https://pytorch.org/docs/stable/generated/torch.t.html
 *
 * @example
 * torch.zeros([2, 3]).t().shape; // [3, 2]
 */
export function t(x: Tensor): Tensor;
export function t(...given: unknown[]): Tensor {
  const [x] = tParameters.read(given);
  if (x.shape.length > 2) {
    throw new ShapeError(
      `t: expects at most 2 dimensions, got shape ${formatShape(x.shape)}; use transpose(dim0, dim1)`,
    );
  }
  return transpose(x, 0, x.shape.length - 1);
}

/** The dimensions that `movedim` is given, each once. */
function movedDims(what: string, dims: number | readonly number[], rank: number): number[] {
  const all = [dims].flat().map((dim) => normalizeDim("movedim", dim, rank));
  if (new Set(all).size !== all.length) {
    throw new ShapeError(`movedim: a dimension is named twice in the ${what} ${formatShape([dims].flat())}`);
  }
  return all;
}

/**
 * Moves the dimensions `source`, one or several, to the positions `destination`; the others keep their order. A view.
 *
 * @throws ShapeError for a dimension that is out of range or named twice, and for lists of different lengths.
 * Source: https://pytorch.org/docs/stable/generated/torch.movedim.html
 *
 * @example
 * torch.zeros([2, 3, 4]).movedim(0, 2).shape; // [3, 4, 2]
 * torch.zeros([2, 3, 4]).movedim([0, 1], [1, 2]).shape; // [4, 2, 3]
 */
export function movedim(
  x: Tensor,
  source: number | readonly number[],
  destination: number | readonly number[],
): Tensor;
export function movedim(...given: unknown[]): Tensor {
  const [x, source, destination] = movedimParameters.read(given);
  const rank = x.shape.length;
  const from = movedDims("source", source, rank);
  const to = movedDims("destination", destination, rank);
  if (from.length !== to.length) {
    throw new ShapeError(
      `movedim: source ${formatShape(from)} and destination ${formatShape(to)} must name as many dimensions`,
    );
  }
  const others = x.shape.map((_, d) => d).filter((d) => !from.includes(d));
  const order = x.shape.map((_, d) => (to.includes(d) ? from[to.indexOf(d)]! : others.shift()!));
  return permute(x, order);
}
