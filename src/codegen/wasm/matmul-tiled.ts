/**
 * The core of the large matrix product: c = a x b from packed panels (see matmul-pack.ts), by tiles of 4 rows and
 * two vectors, whose 8 sums stay in registers. With the two vectors of b, and a's element in all lanes, that is 11
 * of the 16 registers; 6 x 2 vectors would spill. Unrolling the loop over k makes V8 spill as well, and is slower.
 */
import type { FunctionBuilder } from "./assembler.ts";
import {
  advance,
  advanceBy,
  begin,
  clear,
  declare,
  multiplyAdd,
  repeat,
  setProduct,
  type Variant,
} from "./matmul-lanes.ts";

/** Rows of a tile: the width of a's panels. */
export const TILE_ROWS = 4;

/** Columns of a tile: the width of b's panels. */
export function tileColumns(lanes: Variant["lanes"]): number {
  return 2 * lanes.count;
}

/**
 * `(a, b, c, aPanels, bPanels, K, cRow, accumulate)`: the product of packed panels into c, of 4 * aPanels rows, `cRow`
 * bytes apart, of 2 * lanes * bPanels columns; added to what is there if `accumulate` is not 0.
 */
export function tiledKernel(variant: Variant): FunctionBuilder {
  const { f, params } = begin(8);
  const [a, b, c, aPanels, bPanels, K, cRow, accumulate] = params;
  const [pa, pb, pc, tile, rowsLeft, k, bPanelBytes] = declare(f, "i32", 7);
  const sums = declare(f, "v128", TILE_ROWS * 2);
  const [b0, b1, splat] = declare(f, "v128", 3);
  const { lanes } = variant;
  const rowBytes = tileColumns(lanes) * lanes.bytes;

  setProduct(f, bPanelBytes, K, rowBytes);
  repeat(f, bPanels, () => {
    f.get(a).set(pa).get(c).set(pc).get(aPanels).set(rowsLeft);
    repeat(f, rowsLeft, () => {
      clear(f, sums);
      f.get(b).set(pb).get(K).set(k);
      repeat(f, k, () => {
        f.get(pb).memory("v128.load").set(b0).get(pb).memory("v128.load", 16).set(b1);
        for (let row = 0; row < TILE_ROWS; row++) {
          f.get(pa)
            .memory(lanes.loadSplat, row * lanes.bytes)
            .set(splat);
          multiplyAdd(f, variant, sums[2 * row], splat, b0);
          multiplyAdd(f, variant, sums[2 * row + 1], splat, b1);
        }
        advance(f, pa, TILE_ROWS * lanes.bytes);
        advance(f, pb, rowBytes);
      });
      f.get(accumulate).open("if").get(pc).set(tile);
      for (let row = 0; row < TILE_ROWS; row++) {
        for (const v of [0, 1]) {
          const sum = sums[2 * row + v];
          f.get(tile)
            .memory("v128.load", 16 * v)
            .get(sum)
            .op(lanes.add)
            .set(sum);
        }
        advanceBy(f, tile, cRow);
      }
      f.end();
      for (let row = 0; row < TILE_ROWS; row++) {
        for (const v of [0, 1])
          f.get(pc)
            .get(sums[2 * row + v])
            .memory("v128.store", 16 * v);
        advanceBy(f, pc, cRow);
      }
    });
    advanceBy(f, b, bPanelBytes);
    advance(f, c, rowBytes);
  });
  return f;
}
