/** Reading and writing by position: gather, scatter, and NumPy-like indexing. */
import {
  bool,
  DTypeError,
  formatShape,
  IndexError,
  int32,
  int64,
  normalizeDim,
  type Shape,
  ShapeError,
  sameShape,
} from "../base/index.ts";
import { toDtype } from "./conversion.ts";
import { type Differentiable, execute, record } from "./executor.ts";
import type { Tensor, TensorLike } from "./handle.ts";
import { add, mul, where } from "./pointwise/index.ts";
import { describe, isTensor } from "./pointwise-op.ts";
import { expand, reshape, unsqueeze } from "./reshaping.ts";
import { Slice } from "./slice.ts";
import { select, slice } from "./slicing.ts";

function checkIndex(name: string, index: Tensor, size: number): void {
  if (index.dtype !== int64 && index.dtype !== int32) {
    throw new DTypeError(`${name}: the index must be int64 or int32, got ${index.dtype}`);
  }
  if (index.numel() === 0) return;
  // Reading a few numbers beats reading foreign memory.
  const lowest = Number(index.detach().min().item());
  const highest = Number(index.detach().max().item());
  if (lowest < 0 || highest >= size) {
    const wrong = lowest < 0 ? lowest : highest;
    throw new IndexError(`${name}: index ${wrong} is out of range for a dimension of size ${size}`);
  }
}

/** For y = gather(x, dim, index): dx has dy added at the places that were read. */
const gatherRule: Differentiable = {
  name: "gather",
  saves: () => 2,
  gradient(dy, call) {
    const zeros = execute.zeros(call.shapeOf(0), dy.dtype, dy);
    return [scatterAdd(zeros, call.attributes as number, call.input(1), dy), null];
  },
};

/**
 * Elements of x at the positions in `index` along `dim`: y[i][j] = x[index[i][j]][j] for dim 0. The index
 * has as many dimensions as x and is nowhere larger but along `dim`; the result has its shape.
 *
 * @throws IndexError for a position that is out of range; DTypeError unless the index is int32 or int64;
 * ShapeError where the index does not fit.
 * Source: https://pytorch.org/docs/stable/generated/torch.gather.html
 *
 * @example
 * const index = torch.tensor([[1, 0]], { dtype: torch.int64 });
 * torch.tensor([[1, 2], [3, 4]]).gather(0, index); // tensor([[3., 2.]])
 */
export function gather(x: Tensor, dim: number, index: Tensor): Tensor {
  const at = normalizeDim("gather", dim, x.shape.length);
  checkGeometry("gather", x, index, at);
  checkIndex("gather", index, x.shape[at] ?? 1);
  return record(gatherRule, [x, index], execute.gather(x, index, at), at);
}

function checkGeometry(name: string, x: Tensor, index: Tensor, dim: number): void {
  const fits =
    index.shape.length === x.shape.length && index.shape.every((size, d) => d === dim || size <= x.shape[d]!);
  if (!fits) {
    throw new ShapeError(
      `${name}: an index of shape ${formatShape(index.shape)} does not fit a tensor of shape ${formatShape(x.shape)} along dimension ${dim}: it needs as many dimensions, none larger except dimension ${dim}`,
    );
  }
}

/** For y = x with source added at index: dx = dy, dsource = dy read at index. */
const scatterAddRule: Differentiable = {
  name: "scatterAdd",
  saves: () => 2,
  gradient(dy, call) {
    const dim = call.attributes as number;
    const index = call.input(1);
    return [dy, null, call.needs(2) ? gather(dy, dim, index) : null];
  },
};

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
  const at = normalizeDim("scatterAdd", dim, x.shape.length);
  checkGeometry("scatterAdd", x, index, at);
  checkIndex("scatterAdd", index, x.shape[at] ?? 1);
  if (!sameShape(index.shape, source.shape)) {
    throw new ShapeError(
      `scatterAdd: the index has shape ${formatShape(index.shape)}, the source ${formatShape(source.shape)}; they must be equal`,
    );
  }
  const output = execute.zeros(x.shape, x.dtype, x);
  execute.copyInto(output, x);
  execute.scatterAdd(output, index, toDtype(source, x.dtype), at);
  return record(scatterAddRule, [x, index, source], output, at);
}

/**
 * Entries of a dimension in the order of a 1-d index: rows of a matrix for dim 0.
 *
 * @throws IndexError for a position that is out of range; DTypeError unless the index is int32 or int64;
 * ShapeError where the index has more than 1 dimension.
 * Source: https://pytorch.org/docs/stable/generated/torch.index_select.html
 *
 * @example
 * const rows = torch.tensor([1, 1, 0], { dtype: torch.int64 });
 * torch.tensor([[1, 2], [3, 4]]).indexSelect(0, rows); // tensor([[3., 4.], [3., 4.], [1., 2.]])
 */
export function indexSelect(x: Tensor, dim: number, index: Tensor): Tensor {
  if (index.shape.length > 1) {
    throw new ShapeError(
      `indexSelect: the index must have 1 dimension, got shape ${formatShape(index.shape)}`,
    );
  }
  const at = normalizeDim("indexSelect", dim, x.shape.length);
  const count = index.numel();
  const shape = x.shape.map((size, d) => (d === at ? count : size));
  const column = reshape(
    index,
    x.shape.map((_, d) => (d === at ? count : 1)),
  );
  return gather(x, at, expand(column, shape));
}

