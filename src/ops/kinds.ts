/** The kinds of arguments that are tensors. */
import { either, Kind, listOf, number, scalar } from "../base/arguments/index.ts";
import { isTensor, type Tensor, type TensorLike } from "./handle.ts";

function makeTensor(value: unknown): string {
  const isData = Array.isArray(value) || ArrayBuffer.isView(value) || typeof value === "number";
  return isData ? "make it one with torch.tensor" : "";
}

export const tensor = /* @__PURE__ */ new Kind<Tensor>("a tensor", isTensor, makeTensor);

/** A number, maybe in a tensor. */
export const numberOrTensor: Kind<number | Tensor> = either(
  number,
  new Kind<Tensor>("a 0-d tensor", (value): value is Tensor => isTensor(value) && value.shape.length === 0),
);

/** A tensor, or a plain number that broadcasts. */
export const operand: Kind<TensorLike> = either(tensor, scalar);

/** Several tensors in an array. */
export const tensors: Kind<readonly Tensor[]> = listOf(tensor, "tensors");
