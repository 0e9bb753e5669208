/** Large products with a vector, or very few: elements of the matrix are used too rarely for packing to pay. */
import { copyDense, copyStrided } from "./matmul-copy.ts";
import type { MatmulKernels } from "./matmul-kernels.ts";
import { copyOperand, type Operand, type Target } from "./matmul-operand.ts";
import { LEFT, LEFT_BYTES, RAW, RAW_PIECE_BYTES, TILES, TILES_BYTES } from "./matmul-regions.ts";

/** The most vectors for which dot products with a matrix are quicker than tiles. */
const DOT_VECTORS = 2;

/** The most elements of a matrix row copied at a time where a column is what lies side by side. */
const ACROSS_ROWS = 4096;

/** Whether `thinProduct` is the better way to multiply this matrix and these vectors. */
export function isThin(matrix: Operand, vectors: Operand): boolean {
  return matrix.step === 1 ? vectors.count <= DOT_VECTORS : matrix.stride === 1 && vectors.count === 1;
}

/**
 * target[i, t] = sum over k of matrix[i, k] vectors[t, k], + bias[i, t]: by dot products where the matrix lies along k,
 * else (with one vector) by adding up its columns, each times an element of the vector.
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
  const piece = RAW_PIECE_BYTES / bytes;
  const depth = Math.min(K, LEFT_BYTES / bytes / thin, piece);
  const most = matrix.step === 1 ? TILES_BYTES / bytes / thin : ACROSS_ROWS;
  for (let i = 0; i < matrix.count; i += most) {
    const rows = Math.min(most, matrix.count - i);
    // The sums lie as in the target, where either of the indices has stride 1.
    const byRow = target.row !== 1;
    const rowStep = byRow ? thin : 1;
    const vectorStep = byRow ? 1 : rows;
    const sums = TILES / bytes;
    if (bias === null) memory.fill(0, sums, sums + rows * thin);
    else if (byRow)
      copyStrided(memory, sums, thin, bias.data, bias.at + i * bias.row, rows, thin, bias.row, bias.column);
    else
      copyStrided(memory, sums, rows, bias.data, bias.at + i * bias.row, thin, rows, bias.column, bias.row);

    for (let k = 0; k < K; k += depth) {
      const length = Math.min(depth, K - k);
      const { data, at, stride, step } = vectors;
      copyStrided(memory, LEFT / bytes, length, data, at + k * step, thin, length, stride, step);
      if (matrix.step === 1) addDots(kernels, matrix, i, rows, k, length, thin, rowStep, vectorStep);
      else addColumns(kernels, matrix, i, rows, k, length);
    }

    const to = target.at + i * target.row;
    if (byRow) copyDense(target.data, to, memory, sums, rows * thin);
    else
      for (let t = 0; t < thin; t++)
        copyDense(target.data, to + t * target.column, memory, sums + t * rows, rows);
  }
}

/** Adds the dot products of the vectors, `length` elements of each, with rows i, i + 1, ... of the matrix to the sums. */
function addDots(
  kernels: MatmulKernels,
  matrix: Operand,
  i: number,
  rows: number,
  k: number,
  length: number,
  thin: number,
  rowStep: number,
  vectorStep: number,
): void {
  const { memory, bytes } = kernels;
  const { dot } = kernels.multiplying;
  const most = Math.floor(RAW_PIECE_BYTES / bytes / length);
  for (let row = 0; row < rows; row += most) {
    const count = Math.min(most, rows - row);
    copyOperand(memory, RAW / bytes, matrix, i + row, count, k, length);
    for (let t = 0; t < thin; t++) {
      const sums = TILES + (row * rowStep + t * vectorStep) * bytes;
      dot(RAW, LEFT + t * length * bytes, sums, count, length, length * bytes, rowStep * bytes);
    }
  }
}

/** Adds columns k, k + 1, ... of rows i, i + 1, ..., each times its element of the vector, to the sums. */
function addColumns(
  kernels: MatmulKernels,
  matrix: Operand,
  i: number,
  rows: number,
  k: number,
  length: number,
): void {
  const { memory, bytes } = kernels;
  const most = Math.floor(RAW_PIECE_BYTES / bytes / rows);
  for (let done = 0; done < length; done += most) {
    const count = Math.min(most, length - done);
    copyOperand(memory, RAW / bytes, matrix, i, rows, k + done, count);
    kernels.small(LEFT + done * bytes, RAW, TILES, TILES, 1, rows, count, 0, bytes, rows * bytes, 16, 0);
  }
}
