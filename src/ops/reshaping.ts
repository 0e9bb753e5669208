/** Other shapes for the same elements in the same order, without moving data where the layout allows it. */
import { optional, required, several, shape, signature, whole, wholes } from "../base/arguments/index.ts";
import {
  checkShape,
  contiguousStrides,
  elementCount,
  formatShape,
  normalizeDim,
  reshapedStrides,
  type Shape,
  ShapeError,
  sameShape,
} from "../base/index.ts";
import { clone } from "./conversion.ts";
import { execute, record } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { tensor } from "./kinds.ts";
import { movementRule } from "./movement-rule.ts";
import { sumTo } from "./sum-to.ts";

const reshapeRule = movementRule("reshape", (dy, shape) => reshape(dy, shape));
const expandRule = movementRule("expand", (dy, shape) => sumTo(dy, shape));

/** x, and the sizes of its new shape as an array or one by one. */
/* @__NO_SIDE_EFFECTS__ */
function sizesParameters(name: string) {
  return signature(name, required("x", tensor), several("shape", shape));
}

const reshapeParameters = sizesParameters("reshape");
const viewParameters = sizesParameters("view");
const expandParameters = sizesParameters("expand");
const unsqueezeParameters = signature("unsqueeze", required("x", tensor), required("dim", whole));
const squeezeParameters = signature("squeeze", required("x", tensor), optional("dim", wholes));
const flattenParameters = signature(
  "flatten",
  required("x", tensor),
  optional("startDim", whole, 0),
  optional("endDim", whole, -1),
);
const unflattenParameters = signature(
  "unflatten",
  required("x", tensor),
  required("dim", whole),
  required("sizes", shape),
);
const expandAsParameters = signature("expandAs", required("x", tensor), required("other", tensor));

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
export function reshape(x: Tensor, shape: Shape): Tensor;
export function reshape(x: Tensor, ...shape: number[]): Tensor;
export function reshape(...given: unknown[]): Tensor {
  const [x, shape] = reshapeParameters.read(given);
  const target = resolveShape("reshape", x, shape);
  if (sameShape(x.shape, target))
    return record(reshapeRule, [x], execute.view(x, x.shape, x.strides, x.offset));
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
export function view(x: Tensor, shape: Shape): Tensor;
export function view(x: Tensor, ...shape: number[]): Tensor;
export function view(...given: unknown[]): Tensor {
  const [x, shape] = viewParameters.read(given);
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
export function expand(x: Tensor, shape: Shape): Tensor;
export function expand(x: Tensor, ...shape: number[]): Tensor;
export function expand(...given: unknown[]): Tensor {
  const [x, shape] = expandParameters.read(given);
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
export function expandAs(x: Tensor, other: Tensor): Tensor;
export function expandAs(...given: unknown[]): Tensor {
  const [x, other] = expandAsParameters.read(given);
  return expand(x, other.shape);
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
export function unsqueeze(x: Tensor, dim: number): Tensor;
export function unsqueeze(x: Tensor, options: { dim: number }): Tensor;
export function unsqueeze(...given: unknown[]): Tensor {
  const [x, dim] = unsqueezeParameters.read(given);
  const at = normalizeDim("unsqueeze", dim, x.shape.length + 1);
  const shape = [...x.shape.slice(0, at), 1, ...x.shape.slice(at)];
  return view(x, shape);
}

/**
 * Removes dimensions of size 1: all, or those named (which stay if their size is not 1). A view.
 *
 * @throws ShapeError for a dimension that is out of range or named twice.
 * Source: https://pytorch.org/docs/stable/generated/torch.squeeze.html
 *
 * @example
 * torch.zeros([1, 3, 1]).squeeze().shape; // [3]
 */
export function squeeze(x: Tensor, dim?: number | readonly number[]): Tensor;
export function squeeze(x: Tensor, options: { dim?: number | readonly number[] }): Tensor;
export function squeeze(...given: unknown[]): Tensor {
  const [x, dim] = squeezeParameters.read(given);
  const rank = x.shape.length;
  const named = dim === undefined ? null : [dim].flat().map((d) => normalizeDim("squeeze", d, rank));
  const twice = named?.find((d, i) => named.indexOf(d) !== i);
  if (twice !== undefined) {
    throw new ShapeError(`squeeze: dimension ${twice} of shape ${formatShape(x.shape)} is named twice`);
  }
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
export function flatten(x: Tensor, startDim?: number, endDim?: number): Tensor;
export function flatten(x: Tensor, options: { startDim?: number; endDim?: number }): Tensor;
export function flatten(...given: unknown[]): Tensor {
  const [x, startDim, endDim] = flattenParameters.read(given);
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
export function unflatten(x: Tensor, dim: number, sizes: Shape): Tensor;
export function unflatten(...given: unknown[]): Tensor {
  const [x, dim, sizes] = unflattenParameters.read(given);
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
