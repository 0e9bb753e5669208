/** Reading by position: gather and its kin. */

import { dim as dimension, nullable, optional, required, signature } from "../base/arguments/index.ts";
import { broadcastShapes, formatShape, normalizeDim, ShapeError } from "../base/index.ts";
import { alongDimension, readAt } from "./at-index.ts";
import { asIndex, checkList, lineUp } from "./check-index.ts";
import type { Tensor } from "./handle.ts";
import { tensor } from "./kinds.ts";
import { expand, reshape } from "./reshaping.ts";

const x = /* @__PURE__ */ required("x", tensor);
const along = /* @__PURE__ */ required("dim", dimension);
const positions = /* @__PURE__ */ required("index", tensor);
const gatherParameters = signature("gather", x, along, positions);
const indexSelectParameters = signature("indexSelect", x, along, positions);
const takeParameters = signature("take", x, positions);
const takeAlongDimParameters = signature(
  "takeAlongDim",
  x,
  positions,
  optional("dim", nullable(dimension), null),
);

/**
 * Elements of x at the positions in `index` along `dim`: y[i][j] = x[index[i][j]][j] for dim 0. The index
 * has as many dimensions as x and is nowhere larger but along `dim`, or no elements; the result has its shape. A 0-d
 * tensor counts as one of 1 element.
 *
 * @throws IndexError for a position that is out of range or no whole number; DTypeError for an index of bool or uint8;
 * ShapeError where the index does not fit.
 * Source: https://pytorch.org/docs/stable/generated/torch.gather.html
 *
 * @example
 * const index = torch.tensor([[1, 0]], { dtype: torch.int64 });
 * torch.tensor([[1, 2], [3, 4]]).gather(0, index); // tensor([[3., 2.]])
 */
export function gather(x: Tensor, dim: number, index: Tensor): Tensor;
export function gather(...given: unknown[]): Tensor {
  const [x, dim, index] = gatherParameters.read(given);
  const at = normalizeDim("gather", dim, x.shape.length);
  const { target, places } = lineUp("gather", x, at, index);
  return reshape(readAt(target, at, places), index.shape);
}

/**
 * Entries of a dimension in the order of a 1-d index: rows of a matrix for dim 0.
 *
 * @throws IndexError for a position that is out of range or no whole number; DTypeError for an index of bool or uint8;
 * ShapeError where the index has more than 1 dimension.
 * Source: https://pytorch.org/docs/stable/generated/torch.index_select.html
 *
 * @example
 * const rows = torch.tensor([1, 1, 0], { dtype: torch.int64 });
 * torch.tensor([[1, 2], [3, 4]]).indexSelect(0, rows); // tensor([[3., 4.], [3., 4.], [1., 2.]])
 */
export function indexSelect(x: Tensor, dim: number, index: Tensor): Tensor;
export function indexSelect(...given: unknown[]): Tensor {
  const [x, dim, index] = indexSelectParameters.read(given);
  checkList("indexSelect", x, index);
  const at = normalizeDim("indexSelect", dim, x.shape.length);
  const places = asIndex("indexSelect", index, at, x.shape[at] ?? 1);
  return readAt(x, at, alongDimension(places, at, x));
}

/**
 * Elements by their position in the flattened tensor, from the end if negative; the result has the index's shape.
 *
 * @throws IndexError for a position that is out of range or no whole number; DTypeError for an index of bool or uint8.
 * Source: https://pytorch.org/docs/stable/generated/torch.take.html
 *
 * @example
 * torch.tensor([[1, 2], [3, 4]]).take(torch.tensor([3, 0], { dtype: torch.int64 })); // tensor([4., 1.])
 */
export function take(x: Tensor, index: Tensor): Tensor;
export function take(...given: unknown[]): Tensor {
  const [x, index] = takeParameters.read(given);
  const places = asIndex("take", index, 0, x.numel(), true);
  return reshape(readAt(reshape(x, [-1]), 0, reshape(places, [-1])), index.shape);
}

/**
 * As `gather`, but x and the index broadcast against each other in the other dimensions; without `dim` both
 * are flattened first. Takes what argmax (with keepdim), argmin and the like give; with `dim`, negative positions count
 * from the end.
 *
 * @throws IndexError for a position that is out of range or no whole number; DTypeError for an index of bool or uint8;
 * ShapeError where the ranks differ or the other dimensions do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.take_along_dim.html
 *
 * @example
 * const x = torch.tensor([[10, 30, 20], [60, 40, 50]]);
 * x.takeAlongDim(x.argmax(1, true), 1); // tensor([[30.], [60.]])
 */
export function takeAlongDim(x: Tensor, index: Tensor, dim?: number | null): Tensor;
export function takeAlongDim(x: Tensor, index: Tensor, options: { dim?: number | null }): Tensor;
export function takeAlongDim(...given: unknown[]): Tensor {
  const [x, index, dim] = takeAlongDimParameters.read(given);
  if (dim === null) return gather(reshape(x, [-1]), 0, reshape(index, [-1]));
  if (x.shape.length === 0) {
    throw new ShapeError("takeAlongDim: a 0-d tensor has no dimension to take along");
  }
  if (x.shape.length !== index.shape.length) {
    throw new ShapeError(
      `takeAlongDim: the tensor of shape ${formatShape(x.shape)} and the index of shape ${formatShape(index.shape)} must have as many dimensions`,
    );
  }
  const at = normalizeDim("takeAlongDim", dim, x.shape.length);
  const places = asIndex("takeAlongDim", index, at, x.shape[at]!, true);
  const common = broadcastShapes(
    "takeAlongDim",
    x.shape.map((size, d) => (d === at ? 1 : size)),
    index.shape.map((size, d) => (d === at ? 1 : size)),
  );
  const along = (own: Tensor): Tensor =>
    expand(
      own,
      common.map((size, d) => (d === at ? own.shape[at]! : size)),
    );
  return readAt(along(x), at, along(places));
}
