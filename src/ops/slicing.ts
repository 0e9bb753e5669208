/** Parts of a tensor, without moving data. */

import {
  dim as dimension,
  either,
  nullable,
  optional,
  required,
  signature,
  whole,
  wholeFrom,
  wholes,
} from "../base/arguments/index.ts";
import {
  describe,
  formatShape,
  IndexError,
  normalizeDim,
  type Shape,
  ShapeError,
  ValueError,
} from "../base/index.ts";
import { boundIn, positionIn } from "./bounds.ts";
import { type Differentiable, execute, record } from "./executor.ts";
import { isTensor, type Tensor } from "./handle.ts";
import { tensor } from "./kinds.ts";
import { movementRule } from "./movement-rule.ts";
import { reshape } from "./reshaping.ts";

const along = /* @__PURE__ */ required("dim", dimension);
const alongFirst = /* @__PURE__ */ optional("dim", dimension, 0);
const bound = /* @__PURE__ */ nullable(whole);
const sliceParameters = signature(
  "slice",
  required("x", tensor),
  along,
  optional("start", bound, null),
  optional("end", bound, null),
  optional("step", whole, 1),
);
const narrowParameters = signature(
  "narrow",
  required("x", tensor),
  along,
  required("start", either(whole, tensor)),
  required("length", whole),
);
const selectParameters = signature("select", required("x", tensor), along, required("index", whole));
const unbindParameters = signature("unbind", required("x", tensor), alongFirst);
const splitParameters = signature("split", required("x", tensor), required("size", wholes), alongFirst);
const chunkParameters = signature(
  "chunk",
  required("x", tensor),
  required("chunks", wholeFrom(1)),
  alongFirst,
);

interface Slice {
  readonly dim: number;
  readonly start: number;
  readonly step: number;
}

const sliceRule = movementRule("slice", (dy, shape, attributes) => embed(dy, shape, attributes as Slice));

/**
 * Every `step`-th element of a dimension from `start` up to, not including, `end`. Bounds count from the end
 * if negative. A view, as Python's x[start:end:step].
 *
 * @throws ValueError for a step below 1 and for bounds that are not whole numbers; ShapeError for a 0-d tensor.
 * Source: https://pytorch.org/docs/stable/tensor_view.html
 *
 * @example
 * torch.arange(6).slice(0, 1, -1, 2); // tensor([1, 3])
 */
