/** Triangles of matrices. */
import { bool, formatShape, ShapeError } from "../base/index.ts";
import type { Tensor } from "./handle.ts";
import { add, ge, le, where } from "./pointwise/index.ts";
import { unsqueeze } from "./reshaping.ts";

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
export function tril(x: Tensor, diagonal = 0): Tensor {
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
export function triu(x: Tensor, diagonal = 0): Tensor {
  const [columns, rows] = columnsAgainstRows("triu", x, diagonal);
  return where(ge(columns, rows), x, zeroOf(x));
}
