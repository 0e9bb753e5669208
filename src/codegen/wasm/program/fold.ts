/**
 * Reduce kernels in a compiled program. The digits are those of the CPU device (device/cpu/reduction.ts): what is added
 * to what follows from the plan (fold-plan.ts), the length of a block and the lanes of the instruction set, and is the
 * same for any number of threads.
 */
import { topologicalOrder } from "../../../ir/expr.ts";
import type { ReduceKernel } from "../../../ir/kernel.ts";
import { FunctionBuilder } from "../assembler.ts";
import { type FoldParts, foldParts } from "../fold.ts";
import { type FoldPlan, planFold, rowsTogether } from "../fold-plan.ts";
import type { InstructionSet } from "../instruction-set.ts";
import { emitColumnJob } from "./fold-columns.ts";
import { emitBlockMerge, emitWideMerge, type Wide } from "./fold-merge.ts";
import { FoldOperand, type Strided } from "./fold-operand.ts";
import { emitRowJob } from "./fold-rows.ts";
import type { ProgramModule } from "./program-module.ts";

export interface FoldSpec {
  readonly kernel: ReduceKernel;
  readonly shape: readonly number[];
  /** The axes to fold, sorted. */
  readonly dims: readonly number[];
  /** Strides are not negative. Up to 15 bytes past the last element of an input are read. */
  readonly inputs: readonly Strided[];
  /** Contiguous, in bytes. Nothing is written beyond its elements. */
  readonly output: { readonly address: number };
  /** Of the params, as float64. */
  readonly paramsAddress: number;
  /** Elements in a block of the kernel as the CPU device folds it. */
  readonly block: number;
  /** Address of as many bytes as `partialBytes` says. */
  readonly partials: number;
  /** The plan of the fold whose digits are wanted, where that is not the one of these inputs: of an unfused kernel. */
  readonly plan?: FoldPlan;
  /** Its instruction set, likewise. */
  readonly set?: InstructionSet;
}

/** Functions `(thread, threads, scratch)` that all threads call one after the other, with a barrier in between. */
export interface FoldStage {
  readonly phases: readonly number[];
  /** Whether there is work for several threads; if not, thread 0 does all. */
  readonly shared: boolean;
}

/** From so many nodes of the element expression on, over all elements, several threads are worth a barrier. */
export const LEAST_WORK = 1 << 16;

/** Partial results of wide rows begin at multiples of so many elements: whole groups of columns are written. */
const WIDE_GRAIN = 16;

type Planned = Pick<FoldSpec, "kernel" | "shape" | "dims" | "inputs" | "block" | "plan">;

function planOf({ plan, shape, dims, inputs }: Planned): FoldPlan {
  return (
    plan ??
    planFold(
      shape,
      dims,
      inputs.map(({ strides }) => strides),
    )
  );
}

/** How many blocks give each result: 1 unless the rows are longer. */
function blocksOf({ rows, width }: FoldPlan, block: number): number {
  return width === 1 ? Math.max(1, Math.ceil(rows / block)) : 1;
}

/** The wide rows of matrices with few columns; null where rows are taken one by one. */
function wideOf({ rows, width }: FoldPlan): Wide | null {
  const together = rowsTogether(rows, width);
  if (width === 1 || together === 1) return null;
  const padded = (n: number) => Math.ceil(n / WIDE_GRAIN) * WIDE_GRAIN;
  const own = padded(together * width);
  const hasRest = rows % together > 0;
  return { together, width, pitch: own + (hasRest ? padded(width) : 0), rest: hasRest ? own : null };
}

/** Bytes that the threads share for partial results. */
export function partialBytes(spec: Planned): number {
  const plan = planOf(spec);
  const blocks = blocksOf(plan, spec.block);
  const wide = wideOf(plan);
  const elements = wide ? wide.pitch : blocks > 1 ? blocks : 0;
  return plan.count * elements * spec.kernel.element.dtype.bytes;
}

