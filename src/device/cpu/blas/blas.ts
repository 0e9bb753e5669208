/** The BLAS in use, and its threads. */
import { settings } from "../settings.ts";
import { MOST_PROGRAM_THREADS, numThreads } from "../threads/count.ts";
import { type Choice, findBlas } from "./find-blas.ts";
import type { Blas } from "./library.ts";
import { touchBuffers } from "./touch-buffers.ts";

let choice: Choice | undefined;

/** The choice of a BLAS of this system, made when first asked for. */
export function blasChoice(): Choice {
  choice ??= findBlas((blas) => {
    // More callers than a program has threads there never are, and OpenBLAS has not many buffers.
    touchBuffers(blas, Math.min(numThreads(), MOST_PROGRAM_THREADS));
    threadsOf(blas)(1);
  });
  return choice;
}

/** The BLAS that products may use now; null if there is none, or the settings are against it. */
export function blasInUse(): Blas | null {
  return settings.blas && !settings.deterministic ? blasChoice().blas : null;
}

/** The function that sets the number of threads of a library; one that does nothing where it decides by itself. */
function threadsOf({ library, setThreads }: Blas): (count: number) => unknown {
  return setThreads === null ? () => {} : library.func(setThreads, "void", ["intptr_t"]);
}

/** What the library was last told; 0 before that. */
let threads = 0;
let tell: ((count: number) => unknown) | undefined;

/**
 * Lets each call of the BLAS use `count` threads. Must be 1 while several threads of ours call it. Costs nothing if the
 * number stays the same; does nothing where there is no BLAS, or it decides by itself.
 */
export function blasThreads(count: number): void {
  if (count === threads) return;
  const { blas } = blasChoice();
  if (blas === null) return;
  tell ??= threadsOf(blas);
  tell(count);
  threads = count;
}
