/** Which tiles a product is computed by, chosen by an estimate of the cycles that they take. */
import type { Lanes } from "../matmul-lanes.ts";
import type { Oriented } from "./product-spec.ts";

/** Registers for the sums, the vectors of b and the elements of a: 16, of which V8 keeps one for itself. */
const REGISTERS = 15;
/** The elements of a that are held at a time: one is loaded while the one before is used. */
const ELEMENTS_AT_ONCE = 2;
/**
 * Sums of tiles whose loop V8 of Node 20 leaves alone for their length. Shorter ones it unrolls, and then loads all that a
 * turn needs before it multiplies.
 */
const SUMS_NOT_UNROLLED = 10;
/** Cycles until a sum can be added to again: 4 on Zen 3 and 4 and Intel's since Skylake, 5 on those before. */
const LATENCY = 5;
/** Additions, or loads, that are begun in a cycle, */
const PER_CYCLE = 2;
/** and additions and shuffles together. */
const ARITHMETIC_PER_CYCLE = 3;
/** What every vector of a panel costs in a turn: a narrow panel stays in the first-level cache, a wide one does not. */
const WIDTH_COST = 0.05;
/** What a tile costs besides its turns, in cycles. */
const TILE_COST = 8;
/** Up to so many bytes from the first k to the last, b is quick to read as it lies, column by column. */
const NEAR_BYTES = 1 << 15;
/** The least panels that repay the packing of a. */
const PACKED_PANELS = 4;
/** The least rows that repay the packing of a b that could be read as it lies. */
const PACKED_ROWS = 16;

/** Neighbouring columns in panels of equal width, each computed by tiles of `height` rows. */
export interface Panels {
  /** The first column, in elements, as `columns`, the width of a panel. */
  readonly first: number;
  readonly columns: number;
  readonly count: number;
  readonly height: number;
  /** Whether b is brought into panels [k][columns] first. */
  readonly packed: boolean;
  /** Whether a is brought into bands [k][height] first. */
  readonly leftPacked: boolean;
}

export interface ProductPlan {
  readonly panels: readonly Panels[];
  /** Estimated cycles. */
  readonly cost: number;
}

/** What a tile of `height` rows and `width` vectors needs of the registers. */
function registersFor(height: number, width: number): number {
  const elements = height * width < SUMS_NOT_UNROLLED ? height : Math.min(height, ELEMENTS_AT_ONCE);
  return height * width + width + elements;
}

/** What a panel of so many vectors costs, with the best height of tiles. */
function panelOf(
  product: Oriented,
  lanes: Lanes,
  width: number,
  stretch: number,
): { height: number; packed: boolean; cost: number } {
  const { M, K, b, c } = product;
  const isRows = b.across === lanes.bytes;
  // Elements of a vector that lie apart are loaded one by one.
  const vectorLoads = isRows || b.across === 0 ? 1 : lanes.count;
  const storeCost = c.column === lanes.bytes ? 1 : lanes.count;
  let best = { height: 0, packed: false, cost: Number.POSITIVE_INFINITY };
  for (let height = 1; height <= M && registersFor(height, width) <= REGISTERS; height++) {
    const tiles = Math.ceil(M / height);
    for (const packed of [false, true]) {
      const loads = height + width * (packed ? 1 : vectorLoads);
      const shuffles = packed ? 0 : width * (vectorLoads - 1);
      const turn =
        Math.max(
          LATENCY,
          (height * width) / PER_CYCLE,
          loads / PER_CYCLE,
          (height * width + shuffles) / ARITHMETIC_PER_CYCLE,
        ) +
        width * WIDTH_COST;
      let cost = tiles * (K * turn + height * width * storeCost + TILE_COST);
      if (packed) cost += K * width * (b.along === lanes.bytes ? 2 : 1 + vectorLoads) + TILE_COST;
      if (isRows) {
        const far = Math.min(K, stretch) * b.along > NEAR_BYTES && M >= PACKED_ROWS;
        if (packed !== far) continue;
      }
      if (cost < best.cost) best = { height, packed, cost };
    }
  }
  return best;
}

/** Panels of one width, and a last one that may be wider or narrower and may end within a vector. */
export function planProduct(product: Oriented, lanes: Lanes, stretch: number): ProductPlan {
  const { N, K, a } = product;
  const vectors = Math.ceil(N / lanes.count);
  const widths = [2, 1, 3, 4, 5, 6].map((width) => ({ width, ...panelOf(product, lanes, width, stretch) }));
  const far = a.across === lanes.bytes && Math.min(K, stretch) * a.along > NEAR_BYTES;
  const panelsOf = (
    first: number,
    columns: number,
    count: number,
    { height, packed }: { height: number; packed: boolean },
  ): Panels => ({ first, columns, count, height, packed, leftPacked: far && count >= PACKED_PANELS });
  let best: ProductPlan = { panels: [], cost: Number.POSITIVE_INFINITY };
  for (const main of widths) {
    for (const last of widths) {
      const count = (vectors - last.width) / main.width;
      if (count < 0 || count % 1 !== 0) continue;
      const cost = count * main.cost + last.cost;
      if (cost >= best.cost) continue;
      const columns = main.width * lanes.count;
      const rest = N - count * columns;
      const panels =
        rest === columns
          ? [panelsOf(0, columns, count + 1, main)]
          : [panelsOf(0, columns, count, main), panelsOf(count * columns, rest, 1, last)];
      best = { panels: panels.filter((panel) => panel.count > 0), cost };
    }
  }
  return best;
}