/**
 * Elements by their position in the flattened tensor; the result has the index's shape.
 *
 * @throws IndexError for a position that is out of range; DTypeError unless the index is int32 or int64.
 * Source: https://pytorch.org/docs/stable/generated/torch.take.html
 *
 * @example
 * torch.tensor([[1, 2], [3, 4]]).take(torch.tensor([3, 0], { dtype: torch.int64 })); // tensor([4., 1.])
 */
export function take(x: Tensor, index: Tensor): Tensor {
  return reshape(gather(reshape(x, [-1]), 0, reshape(index, [-1])), index.shape);
}

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
  return index(x, mask.dtype === bool ? expandMask(mask, x.shape) : mask);
}

function expandMask(mask: Tensor, shape: Shape): Tensor {
  return expand(mask, shape);
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
      tensors.push(wrapNegative(name, tensor, seen.shape[dim]!));
      dim++;
    }
  }
  keep(seen.shape.length - dim);
  return { seen, tensors };
}

/** Positions from the end become positions from the start. */
function wrapNegative(name: string, index: Tensor, size: number): Tensor {
  if (index.dtype !== int64 && index.dtype !== int32) {
    throw new DTypeError(`${name}: an index tensor must be int64, int32 or bool, got ${index.dtype}`);
  }
  const wrapped = where(index.lt(0), add(index, size), index);
  checkIndex(name, wrapped, size);
  return wrapped;
}

interface FlatPlaces {
  /** x with the indexed dimensions first, flattened to rows: [places, rest...]. */
  readonly order: readonly number[];
  readonly count: number;
  readonly rest: Shape;
  /** Row of each element that is meant. */
  readonly rows: Tensor;
  readonly indexShape: Shape;
  /** Where the index's dimensions go in the result. */
  readonly position: number;
}

function flatPlaces(seen: Tensor, tensors: readonly (Tensor | null)[]): FlatPlaces {
  const dims = tensors.flatMap((tensor, d) => (tensor ? [d] : []));
  const others = tensors.flatMap((tensor, d) => (tensor ? [] : [d]));
  const used = dims.map((d) => tensors[d]!);
  let rows = used[0]!;
  for (const [i, tensor] of used.entries()) {
    if (i > 0) rows = add(mul(rows, seen.shape[dims[i]!]!), tensor);
  }
  // Neighbouring index tensors leave their result where they stood; separated ones put it first (NumPy's rule).
  const adjacent = dims.every((d, i) => i === 0 || d === dims[i - 1]! + 1);
  return {
    order: [...dims, ...others],
    count: dims.reduce((product, d) => product * seen.shape[d]!, 1),
    rest: others.map((d) => seen.shape[d]!),
    rows,
    indexShape: rows.shape,
    position: adjacent ? others.filter((d) => d < dims[0]!).length : 0,
  };
}

/** Dimensions of the indexed result in order: those of the index moved from the front to where they belong. */
function resultOrder(places: FlatPlaces): number[] {
  const indexDims = places.indexShape.map((_, d) => d);
  const restDims = places.rest.map((_, d) => d + indexDims.length);
  return [...restDims.slice(0, places.position), ...indexDims, ...restDims.slice(places.position)];
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
  const places = flatPlaces(seen, tensors);
  const rows = reshape(seen.permute(places.order), [places.count, ...places.rest]);
  const picked = indexSelect(rows, 0, reshape(places.rows, [-1]));
  return reshape(picked, [...places.indexShape, ...places.rest]).permute(resultOrder(places));
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
  const places = flatPlaces(seen, tensors);
  const order = resultOrder(places);
  const resultShape = order.map((d) => [...places.indexShape, ...places.rest][d]!);
  const inverse = order.map((_, d) => order.indexOf(d));
  let values = reshape(expand(source, resultShape).permute(inverse), [places.rows.numel(), ...places.rest]);
  let rows = reshape(places.rows, [-1]);
  const last = options.accumulate ? null : lastWrites(rows);
  if (last) {
    values = indexSelect(values, 0, last);
    rows = indexSelect(rows, 0, last);
  }
  const column = expand(reshape(rows, [rows.numel(), ...places.rest.map(() => 1)]), values.shape);
  const moved = seen.permute(places.order);
  const flat = reshape(moved, [places.count, ...places.rest]);
  const kept = options.accumulate ? flat : where(written(flat, column), 0, flat);
  const result = scatterAdd(kept, 0, column, values);
  const back = places.order.map((_, d) => places.order.indexOf(d));
  seen.copy_(reshape(result, moved.shape).permute(back));
  return x;
}

/** Where at least one value is written. */
function written(x: Tensor, column: Tensor): Tensor {
  const counts = execute.zeros(x.shape, int32, x);
  const ones = add(execute.zeros(column.shape, int32, x), 1);
  execute.scatterAdd(counts, column, ones, 0);
  return counts.ne(0);
}

/** The last of the writes to each row: positions in `rows`, or null if no row is written twice. */
function lastWrites(rows: Tensor): Tensor | null {
  const last = new Map<string, number>();
  for (const [i, row] of rows.toTypedArray().entries()) last.set(String(row), i);
  if (last.size === rows.numel()) return null;
  return rows.newTensor(Int32Array.from(last.values()));
}