/** Writes the functions of a reduce kernel. Every operand's addresses become part of the code. */
export function emitFold(program: ProgramModule, spec: FoldSpec): FoldStage {
  const { kernel, shape, inputs, block, partials, paramsAddress } = spec;
  const plan = planOf(spec);
  const { count, rows, width } = plan;
  if (count === 0) return { phases: [], shared: false };
  const operands = inputs.map((input, i) => new FoldOperand(input, kernel.inputs[i]!.bytes, shape, plan));
  let repeated = 0;
  for (const [i, operand] of operands.entries()) if (operand.isRepeated) repeated |= 1 << i;
  const layout = { region: (i: number) => inputs[i]!.address, params: paramsAddress };
  const parts = foldParts(kernel, repeated, layout, spec.set);
  const work = count * rows * width * topologicalOrder([parts.element]).length;
  const phases = phasesOf(program, spec, plan, parts, operands, work >= LEAST_WORK);

  // Without threads the phases need no barrier.
  const groups = work >= LEAST_WORK ? phases : [phases.flat()];
  const key = JSON.stringify([
    [parts.element, parts.combine, parts.identity, parts.finish].map((x) => x?.id),
    [parts.set.lanes, plan, shape, paramsAddress, block, partials, spec.output.address],
    inputs.map(({ address, strides }) => [address, strides]),
  ]);
  const numbers = groups.map((functions, phase) => {
    const called = functions.map((build, i) => program.shared(`fold ${key} ${phase} ${i}`, build));
    if (called.length === 1) return called[0]!;
    return program.shared(`fold ${key} ${phase}`, () => {
      const body = new FunctionBuilder(["i32", "i32", "i32"]);
      for (const number of called) body.get(0).get(1).get(2).op("call", number);
      return body;
    });
  });
  return { phases: numbers, shared: work >= LEAST_WORK };
}

type Build = () => FunctionBuilder;

/** What writes the functions of each phase. */
function phasesOf(
  program: ProgramModule,
  spec: FoldSpec,
  plan: FoldPlan,
  parts: FoldParts,
  operands: readonly FoldOperand[],
  parallel: boolean,
): Build[][] {
  const { block, partials } = spec;
  const { count, rows, width } = plan;
  const { finish } = parts;
  const target = spec.output.address;
  const common = { parts, operands, count, parallel };
  if (width === 1) {
    const blocks = blocksOf(plan, block);
    const rowJob = { ...common, length: rows, block };
    if (blocks === 1) return [[() => emitRowJob(program, { ...rowJob, target, finish })]];
    return [
      [() => emitRowJob(program, { ...rowJob, target: partials, finish: null })],
      [
        () =>
          emitBlockMerge(program, {
            parts,
            count,
            blocks,
            partials,
            target,
            parallel: parallel && count > 1,
          }),
      ],
    ];
  }
  const size = rows * width;
  const wide = wideOf(plan);
  if (wide === null) {
    const steps = (operand: FoldOperand) => operand.steps(1);
    const job = { ...common, rows, width, first: 0, size, steps, target, pitch: width, exact: true, finish };
    return [[() => emitColumnJob(program, job)]];
  }
  const { together, pitch, rest } = wide;
  const steps = (operand: FoldOperand) => operand.steps(together);
  const tall = Math.floor(rows / together);
  const wideWidth = together * width;
  const toPartials = { ...common, size, pitch, exact: false, finish: null };
  const first = [
    () =>
      emitColumnJob(program, {
        ...toPartials,
        rows: tall,
        width: wideWidth,
        first: 0,
        steps,
        target: partials,
      }),
  ];
  if (rest !== null) {
    const restSteps = (operand: FoldOperand) => {
      const even = operand.steps(together);
      return even && { row: even.column * width, column: even.column };
    };
    first.push(() =>
      emitColumnJob(program, {
        ...toPartials,
        rows: rows - tall * together,
        width,
        first: tall * wideWidth,
        steps: restSteps,
        target: partials + rest * parts.element.dtype.bytes,
      }),
    );
  }
  return [
    first,
    [() => emitWideMerge(program, { parts, count, wide, partials, target, parallel: parallel && count > 1 })],
  ];
}
