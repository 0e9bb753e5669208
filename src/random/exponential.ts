/** Exponential and geometric random numbers, by inverting the distribution function. */
import { ValueError } from "../base/errors.ts";
import { defaultGenerator, type Generator } from "./generator.ts";
import { log } from "./math/log.ts";
import { log1p } from "./math/log1p.ts";
import type { NumberArray } from "./number-array.ts";

/**
 * Fills `out` with exponential numbers, as `tensor.exponential_(lambda)` does:
 *
 *   out[i] = -ln(1 - u) / lambda,  u uniform on [0, 1) of 53 bits, in float64 whatever the dtype
 *
 * As with `fillBernoulli`, PyTorch with MKL on Intel processors has another stream.
 *
 * @throws ValueError where lambda is not above 0.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.exponential_.html
 *
 * @example
 * const waits = new Float64Array(1000);
 * fillExponential(waits, 2); // mean 1/2
 */
export function fillExponential(
  out: Float32Array | Float64Array,
  lambda: number,
  generator: Generator = defaultGenerator,
): void {
  if (!(lambda > 0)) throw new ValueError(`exponential_: lambda must be > 0, got ${lambda}`);
  const factor = -1 / lambda;
  for (let i = 0; i < out.length; i++) out[i] = factor * log1p(-generator.uniform53());
}

/** What a C cast of infinity to int64 gives on x86-64; infinity comes out where u is 0. */
const INT64_MIN = -(2n ** 63n);

/**
 * Fills `out` with geometric numbers (the number of the first success), as `tensor.geometric_(p)` does:
 *
 *   out[i] = ceil(ln u / ln(1 - p)),  u uniform on [0, 1) of 53 bits
 *
 * @throws ValueError where p is not strictly between 0 and 1.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.geometric_.html
 *
 * @example
 * const trials = new Int32Array(1000);
 * fillGeometric(trials, 0.25); // mean 4
 */
export function fillGeometric(
  out: NumberArray | BigInt64Array,
  p: number,
  generator: Generator = defaultGenerator,
): void {
  if (!(p > 0 && p < 1)) throw new ValueError(`geometric_: p must be in (0, 1), got ${p}`);
  const denominator = log1p(-p);
  for (let i = 0; i < out.length; i++) {
    const u = generator.uniform53();
    const trials = Math.ceil((u === 0 ? Number.NEGATIVE_INFINITY : log(u)) / denominator);
    if (!(out instanceof BigInt64Array)) out[i] = trials;
    else out[i] = Number.isFinite(trials) ? BigInt(trials) : INT64_MIN;
  }
}
