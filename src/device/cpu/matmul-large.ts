/**
 * Large matrix products: operands cut into blocks that fit the caches, packed into panels, multiplied tile by tile.
 * Source of the scheme: Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, ACM TOMS 34(3), 2008.
 */
import { TILE_ROWS } from "../../codegen/wasm/matmul-tiled.ts";
import { copyDense, copyRows, copyStrided } from "./matmul-copy.ts";
import type { FloatArray, MatmulKernels } from "./matmul-kernels.ts";
import { type Operand, packOperand, type Target, transposedTarget } from "./matmul-operand.ts";
import { LEFT, LEFT_BYTES, RAW, RIGHT, RIGHT_BYTES, TILES, TILES_BYTES } from "./matmul-regions.ts";
import { isThin, thinProduct } from "./matmul-thin.ts";
import type { MatrixProduct } from "./matrix-product.ts";

/** The most k multiplied over at a time, in bytes: a panel of each operand then fits the first-level cache. */
const K_BLOCK_BYTES = 2048;
/** The least that k is cut into when it does not fit whole. */
const DEPTH = 512;
/** The most rows of the left operand in a block. */
const LEFT_ROWS = 128;
/** Up to so many columns the result is brought together before it is copied out, above it goes row by row. */
const NARROW = 128;

/** What it costs to transpose an element of the result, in multiplications. */
const TRANSPOSE_COST = 16;

function roundUp(count: number, unit: number): number {
  return Math.ceil(count / unit) * unit;
}

/** The size of equal parts of `count`, each a multiple of `unit` and at most `limit` (or one unit). */
function partSize(count: number, limit: number, unit: number): number {
  const parts = Math.ceil(count / Math.max(unit, limit - (limit % unit)));
  return roundUp(Math.ceil(count / parts), unit);
}

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
  if (isThin(left, right)) {
    thinProduct(kernels, left, right, K, target, start);
    return;
  }
  if (isThin(right, left)) {
    thinProduct(kernels, right, left, K, transposedTarget(target), transposedStart);
    return;
  }
  // Tiles are wider than high: a narrow product is computed transposed if that leaves less of the tiles unused.
  const columns = kernels.tileColumns;
  const upright = roundUp(M, TILE_ROWS) * roundUp(N, columns) * K;
  const transposed = roundUp(N, TILE_ROWS) * roundUp(M, columns) * K + M * N * TRANSPOSE_COST;
  if (upright <= transposed) blockedProduct(kernels, left, right, K, target, start);
  else blockedProduct(kernels, right, left, K, transposedTarget(target), transposedStart);
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
  const leftElements = LEFT_BYTES / bytes;
  const rightElements = RIGHT_BYTES / bytes;
  // All of k where both operands then fit; a block of the result is copied out and in again for each part of k.
  const whole = Math.min(
    leftElements / roundUp(left.count, TILE_ROWS),
    rightElements / roundUp(right.count, tileColumns),
  );
  const depth = partSize(K, Math.max(DEPTH, Math.floor(whole)), 4);
  const rows = partSize(left.count, Math.min(LEFT_ROWS, leftElements / depth), TILE_ROWS);
  const columns = partSize(
    right.count,
    Math.min(rightElements / depth, TILES_BYTES / bytes / rows),
    tileColumns,
  );
  const kBlock = partSize(Math.min(depth, K), K_BLOCK_BYTES / bytes, 4);

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
        if (start) loadTiles(kernels, start, i, j, iCount, jCount, rowBytes);
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

/** Fills the tiles' rows with a block of the bias, or of the result so far. */
function loadTiles(
  { memory, bytes }: MatmulKernels,
  { data, at, row, column }: Target,
  i: number,
  j: number,
  rows: number,
  columns: number,
  rowBytes: number,
): void {
  const from = at + i * row + j * column;
  const to = TILES / bytes;
  const tilesRow = rowBytes / bytes;
  if (row === 0) {
    // One row, then doubled: rows 0 and 1 become 2 and 3, ...
    copyStrided(memory, to, tilesRow, data, from, 1, columns, row, column);
    for (let done = 1; done < rows; done *= 2) {
      const count = Math.min(done, rows - done);
      memory.copyWithin(to + done * tilesRow, to, to + count * tilesRow);
    }
  } else if (column === 1) {
    for (let r = 0; r < rows; r++) copyDense(memory, to + r * tilesRow, data, from + r * row, columns);
  } else copyStrided(memory, to, tilesRow, data, from, rows, columns, row, column);
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

/** Copies rows out of the scratch memory: in one go if neither side has gaps. */
function storeRows(
  data: FloatArray,
  to: number,
  targetRow: number,
  memory: FloatArray,
  from: number,
  rows: number,
  columns: number,
  rowStride: number,
): void {
  if (targetRow === columns) copyRows(data, to, memory, from, rows, columns, rowStride);
  else
    for (let r = 0; r < rows; r++) copyDense(data, to + r * targetRow, memory, from + r * rowStride, columns);
}
