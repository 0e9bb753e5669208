/** The kinds of arguments that are tensors. */
import { either, Kind, listOf, scalar } from "../base/arguments/index.ts";
import { isTensor, type Tensor, type TensorLike } from "./handle.ts";

function makeTensor(value: unknown): string {
  const isData = Array.isArray(value) || ArrayBuffer.isView(value) || typeof value === "number";
  return isData ? "make it one with torch.tensor" : "";
}

export const tensor = new Kind<Tensor>("a tensor", isTensor, makeTensor);

/** A tensor, or a plain number that broadcasts. */
export const operand: Kind<TensorLike> = either(tensor, scalar);

/** Several tensors in an array. */
export const tensors: Kind<readonly Tensor[]> = listOf(tensor, "tensors");
