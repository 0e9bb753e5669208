/** Random permutations. */
import { ValueError } from "../base/errors.ts";
import { defaultGenerator, type Generator } from "./generator.ts";
import { draw32Modulo, draw64Modulo, Int64Words } from "./modulo.ts";
import type { NumberArray } from "./number-array.ts";

/**
 * From this size on, floor((2^32 - 1) / 20), PyTorch draws 64 bits a step and shuffles the other way round (checked
 * with 2.15; 1.13 does not).
 */
export const LARGE_PERMUTATION = 214748364;

/**
 * Fills `out` with a random permutation of 0 ... n - 1, n its length, as `torch.randperm(n)` does: Fisher and Yates'
 * shuffle from the front,
 *
 *   for i = 0 ... n - 2: swap out[i] with out[i + (random bits mod (n - i))]
 *
 * with 32 bits (one draw a step). From n = 214748364 on: the inside-out form with 64 bits, n steps. The dtype of
 * `out` never matters; torch.randperm's own default is int64.
 *
 * @throws ValueError where the dtype cannot hold n - 1, or n is beyond 2^32.
 * Source: https://pytorch.org/docs/stable/generated/torch.randperm.html
 *
 * @example
 * const order = new Int32Array(10);
 * fillRandperm(order, new Generator(0)); // 4, 1, 7, 5, 3, 9, 0, 8, 6, 2
 */
export function fillRandperm(
  out: NumberArray | BigInt64Array,
  generator: Generator = defaultGenerator,
): void {
  const n = out.length;
  if (n > 2 ** 32) throw new ValueError(`randperm: n must be at most 2^32, got ${n}`);
  const wide = out instanceof BigInt64Array;
  if (!wide && n > largestLength(out)) {
    throw new ValueError(`randperm: n = ${n} is too large for the dtype of the result`);
  }
  if (n >= LARGE_PERMUTATION) insideOut(wide ? new Int64Words(out) : out, n, generator);
  else if (wide) shuffleWords(new Int64Words(out), n, generator);
  else shuffle(out, n, generator);
}

/** The most elements whose indices all fit. */
function largestLength(out: NumberArray): number {
  if (out instanceof Float32Array) return 2 ** 24 + 1;
  if (out instanceof Float64Array) return 2 ** 53 + 1;
  const bits = 8 * out.BYTES_PER_ELEMENT;
  const signed = out instanceof Int8Array || out instanceof Int16Array || out instanceof Int32Array;
  return 2 ** (signed ? bits - 1 : bits);
}

function shuffle(out: NumberArray, n: number, generator: Generator): void {
  for (let i = 0; i < n; i++) out[i] = i;
  for (let i = 0; i < n - 1; i++) {
    const j = i + draw32Modulo(generator, n - i);
    const kept = out[i];
    out[i] = out[j];
    out[j] = kept;
  }
}

function shuffleWords(words: Int64Words, n: number, generator: Generator): void {
  for (let i = 0; i < n; i++) words.set(i, i);
  for (let i = 0; i < n - 1; i++) words.swapLow(i, i + draw32Modulo(generator, n - i));
}

function insideOut(out: NumberArray | Int64Words, n: number, generator: Generator): void {
  for (let i = 0; i < n; i++) {
    const j = draw64Modulo(generator, i + 1);
    if (out instanceof Int64Words) {
      out.set(i, i);
      out.swapLow(i, j);
    } else {
      out[i] = i;
      out[i] = out[j];
      out[j] = i;
    }
  }
}
