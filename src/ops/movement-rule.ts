/** Gradients of ops that move no data: dy, moved back. */
import type { Shape } from "../base/index.ts";
import type { Differentiable } from "./executor.ts";
import type { Tensor } from "./handle.ts";

/** A rule that saves no values: the gradient is dy, moved back. */
export function movementRule(
  name: string,
  back: (dy: Tensor, shape: Shape, attributes: unknown) => Tensor,
): Differentiable {
  return {
    name,
    saves: () => 0,
    gradient: (dy, call) => [back(dy, call.shapeOf(0), call.attributes)],
  };
}
