/** Writing and adding by position: scatter and its kin. */
import { formatShape, normalizeDim, ShapeError, sameShape } from "../base/index.ts";
import { adding, alongDimension, type Change, putAt, putAt_, writing } from "./at-index.ts";
import { checkIndex, checkIndexShape, checkList } from "./check-index.ts";
import { toDtype } from "./conversion.ts";
import { execute } from "./executor.ts";
import { isTensor, type Tensor, type TensorLike } from "./handle.ts";
import { mul } from "./pointwise/index.ts";
import { expand } from "./reshaping.ts";
import { narrow } from "./slicing.ts";

type Put = typeof putAt;

/** The source in the shape of the index and the dtype of x: a number for all, or the first elements of a larger tensor. */
function sourceFor(name: string, x: Tensor, index: Tensor, source: TensorLike): Tensor {
  const { shape } = index;
  if (!isTensor(source)) {
    // A truth value is 0 or 1; bigints stay what they are.
    const value = typeof source === "boolean" ? Number(source) : source;
    return expand(execute.scalar(value, x.dtype, x), shape);
  }
  if (source.shape.length !== shape.length || shape.some((size, d) => size > source.shape[d]!)) {
    throw new ShapeError(
      `${name}: the index has shape ${formatShape(shape)}, the source ${formatShape(source.shape)}; it must be as large in every dimension`,
    );
  }
  let used = toDtype(source, x.dtype);
  for (const [d, size] of shape.entries()) if (size !== source.shape[d]) used = narrow(used, d, 0, size);
  return used;
}

function put(
  how: Put,
  name: string,
  change: Change,
  x: Tensor,
  dim: number,
  index: Tensor,
  source: TensorLike,
): Tensor {
  const at = normalizeDim(name, dim, x.shape.length);
  checkIndexShape(name, x.shape, index, at);
  const values = sourceFor(name, x, index, source);
  checkIndex(name, index, at, x.shape[at] ?? 1);
  return how(change, x, at, index, values);
}

/**
 * A copy of x with `source`, a tensor or a number, written at the positions in `index` along `dim`:
 * y[index[i][j]][j] = source[i][j] for dim 0. Of positions that repeat, the last in row-major order counts.
 *
 * @throws IndexError for a position that is out of range; DTypeError unless the index is int32 or int64;
 * ShapeError where the shapes do not fit.
 * Source: https://pytorch.org/docs/stable/generated/torch.scatter.html
 *
 * @example
 * const index = torch.tensor([[2, 0]], { dtype: torch.int64 });
 * torch.zeros([1, 3]).scatter(1, index, torch.tensor([[5, 7]])); // tensor([[7., 0., 5.]])
 * torch.zeros([1, 3]).scatter(1, index, 1); // tensor([[1., 0., 1.]])
 */
export function scatter(x: Tensor, dim: number, index: Tensor, source: TensorLike): Tensor {
  return put(putAt, "scatter", writing, x, dim, index, source);
}

/**
 * As `scatter`, overwriting x.
 *
 * @throws as `scatter`; AutogradError for a leaf that requires gradients.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.scatter_.html
 *
 * @example
 * const classes = torch.tensor([[1], [0]], { dtype: torch.int64 });
 * torch.zeros([2, 3]).scatter_(1, classes, 1); // tensor([[0., 1., 0.], [1., 0., 0.]])
 */
export function scatter_(x: Tensor, dim: number, index: Tensor, source: TensorLike): Tensor {
  return put(putAt_, "scatter_", writing, x, dim, index, source);
}

/**
 * A copy of x with `source` added at the positions in `index` along `dim`; positions that repeat add up.
 *
 * @throws IndexError for a position that is out of range; DTypeError unless the index is int32 or int64;
 * ShapeError where the shapes do not fit.
 * Source: https://pytorch.org/docs/stable/generated/torch.scatter_add.html
 *
 * @example
 * const index = torch.tensor([0, 2, 0], { dtype: torch.int64 });
 * torch.zeros([3]).scatterAdd(0, index, torch.tensor([1, 2, 3])); // tensor([4., 0., 2.])
 */
export function scatterAdd(x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  return put(putAt, "scatterAdd", adding, x, dim, index, source);
}

/**
 * As `scatterAdd`, adding to x itself.
 *
 * @throws as `scatterAdd`; AutogradError for a leaf that requires gradients.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.scatter_add_.html
 *
 * @example
 * const counts = torch.zeros([3]);
 * counts.scatterAdd_(0, torch.tensor([0, 2, 0], { dtype: torch.int64 }), torch.ones([3])); // tensor([2., 0., 1.])
 */
export function scatterAdd_(x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  return put(putAt_, "scatterAdd_", adding, x, dim, index, source);
}

function addEntries(
  how: Put,
  name: string,
  x: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  alpha: number,
): Tensor {
  checkList(name, index);
  const at = normalizeDim(name, dim, x.shape.length);
  const positions = alongDimension(index, at, x);
  if (!sameShape(source.shape, positions.shape)) {
    throw new ShapeError(
      `${name}: the source has shape ${formatShape(source.shape)}, expected ${formatShape(positions.shape)}: that of the tensor, with an entry for each index in dimension ${at}`,
    );
  }
  checkIndex(name, index, at, x.shape[at] ?? 1);
  const values = toDtype(alpha === 1 ? source : mul(source, alpha), x.dtype);
  return how(adding, x, at, positions, values);
}

/**
 * A copy of x with the entries of `source`, times `alpha`, added to the entries of dimension `dim` that the
 * 1-d `index` names: rows of a matrix for dim 0. Positions that repeat add up.
 *
 * @throws IndexError for a position that is out of range; DTypeError unless the index is int32 or int64;
 * ShapeError where the shapes do not fit.
 * Source: https://pytorch.org/docs/stable/generated/torch.index_add.html
 *
 * @example
 * const rows = torch.tensor([1, 1], { dtype: torch.int64 });
 * torch.zeros([2, 2]).indexAdd(0, rows, torch.tensor([[1, 2], [3, 4]])); // tensor([[0., 0.], [4., 6.]])
 */
export function indexAdd(
  x: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  options: { alpha?: number } = {},
): Tensor {
  const { alpha = 1 } = options;
  return addEntries(putAt, "indexAdd", x, dim, index, source, alpha);
}

/**
 * As `indexAdd`, adding to x itself.
 *
 * @throws as `indexAdd`; AutogradError for a leaf that requires gradients.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.index_add_.html
 *
 * @example
 * const rows = torch.tensor([0], { dtype: torch.int64 });
 * torch.zeros([2, 2]).indexAdd_(0, rows, torch.ones([1, 2]), { alpha: 3 }); // tensor([[3., 3.], [0., 0.]])
 */
export function indexAdd_(
  x: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  options: { alpha?: number } = {},
): Tensor {
  const { alpha = 1 } = options;
  return addEntries(putAt_, "indexAdd_", x, dim, index, source, alpha);
}
