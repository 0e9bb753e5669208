/** Reading and writing where a mask is true. */

import { required, signature } from "../base/arguments/index.ts";
import { bool, broadcastShapes, DTypeError, formatShape, ShapeError, sameShape } from "../base/index.ts";
import { readAt } from "./at-index.ts";
import { contentsFor } from "./contents.ts";
import { fillWhere } from "./fill-where.ts";
import { isTensor, type Tensor, type TensorLike } from "./handle.ts";
import { operand, tensor } from "./kinds.ts";
import { expand, reshape } from "./reshaping.ts";
import { maskPositions } from "./true-positions.ts";

/* @__NO_SIDE_EFFECTS__ */
function fillParameters(name: string) {
  return signature(name, required("x", tensor), required("mask", tensor), required("value", operand));
}

const maskedFillParameters = fillParameters("maskedFill");
const maskedFill_Parameters = fillParameters("maskedFill_");
const maskedSelectParameters = signature("maskedSelect", required("x", tensor), required("mask", tensor));

function checkMask(name: string, mask: Tensor): void {
  if (mask.dtype === bool) return;
  throw new DTypeError(
    `${name}: the mask must be a bool tensor, got one of ${mask.dtype}; compare it, mask.ne(0)`,
  );
}

/** The value in the dtype of x: one for all elements. */
function valueFor(name: string, x: Tensor, mask: Tensor, value: TensorLike): Tensor {
  checkMask(name, mask);
  if (isTensor(value) && value.shape.length > 0) {
    throw new ShapeError(
      `${name}: the value must be a number or a 0-d tensor, got shape ${formatShape(value.shape)}; use where, or indexPut_`,
    );
  }
  return contentsFor(name, x, value);
}

/**
 * x with `value`, a number or a 0-d tensor, where the mask is true; x and the mask broadcast.
 *
 * @throws DTypeError unless the mask is bool; ShapeError where the shapes do not broadcast, and for other values.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.masked_fill.html
 *
 * @example
 * torch.tensor([1, -2]).maskedFill(torch.tensor([false, true]), 0); // tensor([1., 0.])
 */
export function maskedFill(x: Tensor, mask: Tensor, value: TensorLike): Tensor;
export function maskedFill(...given: unknown[]): Tensor {
  const [x, mask, value] = maskedFillParameters.read(given);
  const filling = valueFor("maskedFill", x, mask, value);
  return fillWhere(x.dtype).apply([x, mask, filling]);
}

/**
 * Writes `value`, a number or a 0-d tensor, where the mask, which broadcasts, is true. Returns x.
 *
 * @throws as `maskedFill`; AutogradError for a leaf that requires gradients.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.masked_fill_.html
 *
 * @example
 * const x = torch.tensor([1, -2, 3]);
 * x.maskedFill_(x.lt(0), 0); // tensor([1., 0., 3.])
 */
export function maskedFill_(x: Tensor, mask: Tensor, value: TensorLike): Tensor;
export function maskedFill_(...given: unknown[]): Tensor {
  const [x, mask, value] = maskedFill_Parameters.read(given);
  const filling = valueFor("maskedFill_", x, mask, value);
  if (!sameShape(broadcastShapes("maskedFill_", x.shape, mask.shape), x.shape)) {
    throw new ShapeError(
      `maskedFill_: a mask of shape ${formatShape(mask.shape)} does not fit a tensor of shape ${formatShape(x.shape)}`,
    );
  }
  return fillWhere(x.dtype).applyInPlace([x, mask, filling]);
}

/**
 * The elements where the mask is true, as a 1-d tensor: always a copy. x and the mask broadcast against each other. Reads
 * the mask.
 *
 * @throws DTypeError unless the mask is bool; ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.masked_select.html
 *
 * @example
 * const x = torch.tensor([1, -2, 3]);
 * x.maskedSelect(x.gt(0)); // tensor([1., 3.])
 */
export function maskedSelect(x: Tensor, mask: Tensor): Tensor;
export function maskedSelect(...given: unknown[]): Tensor {
  const [x, mask] = maskedSelectParameters.read(given);
  checkMask("maskedSelect", mask);
  const shape = broadcastShapes("maskedSelect", x.shape, mask.shape);
  return readAt(reshape(expand(x, shape), [-1]), 0, maskPositions(expand(mask, shape)));
}
