/** Coin flips. */
import { ValueError } from "../base/errors.ts";
import { defaultGenerator, type Generator } from "./generator.ts";
import type { NumberArray } from "./number-array.ts";

/**
 * Fills `out` with ones of probability p and zeros, as `tensor.bernoulli_(p)` does, whatever the dtype:
 *
 *   out[i] = u < p,  u uniform on [0, 1) of 53 bits (two draws an element)
 *
 * Dropout's mask is bernoulli_(1 - p), divided by 1 - p.
 *
 * PyTorch builds with MKL on Intel processors draw this one from MKL's own generator; their streams differ from
 * those of every other build, which are the ones here.
 *
 * @throws ValueError where p is outside [0, 1].
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.bernoulli_.html
 *
 * @example
 * const mask = new Float32Array(12);
 * fillBernoulli(mask, 0.5, new Generator(0)); // 0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 1, 1
 */
export function fillBernoulli(
  out: NumberArray | BigInt64Array,
  p: number,
  generator: Generator = defaultGenerator,
): void {
  if (!(p >= 0 && p <= 1)) throw new ValueError(`bernoulli_: p must be in [0, 1], got ${p}`);
  if (out instanceof BigInt64Array) {
    for (let i = 0; i < out.length; i++) out[i] = generator.uniform53() < p ? 1n : 0n;
  } else {
    for (let i = 0; i < out.length; i++) out[i] = generator.uniform53() < p ? 1 : 0;
  }
}

/**
 * Fills `out` with ones of probability p_i and zeros, as `torch.bernoulli(p)` and `tensor.bernoulli_(p)` do with a
 * tensor p. Here the dtype of the *probabilities* decides: float64 takes 53 bits of two draws an element, float32
 * (and the half types in PyTorch) 24 bits of one. So `torch.bernoulli(torch.full([n], 0.3))` and `bernoulli_(0.3)`
 * give other numbers for the same seed.
 *
 * @throws ValueError where the lengths differ or a probability is outside [0, 1]. `out` is then unchanged.
 * Source: https://pytorch.org/docs/stable/generated/torch.bernoulli.html
 *
 * @example
 * const heads = new Uint8Array(2);
 * fillBernoulliFrom(heads, Float32Array.of(0, 1)); // 0, 1
 */
export function fillBernoulliFrom(
  out: NumberArray | BigInt64Array,
  probabilities: Float32Array | Float64Array,
  generator: Generator = defaultGenerator,
): void {
  if (out.length !== probabilities.length) {
    throw new ValueError(`bernoulli_: ${probabilities.length} probabilities for ${out.length} elements`);
  }
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i];
    if (!(p >= 0 && p <= 1))
      throw new ValueError(`bernoulli_: p must be in [0, 1], got ${p} at element ${i}`);
  }
  const single = probabilities instanceof Float32Array;
  for (let i = 0; i < probabilities.length; i++) {
    const u = single ? generator.uniform24() : generator.uniform53();
    const one = u < probabilities[i];
    if (out instanceof BigInt64Array) out[i] = one ? 1n : 0n;
    else out[i] = one ? 1 : 0;
  }
}
