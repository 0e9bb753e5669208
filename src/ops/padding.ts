/** Elements added around a tensor, or taken away. */

import { choice, listOf, optional, required, scalar, signature, whole } from "../base/arguments/index.ts";
import { checkShape, elementOf, formatShape, type Shape, ShapeError, ValueError } from "../base/index.ts";
import { clone } from "./conversion.ts";
import type { Tensor } from "./handle.ts";
import { tensor } from "./kinds.ts";
import { crop, surround } from "./surround.ts";

const parameters = signature(
  "pad",
  required("x", tensor),
  required("padding", listOf(whole, "whole numbers")),
  optional("mode", choice("constant"), "constant"),
  optional("value", scalar, 0),
);

/** Options of `pad`. */
export interface PadOptions {
  /** What is put there: "constant" puts `value`, and is the only mode. */
  mode?: "constant";
  /** 0 unless said. */
  value?: number;
}

/**
 * x with elements of one value around it. `padding` says how many, as pairs (before, behind) from the last dimension
 * on: [left, right, top, bottom] for the last two. Negative numbers take elements away. The result has memory of its own.
 *
 * @throws ValueError unless `padding` is made of pairs of whole numbers, not more than there are dimensions, and for another
 * mode; ShapeError where more is taken away than there is.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.pad.html
 *
 * @example
 * torch.pad(torch.tensor([[1, 2]]), [1, 0, 0, 1]); // tensor([[0., 1., 2.], [0., 0., 0.]])
 */
export function pad(x: Tensor, padding: Shape, mode?: "constant", value?: number): Tensor;
export function pad(x: Tensor, padding: Shape, options: PadOptions): Tensor;
export function pad(...given: unknown[]): Tensor {
  const [x, padding, , value] = parameters.read(given);
  const pairs = padding.length / 2;
  if (!Number.isInteger(pairs) || pairs > x.shape.length) {
    throw new ValueError(
      `pad: expected pairs of whole numbers for at most ${x.shape.length} dimensions (shape ${formatShape(x.shape)}), got ${formatShape(padding)}`,
    );
  }
  const lead = x.shape.length - pairs;
  const before = Array.from({ length: pairs }, (_, d) => padding[2 * (pairs - 1 - d)]!);
  const after = Array.from({ length: pairs }, (_, d) => padding[2 * (pairs - 1 - d) + 1]!);
  const taken = before.map((size, d) => Math.max(-size, 0) + Math.max(-after[d]!, 0));
  if (taken.some((size, d) => size > x.shape[lead + d]!)) {
    throw new ShapeError(
      `pad: ${formatShape(padding)} takes more away than shape ${formatShape(x.shape)} has`,
    );
  }
  checkShape(
    "pad",
    x.shape.map((size, d) => (d < lead ? size : size + before[d - lead]! + after[d - lead]!)),
  );
  const more = (sizes: Shape): Shape => sizes.map((size) => Math.max(size, 0));
  const less = (sizes: Shape): Shape => sizes.map((size) => Math.max(-size, 0));
  const cropped = crop(x, less(before), less(after));
  // What is not padded would be a view of x.
  const isView = padding.every((size) => size <= 0);
  return surround(
    isView ? clone(cropped) : cropped,
    more(before),
    more(after),
    elementOf(value, x.dtype, "pad"),
  );
}
