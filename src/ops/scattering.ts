/** Writing and adding by position: scatter and its kin. */

import {
  choice,
  dim as dimension,
  keyword,
  nullable,
  number,
  required,
  signature,
} from "../base/arguments/index.ts";
import { formatShape, normalizeDim, ShapeError, sameShape } from "../base/index.ts";
import { adding, alongDimension, type Change, multiplying, putAt, putAt_, writing } from "./at-index.ts";
import { asIndex, atLeast1d, checkList, lineUp } from "./check-index.ts";
import { checkSameDtype, contentsFor } from "./contents.ts";
import { toDtype } from "./conversion.ts";
import { isTensor, type Tensor, type TensorLike } from "./handle.ts";
import { operand, tensor } from "./kinds.ts";
import { mul } from "./pointwise/index.ts";
import { expand, reshape } from "./reshaping.ts";
import { narrow } from "./slicing.ts";

/** What all of them take first. */
const places = [
  /* @__PURE__ */ required("x", tensor),
  /* @__PURE__ */ required("dim", dimension),
  /* @__PURE__ */ required("index", tensor),
] as const;
const added = /* @__PURE__ */ required("source", tensor);

/* @__NO_SIDE_EFFECTS__ */
function scatterParameters(name: string) {
  return signature(
    name,
    places,
    required("source", operand),
    keyword("reduce", nullable(choice("add", "multiply")), null),
  );
}

/* @__NO_SIDE_EFFECTS__ */
function indexAddParameters(name: string) {
  return signature(name, places, added, keyword("alpha", number, 1));
}

const scatterOf = scatterParameters("scatter");
const scatter_Of = scatterParameters("scatter_");
const scatterAddOf = signature("scatterAdd", places, added);
const scatterAdd_Of = signature("scatterAdd_", places, added);
const indexAddOf = indexAddParameters("indexAdd");
const indexAdd_Of = indexAddParameters("indexAdd_");

type Put = typeof putAt;

/** Changes the tensor itself, under the name of the op. */
function into(name: string): Put {
  return (...rest) => putAt_(name, ...rest);
}

/** What `scatter` may do with what is there. */
export interface ScatterOptions {
  /** Whether the source is added to or multiplied with what is there; it takes its place unless said. */
  reduce?: "add" | "multiply" | null;
}

function changeOf(reduce: "add" | "multiply" | null): Change {
  if (reduce === null) return writing;
  return reduce === "add" ? adding : multiplying;
}

/** The source in the shape of the index: a number for all, or the first elements of a larger tensor. */
function sourceFor(name: string, x: Tensor, index: Tensor, source: TensorLike): Tensor {
  const contents = contentsFor(name, x, source);
  if (!isTensor(source)) return expand(contents, index.shape);
  checkSameDtype(name, x, source);
  // Of a source for no position nothing is read.
  if (index.numel() === 0) return reshape(narrow(reshape(contents, [-1]), 0, 0, 0), index.shape);
  let used = atLeast1d(contents);
  const { shape } = index;
  if (used.shape.length !== shape.length || shape.some((size, d) => size > used.shape[d]!)) {
    throw new ShapeError(
      `${name}: the index has shape ${formatShape(shape)}, the source ${formatShape(source.shape)}; it must be as large in every dimension`,
    );
  }
  for (const [d, size] of shape.entries()) if (size !== used.shape[d]) used = narrow(used, d, 0, size);
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
  const { target, places } = lineUp(name, x, at, index);
  const result = how(change, target, at, places, sourceFor(name, x, places, source));
  return target === x ? result : reshape(result, []);
}

/**
 * A copy of x with `source`, a tensor or a number, written at the positions in `index` along `dim`:
 * y[index[i][j]][j] = source[i][j] for dim 0. Of positions that repeat, the last in row-major order counts. With
 * `reduce`, the source is added to or multiplied with what is there, for positions that repeat again and again.
 *
 * @throws IndexError for a position that is out of range or no whole number; DTypeError for an index of bool or uint8, and for a source of another dtype;
 * ShapeError where the shapes do not fit; ValueError for another way to reduce.
 * Source: https://pytorch.org/docs/stable/generated/torch.scatter.html
 *
 * @example
 * const index = torch.tensor([[2, 0]]);
 * torch.zeros([1, 3]).scatter(1, index, torch.tensor([[5, 7]])); // tensor([[7., 0., 5.]])
 * torch.zeros([1, 3]).scatter(1, index, 1); // tensor([[1., 0., 1.]])
 * torch.ones([1, 3]).scatter(1, index, 4, { reduce: "add" }); // tensor([[5., 1., 5.]])
 */
