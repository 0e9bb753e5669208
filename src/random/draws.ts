/** Uniform numbers by the batch: for the long fills, in which a call for each would cost more than the number. */
import type { Generator } from "./generator.ts";
import { STATE_WORDS } from "./mt19937.ts";

/** Draws taken at once. */
const BATCH = STATE_WORDS;

const words = new Int32Array(BATCH);
const TWO_POW_32 = 2 ** 32;
const TWO_POW_MINUS_24 = 2 ** -24;
const TWO_POW_MINUS_53 = 2 ** -53;

/** out[start .. end): as many calls of `generator.uniform24()`. */
export function drawUniform24(generator: Generator, out: Float32Array, start: number, end: number): void {
  for (let at = start; at < end; at += BATCH) {
    const count = Math.min(BATCH, end - at);
    generator.engine.drawMany(words, count);
    for (let i = 0; i < count; i++) out[at + i] = (words[i] & 0xffffff) * TWO_POW_MINUS_24;
  }
}

/** out[start .. end): as many calls of `generator.uniform53()`. */
export function drawUniform53(generator: Generator, out: Float64Array, start: number, end: number): void {
  for (let at = start; at < end; at += BATCH / 2) {
    const count = Math.min(BATCH / 2, end - at);
    generator.engine.drawMany(words, 2 * count);
    for (let i = 0; i < count; i++) {
      const high = words[2 * i] & 0x1fffff;
      out[at + i] = (high * TWO_POW_32 + (words[2 * i + 1] >>> 0)) * TWO_POW_MINUS_53;
    }
  }
}
