/**
 * Ops that move no data: they show the same memory through another shape. Their gradients are such ops again.
 */
import {
  checkShape,
  contiguousStrides,
  elementCount,
  formatShape,
  IndexError,
  normalizeDim,
  reshapedStrides,
  type Shape,
  ShapeError,
  sameShape,
  ValueError,
} from "../base/index.ts";
import { clone } from "./conversion.ts";
import { type Differentiable, execute, record } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { sumTo } from "./sum-to.ts";

/** A rule that saves no values: the gradient is dy, moved back. */
function movement(
  name: string,
  back: (dy: Tensor, shape: Shape, attributes: unknown) => Tensor,
): Differentiable {
  return {
    name,
    saves: () => 0,
    gradient: (dy, call) => [back(dy, call.shapeOf(0), call.attributes)],
  };
}

const reshapeRule = movement("reshape", (dy, shape) => reshape(dy, shape));
const expandRule = movement("expand", (dy, shape) => sumTo(dy, shape));
const permuteRule = movement("permute", (dy, _shape, order) => {
  const inverse = (order as number[]).map((_, d) => (order as number[]).indexOf(d));
  return permute(dy, inverse);
});

const transposeRule = movement("transpose", (dy, _shape, dims) => {
  const [a, b] = dims as [number, number];
  return transpose(dy, a, b);
});

interface Slice {
  readonly dim: number;
  readonly start: number;
  readonly step: number;
}

const sliceRule = movement("slice", (dy, shape, attributes) => embed(dy, shape, attributes as Slice));

/** Fills in the size given as -1, and checks the number of elements. */
function resolveShape(where: string, x: Tensor, shape: Shape): Shape {
  const open = shape.indexOf(-1);
  if (open < 0) {
    checkShape(where, shape);
    if (elementCount(shape) !== x.numel()) {
      throw new ShapeError(
        `${where}: shape ${formatShape(shape)} needs ${elementCount(shape)} elements, but the tensor of shape ${formatShape(x.shape)} has ${x.numel()}`,
      );
    }
    return shape;
  }
  const known = shape.map((size, d) => (d === open ? 1 : size));
  if (known.includes(-1)) {
    throw new ShapeError(`${where}: only one size may be -1, got ${formatShape(shape)}`);
  }
  checkShape(where, known);
  const rest = elementCount(known);
  if (rest === 0 || x.numel() % rest !== 0) {
    throw new ShapeError(
      `${where}: no size in place of -1 makes shape ${formatShape(shape)} hold the ${x.numel()} elements of a tensor of shape ${formatShape(x.shape)}`,
    );
  }
  return known.map((size, d) => (d === open ? x.numel() / rest : size));
}

/**
 * The same elements, in the same order, in another shape; one size may be -1. It is a view where the memory
 * layout allows it, else a copy.
 *
 * @throws ShapeError where the number of elements does not fit.
 * Source: https://pytorch.org/docs/stable/generated/torch.reshape.html
 *
 * @example
 * torch.arange(6).reshape([2, -1]); // tensor([[0, 1, 2], [3, 4, 5]])
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const target = resolveShape("reshape", x, shape);
  const strides = x.dense ? contiguousStrides(target) : reshapedStrides(x.shape, x.strides, target);
  if (strides) return record(reshapeRule, [x], execute.view(x, target, strides, x.offset));
  return reshape(clone(x), target);
}

/**
 * As `reshape`, but never copies.
 *
 * @throws ShapeError where the number of elements does not fit, or the memory layout does not allow it.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.view.html
 *
 * @example
 * torch.arange(4).view([2, 2]); // tensor([[0, 1], [2, 3]])
 */
export function view(x: Tensor, shape: Shape): Tensor {
  const target = resolveShape("view", x, shape);
  const strides = reshapedStrides(x.shape, x.strides, target);
  if (!strides) {
    throw new ShapeError(
      `view: a tensor of shape ${formatShape(x.shape)} and strides ${formatShape(x.strides)} cannot be seen as ${formatShape(target)} without copying; use reshape`,
    );
  }
  return record(reshapeRule, [x], execute.view(x, target, strides, x.offset));
}

/**
 * Repeats dimensions of size 1 (and new leading ones) without copying; -1 keeps a size.
 *
 * @throws ShapeError for a dimension of another size than 1 that should grow.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.expand.html
 *
 * @example
 * torch.tensor([[1], [2]]).expand([-1, 3]); // tensor([[1., 1., 1.], [2., 2., 2.]])
 */
