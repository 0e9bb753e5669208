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

/** The parameters of gemm or gemv for elements of type `real`, arrays being given as `pointer`. */
export function parametersOf(
  name: "gemm" | "gemv",
  real: "float" | "double",
  pointer: string,
): readonly string[] {
  const array = [pointer, "int"];
  const sizes = Array<string>(name === "gemm" ? 6 : 4).fill("int");
  return [...sizes, real, ...array, ...array, real, ...array];
}

/** The functions for one float type. */
interface Functions {
  readonly gemm: Gemm;
  readonly gemv: Gemv;
}

function bind({ library }: Blas, real: "float" | "double"): Functions {
  const prefix = real === "float" ? "cblas_s" : "cblas_d";
  return {
    gemm: library.func(`${prefix}gemm`, "void", parametersOf("gemm", real, "void *")),
    gemv: library.func(`${prefix}gemv`, "void", parametersOf("gemv", real, "void *")),
  };
}

let float32: Functions | undefined;
let float64: Functions | undefined;

/** The functions for arrays of this kind. */
export function functionsFor(blas: Blas, { BYTES_PER_ELEMENT: bytes }: FloatArray): Functions {
  if (bytes === 4) return (float32 ??= bind(blas, "float"));
  return (float64 ??= bind(blas, "double"));
}
