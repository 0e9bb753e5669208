/** The functions of dtypes, as users call them. */
import { dtype, refuseArguments, required, signature } from "../base/arguments/index.ts";
import type { DType } from "../base/index.ts";
import * as base from "../base/index.ts";

const promoteTypesParameters = signature("promoteTypes", required("a", dtype), required("b", dtype));
const setDefaultDtypeParameters = signature("setDefaultDtype", required("dtype", dtype));

/**
 * The dtype that holds the values of both: the later one in promotion order (bool, uint8, int32, int64,
 * float32, float64).
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.promote_types.html
 *
 * @example
 * torch.promoteTypes(torch.int64, torch.float32); // torch.float32
 */
export function promoteTypes(a: DType, b: DType): DType;
export function promoteTypes(...given: unknown[]): DType {
  return base.promoteTypes(...promoteTypesParameters.read(given));
}

/**
 * The dtype of new floating-point tensors: float32 unless `setDefaultDtype` says otherwise.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.get_default_dtype.html
 *
 * @example
 * torch.getDefaultDtype(); // torch.float32
 */
export function getDefaultDtype(...given: []): DType {
  refuseArguments("getDefaultDtype", given);
  return base.getDefaultDtype();
}

/**
 * Sets the dtype of new floating-point tensors.
 *
 * @throws DTypeError for a dtype that is not floating point.
 * Source: https://pytorch.org/docs/stable/generated/torch.set_default_dtype.html
 *
 * @example
 * torch.setDefaultDtype(torch.float64);
 * torch.tensor([1]).dtype; // torch.float64
 * torch.setDefaultDtype(torch.float32);
 */
export function setDefaultDtype(dtype: DType): void;
export function setDefaultDtype(...given: unknown[]): void {
  base.setDefaultDtype(...setDefaultDtypeParameters.read(given));
}
