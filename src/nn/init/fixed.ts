/** Initial values without chance. */
import { formatShape, ShapeError, ValueError } from "../../base/index.ts";
import { withoutTape } from "../../ops/executor.ts";
import { eye, type Tensor } from "../../tensor/index.ts";

/** Sets every element to `value`. */
export function constant_(x: Tensor, value: number): Tensor {
  return withoutTape(() => x.fill_(value));
}

/** Sets every element to 1. */
export function ones_(x: Tensor): Tensor {
  return constant_(x, 1);
}

/** Sets every element to 0. */
export function zeros_(x: Tensor): Tensor {
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
export function eye_(x: Tensor): Tensor {
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
export function dirac_(x: Tensor, groups = 1): Tensor {
  if (x.shape.length < 3 || x.shape.length > 5) {
    throw new ShapeError(
      `dirac_: expected a tensor of 3, 4 or 5 dimensions, got shape ${formatShape(x.shape)}`,
    );
  }
  const [out, inputs, ...kernel] = x.shape as [number, number, ...number[]];
  if (!Number.isInteger(groups) || groups < 1 || out % groups !== 0) {
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
