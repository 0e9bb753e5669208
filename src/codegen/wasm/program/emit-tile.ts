/** Tiles of a matrix product from their sums to the result: as straight code, or as functions that tiles alike share. */
import { FunctionBuilder } from "../assembler.ts";
import type { Chain, First } from "./product-block.ts";
import { type Count, getCount } from "./product-loops.ts";
import { Tile, type TileOperand } from "./product-tile.ts";

/** Locals with the addresses of a tile's result and of what its sums are added to. */
export interface TileResult {
  readonly c: number;
  readonly bias: number;
}

/**
 * Computes a tile of `rows` x `columns` for `length` k.
 *
 * Loops over k stand in a function of their own. Within other loops V8 of Node 20 would unroll them, and then move the
 * loads of a turn before its arithmetic, for which there are not enough registers.
 */
export function emitTile(
  chain: Chain,
  rows: number,
  columns: number,
  length: Count,
  a: TileOperand,
  b: TileOperand,
  first: First,
  at: TileResult,
): void {
  const { f, tile } = chain;
  if (tile.isStraight(rows, columns, length)) {
    tile.sum(rows, columns, length, a, b);
    finish(chain, tile, f, rows, columns, first, at);
    return;
  }
  const number = tileFunction(chain, rows, columns, a, b, first);
  f.get(a.pointer).get(b.pointer).get(at.c).get(at.bias);
  getCount(f, length);
  getCount(f, first === true ? 1 : first);
  f.op("call", number);
}

/** The number of the function `(a, b, c, bias, length, first)`. */
function tileFunction(
  chain: Chain,
  rows: number,
  columns: number,
  a: TileOperand,
  b: TileOperand,
  first: First,
): number {
  const { program, lanes, step, fromZero, product } = chain;
  const numbers = [rows, columns, a.across, a.along, b.across, b.along, product.c.row, product.c.column];
  const bias = product.bias === null ? fromZero : `${product.bias.row} ${product.bias.column}`;
  const kind = `${lanes.scalar} ${step.name} ${b.padded ? "padded" : "exact"} ${first === true ? "whole" : "part"}`;
  return program.shared(`tile ${kind} ${numbers.join(" ")} ${bias}`, () => {
    const body = new FunctionBuilder(new Array<"i32">(6).fill("i32"));
    const [aAt, bAt, c, biasAt, length, isFirst] = [0, 1, 2, 3, 4, 5] as const;
    const tile = new Tile(body, lanes, step.emit);
    tile.sum(rows, columns, { local: length }, { ...a, pointer: aAt }, { ...b, pointer: bAt });
    finish(chain, tile, body, rows, columns, first === true || { local: isFirst }, { c, bias: biasAt });
    return body;
  });
}

/** Adds what the sums are added to, and stores them. */
function finish(
  { product: { K, bias, c }, fromZero }: Chain,
  tile: Tile,
  f: FunctionBuilder,
  rows: number,
  columns: number,
  first: First,
  at: TileResult,
): void {
  const result = { pointer: at.c, ...c };
  const addFirst = (): void => {
    if (bias !== null) tile.add(rows, columns, { pointer: at.bias, ...bias }, K === 0);
    else if (fromZero) tile.addZero(rows, columns);
  };
  if (first === true) addFirst();
  else {
    f.get(first.local).open("if");
    addFirst();
    f.op("else");
    tile.add(rows, columns, result, false);
    f.end();
  }
  // V8 of Node 20 lays out the loop over k by the order in which the stores lead it to the sums: the last sum must come first
  // for the loads to stay where they are needed. Through an addition it goes the other way round.
  const isAdded = first !== true || bias !== null || fromZero;
  tile.store(rows, columns, result, isAdded);
}
