/**
 * The core of the large matrix product: c = a x b from packed panels (see matmul-pack.ts), by tiles of 5 rows and
 * two vectors, whose 10 sums stay in registers: as many as processors with two units and a latency of 5 cycles have on the
 * way. With the two vectors of b, and a's element in all lanes, that is 13 of the 16 registers; 6 x 2 vectors would spill.
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
  repeatWhole,
  setProduct,
  type Variant,
} from "./matmul-lanes.ts";

/** Rows of a tile: the width of a's panels. */
export const TILE_ROWS = 5;

/** Columns of a tile: the width of b's panels. */
export function tileColumns(lanes: Variant["lanes"]): number {
  return 2 * lanes.count;
}

/**
 * `(a, b, c, K, cRow, accumulate)`: one tile, from a panel of each operand; see `tiledKernel`.
 *
 * How the loop is written decides whether V8 of Node 20 keeps the sums in registers. It stands in a function of its own, as
 * within other loops it would be unrolled; it asks at its beginning whether to go on, and the last sum is stored
 * first, which leaves each load before the arithmetic that needs it. Pointers are moved before they are used: as an
 * address V8 takes a sum as it is, and a loop's variable not.
 */
export function tileKernel(variant: Variant): FunctionBuilder {
  const { f, params } = begin(6);
  const [a, b, c, K, cRow, accumulate] = params;
  const sums = declare(f, "v128", TILE_ROWS * 2);
  const [b0, b1, splat] = declare(f, "v128", 3);
  const { lanes } = variant;
  const aBytes = TILE_ROWS * lanes.bytes;
  const bBytes = tileColumns(lanes) * lanes.bytes;
  const rows = Array.from({ length: TILE_ROWS }, (_, row) => row);

  clear(f, sums);
  advance(f, a, -aBytes);
  advance(f, b, -bBytes);
  repeatWhole(f, K, 1, () => {
    advance(f, a, aBytes);
    advance(f, b, bBytes);
    f.get(b).memory("v128.load").set(b0).get(b).memory("v128.load", 16).set(b1);
    for (const row of rows) {
      f.get(a)
        .memory(lanes.loadSplat, row * lanes.bytes)
        .set(splat);
      multiplyAdd(f, variant, sums[2 * row], splat, b0);
      multiplyAdd(f, variant, sums[2 * row + 1], splat, b1);
    }
  });
  const addresses = declare(f, "i32", TILE_ROWS);
  f.get(c).set(addresses[0]);
  for (const row of rows.slice(1))
    f.get(addresses[row - 1])
      .get(cRow)
      .op("i32.add")
      .set(addresses[row]);
  f.get(accumulate).open("if");
  for (const [i, sum] of sums.entries()) {
    f.get(addresses[i >> 1])
      .memory("v128.load", 16 * (i & 1))
      .get(sum)
      .op(lanes.add)
      .set(sum);
  }
  f.end();
  for (const [i, sum] of [...sums.entries()].reverse()) {
    f.get(addresses[i >> 1])
      .get(sum)
      .memory("v128.store", 16 * (i & 1));
  }
  return f;
}

/**
 * `(a, b, c, aPanels, bPanels, K, cRow, accumulate)`: the product of packed panels into c, of TILE_ROWS * aPanels rows,
 * `cRow` bytes apart, of 2 * lanes * bPanels columns; added to what is there if `accumulate` is not 0. `tile` is the number
 * of the function `tileKernel`.
 */
export function tiledKernel({ lanes }: Variant, tile: number): FunctionBuilder {
  const { f, params } = begin(8);
  const [a, b, c, aPanels, bPanels, K, cRow, accumulate] = params;
  const [pa, pc, rowsLeft, aPanelBytes, bPanelBytes, tileBytes] = declare(f, "i32", 6);
  const rowBytes = tileColumns(lanes) * lanes.bytes;

  setProduct(f, aPanelBytes, K, TILE_ROWS * lanes.bytes);
  setProduct(f, bPanelBytes, K, rowBytes);
  setProduct(f, tileBytes, cRow, TILE_ROWS);
  repeat(f, bPanels, () => {
    f.get(a).set(pa).get(c).set(pc).get(aPanels).set(rowsLeft);
    repeat(f, rowsLeft, () => {
      f.get(pa).get(b).get(pc).get(K).get(cRow).get(accumulate).op("call", tile);
      advanceBy(f, pa, aPanelBytes);
      advanceBy(f, pc, tileBytes);
    });
    advanceBy(f, b, bPanelBytes);
    advance(f, c, rowBytes);
  });
  return f;
}
