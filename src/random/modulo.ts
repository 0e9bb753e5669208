/** Remainders of random bits: what PyTorch makes whole numbers of. */
import type { Generator } from "./generator.ts";

/** 2^32 */
const WORD = 4294967296;

/** One draw modulo `range`, for 0 < range <= 2^32 - 1. */
export function draw32Modulo(generator: Generator, range: number): number {
  return generator.random() % (range >>> 0);
}

/**
 * Two draws, as one number of 64 bits, modulo `range`, for 0 < range <= 2^32. In steps of 21 and 11 bits, so that
 * no product passes 2^53.
 */
export function draw64Modulo(generator: Generator, range: number): number {
  const high = generator.random() % range;
  const low = generator.random();
  const middle = (high * 2097152 + (low >>> 11)) % range;
  return (middle * 2048 + (low & 2047)) % range;
}

/** Two draws modulo a range of up to 2^64. */
export function draw64ModuloBig(generator: Generator, range: bigint): bigint {
  return generator.random64() % range;
}

const littleEndian = new Uint8Array(Int32Array.of(1).buffer)[0] === 1;

/** int64 elements as pairs of 32-bit words, to write whole numbers below 2^53 without making a BigInt of each. */
export class Int64Words {
  private readonly words: Int32Array;
  private readonly low = littleEndian ? 0 : 1;
  private readonly high = littleEndian ? 1 : 0;

  constructor(array: BigInt64Array) {
    this.words = new Int32Array(array.buffer, array.byteOffset, 2 * array.length);
  }

  set(i: number, value: number): void {
    this.words[2 * i + this.low] = value | 0;
    this.words[2 * i + this.high] = Math.floor(value / WORD);
  }

  /** Exchanges two elements below 2^32 whose upper words are zero. */
  swapLow(i: number, j: number): void {
    const words = this.words;
    const at = 2 * i + this.low;
    const to = 2 * j + this.low;
    const kept = words[at];
    words[at] = words[to];
    words[to] = kept;
  }
}
