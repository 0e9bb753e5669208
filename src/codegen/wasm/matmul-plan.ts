/**
 * Which way a product of float matrices is computed, and how its sums over k are cut. The digits of the result depend on
 * this and nothing else, so that eager calls and compiled programs, which both ask here, agree to the last bit.
 */
import { TILE_ROWS } from "./matmul-tiled.ts";

const KIB = 1024;

/** The most bytes of the left operand's panels, */
export const LEFT_BYTES = 512 * KIB;
/** of the right one's, */
export const RIGHT_BYTES = 2048 * KIB;
/** and of a block of the result. */
export const TILES_BYTES = 1024 * KIB;
/** How much of an operand is taken at a time: little enough to be still in the second-level cache when packed. */
export const RAW_PIECE_BYTES = 256 * KIB;

/** The most multiplications (M N K) of a product whose digits are the same on every machine. */
const EXACT_WORK = 2 ** 12;

/** The most elements of each matrix in a small product: they stay in the second-level cache, and packing does not pay. */
export const SMALL_ELEMENTS = 2 ** 15;

/** The most k multiplied over at a time, in bytes: a panel of each operand then fits the first-level cache. */
const K_BLOCK_BYTES = 2048;
/** The least that k is cut into when it does not fit whole. */
const DEPTH = 512;
/** The most rows of the left operand in a block. */
const LEFT_ROWS = 128;

/** What it costs to transpose an element of the result, in multiplications. */
const TRANSPOSE_COST = 16;

/** The most vectors for which a thin product is quicker than tiles, by whether the matrix lies along k or across. */
const VECTORS_ALONG = 2;
const VECTORS_ACROSS = 4;

/** The most elements of a matrix that lies across, for one k, in a block. */
export const ACROSS_ROWS = 4096;

interface Sizes {
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

/** Whether a product has the same digits on every machine: a step rounds once in float32, twice in float64. */
export function isExact({ M, N, K }: Sizes): boolean {
  return M * N * K <= EXACT_WORK;
}

/** Whether a product goes over all of k at once, the bias coming last. */
export function isSmall({ M, N, K }: Sizes): boolean {
  if (isExact({ M, N, K })) return true;
  // A product with a vector is better done by dot products.
  if (M === 1 || N === 1) return false;
  return M * K <= SMALL_ELEMENTS && K * N <= SMALL_ELEMENTS && M * N <= SMALL_ELEMENTS;
}

/** Rows of a, or columns of b, as vectors along k: `stride` from one to the next, `step` from one k to the next. */
export interface Vectors {
  readonly count: number;
  readonly stride: number;
  readonly step: number;
}

/**
 * Whether this matrix and these few vectors are multiplied without packing: see `thinDepth`. Strides along dimensions of
 * size 1, which mean nothing, do not count.
 */
export function isThin(matrix: Vectors, vectors: Vectors, K: number): boolean {
  if (K === 1) return false;
  if (matrix.step === 1) return vectors.count <= VECTORS_ALONG;
  return matrix.stride === 1 && matrix.count > 1 && vectors.count <= VECTORS_ACROSS;
}

/** The most k of a thin product that are taken at a time. */
export function thinDepth(K: number, vectors: number, bytes: number): number {
  return Math.min(K, RAW_PIECE_BYTES / bytes, Math.floor(LEFT_BYTES / bytes / vectors));
}

/** Rows of a matrix along k that are multiplied with a vector at a time, for `length` k: if 4 or more, in fours. */
export function dotRows(length: number, bytes: number): number {
  const rows = Math.floor(RAW_PIECE_BYTES / bytes / length);
  return rows < 4 ? rows : rows & ~3;
}

/** How many k of a matrix across k, a block of `rows` wide, are summed at a time. */
export function acrossStretch(rows: number, bytes: number): number {
  return Math.floor(RAW_PIECE_BYTES / bytes / rows);
}

function roundUp(count: number, unit: number): number {
  return Math.ceil(count / unit) * unit;
}

/** The size of equal parts of `count`, each a multiple of `unit` and at most `limit` (or one unit). */
export function partSize(count: number, limit: number, unit: number): number {
  const parts = Math.ceil(count / Math.max(unit, limit - (limit % unit)));
  return roundUp(Math.ceil(count / parts), unit);
}

/** Tiles are wider than high: a narrow product is computed transposed if that leaves less of the tiles unused. */
export function isTransposed({ M, N, K }: Sizes, tileColumns: number): boolean {
  const upright = roundUp(M, TILE_ROWS) * roundUp(N, tileColumns) * K;
  const transposed = roundUp(N, TILE_ROWS) * roundUp(M, tileColumns) * K + M * N * TRANSPOSE_COST;
  return transposed < upright;
}

/** The sizes of the blocks of a product of `left` rows and `right` columns, in elements. */
export interface Blocks {
  /** How much of k is packed at a time, */
  readonly depth: number;
  /** and how much of that is summed at a time. */
  readonly kBlock: number;
  readonly rows: number;
  readonly columns: number;
}

export function blocks(left: number, right: number, K: number, tileColumns: number, bytes: number): Blocks {
  const leftElements = LEFT_BYTES / bytes;
  const rightElements = RIGHT_BYTES / bytes;
  // All of k where both operands then fit; a block of the result is copied out and in again for each part of k.
  const whole = Math.min(
    leftElements / roundUp(left, TILE_ROWS),
    rightElements / roundUp(right, tileColumns),
  );
  const depth = partSize(K, Math.max(DEPTH, Math.floor(whole)), 4);
  const rows = partSize(left, Math.min(LEFT_ROWS, leftElements / depth), TILE_ROWS);
  const columns = partSize(right, Math.min(rightElements / depth, TILES_BYTES / bytes / rows), tileColumns);
  return { depth, kBlock: partSize(Math.min(depth, K), K_BLOCK_BYTES / bytes, 4), rows, columns };
}
