/** Lengths and angles of vectors. */
import { dim, number, optional, required, signature } from "../../base/arguments/index.ts";
import { broadcastShapes } from "../../base/index.ts";
import { withoutTape } from "../../ops/executor.ts";
import { tensor } from "../../ops/kinds.ts";
import { norm } from "../../ops/norm.ts";
import { clampMin, div, mul } from "../../ops/pointwise/index.ts";
import { sum } from "../../ops/reductions.ts";
import { expand } from "../../ops/reshaping.ts";
import type { Tensor } from "../../tensor/index.ts";

const normalizeParameters = signature(
  "normalize",
  required("x", tensor),
  optional("p", number, 2),
  optional("dim", dim, 1),
  optional("eps", number, 1e-12),
);

const cosineParameters = signature(
  "cosineSimilarity",
  required("a", tensor),
  required("b", tensor),
  optional("dim", dim, 1),
  optional("eps", number, 1e-8),
);

/** Options of `normalize`. */
export interface NormalizeOptions {
  /** Order of the norm; 2 unless said. */
  p?: number;
  /** The dimension along which vectors lie; 1 unless said. */
  dim?: number;
  /** Smallest divisor; 1e-12 unless said. */
  eps?: number;
}

/**
 * Vectors of length 1: x / max(|x|_p, eps) along `dim`.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.normalize.html
 */
export function normalize(x: Tensor, p?: number, dim?: number, eps?: number): Tensor;
export function normalize(x: Tensor, options: NormalizeOptions): Tensor;
export function normalize(...given: unknown[]): Tensor {
  const [x, p, along, eps] = normalizeParameters.read(given);
  return div(x, clampMin(norm(x, p, along, true), eps));
}

/** Options of `cosineSimilarity`. */
export interface CosineOptions {
  /** The dimension along which vectors lie; 1 unless said. */
  dim?: number;
  /** Smallest length; 1e-8 unless said. */
  eps?: number;
}

/**
 * Cosine of the angle between vectors along `dim`: a . b / (max(|a|, eps) max(|b|, eps)). The shapes broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.cosine_similarity.html
 */
export function cosineSimilarity(a: Tensor, b: Tensor, dim?: number, eps?: number): Tensor;
export function cosineSimilarity(a: Tensor, b: Tensor, options: CosineOptions): Tensor;
export function cosineSimilarity(...given: unknown[]): Tensor {
  const [a, b, along, eps] = cosineParameters.read(given);
  const shape = broadcastShapes("cosineSimilarity", a.shape, b.shape);
  const unit = (vectors: Tensor): Tensor => {
    const x = expand(vectors, shape);
    const length = norm(x, 2, along, true).clone();
    // PyTorch does not differentiate the bound: the slope is that of the length itself.
    withoutTape(() => length.clamp_(eps));
    return div(x, length);
  };
  return sum(mul(unit(a), unit(b)), along);
}
