/** Indexing as NumPy does it: numbers, slices, index tensors and masks. */

import { flag, list, optional, required, signature } from "../base/arguments/index.ts";
import { formatShape, type Shape, ShapeError } from "../base/index.ts";
import { adding, alongDimension, putAt, putAt_, readAt, writing } from "./at-index.ts";
import { checkSameDtype, contentsFor } from "./contents.ts";
import { trace } from "./executor.ts";
import { addWhere, fillWhere } from "./fill-where.ts";
import type { Tensor, TensorLike } from "./handle.ts";
import { checkApart } from "./in-place.ts";
import { type IndexItem, type Picked, type Selection, selection } from "./index-items.ts";
import { placesOf } from "./index-places.ts";
import { operand, tensor } from "./kinds.ts";
import { expand, reshape } from "./reshaping.ts";

const indexParameters = signature("index", required("x", tensor));
const indexPutParameters = signature(
  "indexPut_",
  required("x", tensor),
  required("items", list),
  required("value", operand),
  optional("accumulate", flag, false),
);

export type { IndexArray, IndexItem } from "./index-items.ts";

/**
 * NumPy-like indexing, one item a dimension: a number picks an entry, `new torch.Slice(start, stop, step)` a
 * range, ":" all, "..." as many as are left, null inserts a dimension. A tensor of whole numbers picks entries in its
 * order, one of bool those where it is true; nested arrays of numbers or of booleans are such tensors. true and false,
 * which add a dimension of size 1 or 0, are masks of no dimension. Numbers (also in 0-d tensors) and slices give a view; all
 * else a copy.
 *
 * @throws IndexError for too many items, for what is none, for a position that is out of range or no whole number, and
 * for a mask that does not fit; ShapeError where index tensors do not broadcast.
 * Source: https://pytorch.org/docs/stable/tensor_view.html
 *
 * @example
 * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
 * x.index(":", 1); // tensor([2., 5.])
 * x.index("...", new torch.Slice(1)); // tensor([[2., 3.], [5., 6.]])
 * x.index(":", [2, 0]); // tensor([[3., 1.], [6., 4.]])
 * x.index(x.gt(2)); // tensor([3., 4., 5., 6.])
 */
export function index(x: Tensor, ...items: IndexItem[]): Tensor {
  indexParameters.read([x]);
  const selected = selection("index", x, items);
  if (selected.picked.length === 0) return selected.seen;
  const { flat, dim, positions, resultShape } = placesOf("index", selected);
  const result = reshape(readAt(flat, dim, alongDimension(positions, dim, flat)), resultShape);
  if (selected.picked.every(({ isPoint }) => isPoint)) trace?.standsForView(result, x);
  return result;
}

/** A value that broadcasts to `shape`, without the leading dimensions of size 1 that it may have beyond it. */
function fitting(name: string, value: Tensor, shape: Shape): Tensor {
  const extra = Math.max(value.shape.length - shape.length, 0);
  const own = value.shape.slice(extra);
  const lead = shape.length - own.length;
  const fits =
    value.shape.slice(0, extra).every((size) => size === 1) &&
    own.every((size, d) => size === 1 || size === shape[d + lead]);
  if (!fits) {
    throw new ShapeError(
      `${name}: a value of shape ${formatShape(value.shape)} does not broadcast to what the items select, of shape ${formatShape(shape)}`,
    );
  }
  return reshape(value, own);
}

/**
 * A value that is the same at all places of a mask, in dimensions that broadcast to those of `seen`; null where it depends
 * on the place.
 */
function sameEverywhere(value: Tensor, { seen }: Selection, { dim, count }: Picked): Tensor | null {
  // The result has one dimension in the place of those of the mask.
  const along = value.shape.length - 1 - (seen.shape.length - dim - count);
  if (along < 0) return value;
  if (value.shape[along] !== 1) return null;
  const ones = new Array<number>(count).fill(1);
  return reshape(value, [...value.shape.slice(0, along), ...ones, ...value.shape.slice(along + 1)]);
}

/**
 * Writes `value`, which broadcasts, where `index` with the same items would read; with `accumulate` it is
 * added there. Returns x. Only where the items show a view, or are one mask with one value for all, a tensor of another
 * dtype is converted.
 *
 * @throws as `index`; ShapeError for a value that does not broadcast; DTypeError for one of another
 * dtype; AutogradError for a leaf that requires gradients.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.index_put_.html
 *
 * @example
 * torch.zeros([2, 2]).indexPut_([0, ":"], 1); // tensor([[1., 1.], [0., 0.]])
 */
export function indexPut_(
  x: Tensor,
  items: readonly IndexItem[],
  value: TensorLike,
  accumulate?: boolean,
): Tensor;
export function indexPut_(
  x: Tensor,
  items: readonly IndexItem[],
  value: TensorLike,
  options: { accumulate?: boolean },
): Tensor;
export function indexPut_(...given: unknown[]): Tensor {
  const [x, items, value, accumulate] = indexPutParameters.read(given);
  const name = "indexPut_";
  const selected = selection(name, x, items as readonly IndexItem[]);
  const { seen, picked } = selected;
  const source = contentsFor(name, x, value);
  if (picked.length === 0) {
    const fit = fitting(name, source, seen.shape);
    if (accumulate) seen.add_(fit);
    else seen.copy_(fit);
    return x;
  }
  const [first] = picked as [Picked];
  const common = picked.length === 1 && first.mask ? sameEverywhere(source, selected, first) : null;
  if (common) {
    const { dim, count, mask } = first;
    const after = seen.shape.slice(dim + count).map(() => 1);
    const change = accumulate ? addWhere : fillWhere;
    change(x.dtype).applyInPlace([
      seen,
      reshape(mask!, [...mask!.shape, ...after]),
      fitting(name, common, seen.shape),
    ]);
    return x;
  }
  checkSameDtype(name, x, value);
  const { flat, dim, positions, resultShape, restore } = placesOf(name, selected);
  const at = alongDimension(positions, dim, flat);
  const values = reshape(expand(fitting(name, source, resultShape), resultShape), at.shape);
  const change = accumulate ? adding : writing;
  checkApart(name, x, source);
  if (flat.storage === x.storage) putAt_(name, change, flat, dim, at, values, { repeats: true });
  // The picked dimensions cannot be seen as one: a changed copy goes back.
  else seen.copy_(restore(putAt(change, flat, dim, at, values)));
  return x;
}
