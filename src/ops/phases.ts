/** Which elements of a convolution's weight meet which positions of its input, when the stride is more than 1. */
import type { Sliding } from "./sliding-products.ts";

/** The positions of the input that leave one remainder when divided by the stride. */
interface Phase {
  /** The first of these positions, and how many there are. */
  readonly first: number;
  readonly count: number;
  /** How many elements of the weight meet them, and the last of those. */
  readonly taps: number;
  readonly lastTap: number;
  /** The padded output that the last element meets at the first position. */
  readonly start: number;
}

interface Phases {
  readonly all: readonly Phase[];
  /** From one element of the weight to the next that meets the same positions, */
  readonly tapStep: number;
  /** which meets an output so many earlier. */
  readonly step: number;
  /** Zeros that the outputs need at either end. */
  readonly before: number;
  readonly after: number;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/**
 * The phases of dimension d, of which there are `outputs` outputs. Element i of the weight and output p meet position
 * q = p stride + i dilation - before. For given q and i, then, p = (q + before - i dilation) / stride, if that is whole.
 */
export function phasesOf(sliding: Sliding, d: number, outputs: number): Phases {
  const stride = sliding.stride[d]!;
  const dilation = sliding.dilation[d]!;
  const kernel = sliding.kernel[d]!;
  const size = sliding.xShape[2 + d]!;
  const tapStep = stride / greatestCommonDivisor(stride, dilation);
  const step = (dilation * tapStep) / stride;
  let before = 0;
  let after = 0;
  const all: Phase[] = [];
  for (let first = 0; first < Math.min(stride, size); first++) {
    const count = Math.ceil((size - first) / stride);
    const offset = first + sliding.before[d]!;
    let tap = 0;
    while (tap < tapStep && (offset - tap * dilation) % stride !== 0) tap++;
    // Elements tapStep apart meet the same positions: if none of the first ones does, none does.
    const taps = tap < tapStep ? Math.max(0, Math.ceil((kernel - tap) / tapStep)) : 0;
    const lastTap = tap + (taps - 1) * tapStep;
    const start = (offset - lastTap * dilation) / stride;
    if (taps > 0) {
      before = Math.max(before, -start);
      after = Math.max(after, start + (taps - 1) * step + count - outputs);
    }
    all.push({ first, count, taps, lastTap, start });
  }
  return {
    all: all.map((phase) => ({ ...phase, start: phase.start + before })),
    tapStep,
    step,
    before,
    after,
  };
}
