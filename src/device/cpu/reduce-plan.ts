/** What the CPU device keeps of a reduce kernel. */
import { type DType, XorchError } from "../../base/index.ts";
import { emitReduce } from "../../codegen/wasm/emit-reduce.ts";
import type { ReduceKernel } from "../../ir/kernel.ts";
import { BLOCK_BYTES, instantiate, layout, REGION_COUNT, regionAddress } from "./scratch.ts";

/** The compiled functions, see codegen/wasm/emit-reduce.ts. */
export interface Folds {
  rows(count: number, length: number, target: number): void;
  columns(count: number, width: number, target: number, start: number, fresh: number): void;
  merge(width: number, target: number, source: number): void;
  finish(width: number, target: number, source: number): void;
  finishedRows(count: number, length: number, target: number): void;
  finishedColumns(count: number, width: number, target: number, start: number, fresh: number): void;
}

export interface ReducePlan {
  /** The functions for each set of inputs of which one element is repeated, a bit each. */
  readonly compiled: Folds[];
  /** How many elements a block holds. */
  readonly block: number;
  readonly gathered: DType;
  readonly result: DType;
  /** Address where results are left. */
  readonly output: number;
  /** Addresses of rows of gathered values: the first is being filled, the others wait for an equal (Reduction). */
  readonly slots: number[];
}

const planKey = Symbol("plan of the cpu device");
type Planned = ReduceKernel & { [planKey]?: ReducePlan };

export function planOf(kernel: ReduceKernel): ReducePlan {
  return (kernel as Planned)[planKey] ?? prepare(kernel);
}

/** Slots that a sum of 2^32 elements may need: it has 2^20 blocks, and one slot is being filled. */
const LEAST_SLOTS = 4;

function prepare(kernel: ReduceKernel): ReducePlan {
  const { inputs, element, finish } = kernel;
  const slots = REGION_COUNT - inputs.length - 1;
  if (slots < LEAST_SLOTS) {
    throw new XorchError(`${kernel.name}: ${inputs.length} inputs; a reduction on the CPU has at most 19`);
  }
  const result = (finish ?? element).dtype;
  const widest = Math.max(element.dtype.bytes, result.bytes, ...inputs.map((dtype) => dtype.bytes));
  return ((kernel as Planned)[planKey] = {
    compiled: [],
    block: BLOCK_BYTES / widest,
    gathered: element.dtype,
    result,
    output: regionAddress(inputs.length),
    slots: Array.from({ length: slots }, (_, i) => regionAddress(inputs.length + 1 + i)),
  });
}

export function foldsOf(kernel: ReduceKernel, plan: ReducePlan, repeated: number): Folds {
  return plan.compiled[repeated] ?? compile(kernel, plan, repeated);
}

function compile(kernel: ReduceKernel, plan: ReducePlan, repeated: number): Folds {
  const found = instantiate(emitReduce(kernel, repeated, layout)) as unknown as Partial<Folds>;
  const { rows, columns, merge } = found as Folds;
  // A kernel without `finish` has results in its gathered values.
  const { finish, finishedRows = rows, finishedColumns = columns } = found as Folds;
  return (plan.compiled[repeated] = { rows, columns, merge, finish, finishedRows, finishedColumns });
}
