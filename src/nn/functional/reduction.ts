/** What losses have in common: the checks of their target, and the reduction. */

import {
  DTypeError,
  describe,
  elementCount,
  formatShape,
  ShapeError,
  sameShape,
  ValueError,
} from "../../base/index.ts";
import { isTensor } from "../../ops/handle.ts";
import { mul } from "../../ops/pointwise/index.ts";
import { mean, sum } from "../../ops/reductions.ts";
import { expand } from "../../ops/reshaping.ts";
import type { Tensor } from "../../tensor/index.ts";

/** How the losses of the elements become one: their mean, their sum, or not at all. */
export type LossReduction = "mean" | "sum" | "none";

export interface LossOptions {
  /** "mean" unless said. */
  reduction?: LossReduction;
}

/** The mean or the sum of a loss, or the loss itself. */
export function reduceLoss(where: string, loss: Tensor, reduction: LossReduction = "mean"): Tensor {
  switch (reduction) {
    case "mean":
      return mean(loss);
    case "sum":
      return sum(loss);
    case "none":
      return loss;
    default:
      throw new ValueError(`${where}: reduction must be "mean", "sum" or "none", got ${describe(reduction)}`);
  }
}

/** Throws unless both are tensors of one shape: silent broadcasting of [4] against [4, 1] has fooled many. */
export function checkTargetShape(where: string, input: Tensor, target: Tensor): void {
  if (!isTensor(input) || !isTensor(target)) {
    const [what, value] = isTensor(input) ? ["target", target] : ["input", input];
    throw new DTypeError(`${where}: the ${what} must be a tensor, got ${describe(value)}`);
  }
  if (input.shape === target.shape || sameShape(input.shape, target.shape)) return;
  const hint =
    elementCount(input.shape) === elementCount(target.shape)
      ? `reshape one of them, for example target.reshape(${formatShape(input.shape)})`
      : "expand the smaller one if it should be repeated";
  throw new ShapeError(
    `${where}: the input has shape ${formatShape(input.shape)}, the target ${formatShape(target.shape)}; they must be equal: ${hint}`,
  );
}

/** Throws unless input and target have one floating-point dtype. */
export function checkTargetDtype(where: string, input: Tensor, target: Tensor): void {
  if (!input.dtype.isFloatingPoint) {
    throw new DTypeError(`${where}: the input must be floating point, got ${input.dtype}`);
  }
  if (target.dtype !== input.dtype) {
    throw new DTypeError(
      `${where}: the target is ${target.dtype}, the input ${input.dtype}; they must be equal: target.to(${input.dtype})`,
    );
  }
}

/** The loss times a weight that broadcasts to it. */
export function weighted(where: string, loss: Tensor, weight: Tensor | null | undefined): Tensor {
  if (!weight) return loss;
  return mul(loss, broadcastTo(where, "weight", weight, loss));
}

/** `x` expanded to the shape of `target`; a ShapeError names what it is otherwise. */
export function broadcastTo(where: string, what: string, x: Tensor, target: Tensor): Tensor {
  const lead = target.shape.length - x.shape.length;
  if (lead < 0 || x.shape.some((size, d) => size !== 1 && size !== target.shape[d + lead])) {
    throw new ShapeError(
      `${where}: the ${what} of shape ${formatShape(x.shape)} does not broadcast to ${formatShape(target.shape)}`,
    );
  }
  return expand(x, target.shape);
}
