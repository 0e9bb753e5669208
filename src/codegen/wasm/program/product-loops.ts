/** Loops whose number of turns is known when the code is written, or only when it runs. */
import type { FunctionBuilder } from "../assembler.ts";
import { repeat } from "../matmul-lanes.ts";

/** A number, or the i32 local that will hold it. */
export type Count = number | { readonly local: number };

/** Pushes a count. */
export function getCount(f: FunctionBuilder, count: Count): FunctionBuilder {
  return typeof count === "number" ? f.i32(count) : f.get(count.local);
}

export function setCount(f: FunctionBuilder, local: number, count: Count): void {
  getCount(f, count).set(local);
}

/** Runs `body` so many times, maybe never. */
export function times(f: FunctionBuilder, count: Count, body: () => void): void {
  if (count === 1) body();
  if (count === 0 || count === 1) return;
  const left = f.local("i32");
  setCount(f, left, count);
  if (typeof count === "number") repeat(f, left, body);
  else {
    f.get(left).open("if");
    repeat(f, left, body);
    f.end();
  }
}

/** A new i32 local that holds the address in local `pointer` plus `offset`. */
export function addressAt(f: FunctionBuilder, pointer: number, offset: number): number {
  const local = f.local("i32");
  f.get(pointer);
  if (offset !== 0) f.i32(offset).op("i32.add");
  f.set(local);
  return local;
}

/** Adds `count` times `stride` to an i32 local. */
export function advanceTimes(f: FunctionBuilder, local: number, count: Count, stride: number): void {
  if (stride === 0 || count === 0) return;
  getCount(f, count).i32(stride).op("i32.mul").get(local).op("i32.add").set(local);
}

/**
 * Runs `body` for parts of `count` things, of at most `limit` each; the part's size is given to it. Without a need for
 * parts it is run once.
 */
export function inParts(f: FunctionBuilder, count: Count, limit: number, body: (part: Count) => void): void {
  if (typeof count === "number" && count <= limit) {
    if (count > 0) body(count);
    return;
  }
  const [left, part] = [f.local("i32"), f.local("i32")];
  setCount(f, left, count);
  f.open("block").open("loop").get(left).op("i32.eqz").op("br_if", 1);
  f.get(left).i32(limit).get(left).i32(limit).op("i32.lt_u").op("select").set(part);
  body({ local: part });
  f.get(left).get(part).op("i32.sub").set(left).op("br", 0).end().end();
}
