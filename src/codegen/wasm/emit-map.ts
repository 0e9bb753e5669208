/** A map kernel as a WebAssembly module. */

import type { Expr } from "../../ir/expr.ts";
import { TAIL_PERIOD } from "../../ir/functions/index.ts";
import type { MapKernel } from "../../ir/kernel.ts";
import { lower, lowerTail } from "../../ir/lower.ts";
import { FunctionBuilder, ModuleBuilder } from "./assembler.ts";
import { Cursor } from "./cursor.ts";
import { chooseInstructionSet, Emission, type Layout, usedInputs } from "./emission.ts";

/**
 * Exports `kernel(n)`, n at least 1: the outputs' first n elements from the inputs'. `repeated` has a bit for each
 * input of which there is only one element, for all n. Whole vectors are read and written: up to 15 bytes past
 * the last element of each operand.
 */
export function emitMap(kernel: MapKernel, repeated: number, layout: Layout): Uint8Array<ArrayBuffer> {
  const outputs = kernel.outputs.map(lower);
  const tails = kernel.outputs.map(lowerTail);
  const hasTail = tails.some((x, i) => x !== outputs[i]);
  const body = new FunctionBuilder(["i32"]);
  const streamed = usedInputs([...outputs, ...tails]).filter((x) => !((repeated >>> Number(x.value)) & 1));
  const cursor = new Cursor(
    body,
    [...outputs, ...streamed].map((x) => x.dtype),
  );
  const { pointer, scale } = cursor.main;
  const end = body.local("i32");

  /** Computes elements up to the number that `pushEnd` pushes, if there are any. */
  const loop = (roots: readonly Expr[], pushEnd: () => void): void => {
    const set = chooseInstructionSet(kernel.name, roots);
    const emission = new Emission(body, set, layout);
    pushEnd();
    scale();
    body.set(end).get(pointer).get(end).op("i32.lt_u").open("if");
    emission.hoist(roots, repeated);
    body.open("loop");
    const turn = emission.turn((x) => {
      set.load(body.get(cursor.pointer(x.dtype)), x.dtype, layout.region(Number(x.value)));
    });
    const results = roots.map(turn);
    roots.forEach((x, i) => {
      set.store(body, x.dtype, cursor.pointer(x.dtype), results[i]!, layout.region(kernel.inputs.length + i));
    });
    cursor.step(set.lanes);
    body.get(pointer).get(end).op("i32.lt_u").op("br_if", 0).end().end();
  };

  if (hasTail) loop(outputs, () => body.get(0).i32(-TAIL_PERIOD).op("i32.and"));
  loop(tails, () => body.get(0));

  const module = new ModuleBuilder();
  module.add("kernel", body);
  return module.encode();
}
