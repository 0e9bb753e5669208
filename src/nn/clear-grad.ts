/** Starting over with gradients. */
import { withoutTape } from "../ops/executor.ts";
import type { Tensor } from "../tensor/index.ts";

/** Forgets the gradient of a tensor or, if it is not to become null, sets its elements to zero. */
export function clearGrad(x: Tensor, setToNone = true): void {
  if (setToNone || x.grad === null) x.grad = null;
  else x.grad = withoutTape(() => x.grad!.detach().zero_());
}
