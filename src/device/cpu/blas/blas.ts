/** The BLAS in use, and its threads. */
import { settings } from "../settings.ts";
import { MOST_PROGRAM_THREADS, numThreads } from "../threads/count.ts";
import { type Blas, findBlas } from "./library.ts";
import { touchBuffers } from "./touch-buffers.ts";

let found: Blas | string | undefined;

/** The BLAS of this system, or why there is none. Looked for when first asked. */
export function systemBlas(): Blas | string {
  if (found === undefined) {
    found = findBlas();
    // More callers than a program has threads there never are, and OpenBLAS has not many buffers.
    if (typeof found !== "string") touchBuffers(found, Math.min(numThreads(), MOST_PROGRAM_THREADS));
  }
  return found;
}

/** The BLAS that products may use now; null if there is none, or the settings are against it. */
export function blasInUse(): Blas | null {
  if (!settings.blas || settings.deterministic) return null;
  const blas = systemBlas();
  return typeof blas === "string" ? null : blas;
}

/** What the library was last told; 0 before that. */
let threads = 0;
let tell: ((threads: number) => unknown) | undefined;

/**
 * Lets each call of the BLAS use `count` threads. Must be 1 while several threads of ours call it. Costs nothing if the
 * number stays the same; does nothing where there is no BLAS, or it decides by itself.
 */
export function blasThreads(count: number): void {
  if (count === threads) return;
  const blas = systemBlas();
  if (typeof blas === "string" || blas.setThreads === null) return;
  tell ??= blas.library.func(blas.setThreads, "void", ["intptr_t"]);
  tell(count);
  threads = count;
}
