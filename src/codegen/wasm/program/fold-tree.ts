/**
 * Merges partial results in pairs, as in a binary counter: two that stand for equally many make one that stands for
 * twice as many. Slot k holds what stands for 2^k, while bit k of the count so far is set.
 */
import type { DType } from "../../../base/index.ts";
import type { FunctionBuilder } from "../assembler.ts";
import type { InstructionSet } from "../instruction-set.ts";

export interface Tree {
  readonly set: InstructionSet;
  readonly dtype: DType;
  /** How many partial results there are. */
  readonly total: number;
  /** Vectors of each. */
  readonly vectors: readonly number[];
  /** Pushes combine(older, newer), given locals. */
  combine(older: number, newer: number): void;
}

/** Bytes of the slots where `width` elements are merged at a time. */
export function slotBytes(total: number, width: number, dtype: DType): number {
  return Math.ceil(Math.log2(total)) * width * dtype.bytes;
}

/**
 * Merges partial result number `number` (a local), which is in the vectors. The last one is merged with all that
 * waits, the latest first, and stays in the vectors. `slot` is a local with the address of slot 0, which is changed;
 * `pitch` the distance of the slots in bytes.
 */
export function emitTreeMerge(
  body: FunctionBuilder,
  tree: Tree,
  number: number,
  slot: number,
  pitch: number,
): void {
  const { set, dtype, total, vectors, combine } = tree;
  const bits = body.local("i32");
  const older = body.local(set.type(dtype));
  const bytes = set.lanes * dtype.bytes;
  // The last one takes in what its number has bits for: those up to the first clear one are what any other would
  // merge with, those above are what then still waits.
  body.get(number).set(bits).open("block").open("loop");
  body.get(bits).op("i32.eqz");
  body.get(bits).i32(1).op("i32.and").op("i32.eqz");
  body
    .get(number)
    .i32(total - 1)
    .op("i32.eq")
    .op("select")
    .op("br_if", 1);
  body.get(bits).i32(1).op("i32.and").open("if");
  for (const [i, vector] of vectors.entries()) {
    set.load(body.get(slot), dtype, i * bytes);
    body.set(older);
    combine(older, vector);
    body.set(vector);
  }
  body.end();
  body.get(bits).i32(1).op("i32.shr_u").set(bits);
  body.increase(slot, pitch).op("br", 0).end().end();
  body
    .get(number)
    .i32(total - 1)
    .op("i32.ne")
    .open("if");
  for (const [i, vector] of vectors.entries()) set.store(body, dtype, slot, vector, i * bytes);
  body.end();
}
