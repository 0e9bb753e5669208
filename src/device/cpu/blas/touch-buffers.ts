/** Readies the memory into which OpenBLAS packs operands. */
import { signatureOf } from "./cblas.ts";
import { has } from "./koffi.ts";
import type { Blas } from "./library.ts";

/** Of each buffer: both operands' panels begin within it, and end there for products that are not large. */
const TOUCHED_BYTES = 2 ** 20;

/**
 * Writes to the first part of the buffers that `callers` threads get when they call OpenBLAS at the same time.
 *
 * Its kernels prefetch behind what they have packed. Where no page has been touched yet, each prefetch searches the page
 * tables in vain, and in virtual machines these are deep: on a Zen 1, a product of 256 ran at 10 GFLOPS in place of 36,
 * until a larger one had touched the pages. Costs 0.3 ms a buffer, once.
 */
export function touchBuffers(blas: Blas, callers: number): void {
  const { library } = blas;
  if (!has(library, "blas_memory_alloc") || !has(library, "blas_memory_free")) return;
  const take = library.func("blas_memory_alloc", "intptr_t", ["int"]) as (position: number) => number;
  const free = library.func("blas_memory_free", "void", ["intptr_t"]) as (buffer: number) => void;
  const { name, parameters } = signatureOf(blas, "scal", "float", "intptr_t");
  const scale = library.func(name, "void", parameters);
  const buffers = Array.from({ length: callers }, () => take(0));
  for (const buffer of buffers) scale(TOUCHED_BYTES / Float32Array.BYTES_PER_ELEMENT, 0, buffer, 1);
  for (const buffer of buffers) free(buffer);
}
