/** What is written into a tensor. */
import { toDtype } from "./conversion.ts";
import { execute } from "./executor.ts";
import { isTensor, type Tensor, type TensorLike } from "./handle.ts";

/** A number, or the elements of a tensor, in the dtype of x. A truth value is 0 or 1; bigints stay what they are. */
export function contentsFor(x: Tensor, value: TensorLike): Tensor {
  if (isTensor(value)) return toDtype(value, x.dtype);
  return execute.scalar(typeof value === "boolean" ? Number(value) : value, x.dtype, x);
}
