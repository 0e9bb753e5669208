/** Indexing as NumPy does it: numbers, slices, index tensors and masks. */
import {
  bool,
  describe,
  elementCount,
  formatShape,
  IndexError,
  type Shape,
  sameShape,
} from "../base/index.ts";
import * as ir from "../ir/expr.ts";
import { mapKernel } from "../ir/kernel.ts";
import { adding, alongDimension, putAt, putAt_, readAt, writing } from "./at-index.ts";
import { checkIndex } from "./check-index.ts";
import { toDtype } from "./conversion.ts";
import { execute } from "./executor.ts";
import { isTensor, type Tensor, type TensorLike } from "./handle.ts";
import { perDtype } from "./per-dtype.ts";
import { add, mul, where } from "./pointwise/index.ts";
import { expand, reshape, unsqueeze } from "./reshaping.ts";
import { Slice } from "./slice.ts";
import { select, slice } from "./slicing.ts";

/**
 * Positions of the nonzero elements, one row of coordinates each: int64 [count, rank]. Reads the values.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nonzero.html
 *
 * @example
 * torch.tensor([[0, 5], [6, 0]]).nonzero(); // tensor([[0, 1], [1, 0]], dtype=torch.int64)
 */
export function nonzero(x: Tensor): Tensor {
  const values = reshape(x.detach(), [-1]).ne(0).toTypedArray() as Uint8Array;
  const strides = x.shape.map((_, d) => x.shape.slice(d + 1).reduce((product, size) => product * size, 1));
  const rows: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (values[i])
      for (const [d, stride] of strides.entries()) rows.push(Math.floor(i / stride) % x.shape[d]!);
  }
  const count = values.reduce((total, value) => total + value, 0);
  return x.newTensor(BigInt64Array.from(rows, BigInt), [count, x.shape.length]);
}

/**
 * x with `value` where the mask is true; the mask broadcasts.
 *
 * @throws DTypeError unless the mask is bool; ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.masked_fill.html
 *
 * @example
 * torch.tensor([1, -2]).maskedFill(torch.tensor([false, true]), 0); // tensor([1., 0.])
 */
export function maskedFill(x: Tensor, mask: Tensor, value: TensorLike): Tensor {
  return where(mask, typeof value === "number" ? execute.scalar(value, x.dtype, x) : value, x);
}

/**
 * The elements where the mask is true, as a 1-d tensor. Reads the mask.
 *
 * @throws ShapeError where the mask does not broadcast to x.
 * Source: https://pytorch.org/docs/stable/generated/torch.masked_select.html
 *
 * @example
 * const x = torch.tensor([1, -2, 3]);
 * x.maskedSelect(x.gt(0)); // tensor([1., 3.])
 */
export function maskedSelect(x: Tensor, mask: Tensor): Tensor {
  return index(x, mask.dtype === bool ? expand(mask, x.shape) : mask);
}

/** One dimension of `index`: see there. */
export type IndexItem = number | null | Slice | "..." | ":" | Tensor | readonly number[] | boolean;

interface Selection {
  /** x seen through the numbers, slices and new axes. */
  readonly seen: Tensor;
  /** Index tensors by the dimension of `seen` that they index. */
  readonly tensors: readonly (Tensor | null)[];
}

/** How many dimensions of x an item takes up. */
function consumed(item: IndexItem): number {
  if (item === null || item === "...") return 0;
  return isTensor(item) && item.dtype === bool ? item.shape.length : 1;
}

function resolve(name: string, x: Tensor, items: readonly IndexItem[]): Selection {
  const used = items.reduce<number>((total, item) => total + consumed(item), 0);
  const ellipses = items.filter((item) => item === "...").length;
  if (used > x.shape.length || ellipses > 1) {
    throw new IndexError(
      ellipses > 1
        ? `${name}: only one "..." is allowed`
        : `${name}: ${used} indices for a tensor of ${x.shape.length} dimensions (shape ${formatShape(x.shape)})`,
    );
  }
  let seen = x;
  let dim = 0;
  const tensors: (Tensor | null)[] = [];
  const keep = (count: number): void => {
    dim += count;
    for (let i = 0; i < count; i++) tensors.push(null);
  };
  for (const item of items) {
    if (item === "...") keep(x.shape.length - used);
    else if (item === ":") keep(1);
    else if (item === null) {
      seen = unsqueeze(seen, dim);
      keep(1);
    } else if (typeof item === "number") seen = select(seen, dim, item);
    else if (item instanceof Slice) {
      seen = slice(seen, dim, item.start, item.stop, item.step);
      keep(1);
    } else if (isTensor(item) && item.dtype === bool) {
      const masked = seen.shape.slice(dim, dim + item.shape.length);
      if (!sameShape(item.shape, masked)) {
        throw new IndexError(
          `${name}: a mask of shape ${formatShape(item.shape)} does not fit dimension ${dim} on of shape ${formatShape(x.shape)}`,
        );
      }
      const places = nonzero(item);
      for (let d = 0; d < item.shape.length; d++) tensors.push(select(places, 1, d));
      dim += item.shape.length;
    } else {
      const tensor = isTensor(item) ? item : Array.isArray(item) ? x.newTensor(Int32Array.from(item)) : null;
      if (!tensor) throw new IndexError(`${name}: cannot index with ${describe(item)}`);
      tensors.push(wrapNegative(name, tensor, dim, seen.shape[dim]!));
      dim++;
    }
  }
  keep(seen.shape.length - dim);
  return { seen, tensors };
}

