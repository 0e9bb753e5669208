/** A block of a matrix product: its tiles, panel by panel and band by band, for one stretch of k. */
import type { FunctionBuilder } from "../assembler.ts";
import { advance, type Lanes } from "../matmul-lanes.ts";
import { emitTile } from "./emit-tile.ts";
import { addressAt, advanceTimes, type Count, getCount, times } from "./product-loops.ts";
import { packPanels } from "./product-pack.ts";
import type { Panels } from "./product-plan.ts";
import type { Addresses } from "./product-share.ts";
import type { Oriented } from "./product-spec.ts";
import type { MultiplyAdd, Tile, TileOperand } from "./product-tile.ts";
import type { ProgramModule } from "./program-module.ts";

export interface Chain {
  readonly program: ProgramModule;
  readonly f: FunctionBuilder;
  readonly lanes: Lanes;
  /** How a product is added to a sum. */
  readonly step: { readonly name: string; readonly emit: MultiplyAdd };
  /** For the tiles in `f` itself. */
  readonly tile: Tile;
  readonly product: Oriented;
  /** See `Cut`. */
  readonly depth: number;
  readonly stretch: number;
  readonly fromZero: boolean;
}

/** Whether the stretch at hand is the first: known, or in a local. */
export type First = true | { readonly local: number };

/** What the tiles of a block have in common. */
export interface Block {
  readonly panels: Panels;
  /** The addresses of the block's first elements; `b` is that of the packed panels, if they are. */
  readonly at: Addresses;
  /** Bytes of a packed panel, and of a packed band of rows. */
  readonly panelBytes: number;
  readonly bandBytes: number;
  /** Local with the address where bands are packed; null if a is read as it lies. */
  readonly bands: number | null;
  /** How many k there are. */
  readonly length: Count;
  readonly first: First;
}

/** Computes `rows` rows, a multiple of the tiles' height but at the end of the product, of `count` panels. */
export function emitBlock(chain: Chain, block: Block, rows: Count, count: Count): void {
  const { program, f, lanes, product } = chain;
  const { a, b, c, bias } = product;
  const { panels, at, length, bandBytes } = block;
  const { columns, height, packed } = panels;
  const [whole, rest] = split(f, rows, height);
  const vectors = Math.ceil(columns / lanes.count);

  let left: TileOperand = { pointer: at.a, ...a, padded: false };
  const lastBand = { ...left };
  if (block.bands !== null) {
    const rowBytes = height * lanes.bytes;
    const target = { pointer: block.bands, panelBytes: bandBytes, columns: height, rowBytes };
    getCount(f, whole).open("if");
    packPanels(program, f, lanes, at.a, a, target, whole, length);
    f.end();
    left = { pointer: block.bands, across: lanes.bytes, along: rowBytes, padded: false };
    lastBand.pointer = addressAt(f, at.a, 0);
    advanceTimes(f, lastBand.pointer, whole, height * a.across);
  }

  const panel = { b: at.b, c: at.c, bias: at.bias };
  const several = count !== 1;
  if (several) {
    for (const name of ["b", "c", "bias"] as const) panel[name] = addressAt(f, at[name], 0);
  }
  times(f, count, () => {
    const row = { a: left.pointer, c: panel.c, bias: panel.bias };
    const moves = whole !== 0 && (whole !== 1 || rest !== 0);
    if (moves) {
      row.a = addressAt(f, left.pointer, 0);
      row.c = addressAt(f, panel.c, 0);
      row.bias = addressAt(f, panel.bias, 0);
    }
    const right = packed
      ? { pointer: panel.b, across: lanes.bytes, along: vectors * 16, padded: true }
      : { pointer: panel.b, ...b, padded: false };
    const band = (rowCount: number, operand: TileOperand): void =>
      emitTile(chain, rowCount, columns, length, operand, right, block.first, row);
    times(f, whole, () => {
      band(height, { ...left, pointer: row.a });
      if (!moves) return;
      advance(f, row.a, block.bands === null ? height * a.across : bandBytes);
      advance(f, row.c, height * c.row);
      if (bias !== null) advance(f, row.bias, height * bias.row);
    });
    const lastRows = product.M % height;
    if (rest !== 0 && lastRows > 0) {
      if (typeof rest !== "number") f.get(rest.local).open("if");
      band(lastRows, block.bands === null ? { ...left, pointer: row.a } : lastBand);
      if (typeof rest !== "number") f.end();
    }
    if (several) {
      advance(f, panel.b, packed ? block.panelBytes : columns * b.across);
      advance(f, panel.c, columns * c.column);
      if (bias !== null) advance(f, panel.bias, columns * bias.column);
    }
  });
}

/** How often `unit` goes into a count, and what is left. */
function split(f: FunctionBuilder, count: Count, unit: number): [Count, Count] {
  if (typeof count === "number") return [Math.floor(count / unit), count % unit];
  const [whole, rest] = [f.local("i32"), f.local("i32")];
  getCount(f, count).i32(unit).op("i32.div_u").set(whole);
  getCount(f, count).i32(unit).op("i32.rem_u").set(rest);
  return [{ local: whole }, { local: rest }];
}
