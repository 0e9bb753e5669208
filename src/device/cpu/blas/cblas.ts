/**
 * The functions of the C interface to the BLAS that are used here, for rows one after another.
 * Source: https://netlib.org/blas/#_cblas
 */
import type { FloatArray } from "../matmul-kernels.ts";
import type { Blas } from "./library.ts";

/** CblasRowMajor, CblasNoTrans, CblasTrans. */
export const ROW_MAJOR = 101;
export const NO_TRANSPOSE = 111;
export const TRANSPOSE = 112;

/** c[M, N] = alpha a[M, K] x b[K, N] + beta c; a and b as they are or transposed. */
export type Gemm = (
  order: number,
  aWay: number,
  bWay: number,
  M: number,
  N: number,
  K: number,
  alpha: number,
  a: FloatArray,
  lda: number,
  b: FloatArray,
  ldb: number,
  beta: number,
  c: FloatArray,
  ldc: number,
) => void;

/** y = alpha a x + beta y, for a matrix a[M, N] as it is or transposed. */
export type Gemv = (
  order: number,
  aWay: number,
  M: number,
  N: number,
  alpha: number,
  a: FloatArray,
  lda: number,
  x: FloatArray,
  xStep: number,
  beta: number,
  y: FloatArray,
  yStep: number,
) => void;

/** A function by its name in the library, and the types of its parameters. */
export interface Signature {
  readonly name: string;
  readonly parameters: readonly string[];
}

/** The function for elements of type `real`, arrays being given as `pointer`. */
export function signatureOf(
  { prefix, suffix, integer }: Blas,
  name: "gemm" | "gemv" | "scal",
  real: "float" | "double",
  pointer: string,
): Signature {
  const array = [pointer, integer];
  const sizes = (count: number): string[] => Array<string>(count).fill(integer);
  const parameters = {
    // Of the order and the ways, which are enumerations, and of sizes.
    gemm: ["int", "int", "int", ...sizes(3), real, ...array, ...array, real, ...array],
    gemv: ["int", "int", ...sizes(2), real, ...array, ...array, real, ...array],
    scal: [integer, real, ...array],
  }[name];
  return { name: `${prefix}cblas_${real === "float" ? "s" : "d"}${name}${suffix}`, parameters };
}

/** The functions for one float type. */
interface Functions {
  readonly gemm: Gemm;
  readonly gemv: Gemv;
}

export function bindFunctions(blas: Blas, real: "float" | "double"): Functions {
  const bind = (name: "gemm" | "gemv") => {
    const signature = signatureOf(blas, name, real, "void *");
    return blas.library.func(signature.name, "void", signature.parameters);
  };
  return { gemm: bind("gemm"), gemv: bind("gemv") };
}

let float32: Functions | undefined;
let float64: Functions | undefined;

/** The functions of the BLAS in use for arrays of this kind. */
export function functionsFor(blas: Blas, { BYTES_PER_ELEMENT: bytes }: FloatArray): Functions {
  if (bytes === 4) return (float32 ??= bindFunctions(blas, "float"));
  return (float64 ??= bindFunctions(blas, "double"));
}
