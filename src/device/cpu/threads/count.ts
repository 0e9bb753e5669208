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

/** What the environment asks for, or what the machine has. */
function defaultThreads(): number {
  const asked = environmentVariable(VARIABLE);
  if (asked) return checked(Number(asked), VARIABLE, JSON.stringify(asked));
  return Math.min(processors(), MAXIMUM_DEFAULT);
}

let count: number | undefined;

/**
 * The number of threads that compiled programs and large products may use, the calling one included. At first it is the
 * number of processors, at most 8, or what the environment variable XORCH_NUM_THREADS says. Results do not depend on it,
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

/**
 * Sets the number of threads that compiled programs and large products may use, the calling one included; at most 256.
 * With 1 there are no worker threads. A page needs cross-origin isolation for more than one, and says so otherwise.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.set_num_threads.html
 *
 * @throws ValueError if `threads` is no positive whole number.
 * @example
 * const before = torch.getNumThreads();
 * torch.setNumThreads(2);
 * torch.getNumThreads(); // 2
 * torch.setNumThreads(before);
 */
export function setNumThreads(threads: number): void {
  count = checked(threads, "setNumThreads", threads);
  if (count > 1 && !isShared()) warnNotShared();
}
