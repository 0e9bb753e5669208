/** Large products with a vector, or very few: elements of the matrix are used too rarely for packing to pay. */
import {
  ACROSS_ROWS,
  acrossStretch,
  dotRows,
  TILES_BYTES,
  thinDepth,
} from "../../codegen/wasm/matmul-plan.ts";
import { copyDense, copyRows, copyStrided } from "./matmul-copy.ts";
import type { MatmulKernels } from "./matmul-kernels.ts";
import { copyOperand, type Operand, type Target } from "./matmul-operand.ts";
import { LEFT, RAW, TILES } from "./matmul-regions.ts";

/**
 * target[i, t] = sum over k of matrix[i, k] vectors[t, k], + bias[i, t]: by dot products where the matrix lies along k, else
 * by adding up its columns, each times an element of every vector.
 */
export function thinProduct(
  kernels: MatmulKernels,
  matrix: Operand,
  vectors: Operand,
  K: number,
  target: Target,
  bias: Target | null,
): void {
  const { memory, bytes } = kernels;
  const thin = vectors.count;
  const depth = thinDepth(K, thin, bytes);
  const most = matrix.step === 1 ? Math.floor(TILES_BYTES / bytes / thin) & ~3 : ACROSS_ROWS;
  const sums = TILES / bytes;
  for (let i = 0; i < matrix.count; i += most) {
    const rows = Math.min(most, matrix.count - i);
    // The sums lie as [t][i], rows padded to whole vectors.
    const padded = (rows + 3) & ~3;
    if (bias === null) memory.fill(0, sums, sums + thin * padded);
    else {
      const from = bias.at + i * bias.row;
      copyStrided(memory, sums, padded, bias.data, from, thin, rows, bias.column, bias.row);
    }

    for (let k = 0; k < K; k += depth) {
      const length = Math.min(depth, K - k);
      const { data, at, stride, step } = vectors;
      if (step === 1) copyRows(memory, LEFT / bytes, data, at + k, thin, length, stride);
      else copyStrided(memory, LEFT / bytes, length, data, at + k * step, thin, length, stride, step);
      const add = matrix.step === 1 ? addDots : addColumns;
      add(kernels, matrix, i, rows, k, length, thin, padded);
    }

    const to = target.at + i * target.row;
    if (target.row === 1) {
      for (let t = 0; t < thin; t++)
        copyDense(target.data, to + t * target.column, memory, sums + t * padded, rows);
    } else copyStrided(target.data, to, target.row, memory, sums, rows, thin, 1, padded);
  }
}

/** Adds to the sums the dot products of rows i, i + 1, ... of the matrix with the vectors, over k, k + 1, ... */
function addDots(
  kernels: MatmulKernels,
  matrix: Operand,
  i: number,
  rows: number,
  k: number,
  length: number,
  thin: number,
  padded: number,
): void {
  const { memory, bytes } = kernels;
  const { dot } = kernels.multiplying;
  const most = dotRows(length, bytes);
  for (let row = 0; row < rows; row += most) {
    const count = Math.min(most, rows - row);
    copyOperand(memory, RAW / bytes, matrix, i + row, count, k, length);
    for (let t = 0; t < thin; t++) {
      const sums = TILES + (t * padded + row) * bytes;
      dot(RAW, LEFT + t * length * bytes, sums, count, length, length * bytes, bytes);
    }
  }
}

/** As `addDots` for a matrix that lies across k. */
function addColumns(
  kernels: MatmulKernels,
  matrix: Operand,
  i: number,
  rows: number,
  k: number,
  length: number,
  thin: number,
  padded: number,
): void {
  const { memory, bytes } = kernels;
  const { direct } = kernels.multiplying;
  const most = acrossStretch(rows, bytes);
  for (let done = 0; done < length; done += most) {
    const count = Math.min(most, length - done);
    copyOperand(memory, RAW / bytes, matrix, i, rows, k + done, count);
    const x = LEFT + done * bytes;
    const sumsRow = padded * bytes;
    // The sums are the bias of their next value.
    direct(x, RAW, TILES, TILES, thin, padded, count, length * bytes, bytes, rows * bytes, 16, sumsRow);
  }
}
