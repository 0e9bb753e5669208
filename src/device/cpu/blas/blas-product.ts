/** Matrix products by the BLAS, on the tensors' own memory. */
import { copyStrided } from "../matmul-copy.ts";
import type { FloatArray } from "../matmul-kernels.ts";
import type { MatrixProduct } from "../matrix-product.ts";
import { numThreads } from "../threads/count.ts";
import { blasInUse, blasThreads } from "./blas.ts";
import { functionsFor, type Gemv, NO_TRANSPOSE, ROW_MAJOR, TRANSPOSE } from "./cblas.ts";
import { leadingDimension } from "./leading-dimension.ts";

/**
 * The distance between the elements of a vector; 0 if it repeats one, which a BLAS does not take, or runs backwards, for
 * which a BLAS wants the other end.
 */
function vectorStep(length: number, stride: number): number {
  return length === 1 ? 1 : Math.max(stride, 0);
}

/** The elements from a position on: koffi takes no offset. */
function from(data: FloatArray, at: number): FloatArray {
  return at === 0 ? data : data.subarray(at);
}

/** Writes the bias to every row of the output, to which the product is then added. */
function fill(
  { M, N, biasRow, biasColumn }: MatrixProduct,
  output: FloatArray,
  outputAt: number,
  bias: FloatArray,
  biasAt: number,
): void {
  copyStrided(output, outputAt, N, bias, biasAt, biasRow === 0 ? 1 : M, N, biasRow, biasColumn);
  if (biasRow !== 0) return;
  // One row, then doubled: rows 0 and 1 become 2 and 3, ...
  for (let done = 1; done < M; done *= 2) {
    const count = Math.min(done, M - done);
    output.copyWithin(outputAt + done * N, outputAt, outputAt + count * N);
  }
}

/**
 * output[rows] = matrix[rows, K] x vector[K] + beta output; the matrix given with its leading dimension, the vector with
 * the distance between its elements.
 */
function vectorProduct(
  gemv: Gemv,
  rows: number,
  K: number,
  matrix: FloatArray,
  leading: number,
  vector: FloatArray,
  step: number,
  beta: number,
  output: FloatArray,
): void {
  if (leading > 0) gemv(ROW_MAJOR, NO_TRANSPOSE, rows, K, 1, matrix, leading, vector, step, beta, output, 1);
  else gemv(ROW_MAJOR, TRANSPOSE, K, rows, 1, matrix, -leading, vector, step, beta, output, 1);
}

/**
 * output = a x b + bias, see MatrixProduct; false, with nothing done, if there is no BLAS to use, or an operand does not
 * lie as one wants it: with a stride of 1 along its rows or its columns. Each array is given with the position of its
 * first element. The bias may be the output itself.
 */
export function blasProduct(
  product: MatrixProduct,
  output: FloatArray,
  outputAt: number,
  a: FloatArray,
  aAt: number,
  b: FloatArray,
  bAt: number,
  bias: FloatArray | null,
  biasAt: number,
): boolean {
  const blas = blasInUse();
  if (blas === null) return false;
  const { M, N, K, aRow, aColumn, bRow, bColumn } = product;
  // Of a vector the distance between its elements counts: that of size 1 tells nothing.
  const aLeading = M === 1 && N > 1 ? vectorStep(K, aColumn) : leadingDimension(M, K, aRow, aColumn);
  const bLeading = N === 1 ? vectorStep(K, bRow) : leadingDimension(K, N, bRow, bColumn);
  if (aLeading === 0 || bLeading === 0) return false;

  // Arrays may be shared by several tensors, positions are not.
  const isOutput = bias === output && biasAt === outputAt;
  if (bias !== null && !isOutput) fill(product, output, outputAt, bias, biasAt);
  const beta = bias === null ? 0 : 1;
  blasThreads(numThreads());
  const { gemm, gemv } = functionsFor(blas, output);
  const x = from(a, aAt);
  const y = from(b, bAt);
  const result = from(output, outputAt);
  if (N === 1) vectorProduct(gemv, M, K, x, aLeading, y, bLeading, beta, result);
  // A row x b is the column b^T x: transposed, b lies the other way.
  else if (M === 1) vectorProduct(gemv, N, K, y, -bLeading, x, aLeading, beta, result);
  else {
    const aWay = aLeading > 0 ? NO_TRANSPOSE : TRANSPOSE;
    const bWay = bLeading > 0 ? NO_TRANSPOSE : TRANSPOSE;
    const lda = Math.abs(aLeading);
    const ldb = Math.abs(bLeading);
    gemm(ROW_MAJOR, aWay, bWay, M, N, K, 1, x, lda, y, ldb, beta, result, N);
  }
  return true;
}
