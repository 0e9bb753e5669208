/**
 * The Mersenne Twister MT19937: a 32-bit generator with period 2^19937 - 1, and the engine behind PyTorch's CPU
 * generator.
 *
 * Source: M. Matsumoto and T. Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed uniform
 * pseudo-random number generator", ACM TOMACS 8(1), 1998; the seeding is their revision of January 2002.
 */

/** Words in the state, n. */
export const STATE_WORDS = 624;

/** Distance between a word and the one that is mixed into it, m. */
const SHIFT = 397;

/** Last row of the twist matrix, a. */
const MATRIX_A = 0x9908b0df | 0;

/** Multiplier of the linear recurrence that spreads a 32-bit seed over the state. */
const SEED_MULTIPLIER = 1812433253;

/**
 * One twist: the top bit of `upper` and the other 31 of `lower`, shifted right, with the matrix row added (mod 2)
 * when the bit shifted out is one.
 */
function twist(upper: number, lower: number): number {
  return (((upper & 0x80000000) | (lower & 0x7fffffff)) >>> 1) ^ (-(lower & 1) & MATRIX_A);
}

export class Mt19937 {
  /** The 624 words. Signed on purpose: engines keep int32 in registers, and the bits are the same. */
  readonly state = new Int32Array(STATE_WORDS);
  /** Draws until the state is renewed, counting the one that renews it: 1 at once after seeding. */
  left = 1;
  /** Index of the word that the next draw tempers. */
  next = 0;

  constructor(seed: number) {
    this.seed(seed);
  }

  /** Starts the sequence of a 32-bit seed: x_0 = seed, x_j = 1812433253 (x_{j-1} ^ x_{j-1} >> 30) + j. */
  seed(seed: number): void {
    const state = this.state;
    let word = seed | 0;
    state[0] = word;
    for (let j = 1; j < STATE_WORDS; j++) {
      word = (Math.imul(SEED_MULTIPLIER, word ^ (word >>> 30)) + j) | 0;
      state[j] = word;
    }
    this.left = 1;
    this.next = 0;
  }

  /** The next 32 random bits, as an int32. */
  draw(): number {
    if (--this.left === 0) this.renew();
    let y = this.state[this.next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >>> 18);
  }

  /**
   * The next `count` draws, at most as many as `out` holds. Half the price of as many calls of `draw`, which
   * engines compile with the renewal of the state inside the caller's loop.
   */
  drawMany(out: Int32Array, count: number): void {
    const state = this.state;
    for (let done = 0; done < count; ) {
      if (this.left === 1) {
        this.renew();
        this.left = STATE_WORDS + 1;
      }
      const next = this.next;
      const run = Math.min(count - done, this.left - 1);
      for (let i = 0; i < run; i++) {
        let y = state[next + i];
        y ^= y >>> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        out[done + i] = y ^ (y >>> 18);
      }
      this.left -= run;
      this.next += run;
      done += run;
    }
  }

  /** Replaces all 624 words: x_j = x_{j+m} ^ twist(x_j, x_{j+1}), indices mod n. */
  private renew(): void {
    const state = this.state;
    let j = 0;
    for (; j < STATE_WORDS - SHIFT; j++) state[j] = state[j + SHIFT] ^ twist(state[j], state[j + 1]);
    for (; j < STATE_WORDS - 1; j++) {
      state[j] = state[j + SHIFT - STATE_WORDS] ^ twist(state[j], state[j + 1]);
    }
    state[j] = state[j + SHIFT - STATE_WORDS] ^ twist(state[j], state[0]);
    this.left = STATE_WORDS;
    this.next = 0;
  }
}
