/** The search for the place of an extreme as a WebAssembly module, one element at a time. */
import { int64 } from "../../base/index.ts";
import type { ArgReduceKernel } from "../../ir/kernel.ts";
import { lower } from "../../ir/lower.ts";
import { FunctionBuilder, ModuleBuilder } from "./assembler.ts";
import { Emission, type Layout } from "./emission.ts";
import { scalarSet } from "./emit-scalar.ts";

/** The locals of a search. */
export interface Search {
  readonly best: number;
  /** The int64 places of the best element and of the next one to be looked at. */
  readonly place: number;
  readonly here: number;
  /** Looks at the element that `push` pushes: it is the best from now on if it is better. */
  look(push: () => void): void;
}

/** Begins a function that searches. */
export function beginSearch(kernel: ArgReduceKernel, body: FunctionBuilder, layout: Layout): Search {
  const better = lower(kernel.better);
  const emission = new Emission(body, scalarSet, layout);
  emission.hoist([better], 0);
  const best = body.local(scalarSet.type(kernel.input));
  const candidate = body.local(scalarSet.type(kernel.input));
  const place = body.local("i64");
  const here = body.local("i64");
  const look = (push: () => void) => {
    push();
    body.set(candidate);
    body.get(emission.turn((x) => body.get(Number(x.value) === 0 ? candidate : best))(better));
    body.open("if").get(candidate).set(best).get(here).set(place).end();
    body.get(here).i64(1n).op("i64.add").set(here);
  };
  return { best, place, here, look };
}

/**
 * Exports `rows(count, length, position)`: for each of `count` packed rows of region 0, the place of its best element
 * to region 1 as int64. Where `position` is not 0 there is one row, of which the elements before `position` have
 * been seen: their best place still stands in region 1, its value in region 2.
 */
export function emitArgReduce(kernel: ArgReduceKernel, layout: Layout): Uint8Array<ArrayBuffer> {
  const { bytes } = kernel.input;
  const body = new FunctionBuilder(["i32", "i32", "i32"]);
  const [count, length, position] = [0, 1, 2];
  const { best, place, here, look } = beginSearch(kernel, body, layout);
  const pointer = body.local("i32");
  const end = body.local("i32");
  const target = body.local("i32");
  const zero = body.local("i32");

  body.open("loop");
  body.get(pointer).get(length).i32(bytes).op("i32.mul").op("i32.add").set(end);
  body.get(position).op("i64.extend_i32_u").set(here);
  body.get(position).open("if");
  scalarSet.load(body.get(zero), kernel.input, layout.region(2));
  body.set(best);
  scalarSet.load(body.get(zero), int64, layout.region(1));
  body.set(place).op("else");
  scalarSet.load(body.get(pointer), kernel.input, layout.region(0));
  body.set(best).get(here).set(place).end();

  body.whileLess(pointer, end, () => {
    look(() => scalarSet.load(body.get(pointer), kernel.input, layout.region(0)));
    body.increase(pointer, bytes);
  });

  scalarSet.store(body, int64, target, place, layout.region(1));
  scalarSet.store(body, kernel.input, zero, best, layout.region(2));
  body.increase(target, int64.bytes);
  body.increase(count, -1).get(count).op("br_if", 0).end();

  const module = new ModuleBuilder();
  module.add("rows", body);
  return module.encode();
}
