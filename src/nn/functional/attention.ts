/** Attention: each query gets a mixture of the values, weighted by how well it fits their keys. */
import {
  flag,
  keyword,
  nullable,
  number,
  optional,
  probability,
  required,
  signature,
} from "../../base/arguments/index.ts";
import { bool, DTypeError, formatShape, ShapeError, ValueError } from "../../base/index.ts";
import { attentionWeights } from "../../ops/attention-weights.ts";
import { tensor } from "../../ops/kinds.ts";
import { matmul } from "../../ops/matmul.ts";
import { transpose } from "../../ops/ordering.ts";
import { le } from "../../ops/pointwise/index.ts";
import { unsqueeze } from "../../ops/reshaping.ts";
import type { Tensor } from "../../tensor/index.ts";
import { dropout } from "./dropout.ts";
import { broadcastTo } from "./reduction.ts";

/** Options of `scaledDotProductAttention`. */
export interface AttentionOptions {
  /** Broadcasts to [..., L, S]. bool: true takes part; floating point: added to the scores. Null unless said. */
  attnMask?: Tensor | null;
  /** Probability with which each weight is left out; 0 unless said. Set it to 0 in evaluation. */
  dropoutP?: number;
  /** Lets query i attend to keys 0 to i only; false unless said. */
  isCausal?: boolean;
  /** Factor of the scores; 1 / sqrt(E) unless said. */
  scale?: number | null;
}

const where = "scaledDotProductAttention";

const attentionParameters = signature(
  where,
  required("query", tensor),
  required("key", tensor),
  required("value", tensor),
  optional("attnMask", nullable(tensor), null),
  optional("dropoutP", probability, 0),
  optional("isCausal", flag, false),
  keyword("scale", nullable(number), null),
);

function checkOperands(query: Tensor, key: Tensor, value: Tensor): void {
  for (const [what, x] of Object.entries({ query, key, value })) {
    if (x.shape.length < 2) {
      throw new ShapeError(
        `${where}: the ${what} must have shape [..., length, features], got ${formatShape(x.shape)}`,
      );
    }
    if (!x.dtype.isFloatingPoint || x.dtype !== query.dtype) {
      throw new DTypeError(
        `${where}: query, key and value must have one floating-point dtype; the query is ${query.dtype}, the ${what} ${x.dtype}`,
      );
    }
  }
  if (query.shape.at(-1) !== key.shape.at(-1)) {
    throw new ShapeError(
      `${where}: the query has shape ${formatShape(query.shape)}, the key ${formatShape(key.shape)}; their last dimensions must be equal`,
    );
  }
  if (key.shape.at(-2) !== value.shape.at(-2)) {
    throw new ShapeError(
      `${where}: the key has shape ${formatShape(key.shape)}, the value ${formatShape(value.shape)}; their second-last dimensions must be equal: each key has a value`,
    );
  }
}

/** Whether query i of L may attend to key j of S: j <= i. On the device of `like`. */
export function causalMask(like: Tensor, L: number, S: number): Tensor {
  return le(like.newArange(S), unsqueeze(like.newArange(L), 1));
}

/** The mask in the shape of the scores. */
function maskFor(scores: Tensor, mask: Tensor): Tensor {
  if (mask.dtype !== bool && mask.dtype !== scores.dtype) {
    throw new DTypeError(
      `${where}: the mask must be torch.bool or, as the query, ${scores.dtype}, got ${mask.dtype}`,
    );
  }
  return broadcastTo(where, "mask", mask, scores);
}

/** The result of the attention with its weights, as they were used. */
export function attend(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: Required<AttentionOptions>,
): { output: Tensor; weights: Tensor } {
  const { attnMask, dropoutP, isCausal, scale } = options;
  checkOperands(query, key, value);
  if (isCausal && attnMask !== null) {
    throw new ValueError(`${where}: isCausal makes a mask of its own; give it or attnMask, not both`);
  }
  const scores = matmul(query, transpose(key, -2, -1));
  const [L, S] = scores.shape.slice(-2) as [number, number];
  const mask = attnMask === null ? (isCausal ? causalMask(scores, L, S) : null) : maskFor(scores, attnMask);
  let weights = attentionWeights(scores, scale ?? 1 / Math.sqrt(query.shape.at(-1)!), mask);
  if (dropoutP > 0) weights = dropout(weights, dropoutP);
  return { output: matmul(weights, value), weights };
}

/**
 * Scaled dot-product attention: softmax(scale query key^T + mask) value. Shapes: query [..., L, E], key [..., S, E], value
 * [..., S, Ev], result [..., L, Ev]; the dimensions before broadcast. A query whose mask leaves out every key gets zeros.
 *
 * @throws ShapeError where the shapes do not fit; DTypeError unless all have one floating-point dtype (a mask may be bool);
 * ValueError for a mask beside isCausal.
 * Source: Vaswani et al. 2017; https://pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html
 *
 * @example
 * const query = torch.tensor([[1, 0], [0, 1]]);
 * const value = torch.tensor([[1], [5]]);
 * torch.nn.functional.scaledDotProductAttention(query, query, value, { isCausal: true }); // tensor([[1.0000], [3.6790]])
 */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  attnMask?: Tensor | null,
  dropoutP?: number,
  isCausal?: boolean,
  options?: Pick<AttentionOptions, "scale">,
): Tensor;
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions,
): Tensor;
export function scaledDotProductAttention(...given: unknown[]): Tensor {
  const { query, key, value, ...options } = attentionParameters.named(given);
  return attend(query, key, value, options).output;
}
