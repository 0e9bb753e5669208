/** How many threads compute together. */
import { ValueError } from "../../../base/index.ts";
import { isShared, warnNotShared } from "../arena-memory.ts";
import { environmentVariable, nodeModule } from "../node-module.ts";

/** As many as the control words have room for (control-words.ts). */
export const MAXIMUM_THREADS = 256;

/** The most threads that a compiled program runs on: it has scratch memory for so many. */
export const MOST_PROGRAM_THREADS = 8;

/** The most threads taken without being asked: more seldom help, since memory sets the pace. */
const MAXIMUM_DEFAULT = 8;

/** The environment variable that sets the number of threads of a Node process. */
const VARIABLE = "XORCH_NUM_THREADS";

function checked(threads: number, name: string, given: unknown): number {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new ValueError(`${name}: the number of threads must be a positive whole number, got ${given}`);
  }
  return Math.min(threads, MAXIMUM_THREADS);
}

/** How many threads the machine can run at the same time. */
export function processors(): number {
  const os = nodeModule<{ availableParallelism(): number }>("node:os");
  return (os ? os.availableParallelism() : globalThis.navigator?.hardwareConcurrency) || 1;
}

/** What the environment asks for, or what the machine has; 1 in pages whose threads could share no memory. */
function defaultThreads(): number {
  if (!isShared()) return 1;
  const asked = environmentVariable(VARIABLE);
  if (asked) return checked(Number(asked), VARIABLE, JSON.stringify(asked));
  return Math.min(processors(), MAXIMUM_DEFAULT);
}

let count: number | undefined;

/**
 * The number of threads that compiled programs and large products may use, the calling one included. At first it is the
 * number of processors, at most 8, or what the environment variable XORCH_NUM_THREADS says; in pages that are not
 * cross-origin isolated it is 1. Results do not depend on it,
 * but for the last digits of products that a BLAS of the system computes with threads of its own (`torch.backends.blas`).
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.get_num_threads.html
 *
 * @throws ValueError if XORCH_NUM_THREADS is no positive whole number.
 * @example
 * torch.getNumThreads() >= 1; // true
 */
export function numThreads(): number {
  return (count ??= defaultThreads());
}

/** Sets what `numThreads` gives: 1, with a warning, where threads cannot share memory. */
export function setThreadCount(threads: number): void {
  count = checked(threads, "setNumThreads", threads);
  if (count === 1 || isShared()) return;
  count = 1;
  warnNotShared();
}
