/** Whether a BLAS is worth calling. */
import { bindFunctions } from "./cblas.ts";
import { isWidest } from "./cores.ts";
import { type Blas, CORE } from "./library.ts";
import { measureSpeeds, type Speeds } from "./speed.ts";

/** A BLAS must be so much quicker than the own kernels: calls and their threads have a price that is not measured. */
const MARGIN = 1.15;

export interface Judgement {
  readonly isGood: boolean;
  readonly reason: string;
  /** Null where there was no doubt. */
  readonly speeds: Speeds | null;
}

/**
 * By the core that it uses, which leaves no doubt if its vectors are four times as wide as WebAssembly's, or else by its
 * speed. `isTold`: whether the environment says which core it shall use.
 */
export function judge(blas: Blas, isTold: boolean): Judgement {
  const { core, ownCore } = blas;
  const parts: string[] = [];
  if (ownCore !== null)
    parts.push(`told to use its kernels for ${core}, as it took the processor for ${ownCore}`);
  else if (core !== null) parts.push(isTold ? `${CORE} is ${core}` : `it uses its kernels for ${core}`);
  if (core !== null && isWidest(core)) return { isGood: true, reason: parts.join("; "), speeds: null };

  const speeds = measureSpeeds(bindFunctions(blas, "float").gemm);
  const [its, own] = [speeds.blas.toFixed(0), speeds.own.toFixed(0)];
  parts.push(`${its} GFLOPS on one thread where the own kernels have ${own}`);
  return { isGood: speeds.blas >= MARGIN * speeds.own, reason: parts.join("; "), speeds };
}
