/** Map kernels over more elements than one block holds. */
import type { MapKernel } from "../../ir/kernel.ts";
import type { View } from "../storage.ts";
import { execute, type MapPlan } from "./map-plan.ts";
import { regionAddress, scratch } from "./scratch.ts";
import { Walk } from "./walk.ts";

const walk = new Walk();

export function mapBlocks(
  kernel: MapKernel,
  plan: MapPlan,
  outputs: readonly View[],
  inputs: readonly View[],
  n: number,
): void {
  const { shape } = outputs[0]!;
  walk.begin(shape);
  for (const input of inputs) walk.add(input, shape);
  for (const output of outputs) walk.add(output, shape);
  walk.merge();

  const block = wholePeriods(inputs.length, plan.block);
  let repeated = 0;
  // Inputs that are the same in every block, and so copied in once.
  let constant = 0;
  for (let i = 0; i < inputs.length; i++) {
    const period = walk.period(i);
    if (walk.operands[i]!.repeated) repeated |= 1 << i;
    if (period > 0 && block % period === 0) constant |= 1 << i;
  }

  // Where a later block may divide by zero, a first round without results finds out before anything is changed.
  for (let round = plan.traps ? 1 : 2; round <= 2; round++) {
    for (let from = 0; from < n; from += block) {
      const length = Math.min(block, n - from);
      for (let i = 0; i < inputs.length; i++) {
        if (from > 0 && (constant >>> i) & 1) continue;
        const { dtype } = walk.operands[i]!;
        const needed = (repeated >>> i) & 1 ? 1 : length;
        walk.read(i, scratch[dtype.index]!, regionAddress(i) / dtype.bytes, from, needed);
      }
      execute(kernel, plan, repeated, length);
      if (round === 1) continue;
      for (let i = inputs.length; i < inputs.length + outputs.length; i++) {
        const { dtype } = walk.operands[i]!;
        walk.write(i, scratch[dtype.index]!, regionAddress(i) / dtype.bytes, from, length);
      }
    }
  }
  walk.end();
}

/** The block cut to whole periods of the first input that comes again within it, such as a row added to a matrix. */
function wholePeriods(inputCount: number, block: number): number {
  for (let i = 0; i < inputCount; i++) {
    const period = walk.period(i);
    if (period > 1 && period <= block) return block - (block % period);
  }
  return block;
}
