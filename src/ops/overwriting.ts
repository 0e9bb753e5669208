/** Overwriting a tensor whole: copy_, fill_, zero_. */

import { required, signature } from "../base/arguments/index.ts";
import { broadcastShapes, formatShape, ShapeError, sameShape } from "../base/index.ts";
import { cast, input } from "../ir/expr.ts";
import { contentsFor } from "./contents.ts";
import { clone } from "./conversion.ts";
import { isTensor, type Tensor, type TensorLike } from "./handle.ts";
import { operand, tensor } from "./kinds.ts";
import { PointwiseFunction } from "./pointwise-function.ts";

const copyParameters = signature("copy_", required("x", tensor), required("source", tensor));
const fillParameters = signature("fill_", required("x", tensor), required("value", operand));
const zeroParameters = signature("zero_", required("x", tensor));

const overwrites = new Map<number, PointwiseFunction>();

/** (x, source) -> source, in the dtype of x: the gradient goes to the source, none to what x was. */
function overwrite(x: Tensor, source: Tensor): PointwiseFunction {
  const key = x.dtype.index * 16 + source.dtype.index;
  let fn = overwrites.get(key);
  if (!fn) {
    fn = new PointwiseFunction("copy", [x.dtype, source.dtype], cast(input(1, source.dtype), x.dtype), null);
    overwrites.set(key, fn);
  }
  return fn;
}

/**
 * Overwrites x with the elements of `source`, which broadcasts and is converted to x's dtype. The gradient
 * goes to the source.
 *
 * @throws ShapeError where the source does not broadcast to x; AutogradError for a leaf that requires
 * gradients.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.copy_.html
 *
 * @example
 * torch.zeros([2, 2]).copy_(torch.tensor([1, 2])); // tensor([[1., 2.], [1., 2.]])
 */
export function copy_(x: Tensor, source: Tensor): Tensor;
export function copy_(...given: unknown[]): Tensor {
  const [x, source] = copyParameters.read(given);
  checkFits("copy_", x, source);
  // From itself nothing is written, so that elements may repeat.
  return overwrite(x, source).applyInPlace([x, source], undefined, {
    readsSame: true,
    repeats: source === x,
  });
}

function checkFits(name: string, x: Tensor, source: Tensor): void {
  if (sameShape(broadcastShapes(name, x.shape, source.shape), x.shape)) return;
  throw new ShapeError(
    `${name}: a source of shape ${formatShape(source.shape)} does not fit into a tensor of shape ${formatShape(x.shape)}`,
  );
}

/**
 * Sets every element to `value`.
 *
 * @throws ValueError for a number that does not fit into the dtype; AutogradError for a leaf that requires gradients.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.fill_.html
 *
 * @example
 * torch.empty([3]).fill_(7); // tensor([7., 7., 7.])
 */
export function fill_(x: Tensor, value: TensorLike): Tensor;
export function fill_(...given: unknown[]): Tensor {
  const [x, value] = fillParameters.read(given);
  const source = isTensor(value) ? value : contentsFor("fill_", x, value);
  checkFits("fill_", x, source);
  // Elements that are the same memory get the same value; one of them may be the value.
  const apart = source.storage === x.storage ? clone(source) : source;
  return overwrite(x, apart).applyInPlace([x, apart], undefined, { repeats: true });
}

/**
 * Sets every element to 0.
 *
 * @throws AutogradError for a leaf that requires gradients.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.zero_.html
 *
 * @example
 * torch.ones([3]).zero_(); // tensor([0., 0., 0.])
 */
export function zero_(x: Tensor): Tensor;
export function zero_(...given: unknown[]): Tensor {
  const [x] = zeroParameters.read(given);
  return fill_(x, 0);
}
