/** Computes panels of columns in blocks that stay in the caches, for one stretch of k after the other. */
import { type Chain, emitBlock, type First } from "./product-block.ts";
import { addressAt, advanceTimes, type Count, getCount, inParts } from "./product-loops.ts";
import { packPanels } from "./product-pack.ts";
import type { Panels } from "./product-plan.ts";
import type { Addresses } from "./product-share.ts";

/**
 * The most rows and the most bytes of panels in a block. A stretch of the rows stays in the second-level cache; panels are read
 * once for all of these rows, so that they may lie behind it: the more there are, the less often all rows are gone through.
 */
const BLOCK_ROWS = 120;
const PANEL_BLOCK_BYTES = 1 << 19;

/**
 * Computes `rows` rows of `count` of the panels; the addresses are those of the first row, and of the first of these
 * panels. Rows are a multiple of the panels' height but at the end of the product.
 */
export function emitPanels(chain: Chain, panels: Panels, rows: Count, count: Count, at: Addresses): void {
  const { program, f, lanes, product, stretch } = chain;
  const { a, b, c, bias } = product;
  const { columns, height, packed, leftPacked } = panels;
  const rowBytes = Math.ceil(columns / lanes.count) * 16;
  const panelBytes = stretch * rowBytes;
  const bandBytes = stretch * height * lanes.bytes;
  const blockPanels = Math.max(1, Math.floor(PANEL_BLOCK_BYTES / panelBytes));
  // Blocks are of whole bands.
  const blockRows = Math.max(height, BLOCK_ROWS - (BLOCK_ROWS % height));
  const panelsBytes = packed ? Math.min(panels.count, blockPanels) * panelBytes : 0;
  const bandsBytes = leftPacked ? Math.floor(Math.min(product.M, blockRows) / height) * bandBytes : 0;
  program.needScratch(panelsBytes + bandsBytes);

  const bands = leftPacked ? addressAt(f, at.scratch, panelsBytes) : null;
  const outer = { ...at };
  for (const name of ["b", "c", "bias"] as const) outer[name] = addressAt(f, at[name], 0);
  inParts(f, count, blockPanels, (part) => {
    inStretches(chain, (length, k, first) => {
      const start = { ...outer };
      for (const name of ["a", "b", "c", "bias"] as const) start[name] = addressAt(f, outer[name], 0);
      advanceTimes(f, start.a, k, a.along);
      advanceTimes(f, start.b, k, b.along);
      if (packed) {
        const target = { pointer: at.scratch, panelBytes, columns, rowBytes };
        packPanels(program, f, lanes, start.b, b, target, part, length);
        start.b = at.scratch;
      }
      inParts(f, rows, blockRows, (some) => {
        const block = { panels, at: start, panelBytes, bandBytes, bands, length, first };
        emitBlock(chain, block, some, part);
        if (some === rows) return;
        advanceTimes(f, start.a, some, a.across);
        advanceTimes(f, start.c, some, c.row);
        advanceTimes(f, start.bias, some, bias?.row ?? 0);
      });
    });
    if (part === count) return;
    advanceTimes(f, outer.b, part, columns * b.across);
    advanceTimes(f, outer.c, part, columns * c.column);
    advanceTimes(f, outer.bias, part, columns * (bias?.column ?? 0));
  });
}

/** Runs `body` for each stretch of k: its length, its first k, whether it is the first. */
function inStretches(
  { f, product: { K }, depth, stretch }: Chain,
  body: (length: Count, k: Count, first: First) => void,
): void {
  if (stretch >= K) {
    body(K, 0, true);
    return;
  }
  const [k, first] = [f.local("i32"), f.local("i32")];
  f.i32(0).set(k).i32(1).set(first);
  inParts(f, K, depth, (part) => {
    inParts(f, part, stretch, (length) => {
      body(length, { local: k }, { local: first });
      getCount(f, length).get(k).op("i32.add").set(k);
      f.i32(0).set(first);
    });
  });
}
