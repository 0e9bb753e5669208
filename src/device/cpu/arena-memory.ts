/**
 * The memory that compiled programs compute in. Where the platform allows, it is shared between threads: such a memory
 * grows in place, so that addresses and views made before stay good.
 */
import { MAXIMUM_PAGES } from "../../codegen/wasm/assembler.ts";

/** The bytes before it belong to the threads (threads/control-words.ts, codegen/wasm/barrier.ts). */
export const ARENA_BASE = 65536;

/** Whether threads can share memory: in Node, and in pages that are cross-origin isolated. */
export function isShared(): boolean {
  const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean };
  return typeof SharedArrayBuffer === "function" && crossOriginIsolated !== false;
}

let warned = false;

/** Says, once, why a page has one thread and what it takes to have more. */
export function warnNotShared(): void {
  if (warned) return;
  warned = true;
  console.warn(
    "xorch: one thread only, since this page is not cross-origin isolated. For more, serve it with the headers " +
      "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp; " +
      "torch.setNumThreads(1) accepts one thread without this warning.",
  );
}

/** With as much address space as the platform grants: some refuse 4 GiB. */
function create(): WebAssembly.Memory {
  if (!isShared()) return new WebAssembly.Memory({ initial: 1 });
  for (let maximum = MAXIMUM_PAGES; ; maximum /= 2) {
    try {
      return new WebAssembly.Memory({ initial: 1, maximum, shared: true });
    } catch (error) {
      if (!(error instanceof RangeError) || maximum === 1) throw error;
    }
  }
}

let memory: WebAssembly.Memory | undefined;

/** The one memory of all compiled programs, made when first asked for: shared if `isShared()`. */
export function programMemory(): WebAssembly.Memory {
  return (memory ??= create());
}

/**
 * Makes the memory larger by so many pages of 64 KiB. This detaches the views over an unshared memory, which must be
 * made again; those over a shared one stay good for the part they show.
 *
 * @throws RangeError where there is no more.
 */
export function grow(pages: number): void {
  programMemory().grow(pages);
}
