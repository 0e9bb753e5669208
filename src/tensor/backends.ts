/** `torch.backends`: what the kernels are helped by. */
import { inspectCustom } from "../base/index.ts";
import { blasChoice } from "../device/cpu/blas/blas.ts";
import { settings } from "../device/cpu/settings.ts";
import { numThreads } from "../device/cpu/threads/count.ts";

/** Shows in consoles what getters give, where Node would show that there are some. */
function showingValues<T extends object>(object: T): T {
  return Object.defineProperty(object, inspectCustom, { value: () => ({ ...object }) });
}

/**
 * The BLAS (basic linear algebra subprograms) of the system, which multiplies all but small matrices where there is one
 * that is clearly quicker than the library's own kernels. It is called through the package koffi, if that is installed.
 * Looked for are OpenBLAS, MKL and BLIS on Linux, Accelerate on macOS, OpenBLAS and MKL on Windows, and those that an
 * active Python environment has (VIRTUAL_ENV, CONDA_PREFIX). The environment variable XORCH_BLAS names another library
 * with the C interface, or a folder with some, such as a Python environment's, or is "off".
 *
 * OpenBLAS takes processors that it does not know for old ones. Where their flags say more, it is told so, as
 * OPENBLAS_CORETYPE would; if that is set, it is left as it is. Unless a library says that it uses vectors of 512 bits, its
 * speed is measured when it is first wanted, beside that of the own kernels, which takes some milliseconds.
 *
 * Results differ from those of the own kernels in the last digits, and from one BLAS to another. With
 * `useDeterministicAlgorithms(true)` it is not used.
 *
 * Source: https://pytorch.org/docs/stable/backends.html
 *
 * @example
 * const { name, version, reason } = torch.backends.blas;
 * console.log(name ? `${name} (${version}): ${reason}` : `none, since ${reason}`);
 * torch.backends.blas.enabled = false;
 * torch.backends.blas.enabled; // false
 * torch.backends.blas.enabled = true;
 */
export const blas = /* @__PURE__ */ showingValues({
  /** Whether there is one to use. */
  get available(): boolean {
    return blasChoice().blas !== null;
  },

  /** "OpenBLAS", "MKL", "BLIS", "Accelerate", or "CBLAS" for another one; null if there is none. */
  get name(): string | null {
    return blasChoice().blas?.name ?? null;
  },

  /** What it says of its version and how it was built; null where it says nothing. */
  get version(): string | null {
    return blasChoice().blas?.version ?? null;
  },

  /** The kind of processor whose kernels it uses, as "SkylakeX"; null where it does not say: only OpenBLAS does. */
  get core(): string | null {
    return blasChoice().blas?.core ?? null;
  },

  /** The name or path that it was loaded by. */
  get path(): string | null {
    return blasChoice().blas?.path ?? null;
  },

  /** Why this one is used, or why there is none. */
  get reason(): string {
    return blasChoice().reason;
  },

  /**
   * What was measured when it was opened, on one thread and in GFLOPS, 10^9 operations a second: its products, and those of
   * the own kernels. Null where there was no doubt, or there is none.
   */
  get measured(): { readonly blas: number; readonly own: number } | null {
    return blasChoice().speeds;
  },

  /** Others that were found and are not used, each with the reason. */
  get leftOut(): readonly string[] {
    return blasChoice().leftOut;
  },

  /** How many threads of its own it may use, which is `getNumThreads()`; null where there is none, or it decides itself. */
  get numThreads(): number | null {
    return blasChoice().blas?.setThreads ? numThreads() : null;
  },

  /** Whether products may go to it. Setting it changes later products; without a BLAS it changes nothing. */
  get enabled(): boolean {
    return settings.blas;
  },

  set enabled(value: boolean) {
    settings.blas = value;
  },
});
