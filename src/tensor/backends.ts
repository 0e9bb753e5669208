/** `torch.backends`: what the kernels are helped by. */
import { inspectCustom } from "../base/index.ts";
import { systemBlas } from "../device/cpu/blas/blas.ts";
import type { Blas } from "../device/cpu/blas/library.ts";
import { settings } from "../device/cpu/settings.ts";
import { numThreads } from "../device/cpu/threads/count.ts";

function found(): Blas | null {
  const blas = systemBlas();
  return typeof blas === "string" ? null : blas;
}

/**
 * The BLAS (basic linear algebra subprograms) of the system, which multiplies all but small matrices where there is one.
 * It is called through the package koffi, if that is installed. Looked for are OpenBLAS, MKL and BLIS on Linux,
 * Accelerate on macOS, OpenBLAS and MKL on Windows; the environment variable XORCH_BLAS names another library (one with
 * the C interface and 32-bit integers), or is "off". Without any, the library's own kernels do the work.
 *
 * Results differ from those of the own kernels in the last digits, and from one BLAS to another. With
 * `useDeterministicAlgorithms(true)` it is not used.
 *
 * Source: https://pytorch.org/docs/stable/backends.html
 *
 * @example
 * const { name, version, reason } = torch.backends.blas;
 * console.log(name ? `${name}: ${version}` : `none, since ${reason}`);
 * torch.backends.blas.enabled = false;
 * torch.backends.blas.enabled; // false
 * torch.backends.blas.enabled = true;
 */
export const blas = {
  /** Whether there is one. */
  get available(): boolean {
    return found() !== null;
  },

  /** "OpenBLAS", "MKL", "BLIS", "Accelerate", or "CBLAS" for another one; null if there is none. */
  get name(): string | null {
    return found()?.name ?? null;
  },

  /** What it says of its version and how it was built; null where it says nothing. */
  get version(): string | null {
    return found()?.version ?? null;
  },

  /** The name or path that it was loaded by. */
  get path(): string | null {
    return found()?.path ?? null;
  },

  /** Why there is none; null if there is one. */
  get reason(): string | null {
    const blas = systemBlas();
    return typeof blas === "string" ? blas : null;
  },

  /** How many threads of its own it may use, which is `getNumThreads()`; null where there is none, or it decides itself. */
  get numThreads(): number | null {
    return found()?.setThreads ? numThreads() : null;
  },

  /** Whether products may go to it. Setting it changes later products; without a BLAS it changes nothing. */
  get enabled(): boolean {
    return settings.blas;
  },

  set enabled(value: boolean) {
    settings.blas = value;
  },

  /** What the getters give, for consoles. */
  [inspectCustom](): object {
    return Object.fromEntries(Object.entries(blas));
  },
};
