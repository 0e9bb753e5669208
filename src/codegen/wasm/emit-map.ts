/** A map kernel as a WebAssembly module. */

import type { MapKernel } from "../../ir/kernel.ts";
import { lower } from "../../ir/lower.ts";
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
  const set = chooseInstructionSet(kernel.name, outputs);
  const body = new FunctionBuilder(["i32"]);
  const emission = new Emission(body, set, layout);
  emission.hoist(outputs, repeated);

  const streamed = usedInputs(outputs).filter((x) => !((repeated >>> Number(x.value)) & 1));
  const cursor = new Cursor(
    body,
    [...outputs, ...streamed].map((x) => x.dtype),
  );
  const { pointer, scale } = cursor.main;
  const end = body.local("i32");
  body.get(0);
  scale();
  body.set(end);

  body.open("loop");
  const turn = emission.turn((x) => {
    set.load(body.get(cursor.pointer(x.dtype)), x.dtype, layout.region(Number(x.value)));
  });
  const results = outputs.map(turn);
  outputs.forEach((x, i) => {
    set.store(body, x.dtype, cursor.pointer(x.dtype), results[i]!, layout.region(kernel.inputs.length + i));
  });
  cursor.step(set.lanes);
  body.get(pointer).get(end).op("i32.lt_u").op("br_if", 0).end();

  const module = new ModuleBuilder();
  module.add("kernel", body);
  return module.encode();
}
