/** What losses have in common: the checks of their target, and the reduction. */

import { choice, optional, required } from "../../base/arguments/index.ts";
import { DTypeError, elementCount, formatShape, ShapeError, sameShape } from "../../base/index.ts";
import { tensor } from "../../ops/kinds.ts";
import { mul } from "../../ops/pointwise/index.ts";
import { mean, sum } from "../../ops/reductions.ts";
import { expand } from "../../ops/reshaping.ts";
import type { Tensor } from "../../tensor/index.ts";

/** How the losses of the elements become one: their mean, their sum, or not at all. */
export type LossReduction = "mean" | "sum" | "none";

/** Options that all losses have. */
export interface LossOptions {
  /** "mean" unless said. */
  reduction?: LossReduction;
}

/** The last parameter of every loss. */
export const reduction = /* @__PURE__ */ optional(
  "reduction",
  /* @__PURE__ */ choice("mean", "sum", "none"),
  "mean",
);

/** What every loss takes first. */
export const inputAndTarget = [
  /* @__PURE__ */ required("input", tensor),
  /* @__PURE__ */ required("target", tensor),
] as const;

/** The mean or the sum of a loss, or the loss itself. */
export function reduceLoss(loss: Tensor, how: LossReduction): Tensor {
  if (how === "none") return loss;
  return how === "sum" ? sum(loss) : mean(loss);
}

/** Throws unless both have one shape: silent broadcasting of [4] against [4, 1] has fooled many. */
export function checkTargetShape(where: string, input: Tensor, target: Tensor): void {
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
