/** Repeating a tensor. */

import { count, listOf, required, several, signature } from "../base/arguments/index.ts";
import { formatShape, type Shape, ShapeError } from "../base/index.ts";
import { clone } from "./conversion.ts";
import type { Tensor } from "./handle.ts";
import { tensor } from "./kinds.ts";
import { expand, reshape } from "./reshaping.ts";

const parameters = signature("repeat", required("x", tensor), several("times", listOf(count, "sizes")));

/**
 * Lays copies side by side: repeat([2, 3]) of [M, N] gives [2M, 3N]. The result has memory of its own.
 *
 * @throws ShapeError for fewer numbers than the tensor has dimensions.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.repeat.html
 *
 * @example
 * torch.tensor([1, 2]).repeat([2, 2]); // tensor([[1., 2., 1., 2.], [1., 2., 1., 2.]])
 */
export function repeat(x: Tensor, times: Shape): Tensor;
export function repeat(x: Tensor, ...times: number[]): Tensor;
export function repeat(...given: unknown[]): Tensor {
  const [x, times] = parameters.read(given);
  const lead = times.length - x.shape.length;
  if (lead < 0) {
    throw new ShapeError(
      `repeat: ${formatShape(times)} has fewer entries than the tensor of shape ${formatShape(x.shape)} has dimensions`,
    );
  }
  const own = [...times.slice(0, lead).map(() => 1), ...x.shape];
  const spread = own.flatMap((size) => [1, size]);
  const grown = own.flatMap((size, d) => [times[d]!, size]);
  return reshape(
    // Of one copy the reshape would be a view of x.
    clone(expand(reshape(x, spread), grown)),
    own.map((size, d) => size * times[d]!),
  );
}
