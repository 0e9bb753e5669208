/** Parts of a tensor, without moving data. */
import { formatShape, IndexError, normalizeDim, type Shape, ShapeError, ValueError } from "../base/index.ts";
import { type Differentiable, execute, record } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { movementRule } from "./movement-rule.ts";
import { reshape } from "./reshaping.ts";

interface Slice {
  readonly dim: number;
  readonly start: number;
  readonly step: number;
}

const sliceRule = movementRule("slice", (dy, shape, attributes) => embed(dy, shape, attributes as Slice));

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