export function slice(
  x: Tensor,
  dim: number,
  start?: number | null,
  end?: number | null,
  step?: number,
): Tensor;
export function slice(
  x: Tensor,
  dim: number,
  options: { start?: number | null; end?: number | null; step?: number },
): Tensor;
export function slice(...given: unknown[]): Tensor {
  const [x, dim, start, end, step] = sliceParameters.read(given);
  const at = normalizeDim("slice", dim, x.shape.length);
  const size = sizeAlong("slice", x, at);
  if (step < 1) throw new ValueError(`slice: step must be at least 1, got ${step}`);
  const from = boundIn("slice", "start", start ?? 0, size);
  const to = Math.max(boundIn("slice", "end", end ?? size, size), from);
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
    return [slice(dy, dim, start, start + Math.max((count - 1) * step + 1, 0), step)];
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
 * `length` elements of a dimension from `start` on, a number (from the end if negative) or a 0-d tensor of one. A view.
 *
 * @throws IndexError if they are not all there; ValueError for what is no whole number; ShapeError for a 0-d tensor.
 * Source: https://pytorch.org/docs/stable/generated/torch.narrow.html
 *
 * @example
 * torch.arange(6).narrow(0, 2, 3); // tensor([2, 3, 4])
 */
export function narrow(x: Tensor, dim: number, start: number | Tensor, length: number): Tensor;
export function narrow(...given: unknown[]): Tensor {
  const [x, dim, start, length] = narrowParameters.read(given);
  const at = normalizeDim("narrow", dim, x.shape.length);
  const size = sizeAlong("narrow", x, at);
  const first = isTensor(start) ? startIn(start) : start;
  const from = first < 0 ? first + size : first;
  if (from < 0 || length < 0 || from + length > size) {
    throw new IndexError(
      `narrow: ${length} elements from ${first} on are not all in dimension ${at} of size ${size} (shape ${formatShape(x.shape)})`,
    );
  }
  return slice(x, at, from, from + length);
}

/** The number in a 0-d tensor of integers. */
function startIn(start: Tensor): number {
  if (start.shape.length > 0 || start.dtype.kind !== "int") {
    throw new ValueError(
      `narrow: start must be a number or a 0-d tensor of integers, got ${describe(start)} and ${start.dtype}`,
    );
  }
  return start.item();
}

/** The size of a dimension. Throws a ShapeError for a 0-d tensor, which has none to take parts of. */
function sizeAlong(name: string, x: Tensor, dim: number): number {
  const size = x.shape[dim];
  if (size === undefined) {
    throw new ShapeError(`${name}: a 0-d tensor has no dimension to take parts of; read it with item()`);
  }
  return size;
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
export function select(x: Tensor, dim: number, index: number): Tensor;
export function select(...given: unknown[]): Tensor {
  const [x, dim, index] = selectParameters.read(given);
  if (x.shape.length === 0)
    throw new IndexError("select: a 0-d tensor cannot be indexed; read it with item()");
  const at = normalizeDim("select", dim, x.shape.length);
  const from = positionIn("select", index, at, x.shape);
  const row = slice(x, at, from, from + 1);
  return reshape(row, [...x.shape.slice(0, at), ...x.shape.slice(at + 1)]);
}

/** Views that are the results of one op: as in PyTorch, they cannot be changed in place while gradients are recorded. */
function parts(views: Tensor[]): Tensor[] {
  for (const view of views) view.unfollowed = "is one of the results of unbind, split or chunk";
  return views;
}

/**
 * The entries of a dimension, one tensor each. Views. `for (const row of x)` goes through the same entries of
 * dimension 0.
 *
 * @throws ShapeError for a dimension that is out of range, and for a 0-d tensor.
 * Source: https://pytorch.org/docs/stable/generated/torch.unbind.html
 *
 * @example
 * torch.tensor([[1, 2], [3, 4]]).unbind(); // [tensor([1., 2.]), tensor([3., 4.])]
 */
export function unbind(x: Tensor, dim?: number): Tensor[];
export function unbind(x: Tensor, options: { dim?: number }): Tensor[];
export function unbind(...given: unknown[]): Tensor[] {
  const [x, dim] = unbindParameters.read(given);
  const at = normalizeDim("unbind", dim, x.shape.length);
  return parts(Array.from({ length: sizeAlong("unbind", x, at) }, (_, i) => select(x, at, i)));
}

/** Consecutive pieces of a dimension, whose sizes add up to its own. */
function pieces(x: Tensor, dim: number, sizes: readonly number[]): Tensor[] {
  let start = 0;
  return parts(
    sizes.map((size) => {
      start += size;
      return slice(x, dim, start - size, start);
    }),
  );
}

/**
 * Pieces of a dimension: of `size` each (the last may be shorter), or of the listed sizes. Views.
 *
 * @throws ValueError for a size that is not a whole number of at least 1 (listed: of at least 0); ShapeError where listed
 * sizes do not add up, and for a 0-d tensor.
 * Source: https://pytorch.org/docs/stable/generated/torch.split.html
 *
 * @example
 * torch.arange(5).split(2); // [tensor([0, 1]), tensor([2, 3]), tensor([4])]
 */
export function split(x: Tensor, size: number | readonly number[], dim?: number): Tensor[];
export function split(x: Tensor, size: number | readonly number[], options: { dim?: number }): Tensor[];
export function split(...given: unknown[]): Tensor[] {
  const [x, size, dim] = splitParameters.read(given);
  const at = normalizeDim("split", dim, x.shape.length);
  const total = sizeAlong("split", x, at);
  if (typeof size === "number") {
    // Nothing can be cut into pieces of nothing.
    const least = total === 0 ? 0 : 1;
    if (!Number.isInteger(size) || size < least) {
      throw new ValueError(`split: size must be a whole number of at least ${least}, got ${size}`);
    }
    const count = total === 0 ? 1 : Math.ceil(total / size);
    return pieces(
      x,
      at,
      Array.from({ length: count }, (_, i) => Math.min(size, total - i * size)),
    );
  }
  for (const [i, part] of size.entries()) {
    if (!Number.isInteger(part) || part < 0) {
      throw new ValueError(`split: size ${i} must be a whole number of at least 0, got ${describe(part)}`);
    }
  }
  const covered = size.reduce((sumOfSizes, part) => sumOfSizes + part, 0);
  if (covered !== total) {
    throw new ShapeError(
      `split: sizes ${formatShape(size)} add up to ${covered}, but dimension ${dim} has ${total}`,
    );
  }
  return pieces(x, at, size);
}

/** Elsewhere there are no more pieces than elements. */
const MOST_PIECES_OF_NOTHING = 2 ** 16;

/**
 * `chunks` pieces of a dimension, equal but for the last; fewer where there are not enough elements. Views.
 *
 * @throws ValueError for a number of chunks that is not a whole number of at least 1; ShapeError for a 0-d tensor.
 * Source: https://pytorch.org/docs/stable/generated/torch.chunk.html
 *
 * @example
 * torch.arange(5).chunk(2); // [tensor([0, 1, 2]), tensor([3, 4])]
 */
export function chunk(x: Tensor, chunks: number, dim?: number): Tensor[];
export function chunk(x: Tensor, chunks: number, options: { dim?: number }): Tensor[];
export function chunk(...given: unknown[]): Tensor[] {
  const [x, chunks, dim] = chunkParameters.read(given);
  const at = normalizeDim("chunk", dim, x.shape.length);
  const total = sizeAlong("chunk", x, at);
  if (total === 0) {
    // As many pieces of nothing as were asked for.
    if (chunks > MOST_PIECES_OF_NOTHING) {
      throw new ValueError(`chunk: ${chunks} pieces of nothing are more than ${MOST_PIECES_OF_NOTHING}`);
    }
    return pieces(x, at, new Array<number>(chunks).fill(0));
  }
  return split(x, Math.ceil(total / chunks), at);
}
