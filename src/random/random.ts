/** Whole random numbers over the whole range of a dtype. */
import { defaultGenerator, type Generator } from "./generator.ts";
import type { NumberArray } from "./number-array.ts";

/**
 * Fills `out` with whole numbers, as `tensor.random_()` does: from 0 to the largest value of an integer dtype, and
 * from 0 to 2^24 (float32) or 2^53 (float64), the largest up to which every integer is there. int64 and float64 take
 * two draws an element, the others one. For bool use `fillRandint(out, 0, 2)`, which is the same stream.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.random_.html
 *
 * @example
 * const seeds = new BigInt64Array(1);
 * fillRandom(seeds); // what torch.utils.data.DataLoader draws its base seed with
 */
export function fillRandom(out: NumberArray | BigInt64Array, generator: Generator = defaultGenerator): void {
  if (out instanceof BigInt64Array) {
    for (let i = 0; i < out.length; i++) out[i] = BigInt.asUintN(63, generator.random64());
  } else if (out instanceof Float64Array) {
    fillFloat64(out, generator);
  } else if (out instanceof Float32Array) {
    for (let i = 0; i < out.length; i++) out[i] = generator.random() % (2 ** 24 + 1);
  } else {
    const bits = 8 * out.BYTES_PER_ELEMENT;
    const signed = out instanceof Int8Array || out instanceof Int16Array || out instanceof Int32Array;
    const mask = 0xffffffff >>> (32 - bits + (signed ? 1 : 0));
    for (let i = 0; i < out.length; i++) out[i] = generator.engine.draw() & mask;
  }
}

/** 64 random bits modulo 2^53 + 1. */
function fillFloat64(out: Float64Array, generator: Generator): void {
  for (let i = 0; i < out.length; i++) {
    const high = generator.random();
    const low = generator.random();
    // 2^53 is -1 modulo 2^53 + 1, so the upper 11 bits count as their negative.
    const value = (high & 0x1fffff) * 2 ** 32 + low - (high >>> 21);
    out[i] = value < 0 ? value + 2 ** 53 + 1 : value;
  }
}
