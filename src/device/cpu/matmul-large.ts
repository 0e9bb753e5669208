/**
 * Large matrix products: operands cut into blocks that fit the caches, packed into panels, multiplied tile by tile.
 * Source of the scheme: Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, ACM TOMS 34(3), 2008.
 */
import { blocks, isThin, isTransposed } from "../../codegen/wasm/matmul-plan.ts";
import { TILE_ROWS } from "../../codegen/wasm/matmul-tiled.ts";
import { loadBlock, storeRows } from "./matmul-copy.ts";
import type { FloatArray, MatmulKernels } from "./matmul-kernels.ts";
import { type Operand, packOperand, type Target, transposedTarget } from "./matmul-operand.ts";
import { LEFT, RAW, RIGHT, TILES } from "./matmul-regions.ts";
import { thinProduct } from "./matmul-thin.ts";
import type { MatrixProduct } from "./matrix-product.ts";
import { teamProduct } from "./team-product.ts";

/** The least multiplications (M N K) for which copying and meeting pay: 256 x 256 x 256, measured with 2 threads. */
export const LEAST_TEAM_WORK = 2 ** 24;

/** Up to so many columns the result is brought together before it is copied out, above it goes row by row. */
const NARROW = 128;

/** output = a x b + bias; see MatrixProduct. Each array is given with the position of its first element. */
export function largeProduct(
  kernels: MatmulKernels,
  product: MatrixProduct,
  output: FloatArray,
  outputAt: number,
  a: FloatArray,
  aAt: number,
  b: FloatArray,
  bAt: number,
  bias: FloatArray | null,
  biasAt: number,
): void {
  const { M, N, K, aRow, aColumn, bRow, bColumn, biasRow, biasColumn } = product;
  const left: Operand = { data: a, at: aAt, count: M, stride: aRow, step: aColumn };
  const right: Operand = { data: b, at: bAt, count: N, stride: bColumn, step: bRow };
  const target: Target = { data: output, at: outputAt, row: N, column: 1 };
  const start: Target | null = bias && { data: bias, at: biasAt, row: biasRow, column: biasColumn };
  const transposedStart = start && transposedTarget(start);
  if (isThin(left, right, K)) {
    thinProduct(kernels, left, right, K, target, start);
    return;
  }
  if (isThin(right, left, K)) {
    thinProduct(kernels, right, left, K, transposedTarget(target), transposedStart);
    return;
  }
  if (M * N * K >= LEAST_TEAM_WORK && teamProduct(kernels, left, right, K, target, start)) return;
  if (isTransposed(product, kernels.tileColumns))
    blockedProduct(kernels, right, left, K, transposedTarget(target), transposedStart);
  else blockedProduct(kernels, left, right, K, target, start);
}

function blockedProduct(
  kernels: MatmulKernels,
  left: Operand,
  right: Operand,
  K: number,
  target: Target,
  bias: Target | null,
): void {
  const { bytes, tileColumns } = kernels;
  const { tiled } = kernels.multiplying;
  const { depth, kBlock, rows, columns } = blocks(left.count, right.count, K, tileColumns, bytes);

  for (let k = 0; k < K; k += depth) {
    const kCount = Math.min(depth, K - k);
    for (let j = 0; j < right.count; j += columns) {
      const jCount = Math.min(columns, right.count - j);
      const rightPanels = Math.ceil(jCount / tileColumns);
      const rowBytes = rightPanels * tileColumns * bytes;
      packOperand(kernels, right, j, jCount, k, kCount, kBlock, RIGHT, tileColumns);
      for (let i = 0; i < left.count; i += rows) {
        const iCount = Math.min(rows, left.count - i);
        const leftPanels = Math.ceil(iCount / TILE_ROWS);
        packOperand(kernels, left, i, iCount, k, kCount, kBlock, LEFT, TILE_ROWS);
        const start = k === 0 ? bias : target;
        if (start) loadBlock(kernels.memory, TILES / bytes, rowBytes / bytes, start, i, j, iCount, jCount);
        for (let done = 0; done < kCount; done += kBlock) {
          const length = Math.min(kBlock, kCount - done);
          tiled(
            LEFT + done * leftPanels * TILE_ROWS * bytes,
            RIGHT + done * rowBytes,
            TILES,
            leftPanels,
            rightPanels,
            length,
            rowBytes,
            Number(start !== null || done > 0),
          );
        }
        storeTiles(kernels, target, i, j, iCount, jCount, rowBytes);
      }
    }
  }
}

/** Copies the tiles' rows to their place in the result. */
function storeTiles(
  kernels: MatmulKernels,
  { data, at, row, column }: Target,
  i: number,
  j: number,
  rows: number,
  columns: number,
  rowBytes: number,
): void {
  const { memory, bytes } = kernels;
  const to = at + i * row + j * column;
  const dense = rowBytes === columns * bytes;
  if (column !== 1) {
    kernels.packing.unpack(TILES, RAW, columns, rows, bytes, rowBytes);
    storeRows(data, to, column, memory, RAW / bytes, columns, rows, rows);
  } else if (dense || columns > NARROW) {
    storeRows(data, to, row, memory, TILES / bytes, rows, columns, rowBytes / bytes);
  } else {
    kernels.packing.unpack(TILES, RAW, rows, columns, rowBytes, bytes);
    storeRows(data, to, row, memory, RAW / bytes, rows, columns, columns);
  }
}
