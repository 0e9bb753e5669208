/** Matrix products of integers, by plain loops. */
import type { TypedArray } from "../../base/index.ts";
import type { MatrixProduct } from "./matrix-product.ts";

type Numbers = Exclude<TypedArray, BigInt64Array>;

/**
 * output = a x b + bias for integers: stores into the typed array wrap around. Floats only come here when there is
 * nothing to multiply (M, N or K is 0), which leaves the bias, or 0.
 */
export function plainProduct(
  product: MatrixProduct,
  output: TypedArray,
  outputAt: number,
  a: TypedArray,
  aAt: number,
  b: TypedArray,
  bAt: number,
  bias: TypedArray | null,
  biasAt: number,
): void {
  const { M, N, biasRow, biasColumn } = product;
  const end = outputAt + M * N;
  if (bias === null) {
    if (output instanceof BigInt64Array) output.fill(0n, outputAt, end);
    else output.fill(0, outputAt, end);
  } else {
    for (let m = 0; m < M; m++) {
      for (let n = 0; n < N; n++) output[outputAt + m * N + n] = bias[biasAt + m * biasRow + n * biasColumn];
    }
  }
  if (output instanceof BigInt64Array) {
    addBigProducts(product, output, outputAt, a as BigInt64Array, aAt, b as BigInt64Array, bAt);
  } else addProducts(product, output, outputAt, a as Numbers, aAt, b as Numbers, bAt);
}

function addProducts(
  { M, N, K, aRow, aColumn, bRow, bColumn }: MatrixProduct,
  output: Numbers,
  outputAt: number,
  a: Numbers,
  aAt: number,
  b: Numbers,
  bAt: number,
): void {
  for (let m = 0; m < M; m++, outputAt += N, aAt += aRow) {
    for (let k = 0; k < K; k++) {
      const left = a[aAt + k * aColumn];
      const row = bAt + k * bRow;
      for (let n = 0; n < N; n++) output[outputAt + n] += Math.imul(left, b[row + n * bColumn]);
    }
  }
}

function addBigProducts(
  { M, N, K, aRow, aColumn, bRow, bColumn }: MatrixProduct,
  output: BigInt64Array,
  outputAt: number,
  a: BigInt64Array,
  aAt: number,
  b: BigInt64Array,
  bAt: number,
): void {
  for (let m = 0; m < M; m++, outputAt += N, aAt += aRow) {
    for (let k = 0; k < K; k++) {
      const left = a[aAt + k * aColumn];
      const row = bAt + k * bRow;
      for (let n = 0; n < N; n++) output[outputAt + n] += left * b[row + n * bColumn];
    }
  }
}
