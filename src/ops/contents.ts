/** What is written into a tensor. */
import { DTypeError, elementOf } from "../base/index.ts";
import { toDtype } from "./conversion.ts";
import { execute } from "./executor.ts";
import { isTensor, type Tensor, type TensorLike } from "./handle.ts";

/** A number that fits, or the elements of a tensor, in the dtype of x. */
export function contentsFor(name: string, x: Tensor, value: TensorLike): Tensor {
  if (isTensor(value)) return toDtype(value, x.dtype);
  return execute.scalar(elementOf(value, x.dtype, name), x.dtype, x);
}

/** Throws a DTypeError for a tensor of another dtype than x: what is put at positions is not converted. */
export function checkSameDtype(name: string, x: Tensor, source: TensorLike): void {
  if (!isTensor(source) || source.dtype === x.dtype) return;
  throw new DTypeError(
    `${name}: the source is ${source.dtype}, the tensor ${x.dtype}; convert the source with .to(${x.dtype})`,
  );
}
