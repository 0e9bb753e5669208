/** Whether an index fits the tensor that it is to be used on. */
import { DTypeError, formatShape, ShapeError } from "../base/index.ts";
import * as ir from "../ir/expr.ts";
import { mapKernel } from "../ir/kernel.ts";
import { execute } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { perDtype } from "./per-dtype.ts";
import { reshape } from "./reshaping.ts";
import { mayBeWhole, wholeNumbers } from "./whole-numbers.ts";

/** x + n where x < 0. */
const wrap = perDtype((dtype) => {
  const x = ir.input(0, dtype);
  return mapKernel("wrap index", [dtype], [ir.select(ir.lt(x, 0), ir.add(x, ir.param(0, dtype)), x)]);
});

/** Throws a DTypeError unless the index has numbers that may be positions. */
function checkIndexDtype(name: string, index: Tensor): void {
  if (mayBeWhole(index)) return;
  const instead =
    index.dtype.kind === "bool"
      ? "a mask is for index() and maskedSelect()"
      : "convert it with .to(torch.int64)";
  throw new DTypeError(
    `${name}: the index must be int64 or int32, or floats that are whole numbers, got ${index.dtype}; ${instead}`,
  );
}

/**
 * The index as int64 or int32, all of it in [0, size) of a dimension; with `fromEnd`, negative positions count from the
 * end.
 *
 * @throws DTypeError, or an IndexError that names what does not fit.
 */
export function asIndex(name: string, index: Tensor, dim: number, size: number, fromEnd = false): Tensor {
  checkIndexDtype(name, index);
  const range = `for dimension ${dim} of size ${size}`;
  const from = fromEnd ? -size : 0;
  const whole = wholeNumbers(name, index, { from, to: size, noun: ["an", "index"], range });
  return fromEnd ? execute.map(wrap(whole.dtype), [whole], whole.shape, [size]) : whole;
}

/** The operands of gather and scatter with as many dimensions as each other, at least one. */
export interface Lined {
  /** What is read or written, seen so. */
  readonly target: Tensor;
  /** The positions: all in range. */
  readonly places: Tensor;
}

/**
 * Checks an index that has as many dimensions as x and is nowhere larger, but along `dim`. An index without elements fits
 * everything, and a 0-d tensor counts as one of 1 element.
 *
 * @throws ShapeError where it does not fit; errors as `asIndex`.
 */
export function lineUp(name: string, x: Tensor, dim: number, index: Tensor): Lined {
  checkIndexDtype(name, index);
  const target = atLeast1d(x);
  if (index.numel() === 0) {
    const shape = target.shape.map(() => 0);
    return { target, places: asIndex(name, reshape(index, shape), dim, 0) };
  }
  const own = atLeast1d(index);
  const fits =
    own.shape.length === target.shape.length &&
    own.shape.every((size, d) => d === dim || size <= target.shape[d]!);
  if (!fits) {
    throw new ShapeError(
      `${name}: an index of shape ${formatShape(index.shape)} does not fit a tensor of shape ${formatShape(x.shape)} along dimension ${dim}: it needs as many dimensions, none larger except dimension ${dim}`,
    );
  }
  return { target, places: asIndex(name, own, dim, target.shape[dim]!) };
}

/** A view with a dimension of size 1 for a 0-d tensor. */
export function atLeast1d(x: Tensor): Tensor {
  return x.shape.length === 0 ? reshape(x, [1]) : x;
}

/** Throws a ShapeError unless the index has at most 1 dimension, and 1 element for a 0-d tensor. */
export function checkList(name: string, x: Tensor, index: Tensor): void {
  checkIndexDtype(name, index);
  if (index.shape.length > 1) {
    throw new ShapeError(`${name}: the index must have 1 dimension, got shape ${formatShape(index.shape)}`);
  }
  if (x.shape.length === 0 && index.numel() !== 1) {
    throw new ShapeError(`${name}: the index of a 0-d tensor must have 1 element, got ${index.numel()}`);
  }
}
