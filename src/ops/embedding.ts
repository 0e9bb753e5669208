/** Rows of a table by their number, and the table's gradient. */
import { nullable, optional, required, signature, whole } from "../base/arguments/index.ts";
import { describe, formatShape, ShapeError, ValueError } from "../base/index.ts";
import { adding, alongDimension, putAt_, readAt } from "./at-index.ts";
import { asIndex } from "./check-index.ts";
import { type Differentiable, execute, record } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { tensor } from "./kinds.ts";
import { ne, where } from "./pointwise/index.ts";
import { reshape } from "./reshaping.ts";

/** Options of an embedding. */
export interface EmbeddingOptions {
  /** A row that gets no gradient, counted from the end if negative; none unless said. */
  paddingIdx?: number | null;
}

const embeddingParameters = signature(
  "embedding",
  required("index", tensor),
  required("weight", tensor),
  optional("paddingIdx", nullable(whole), null),
);

/** For Y = W at the index: dW has dY added at the rows that were read, except the padding. The index is a list, expanded. */
const paddedRule: Differentiable = {
  name: "embedding",
  saves: () => 2,
  gradient(dy, call) {
    const index = call.input(1);
    const counted = where(ne(index, call.attributes as number), dy, 0);
    return [
      putAt_("embedding backward", adding, execute.zeros(call.shapeOf(0), dy.dtype, dy), 0, index, counted),
      null,
    ];
  },
};

/** The number of the padding row, counted from the start. Throws a ValueError where there is no such row. */
export function paddingRow(name: string, paddingIdx: number | null | undefined, rows: number): number | null {
  if (paddingIdx === null || paddingIdx === undefined) return null;
  if (!Number.isInteger(paddingIdx) || paddingIdx < -rows || paddingIdx >= rows) {
    throw new ValueError(
      `${name}: paddingIdx must be a row of the table, which has ${rows}; got ${describe(paddingIdx)}`,
    );
  }
  return paddingIdx < 0 ? paddingIdx + rows : paddingIdx;
}

/**
 * Rows of a table by their number: y[..., c] = weight[index[...], c]. Shapes: index [...], whole numbers; weight [rows, C] ->
 * [..., C].
 *
 * @throws IndexError where an index is no row of the table; DTypeError for an index of bool or uint8; ShapeError unless the
 * weight has 2 dimensions; ValueError where the padding is no row.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.embedding.html
 *
 * @example
 * const table = torch.tensor([[0, 0], [1, 10], [2, 20]]);
 * torch.nn.functional.embedding(torch.tensor([2, 1]), table); // tensor([[2., 20.], [1., 10.]])
 */
export function embedding(index: Tensor, weight: Tensor, paddingIdx?: number | null): Tensor;
export function embedding(index: Tensor, weight: Tensor, options: EmbeddingOptions): Tensor;
export function embedding(...given: unknown[]): Tensor {
  const [index, weight, paddingIdx] = embeddingParameters.read(given);
  if (weight.shape.length !== 2) {
    throw new ShapeError(
      `embedding: the weight must have shape [rows, columns], got ${formatShape(weight.shape)}`,
    );
  }
  const [count, width] = weight.shape as [number, number];
  const padding = paddingRow("embedding", paddingIdx, count);
  const list = alongDimension(asIndex("embedding", index, 0, count), 0, weight);
  const rows =
    padding === null
      ? readAt(weight, 0, list)
      : record(paddedRule, [weight, list], execute.gather(weight, list, 0), padding);
  return reshape(rows, [...index.shape, width]);
}
