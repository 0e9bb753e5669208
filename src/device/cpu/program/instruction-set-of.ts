/** The instruction set that a kernel is compiled to. */
import { chooseInstructionSet } from "../../../codegen/wasm/emission.ts";
import type { InstructionSet } from "../../../codegen/wasm/instruction-set.ts";
import type { MapKernel, ReduceKernel } from "../../../ir/kernel.ts";
import { lower } from "../../../ir/lower.ts";

export function instructionSetOf(kernel: MapKernel | ReduceKernel): InstructionSet {
  if (kernel.kind === "map") return chooseInstructionSet(kernel.name, kernel.outputs.map(lower));
  const { name, element, combine, identity, finish } = kernel;
  const roots = finish ? [element, combine, identity, finish] : [element, combine, identity];
  return chooseInstructionSet(name, roots.map(lower));
}
