/** Matrix products by the BLAS in a WebAssembly memory, as compiled programs import them, in each of their threads. */
import type { WorkerImports } from "../threads/team.ts";
import { blasInUse } from "./blas.ts";
import { type Signature, signatureOf } from "./cblas.ts";
import type { Koffi } from "./koffi.ts";

/**
 * c[M, N] = a[M, K] x b[K, N] + beta c, in row-major order. Bit 0 of `flags`: a lies transposed; bit 1: b does; bit 2: the
 * elements are float64, not float32. Matrices are given by address in the memory and by the elements between the starts
 * of their rows as they lie (lda, ldb, ldc). K must not be 0. With `beta` 0 what c was does not matter.
 */
export type MemoryGemm = (
  flags: number,
  M: number,
  N: number,
  K: number,
  a: number,
  lda: number,
  b: number,
  ldb: number,
  c: number,
  ldc: number,
  beta: number,
) => void;

/** All that another thread needs for opening the same BLAS: plain data. */
export interface BlasDescription {
  readonly koffiPath: string;
  readonly libraryPath: string;
  /** The function that sets the number of threads, where it must be told for each caller. */
  readonly setThreads: string | null;
  readonly float32: Signature;
  readonly float64: Signature;
}

/** Of the BLAS in use; null if there is none. */
export function blasDescription(): BlasDescription | null {
  const blas = blasInUse();
  if (blas === null) return null;
  return {
    koffiPath: blas.koffiPath,
    libraryPath: blas.path,
    setThreads: blas.threadsByCaller ? blas.setThreads : null,
    float32: signatureOf(blas, "gemm", "float", "intptr_t"),
    float64: signatureOf(blas, "gemm", "double", "intptr_t"),
  };
}

/**
 * Opens the BLAS for one thread. Workers get this function as text: it refers to nothing outside of it, and gives no name
 * to a function within it, to which some bundlers would add a call of their own.
 */
export function openBlasInWorker(
  { koffiPath, libraryPath, setThreads, float32, float64 }: BlasDescription,
  memory: WebAssembly.Memory,
  require: (path: string) => unknown,
): MemoryGemm {
  const koffi = require(koffiPath) as Koffi;
  const library = koffi.load(libraryPath);
  if (setThreads !== null) library.func(setThreads, "void", ["intptr_t"])(1);
  const single = library.func(float32.name, "void", float32.parameters);
  const double = library.func(float64.name, "void", float64.parameters);
  const start = Number(koffi.address(new Uint8Array(memory.buffer)));
  // WebAssembly's addresses arrive as signed numbers. 101 is row-major order, 111 as it lies, 112 transposed.
  return (flags, M, N, K, a, lda, b, ldb, c, ldc, beta) => {
    const aAt = start + (a >>> 0);
    const bAt = start + (b >>> 0);
    const cAt = start + (c >>> 0);
    const aWay = 111 + (flags & 1);
    const bWay = 111 + ((flags >> 1) & 1);
    if (flags & 4) double(101, aWay, bWay, M, N, K, 1, aAt, lda, bAt, ldb, beta, cAt, ldc);
    else single(101, aWay, bWay, M, N, K, 1, aAt, lda, bAt, ldb, beta, cAt, ldc);
  };
}

/**
 * Products by the BLAS in use, in this memory, which must be shared so that growing leaves it where it is: the function
 * for the calling thread, and what makes workers import the same under the name "gemm". Null if there is no BLAS. While
 * several threads call it, `blasThreads` must be 1.
 *
 * The bits of an element may depend on the M, N and K of the call that computes it: OpenBLAS takes small products another
 * way. For results that do not depend on the number of threads, a product shared out must be cut without regard to it
 * (program/blas-pieces.ts); columns of c where N >= M, else rows, so that less is packed again.
 */
export function memoryGemm(
  memory: WebAssembly.Memory,
): { gemm: MemoryGemm; workerImports: WorkerImports } | null {
  const blas = blasInUse();
  const description = blasDescription();
  if (blas === null || description === null) return null;
  const gemm = openBlasInWorker({ ...description, setThreads: null }, memory, blas.require);
  const source = `(...given) => ({ gemm: (${openBlasInWorker})(...given) })`;
  return { gemm, workerImports: { source, description } };
}