export function scatter(
  x: Tensor,
  dim: number,
  index: Tensor,
  source: TensorLike,
  options?: ScatterOptions,
): Tensor;
export function scatter(...given: unknown[]): Tensor {
  const [x, dim, index, source, reduce] = scatterOf.read(given);
  return put(putAt, "scatter", changeOf(reduce), x, dim, index, source);
}

/**
 * As `scatter`, changing x itself.
 *
 * @throws as `scatter`; AutogradError for a leaf that requires gradients.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.scatter_.html
 *
 * @example
 * const classes = torch.tensor([[1], [0]]);
 * torch.zeros([2, 3]).scatter_(1, classes, 1); // tensor([[0., 1., 0.], [1., 0., 0.]])
 */
export function scatter_(
  x: Tensor,
  dim: number,
  index: Tensor,
  source: TensorLike,
  options?: ScatterOptions,
): Tensor;
export function scatter_(...given: unknown[]): Tensor {
  const [x, dim, index, source, reduce] = scatter_Of.read(given);
  put(into("scatter_"), "scatter_", changeOf(reduce), x, dim, index, source);
  return x;
}

/**
 * A copy of x with `source` added at the positions in `index` along `dim`; positions that repeat add up.
 *
 * @throws IndexError for a position that is out of range or no whole number; DTypeError for an index of bool or uint8, and for a source of another dtype;
 * ShapeError where the shapes do not fit.
 * Source: https://pytorch.org/docs/stable/generated/torch.scatter_add.html
 *
 * @example
 * torch.zeros([3]).scatterAdd(0, torch.tensor([0, 2, 0]), torch.tensor([1, 2, 3])); // tensor([4., 0., 2.])
 */
export function scatterAdd(x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor;
export function scatterAdd(...given: unknown[]): Tensor {
  const [x, dim, index, source] = scatterAddOf.read(given);
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
 * counts.scatterAdd_(0, torch.tensor([0, 2, 0]), torch.ones([3])); // tensor([2., 0., 1.])
 */
export function scatterAdd_(x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor;
export function scatterAdd_(...given: unknown[]): Tensor {
  const [x, dim, index, source] = scatterAdd_Of.read(given);
  put(into("scatterAdd_"), "scatterAdd_", adding, x, dim, index, source);
  return x;
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
  checkList(name, x, index);
  const at = normalizeDim(name, dim, x.shape.length);
  const expected = x.shape.map((size, d) => (d === at ? index.numel() : size));
  if (!sameShape(source.shape, expected)) {
    throw new ShapeError(
      `${name}: the source has shape ${formatShape(source.shape)}, expected ${formatShape(expected)}: that of the tensor, with an entry for each index in dimension ${at}`,
    );
  }
  checkSameDtype(name, x, source);
  const places = asIndex(name, index, at, x.shape[at] ?? 1);
  // Integers are multiplied by a whole number.
  const factor = x.dtype.kind === "int" ? Math.trunc(alpha) : alpha;
  const values = toDtype(factor === 1 ? source : mul(source, factor), x.dtype);
  return how(adding, x, at, alongDimension(places, at, x), values);
}

/**
 * A copy of x with the entries of `source`, times `alpha`, added to the entries of dimension `dim` that the
 * 1-d `index` names: rows of a matrix for dim 0. Positions that repeat add up.
 *
 * @throws IndexError for a position that is out of range or no whole number; DTypeError for an index of bool or uint8, and for a source of another dtype;
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
  options?: { alpha?: number },
): Tensor;
export function indexAdd(...given: unknown[]): Tensor {
  const [x, dim, index, source, alpha] = indexAddOf.read(given);
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
  options?: { alpha?: number },
): Tensor;
export function indexAdd_(...given: unknown[]): Tensor {
  const [x, dim, index, source, alpha] = indexAdd_Of.read(given);
  return addEntries(into("indexAdd_"), "indexAdd_", x, dim, index, source, alpha);
}
