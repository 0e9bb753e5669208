/**
 * The matrix product for small operands: no packing, one call. Each output is a sum over k in increasing order, and the
 * bias comes last, as in OpenBLAS; how a step multiplies and adds is the caller's choice.
 */
import type { FunctionBuilder } from "./assembler.ts";
import {
  advance,
  advanceBy,
  begin,
  clear,
  declare,
  type Lanes,
  repeat,
  repeatWhole,
  setProduct,
} from "./matmul-lanes.ts";

/** Rows of a tile, and the vectors it is wide where the matrix is wide enough; else it is one vector wide. */
const TILES = [
  { rows: 4, vectors: 2 },
  { rows: 2, vectors: 2 },
  { rows: 1, vectors: 4 },
] as const;

/** Emits accumulator += a * b, for v128 locals. */
type MultiplyAdd = (f: FunctionBuilder, accumulator: number, a: number, b: number) => void;

/**
 * `(a, b, bias, c, M, N, K, aRow, aColumn, bRow, bVector, biasRow)`: addresses, sizes, strides in bytes.
 * c[m, n] = sum over k of a[m, k] * b[k, n], + bias[m, n] unless the address `bias` is 0. `a` may have any strides.
 * In b and the bias the elements of a vector lie side by side, and the vectors of a row of b are `bVector` apart.
 * c has rows of N elements. K is at least 1.
 *
 * N need not be a multiple of the lanes. The last vector of a row reads, computes and stores a few elements too
 * many; what it stores falls on the start of the next row, which is stored later, since tiles go from the last
 * column to the first and rows from the first to the last. b, bias and c must be followed by room for that.
 */
export function smallKernel(lanes: Lanes, multiplyAdd: MultiplyAdd): FunctionBuilder {
  const { f, params } = begin(12);
  const [a, b, bias, c, M, N, K, aRow, aColumn, bRow, bVector, biasRow] = params;
  const [vectors, cRow, left, aRow2, aRow3] = declare(f, "i32", 5);
  const [bTile, biasTile, cTile, pa, pb, k] = declare(f, "i32", 6);
  const sums = declare(f, "v128", 8);
  const bLane = declare(f, "v128", 4);
  const splat = f.local("v128");

  /** Address of row `row` of a tile, at `pointer` + row * stride. */
  const rowAddress = (pointer: number, row: number, stride: readonly number[]): void => {
    f.get(pointer);
    if (row > 0) f.get(stride[row]).op("i32.add");
  };

  const tile = (rows: number, width: number): void => {
    const sum = (row: number, vector: number): number => sums[row * width + vector];
    // Step back to the tile's first column.
    for (let v = 0; v < width; v++) f.get(bTile).get(bVector).op("i32.sub").set(bTile);
    advance(f, biasTile, -16 * width);
    advance(f, cTile, -16 * width);
    clear(f, sums.slice(0, rows * width));
    f.get(a).set(pa).get(bTile).set(pb).get(K).set(k);
    repeat(f, k, () => {
      for (let v = 0; v < width; v++) {
        f.get(pb);
        for (let i = 0; i < v; i++) f.get(bVector).op("i32.add");
        f.memory("v128.load").set(bLane[v]);
      }
      for (let row = 0; row < rows; row++) {
        rowAddress(pa, row, [0, aRow, aRow2, aRow3]);
        f.memory(lanes.loadSplat).set(splat);
        for (let v = 0; v < width; v++) multiplyAdd(f, sum(row, v), splat, bLane[v]);
      }
      advanceBy(f, pa, aColumn);
      advanceBy(f, pb, bRow);
    });
    f.get(bias).open("if").get(biasTile).set(pb);
    for (let row = 0; row < rows; row++) {
      for (let v = 0; v < width; v++) {
        f.get(sum(row, v))
          .get(pb)
          .memory("v128.load", 16 * v)
          .op(lanes.add)
          .set(sum(row, v));
      }
      advanceBy(f, pb, biasRow);
    }
    f.end().get(cTile).set(pa);
    for (let row = 0; row < rows; row++) {
      for (let v = 0; v < width; v++)
        f.get(pa)
          .get(sum(row, v))
          .memory("v128.store", 16 * v);
      advanceBy(f, pa, cRow);
    }
  };

  f.get(N)
    .i32(lanes.count - 1)
    .op("i32.add")
    .i32(lanes.count)
    .op("i32.div_u")
    .set(vectors);
  setProduct(f, cRow, N, lanes.bytes);
  setProduct(f, aRow2, aRow, 2);
  setProduct(f, aRow3, aRow, 3);
  for (const { rows, vectors: width } of TILES) {
    repeatWhole(f, M, rows, () => {
      // Behind the last column; every tile steps back first.
      f.get(vectors).get(bVector).op("i32.mul").get(b).op("i32.add").set(bTile);
      f.get(vectors).i32(16).op("i32.mul").tee(left).get(bias).op("i32.add").set(biasTile);
      f.get(left).get(c).op("i32.add").set(cTile);
      f.get(vectors)
        .i32(width - 1)
        .op("i32.and")
        .tee(left)
        .open("if");
      repeat(f, left, () => tile(rows, 1));
      f.end();
      f.get(vectors).i32(Math.log2(width)).op("i32.shr_u").tee(left).open("if");
      repeat(f, left, () => tile(rows, width));
      f.end();
      for (let row = 0; row < rows; row++) {
        advanceBy(f, a, aRow);
        advanceBy(f, c, cRow);
        // Without a bias this address is never read; 0 must stay 0.
        f.get(bias).get(biasRow).op("i32.add").set(bias);
      }
    });
  }
  return f;
}
