/** clamp: picks the pointwise op for the bounds that are given. */

import { nullable, optional, required, signature } from "../base/arguments/index.ts";
import { ValueError } from "../base/index.ts";
import type { Tensor, TensorLike } from "./handle.ts";
import { operand, tensor } from "./kinds.ts";
import { clampBetween, clampMax, clampMin } from "./pointwise/index.ts";

const bound = /* @__PURE__ */ nullable(operand);

/* @__NO_SIDE_EFFECTS__ */
function clampParameters(name: string) {
  return signature(name, required("x", tensor), optional("min", bound, null), optional("max", bound, null));
}

const parameters = clampParameters("clamp");
const inPlaceParameters = clampParameters("clamp_");

type Bound = TensorLike | null | undefined;

function apply(x: Tensor, min: Bound, max: Bound, inPlace: boolean): Tensor {
  const low = min ?? null;
  const high = max ?? null;
  if (low !== null && high !== null)
    return inPlace ? clampBetween.inPlace(x, low, high) : clampBetween(x, low, high);
  if (low !== null) return inPlace ? clampMin.inPlace(x, low) : clampMin(x, low);
  if (high !== null) return inPlace ? clampMax.inPlace(x, high) : clampMax(x, high);
  throw new ValueError("clamp: at least one of min and max must be given");
}

/**
 * Cuts values to [min, max]; either bound may be null (none), a number or a tensor. The slope is 1 inside, 0
 * outside.
 *
 * @throws ValueError without any bound; ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.clamp.html
 *
 * @example
 * torch.tensor([-2, 0.5, 2]).clamp(-1, 1); // tensor([-1.0000, 0.5000, 1.0000])
 * torch.tensor([-2, 0.5, 2]).clamp(null, 1); // tensor([-2.0000, 0.5000, 1.0000])
 */
export function clamp(x: Tensor, min?: Bound, max?: Bound): Tensor;
export function clamp(x: Tensor, options: { min?: Bound; max?: Bound }): Tensor;
export function clamp(...given: unknown[]): Tensor {
  const [x, min, max] = parameters.read(given);
  return apply(x, min, max, false);
}

/**
 * `clamp` in place: overwrites x and returns it.
 *
 * @throws ValueError without any bound; AutogradError for a leaf that requires gradients.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.clamp_.html
 *
 * @example
 * torch.tensor([-2, 2]).clamp_(0); // tensor([0., 2.])
 */
export function clamp_(x: Tensor, min?: Bound, max?: Bound): Tensor;
export function clamp_(x: Tensor, options: { min?: Bound; max?: Bound }): Tensor;
export function clamp_(...given: unknown[]): Tensor {
  const [x, min, max] = inPlaceParameters.read(given);
  return apply(x, min, max, true);
}
