/** What the CPU device offers to the compiler of programs. */
import { planFold } from "../../../codegen/wasm/fold-plan.ts";
import type { Compiler } from "../../program.ts";
import { allocateResident, makeResident } from "../arena.ts";
import { cpu } from "../cpu.ts";
import { planOf } from "../reduce-plan.ts";
import { settings } from "../settings.ts";
import { compileProgram } from "./cpu-program.ts";
import { instructionSetOf } from "./instruction-set-of.ts";

export const cpuCompiler: Compiler = {
  allocateResident: (dtype, count) => allocateResident(cpu, dtype, count),
  makeResident,
  compile: compileProgram,
  settings: () =>
    Number(settings.deterministic) + 2 * Number(settings.relaxedFma) + 4 * Number(settings.blas),
  lanes: (kernel) => instructionSetOf(kernel).lanes,
  foldsRows({ order, shape, dims }) {
    const { rows, width, kept, folded } = planFold(shape, dims, order.strides);
    const isLong = (d: number): boolean => shape[d] !== 1;
    const areLast = Math.max(...kept.filter(isLong)) < Math.min(...folded.filter(isLong));
    return width === 1 && areLast && rows <= planOf(order.kernel).block;
  },
};
