/** What the CPU device offers to the compiler of programs. */
import type { Compiler } from "../../program.ts";
import { allocateResident, makeResident } from "../arena.ts";
import { cpu } from "../cpu.ts";
import { planOf } from "../reduce-plan.ts";
import { compileProgram } from "./cpu-program.ts";
import { instructionSetOf } from "./instruction-set-of.ts";

export const cpuCompiler: Compiler = {
  allocateResident: (dtype, count) => allocateResident(cpu, dtype, count),
  makeResident,
  compile: compileProgram,
  lanes: (kernel) => instructionSetOf(kernel).lanes,
  longestRow: (kernel) => planOf(kernel).block,
};
