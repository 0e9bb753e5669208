/** Initial values without chance. */
import { number, optional, required, signature, wholeFrom } from "../../base/arguments/index.ts";
import { formatShape, ShapeError, ValueError } from "../../base/index.ts";
import { withoutTape } from "../../ops/executor.ts";
import { tensor } from "../../ops/kinds.ts";
import { eye, type Tensor } from "../../tensor/index.ts";

const x = /* @__PURE__ */ required("x", tensor);
const constantParameters = signature("constant_", x, required("value", number));
const onesParameters = signature("ones_", x);
const zerosParameters = signature("zeros_", x);
const eyeParameters = signature("eye_", x);
const diracParameters = signature("dirac_", x, optional("groups", wholeFrom(1), 1));

/** Sets every element to `value`. */
export function constant_(x: Tensor, value: number): Tensor;
export function constant_(...given: unknown[]): Tensor {
  const [x, value] = constantParameters.read(given);
  return withoutTape(() => x.fill_(value));
}

/** Sets every element to 1. */
export function ones_(x: Tensor): Tensor;
export function ones_(...given: unknown[]): Tensor {
  const [x] = onesParameters.read(given);
  return constant_(x, 1);
}

/** Sets every element to 0. */
export function zeros_(x: Tensor): Tensor;
export function zeros_(...given: unknown[]): Tensor {
  const [x] = zerosParameters.read(given);
  return constant_(x, 0);
}

/** Throws a ShapeError unless x is a matrix. */
export function checkMatrix(
  where: string,
  x: Tensor,
): asserts x is Tensor & { shape: readonly [number, number] } {
  if (x.shape.length !== 2) {
    throw new ShapeError(`${where}: expected a tensor of 2 dimensions, got shape ${formatShape(x.shape)}`);
  }
}

/** The identity matrix: ones on the diagonal. For a linear layer that gives its inputs back, as many as it can. */
export function eye_(x: Tensor): Tensor;
export function eye_(...given: unknown[]): Tensor {
  const [x]: [Tensor] = eyeParameters.read(given);
  checkMatrix("eye_", x);
  const [rows, columns] = x.shape;
  return withoutTape(() => x.copy_(eye(rows, columns, { dtype: x.dtype, device: x.device })));
}

/**
 * The Dirac delta for the weight of a convolution, [out, in, ...] of 3, 4 or 5 dimensions: each output channel gives an input
 * channel back, in each of `groups` groups of output channels.
 *
 * Source: https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.dirac_
 */
export function dirac_(x: Tensor, groups?: number): Tensor;
export function dirac_(x: Tensor, options: { groups?: number }): Tensor;
export function dirac_(...given: unknown[]): Tensor {
  const [x, groups] = diracParameters.read(given);
  if (x.shape.length < 3 || x.shape.length > 5) {
    throw new ShapeError(
      `dirac_: expected a tensor of 3, 4 or 5 dimensions, got shape ${formatShape(x.shape)}`,
    );
  }
  const [out, inputs, ...kernel] = x.shape as [number, number, ...number[]];
  if (out % groups !== 0) {
    throw new ValueError(`dirac_: dimension 0 of size ${out} cannot be divided into ${groups} groups`);
  }
  const perGroup = out / groups;
  const middle = kernel.map((size) => Math.floor(size / 2));
  return withoutTape(() => {
    x.zero_();
    for (let channel = 0; channel < out; channel++) {
      const same = channel % perGroup;
      if (same < inputs) x.indexPut_([channel, same, ...middle], 1);
    }
    return x;
  });
}