/** x + n where x < 0. */
const wrap = perDtype((dtype) => {
  const x = ir.input(0, dtype);
  return mapKernel("wrap index", [dtype], [ir.select(ir.lt(x, 0), ir.add(x, ir.param(0, dtype)), x)]);
});

/** Positions from the end become positions from the start. */
function wrapNegative(name: string, index: Tensor, dim: number, size: number): Tensor {
  checkIndex(name, index, dim, size, -size);
  return execute.map(wrap(index.dtype), [index], index.shape, [size]);
}

/** Where the index tensors point, as positions in one dimension. */
interface Places {
  /** The dimensions of x in an order in which those that are indexed come together. */
  readonly order: readonly number[];
  /** The shape of x in that order, with the indexed dimensions as one. */
  readonly shape: Shape;
  /** Which dimension of `shape` that is. */
  readonly dim: number;
  /** Positions in it. */
  readonly positions: Tensor;
  /** The shape of what is read: the index's dimensions in the place of `dim`. */
  readonly resultShape: Shape;
}

function placesOf(seen: Tensor, tensors: readonly (Tensor | null)[]): Places {
  const dims = tensors.flatMap((tensor, d) => (tensor ? [d] : []));
  const others = tensors.flatMap((tensor, d) => (tensor ? [] : [d]));
  let positions = tensors[dims[0]!]!;
  for (const d of dims.slice(1)) positions = add(mul(positions, seen.shape[d]!), tensors[d]!);
  // Neighbouring index tensors leave their result where they stood; separated ones put it first (NumPy's rule).
  const adjacent = dims.every((d, i) => i === 0 || d === dims[i - 1]! + 1);
  const dim = adjacent ? dims[0]! : 0;
  const sizes = (of: readonly number[]): number[] => of.map((d) => seen.shape[d]!);
  const around = (middle: readonly number[]): number[] => [
    ...sizes(others.slice(0, dim)),
    ...middle,
    ...sizes(others.slice(dim)),
  ];
  return {
    order: [...others.slice(0, dim), ...dims, ...others.slice(dim)],
    shape: around([elementCount(sizes(dims))]),
    dim,
    positions,
    resultShape: around(positions.shape),
  };
}

/**
 * NumPy-like indexing, one item a dimension: a number picks an entry, `new torch.Slice(start, stop, step)` a
 * range, ":" all, "..." as many as are left, null inserts a dimension; an int tensor (or array of numbers)
 * picks entries in its order and a bool tensor those where it is true. Numbers and slices give a view;
 * tensors a copy.
 *
 * @throws IndexError for too many items, for a position that is out of range and for a mask that does not
 * fit.
 * Source: https://pytorch.org/docs/stable/tensor_view.html
 *
 * @example
 * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
 * x.index(":", 1); // tensor([2., 5.])
 * x.index("...", new torch.Slice(1)); // tensor([[2., 3.], [5., 6.]])
 * x.index(x.gt(2)); // tensor([3., 4., 5., 6.])
 */
export function index(x: Tensor, ...items: IndexItem[]): Tensor {
  const { seen, tensors } = resolve("index", x, items);
  if (tensors.every((tensor) => tensor === null)) return seen;
  const { order, shape, dim, positions, resultShape } = placesOf(seen, tensors);
  const flat = reshape(seen.permute(order), shape);
  return reshape(readAt(flat, dim, alongDimension(positions, dim, flat)), resultShape);
}

/**
 * Writes `value`, which broadcasts, where `index` with the same items would read; with `accumulate` it is
 * added there. Returns x.
 *
 * @throws IndexError as `index`; AutogradError for a leaf that requires gradients.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.index_put_.html
 *
 * @example
 * torch.zeros([2, 2]).indexPut_([0, ":"], 1); // tensor([[1., 1.], [0., 0.]])
 */
export function indexPut_(
  x: Tensor,
  items: readonly IndexItem[],
  value: TensorLike,
  options: { accumulate?: boolean } = {},
): Tensor {
  const { seen, tensors } = resolve("indexPut_", x, items);
  const source = isTensor(value) ? toDtype(value, x.dtype) : execute.scalar(Number(value), x.dtype, x);
  if (tensors.every((tensor) => tensor === null)) {
    if (options.accumulate) seen.add_(source);
    else seen.copy_(source);
    return x;
  }
  const { order, shape, dim, positions, resultShape } = placesOf(seen, tensors);
  const moved = seen.permute(order);
  const flat = reshape(moved, shape);
  const at = alongDimension(positions, dim, flat);
  const values = reshape(expand(source, resultShape), at.shape);
  const change = options.accumulate ? adding : writing;
  if (flat.storage === x.storage) putAt_(change, flat, dim, at, values);
  else {
    // The indexed dimensions cannot be seen as one: a changed copy goes back.
    const back = order.map((_, d) => order.indexOf(d));
    seen.copy_(reshape(putAt(change, flat, dim, at, values), moved.shape).permute(back));
  }
  return x;
}