export function expand(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = shape.length - x.shape.length;
  const strides = new Array<number>(shape.length);
  const target = shape.map((size, d) => {
    const own = d < lead ? 1 : x.shape[d - lead]!;
    const wanted = size === -1 && d >= lead ? own : size;
    if (lead < 0 || (own !== wanted && own !== 1)) {
      throw new ShapeError(
        `expand: shape ${formatShape(x.shape)} cannot be expanded to ${formatShape(shape)}: only dimensions of size 1 can grow (dimension ${d})`,
      );
    }
    strides[d] = d < lead || (own === 1 && wanted !== 1) ? 0 : x.strides[d - lead]!;
    return wanted;
  });
  if (lead < 0) {
    throw new ShapeError(
      `expand: shape ${formatShape(shape)} has fewer dimensions than the tensor's ${formatShape(x.shape)}`,
    );
  }
  checkShape("expand", target);
  return record(expandRule, [x], execute.view(x, target, strides, x.offset));
}

/**
 * `expand` to the shape of another tensor.
 *
 * @throws ShapeError for a dimension of another size than 1 that should grow.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.expand_as.html
 *
 * @example
 * torch.tensor([1, 2]).expandAs(torch.zeros([2, 2])); // tensor([[1., 2.], [1., 2.]])
 */
export function expandAs(x: Tensor, other: Tensor): Tensor {
  return expand(x, other.shape);
}

/**
 * Reorders the dimensions: dimension d of the result is dimension order[d] of x. A view.
 *
 * @throws ShapeError where `order` does not name every dimension once.
 * Source: https://pytorch.org/docs/stable/generated/torch.permute.html
 *
 * @example
 * torch.zeros([2, 3, 4]).permute([2, 0, 1]).shape; // [4, 2, 3]
 */
