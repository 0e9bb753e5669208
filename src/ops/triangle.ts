/** Triangles of matrices. */

import { optional, required, signature, whole } from "../base/arguments/index.ts";
import { bool, formatShape, ShapeError } from "../base/index.ts";
import type { Tensor } from "./handle.ts";
import { tensor } from "./kinds.ts";
import { add, ge, le, where } from "./pointwise/index.ts";
import { unsqueeze } from "./reshaping.ts";

/* @__NO_SIDE_EFFECTS__ */
function triangleParameters(name: string) {
  return signature(name, required("x", tensor), optional("diagonal", whole, 0));
}

const trilParameters = triangleParameters("tril");
const triuParameters = triangleParameters("triu");

/** The zero that leaves the dtype as it is. */
function zeroOf(x: Tensor): number | boolean {
  return x.dtype === bool ? false : 0;
}

function columnsAgainstRows(name: string, x: Tensor, diagonal: number): [Tensor, Tensor] {
  if (x.shape.length < 2) {
    throw new ShapeError(`${name}: needs at least 2 dimensions, got shape ${formatShape(x.shape)}`);
  }
  const rows = unsqueeze(x.newArange(x.shape.at(-2)!), 1);
  return [x.newArange(x.shape.at(-1)!), add(rows, diagonal)];
}

/**
 * The lower triangle of the last two dimensions, zeros above `diagonal`.
 *
 * @throws ShapeError for fewer than 2 dimensions.
 * Source: https://pytorch.org/docs/stable/generated/torch.tril.html
 *
 * @example
 * torch.ones([3, 3]).tril(); // tensor([[1., 0., 0.], [1., 1., 0.], [1., 1., 1.]])
 */
export function tril(x: Tensor, diagonal?: number): Tensor;
export function tril(x: Tensor, options: { diagonal?: number }): Tensor;
export function tril(...given: unknown[]): Tensor {
  const [x, diagonal] = trilParameters.read(given);
  const [columns, rows] = columnsAgainstRows("tril", x, diagonal);
  return where(le(columns, rows), x, zeroOf(x));
}

/**
 * The upper triangle of the last two dimensions, zeros below `diagonal`.
 *
 * @throws ShapeError for fewer than 2 dimensions.
 * Source: https://pytorch.org/docs/stable/generated/torch.triu.html
 *
 * @example
 * torch.ones([3, 3]).triu(1); // tensor([[0., 1., 1.], [0., 0., 1.], [0., 0., 0.]])
 */
export function triu(x: Tensor, diagonal?: number): Tensor;
export function triu(x: Tensor, options: { diagonal?: number }): Tensor;
export function triu(...given: unknown[]): Tensor {
  const [x, diagonal] = triuParameters.read(given);
  const [columns, rows] = columnsAgainstRows("triu", x, diagonal);
  return where(ge(columns, rows), x, zeroOf(x));
}
