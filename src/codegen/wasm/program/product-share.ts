/** The part of a product that a thread takes: whole tiles, so that the digits do not depend on how many threads there are. */
import type { FunctionBuilder } from "../assembler.ts";
import { addressAt, advanceTimes, type Count } from "./product-loops.ts";
import type { Oriented } from "./product-spec.ts";
import { emitShare, type Team } from "./share.ts";

/** The least multiplications that are worth sharing: about what waking the other threads costs. */
export const LEAST_SHARED_WORK = 200_000;

/** The i32 locals with the addresses of operands and results. */
export interface Addresses {
  readonly a: number;
  readonly b: number;
  readonly bias: number;
  readonly c: number;
  readonly scratch: number;
}

/** The addresses from this row and column of the result on: new locals, unless both are 0. */
export function addressesAt(
  f: FunctionBuilder,
  { a, b, bias, c }: Oriented,
  at: Addresses,
  row: Count,
  column: Count,
): Addresses {
  if (row === 0 && column === 0) return at;
  const moved = (local: number, rowBytes: number, columnBytes: number): number => {
    const result = addressAt(f, local, 0);
    advanceTimes(f, result, row, rowBytes);
    advanceTimes(f, result, column, columnBytes);
    return result;
  };
  return {
    a: moved(at.a, a.across, 0),
    b: moved(at.b, 0, b.across),
    bias: bias === null ? at.bias : moved(at.bias, bias.row, bias.column),
    c: moved(at.c, c.row, c.column),
    scratch: at.scratch,
  };
}

/**
 * The first of this thread's share of `count` things, which come in units of `unit`, and how many it has, maybe none.
 * Without a team that is everything.
 */
export function shareOf(
  f: FunctionBuilder,
  team: Team | null,
  count: number,
  unit: number,
): { first: Count; count: Count } {
  if (team === null) return { first: 0, count };
  const { first, end } = emitShare(f, team, count, unit);
  f.get(end).get(first).op("i32.sub").set(end);
  return { first: { local: first }, count: { local: end } };
}