export function permute(x: Tensor, order: readonly number[]): Tensor {
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
export function transpose(x: Tensor, dim0: number, dim1: number): Tensor {
  const rank = x.shape.length;
  const a = normalizeDim("transpose", dim0, rank);
  const b = normalizeDim("transpose", dim1, rank);
  if (a === b) return x;
  const view = execute.view(x, swapped(x.shape, a, b), swapped(x.strides, a, b), x.offset);
  return record(transposeRule, [x], view, [a, b]);
}

function swapped(sizes: Shape, a: number, b: number): Shape {
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
export function t(x: Tensor): Tensor {
  if (x.shape.length > 2) {
    throw new ShapeError(
      `t: expects at most 2 dimensions, got shape ${formatShape(x.shape)}; use transpose(dim0, dim1)`,
    );
  }
  return x.shape.length < 2 ? x : transpose(x, 0, 1);
}

/**
 * Moves dimension `source` to position `destination`; the others keep their order. A view.
 *
 * @throws ShapeError for a dimension that is out of range.
 * Source: https://pytorch.org/docs/stable/generated/torch.movedim.html
 *
 * @example
 * torch.zeros([2, 3, 4]).movedim(0, 2).shape; // [3, 4, 2]
 */
export function movedim(x: Tensor, source: number, destination: number): Tensor {
  const rank = x.shape.length;
  const from = normalizeDim("movedim", source, rank);
  const to = normalizeDim("movedim", destination, rank);
  const order = x.shape.map((_, d) => d).filter((d) => d !== from);
  order.splice(to, 0, from);
  return permute(x, order);
}

/**
 * Inserts a dimension of size 1 at `dim`. A view.
 *
 * @throws ShapeError for a position that is out of range.
 * Source: https://pytorch.org/docs/stable/generated/torch.unsqueeze.html
 *
 * @example
 * torch.zeros([3]).unsqueeze(1).shape; // [3, 1]
 */
export function unsqueeze(x: Tensor, dim: number): Tensor {
  const at = normalizeDim("unsqueeze", dim, x.shape.length + 1);
  const shape = [...x.shape.slice(0, at), 1, ...x.shape.slice(at)];
  return view(x, shape);
}

/**
 * Removes dimensions of size 1: all, or those named (which stay if their size is not 1). A view.
 *
 * @throws ShapeError for a dimension that is out of range.
 * Source: https://pytorch.org/docs/stable/generated/torch.squeeze.html
 *
 * @example
 * torch.zeros([1, 3, 1]).squeeze().shape; // [3]
 */
export function squeeze(x: Tensor, dim?: number | readonly number[]): Tensor {
  const rank = x.shape.length;
  const named = dim === undefined ? null : [dim].flat().map((d) => normalizeDim("squeeze", d, rank));
  const shape = x.shape.filter((size, d) => size !== 1 || (named !== null && !named.includes(d)));
  return view(x, shape);
}

/**
 * Joins the dimensions from `startDim` to `endDim` into one.
 *
 * @throws ShapeError where startDim comes after endDim.
 * Source: https://pytorch.org/docs/stable/generated/torch.flatten.html
 *
 * @example
 * torch.zeros([2, 3, 4]).flatten(1).shape; // [2, 12]
 */
export function flatten(x: Tensor, startDim = 0, endDim = -1): Tensor {
  const rank = x.shape.length;
  const start = normalizeDim("flatten", startDim, rank);
  const end = normalizeDim("flatten", endDim, rank);
  if (start > end) {
    throw new ShapeError(`flatten: startDim ${startDim} comes after endDim ${endDim}`);
  }
  const joined = elementCount(x.shape.slice(start, end + 1));
  return reshape(x, [...x.shape.slice(0, start), joined, ...x.shape.slice(end + 1)]);
}

/**
 * Splits one dimension into several; one size may be -1.
 *
 * @throws ShapeError where the sizes do not multiply to that of the dimension.
 * Source: https://pytorch.org/docs/stable/generated/torch.unflatten.html
 *
 * @example
 * torch.zeros([2, 12]).unflatten(1, [3, -1]).shape; // [2, 3, 4]
 */
export function unflatten(x: Tensor, dim: number, sizes: Shape): Tensor {
  const at = normalizeDim("unflatten", dim, x.shape.length);
  const size = x.shape[at]!;
  const known = sizes.reduce((product, part) => (part === -1 ? product : product * part), 1);
  const parts = sizes.map((part) => (part === -1 ? size / known : part));
  if (elementCount(parts) !== size) {
    throw new ShapeError(
      `unflatten: sizes ${formatShape(sizes)} do not multiply to ${size}, the size of dimension ${dim}`,
    );
  }
  return reshape(x, [...x.shape.slice(0, at), ...parts, ...x.shape.slice(at + 1)]);
}

/** Turns a slice bound in [-size, size] into one in [0, size], as Python does. */
function clampBound(bound: number, size: number): number {
  const absolute = bound < 0 ? bound + size : bound;
  return Math.min(Math.max(absolute, 0), size);
}

/**
 * Every `step`-th element of a dimension from `start` up to, not including, `end`. Bounds count from the end
 * if negative. A view, as Python's x[start:end:step].
 *
 * @throws ValueError for a step below 1; ShapeError for a 0-d tensor.
 * Source: https://pytorch.org/docs/stable/tensor_view.html
 *
 * @example
 * torch.arange(6).slice(0, 1, -1, 2); // tensor([1, 3])
 */
export function slice(x: Tensor, dim: number, start?: number | null, end?: number | null, step = 1): Tensor {
  const at = normalizeDim("slice", dim, x.shape.length);
  if (x.shape.length === 0) throw new ShapeError("slice: a 0-d tensor has no dimension to slice");
  if (!Number.isInteger(step) || step < 1) {
    throw new ValueError(`slice: step must be a whole number of at least 1, got ${step}`);
  }
  const size = x.shape[at]!;
  const from = clampBound(start ?? 0, size);
  const to = Math.max(clampBound(end ?? size, size), from);
  const count = Math.ceil((to - from) / step);
  const shape = x.shape.map((own, d) => (d === at ? count : own));
  const strides = x.strides.map((own, d) => (d === at ? own * step : own));
  const offset = x.offset + (count > 0 ? from * x.strides[at]! : 0);
  return record(sliceRule, [x], execute.view(x, shape, strides, offset), { dim: at, start: from, step });
}

const embedRule: Differentiable = {
  name: "slice backward",
  saves: () => 0,
  gradient(dy, call) {
    const { dim, start, step } = call.attributes as Slice;
    const count = call.shapeOf(0)[dim]!;
    return [slice(dy, dim, start, start + (count - 1) * step + 1, step)];
  },
};

/** Zeros of `shape` with x written where `slice` reads: the gradient of slice. */
function embed(x: Tensor, shape: Shape, where: Slice): Tensor {
  const output = execute.zeros(shape, x.dtype, x);
  const strides = output.strides.map((stride, d) => (d === where.dim ? stride * where.step : stride));
  const offset = output.offset + where.start * output.strides[where.dim]!;
  if (x.numel() > 0) execute.copyInto(execute.view(output, x.shape, strides, offset), x);
  return record(embedRule, [x], output, where);
}

/**
 * `length` elements of a dimension from `start` on. A view.
 *
 * @throws IndexError if they are not all there.
 * Source: https://pytorch.org/docs/stable/generated/torch.narrow.html
 *
 * @example
 * torch.arange(6).narrow(0, 2, 3); // tensor([2, 3, 4])
 */
export function narrow(x: Tensor, dim: number, start: number, length: number): Tensor {
  const at = normalizeDim("narrow", dim, x.shape.length);
  const size = x.shape[at] ?? 1;
  const from = start < 0 ? start + size : start;
  if (from < 0 || length < 0 || from + length > size) {
    throw new IndexError(
      `narrow: elements ${start} to ${start + length - 1} are outside dimension ${dim} of size ${size}`,
    );
  }
  return slice(x, at, from, from + length);
}

/**
 * One entry of a dimension, which vanishes: select(0, i) of a matrix is its row i. A view.
 *
 * @throws IndexError for an index that is out of range, and for a 0-d tensor.
 * Source: https://pytorch.org/docs/stable/generated/torch.select.html
 *
 * @example
 * torch.tensor([[1, 2], [3, 4]]).select(0, -1); // tensor([3., 4.])
 */
export function select(x: Tensor, dim: number, index: number): Tensor {
  if (x.shape.length === 0)
    throw new IndexError("select: a 0-d tensor cannot be indexed; read it with item()");
  const at = normalizeDim("select", dim, x.shape.length);
  const size = x.shape[at]!;
  if (!Number.isInteger(index) || index < -size || index >= size) {
    throw new IndexError(
      `select: index ${index} is out of range for dimension ${at} of size ${size} (shape ${formatShape(x.shape)})`,
    );
  }
  const from = index < 0 ? index + size : index;
  const row = slice(x, at, from, from + 1);
  return reshape(row, [...x.shape.slice(0, at), ...x.shape.slice(at + 1)]);
}

/**
 * The entries of a dimension, one tensor each. Views.
 *
 * @throws ShapeError for a dimension that is out of range.
 * Source: https://pytorch.org/docs/stable/generated/torch.unbind.html
 *
 * @example
 * torch.tensor([[1, 2], [3, 4]]).unbind(); // [tensor([1., 2.]), tensor([3., 4.])]
 */
export function unbind(x: Tensor, dim = 0): Tensor[] {
  const at = normalizeDim("unbind", dim, x.shape.length);
  return Array.from({ length: x.shape[at] ?? 0 }, (_, i) => select(x, at, i));
}

/**
 * Pieces of a dimension: of `size` each (the last may be shorter), or of the listed sizes. Views.
 *
 * @throws ValueError for a size below 1; ShapeError where listed sizes do not add up.
 * Source: https://pytorch.org/docs/stable/generated/torch.split.html
 *
 * @example
 * torch.arange(5).split(2); // [tensor([0, 1]), tensor([2, 3]), tensor([4])]
 */
export function split(x: Tensor, size: number | readonly number[], dim = 0): Tensor[] {
  const at = normalizeDim("split", dim, x.shape.length);
  const total = x.shape[at] ?? 1;
  let sizes: readonly number[];
  if (typeof size === "number") {
    if (!Number.isInteger(size) || size < 1) {
      throw new ValueError(`split: size must be a whole number of at least 1, got ${size}`);
    }
    sizes = Array.from({ length: Math.max(Math.ceil(total / size), 1) }, (_, i) =>
      Math.min(size, total - i * size),
    );
  } else {
    sizes = size;
    const covered = sizes.reduce((sumOfSizes, part) => sumOfSizes + part, 0);
    if (covered !== total) {
      throw new ShapeError(
        `split: sizes ${formatShape(sizes)} add up to ${covered}, but dimension ${dim} has ${total}`,
      );
    }
  }
  let start = 0;
  return sizes.map((length) => {
    start += length;
    return narrow(x, at, start - length, length);
  });
}

/**
 * `chunks` pieces of a dimension, equal but for the last. Views.
 *
 * @throws ValueError for a number of chunks below 1.
 * Source: https://pytorch.org/docs/stable/generated/torch.chunk.html
 *
 * @example
 * torch.arange(5).chunk(2); // [tensor([0, 1, 2]), tensor([3, 4])]
 */
export function chunk(x: Tensor, chunks: number, dim = 0): Tensor[] {
  const at = normalizeDim("chunk", dim, x.shape.length);
  if (!Number.isInteger(chunks) || chunks < 1) {
    throw new ValueError(`chunk: the number of chunks must be a whole number of at least 1, got ${chunks}`);
  }
  return split(x, Math.max(Math.ceil((x.shape[at] ?? 1) / chunks), 1), at);
}
