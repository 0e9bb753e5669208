/**
 * The random number generator of the CPU: PyTorch's, draw for draw. The same seed and the same calls give the same
 * bits as PyTorch 2.x on x86-64 Linux.
 */
import { ValueError } from "../base/errors.ts";
import { Shown } from "../base/printed.ts";
import { decodeState, encodeState } from "./generator-state.ts";
import { Mt19937 } from "./mt19937.ts";

/** The seed of a generator that nobody has seeded: PyTorch's c10::detail / default_rng_seed_val. */
export const DEFAULT_SEED = 67280421310721;

const TWO_POW_32 = 2 ** 32;
const TWO_POW_MINUS_24 = 2 ** -24;
const TWO_POW_MINUS_53 = 2 ** -53;

/**
 * Reads a seed as PyTorch does: an integer in [-2^63, 2^64), a negative one taken modulo 2^64. Numbers beyond 2^53
 * are refused, since they may already have lost their last digits: those seeds are written as bigint.
 */
function readSeed(seed: number | bigint): bigint {
  if (typeof seed === "number") {
    if (!Number.isSafeInteger(seed)) {
      const hint = Number.isInteger(seed) ? "; a seed beyond 2^53 must be a bigint" : "";
      throw new ValueError(`manualSeed: the seed must be an integer, got ${seed}${hint}`);
    }
    return BigInt.asUintN(64, BigInt(seed));
  }
  if (typeof seed !== "bigint") {
    throw new ValueError(`manualSeed: the seed must be a number or a bigint, got ${typeof seed}`);
  }
  if (seed < -(2n ** 63n) || seed >= 2n ** 64n) {
    throw new ValueError(`manualSeed: the seed must be in [-2^63, 2^64 - 1], got ${seed}`);
  }
  return BigInt.asUintN(64, seed);
}

/**
 * A Mersenne Twister with a place for the second sample of a Box-Muller pair.
 *
 * Only the low 32 bits of the seed reach the twister (so 5 and 2^32 + 5 give the same numbers), as in PyTorch.
 *
 * Source: PyTorch, `torch.Generator` (https://pytorch.org/docs/stable/generated/torch.Generator.html).
 *
 * @example
 * const g = new Generator().manualSeed(777);
 * const x = new Float32Array(3);
 * fillNormal(x, 0, 1, g); // -0.4015, -0.5934, 1.6885: torch.manual_seed(777); torch.randn(3)
 */
export class Generator extends Shown {
  /** The twister itself. The fills draw from it directly. */
  readonly engine: Mt19937;
  private seedValue: bigint;
  private doubleSample = 0;
  private hasDoubleSample = false;
  private floatSample: number | null = null;

  /** @throws ValueError where the seed is no integer in [-2^63, 2^64). */
  constructor(seed: number | bigint = DEFAULT_SEED) {
    super();
    this.seedValue = readSeed(seed);
    this.engine = new Mt19937(Number(BigInt.asIntN(32, this.seedValue)));
  }

  /**
   * Starts the sequence of `seed` and forgets any cached normal sample.
   *
   * @throws ValueError where the seed is no integer in [-2^63, 2^64). The generator is then unchanged.
   */
  manualSeed(seed: number | bigint): this {
    this.seedValue = readSeed(seed);
    this.engine.seed(Number(BigInt.asIntN(32, this.seedValue)));
    this.hasDoubleSample = false;
    this.floatSample = null;
    return this;
  }

  /** Seeds from the system's entropy and returns that seed, of 53 bits so that a number holds it. */
  seed(): number {
    const [high, low] = globalThis.crypto.getRandomValues(new Uint32Array(2));
    const seed = (high & 0x1fffff) * TWO_POW_32 + low;
    this.manualSeed(seed);
    return seed;
  }

  /** The last seed, modulo 2^64; a bigint where a number cannot hold it. */
  initialSeed(): number | bigint {
    return this.seedValue <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(this.seedValue) : this.seedValue;
  }

  /** A copy of the state, byte for byte what `torch.Generator.get_state()` gives. */
  getState(): Uint8Array {
    return encodeState({
      seed: this.seedValue,
      left: this.engine.left,
      next: this.engine.next,
      words: this.engine.state,
      doubleSample: this.hasDoubleSample ? this.doubleSample : null,
      floatSample: this.floatSample,
    });
  }

  /**
   * Goes back to a state of `getState()` or of PyTorch.
   *
   * @throws ValueError where the bytes are no state. The generator is then unchanged.
   */
  setState(state: Uint8Array): this {
    const decoded = decodeState(state);
    this.seedValue = decoded.seed;
    this.engine.state.set(decoded.words);
    this.engine.left = decoded.left;
    this.engine.next = decoded.next;
    this.setNextNormal(decoded.doubleSample);
    this.floatSample = decoded.floatSample;
    return this;
  }

  /** A generator of its own that goes on from the same place. */
  clone(): Generator {
    return new Generator().setState(this.getState());
  }

  /** The last seed; what has been drawn since does not show. */
  override toString(): string {
    return `torch.Generator(seed=${this.seedValue})`;
  }

  /** 32 random bits, in [0, 2^32). */
  random(): number {
    return this.engine.draw() >>> 0;
  }

  /** 64 random bits, in [0, 2^64): two draws, the first one above. */
  random64(): bigint {
    const high = this.random();
    return (BigInt(high) << 32n) | BigInt(this.random());
  }

  /** A float32 uniform on [0, 1): the low 24 bits of one draw, times 2^-24. */
  uniform24(): number {
    return (this.engine.draw() & 0xffffff) * TWO_POW_MINUS_24;
  }

  /** A float64 uniform on [0, 1): the low 53 bits of two draws, times 2^-53. */
  uniform53(): number {
    const high = this.engine.draw() & 0x1fffff;
    return (high * TWO_POW_32 + (this.engine.draw() >>> 0)) * TWO_POW_MINUS_53;
  }

  /** Whether the second sample of a Box-Muller pair is waiting. */
  hasNextNormal(): boolean {
    return this.hasDoubleSample;
  }

  /** Takes the waiting sample out. Meaningless where `hasNextNormal()` is false. */
  takeNextNormal(): number {
    this.hasDoubleSample = false;
    return this.doubleSample;
  }

  /** Puts a sample by for the next call, or forgets the waiting one. */
  setNextNormal(sample: number | null): void {
    this.hasDoubleSample = sample !== null;
    this.doubleSample = sample ?? 0;
  }
}

/** The generator of every call that names none. It starts from entropy until `manualSeed` is called. */
export const defaultGenerator: Generator = /* @__PURE__ */ new Generator(
  // Engines seed Math.random from the system's entropy; asking for that takes Node 5 ms, which every import would pay.
  /* @__PURE__ */ Math.floor(/* @__PURE__ */ Math.random() * 2 ** 53),
);
