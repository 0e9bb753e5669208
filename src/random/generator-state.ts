/**
 * The bytes of `torch.get_rng_state()`: one C struct of 5056 bytes, little-endian, fields at their natural
 * alignment. What PyTorch saves loads here, and the other way round.
 *
 * | offset | type        | field                                                |
 * |--------|-------------|------------------------------------------------------|
 * | 0      | uint64      | initial seed                                         |
 * | 8      | int32       | draws left before the state is renewed               |
 * | 12     | int32       | seeded (1)                                           |
 * | 16     | uint64      | index of the next word                               |
 * | 24     | uint64[624] | state, one 32-bit word in each                       |
 * | 5016   | double      | unused                                               |
 * | 5024   | double      | cached normal sample                                 |
 * | 5032   | double      | unused                                               |
 * | 5040   | int32       | whether that sample is there                         |
 * | 5048   | float       | cached float32 normal sample (PyTorch never sets it) |
 * | 5052   | bool        | whether that sample is there                         |
 *
 * Source: PyTorch, aten/src/ATen/CPUGeneratorImpl.cpp (CPUGeneratorImplState).
 */
import { ValueError } from "../base/errors.ts";
import { STATE_WORDS } from "./mt19937.ts";

/** Length of a saved state in bytes. */
export const STATE_BYTES = 5056;

const SEED = 0;
const LEFT = 8;
const SEEDED = 12;
const NEXT = 16;
const WORDS = 24;
const DOUBLE_SAMPLE = 5024;
const DOUBLE_SAMPLE_VALID = 5040;
const FLOAT_SAMPLE = 5048;
const FLOAT_SAMPLE_VALID = 5052;

/** Everything that a generator remembers. */
export interface GeneratorState {
  /** The seed as given, in [0, 2^64). */
  seed: bigint;
  left: number;
  next: number;
  words: Int32Array;
  /** The second sample of the last Box-Muller pair, or null where none is waiting. */
  doubleSample: number | null;
  floatSample: number | null;
}

export function encodeState(state: GeneratorState): Uint8Array {
  const bytes = new Uint8Array(STATE_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(SEED, state.seed, true);
  view.setInt32(LEFT, state.left, true);
  view.setInt32(SEEDED, 1, true);
  view.setUint32(NEXT, state.next, true);
  for (let i = 0; i < STATE_WORDS; i++) view.setInt32(WORDS + 8 * i, state.words[i], true);
  if (state.doubleSample !== null) {
    view.setFloat64(DOUBLE_SAMPLE, state.doubleSample, true);
    view.setInt32(DOUBLE_SAMPLE_VALID, 1, true);
  }
  if (state.floatSample !== null) {
    view.setFloat32(FLOAT_SAMPLE, state.floatSample, true);
    view.setUint8(FLOAT_SAMPLE_VALID, 1);
  }
  return bytes;
}

/**
 * Reads a saved state.
 *
 * @throws ValueError where the bytes are no state: not a Uint8Array of 5056 bytes, never seeded, or counters that
 * would read past the 624 words.
 */
export function decodeState(bytes: Uint8Array): GeneratorState {
  if (!(bytes instanceof Uint8Array)) {
    throw new ValueError(
      `setState: a generator state is a Uint8Array of ${STATE_BYTES} bytes, got ${typeof bytes}`,
    );
  }
  if (bytes.length !== STATE_BYTES) {
    throw new ValueError(
      `setState: a generator state has ${STATE_BYTES} bytes, got ${bytes.length}; is it the state of another device?`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const left = view.getInt32(LEFT, true);
  const seeded = view.getInt32(SEEDED, true);
  const next = view.getUint32(NEXT, true);
  if (seeded === 0) throw new ValueError("setState: the state was never seeded (its seeded field is 0)");
  // PyTorch checks the two counters one by one; together they also must not run off the end of the words.
  if (left < 1 || left > STATE_WORDS || next + left - 1 > STATE_WORDS) {
    throw new ValueError(
      `setState: ${left} draws left at word ${next} cannot be, the state has ${STATE_WORDS} words; the bytes are damaged`,
    );
  }
  const words = new Int32Array(STATE_WORDS);
  for (let i = 0; i < STATE_WORDS; i++) words[i] = view.getInt32(WORDS + 8 * i, true);
  return {
    seed: view.getBigUint64(SEED, true),
    left,
    next,
    words,
    doubleSample:
      view.getInt32(DOUBLE_SAMPLE_VALID, true) !== 0 ? view.getFloat64(DOUBLE_SAMPLE, true) : null,
    floatSample: view.getUint8(FLOAT_SAMPLE_VALID) !== 0 ? view.getFloat32(FLOAT_SAMPLE, true) : null,
  };
}
