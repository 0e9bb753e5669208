/** clamp: picks the pointwise op for the bounds that are given. */
import { ValueError } from "../base/index.ts";
import type { Tensor, TensorLike } from "./handle.ts";
import { clampBetween, clampMax, clampMin } from "./pointwise/index.ts";

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

/** Cuts values to [min, max]; either bound may be null (none), a number or a tensor. The slope is 1 inside, 0 outside. */
export function clamp(x: Tensor, min?: Bound, max?: Bound): Tensor {
  return apply(x, min, max, false);
}

/** `clamp` in place. */
export function clamp_(x: Tensor, min?: Bound, max?: Bound): Tensor {
  return apply(x, min, max, true);
}
