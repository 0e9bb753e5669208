/** Copies and conversions. */
import { DType, DTypeError } from "../base/index.ts";
import { conversion } from "./cast.ts";
import type { Tensor } from "./handle.ts";

/**
 * A copy with memory of its own, in row-major order. Gradients flow through.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.clone.html
 *
 * @example
 * const x = torch.zeros([2]);
 * x.clone().add_(1); // tensor([1., 1.])
 * x; // tensor([0., 0.])
 */
export function clone(x: Tensor): Tensor {
  return conversion(x.dtype, x.dtype).apply1(x);
}

/** The tensor itself if its elements lie in row-major order, else a copy that does. */
export function toContiguous(x: Tensor): Tensor {
  return x.dense ? x : clone(x);
}

/** The same values in another dtype; the tensor itself if it has that dtype. */
export function toDtype(x: Tensor, dtype: DType): Tensor {
  if (!(dtype instanceof DType)) {
    throw new DTypeError(`to: expected a dtype such as torch.float64, got ${String(dtype)}`);
  }
  return x.dtype === dtype ? x : conversion(x.dtype, dtype).apply1(x);
}
