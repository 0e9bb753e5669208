/** The instruction set that a kernel is compiled to. */
import { chooseInstructionSet } from "../../../codegen/wasm/emission.ts";
import type { InstructionSet } from "../../../codegen/wasm/instruction-set.ts";
import type { Expr } from "../../../ir/expr.ts";
import type { MapKernel, ReduceKernel } from "../../../ir/kernel.ts";
import { lower } from "../../../ir/lower.ts";

const known = new WeakMap<MapKernel | ReduceKernel, InstructionSet>();

export function instructionSetOf(kernel: MapKernel | ReduceKernel): InstructionSet {
  let set = known.get(kernel);
  if (set === undefined)
    known.set(kernel, (set = chooseInstructionSet(kernel.name, rootsOf(kernel).map(lower))));
  return set;
}

function rootsOf(kernel: MapKernel | ReduceKernel): readonly Expr[] {
  if (kernel.kind === "map") return kernel.outputs;
  const { element, combine, identity, finish } = kernel;
  return finish ? [element, combine, identity, finish] : [element, combine, identity];
}
