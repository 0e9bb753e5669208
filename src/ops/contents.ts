/** What is written into a tensor. */
import { DTypeError } from "../base/index.ts";
import { toDtype } from "./conversion.ts";
import { execute } from "./executor.ts";
import { isTensor, type Tensor, type TensorLike } from "./handle.ts";

/** A number, or the elements of a tensor, in the dtype of x. A truth value is 0 or 1; bigints stay what they are. */
export function contentsFor(x: Tensor, value: TensorLike): Tensor {
  if (isTensor(value)) return toDtype(value, x.dtype);
  return execute.scalar(typeof value === "boolean" ? Number(value) : value, x.dtype, x);
}

/** Throws a DTypeError for a tensor of another dtype than x: what is put at positions is not converted. */
export function checkSameDtype(name: string, x: Tensor, source: TensorLike): void {
  if (!isTensor(source) || source.dtype === x.dtype) return;
  throw new DTypeError(
    `${name}: the source is ${source.dtype}, the tensor ${x.dtype}; convert the source with .to(${x.dtype})`,
  );
}
