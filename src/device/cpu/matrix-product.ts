/**
 * The sizes of one matrix product and its strides in elements: output[M, N] = a[M, K] x b[K, N] + bias[M, N]. The
 * output has no gaps.
 */
export interface MatrixProduct {
  M: number;
  N: number;
  K: number;
  aRow: number;
  aColumn: number;
  bRow: number;
  bColumn: number;
  biasRow: number;
  biasColumn: number;
}
