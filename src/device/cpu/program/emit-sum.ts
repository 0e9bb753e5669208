/** Partial results, added to each other. */
import type { DType } from "../../../base/index.ts";
import { emitNest, type NestOperand, type NestSpec } from "../../../codegen/wasm/program/emit-nest.ts";
import { add, type Expr, input } from "../../../ir/expr.ts";
import { type ProgramWriter, stageFunction, stageParams } from "./writer.ts";

/** Elements above which threads share the work. */
const LEAST_SHARED = 2 ** 16;

/** Emits output = the sum of `parts` results of `count` elements each, which lie behind each other, in their order. */
export function emitSum(
  writer: ProgramWriter,
  dtype: DType,
  output: number,
  from: number,
  parts: number,
  count: number,
): void {
  const at = (address: number): NestOperand => ({ dtype, address, strides: [1] });
  const inputs = Array.from({ length: parts }, (_, i) => i);
  const spec: NestSpec = {
    name: "partial sums",
    sizes: [count],
    roots: [inputs.map((i): Expr => input(i, dtype)).reduce((sum, x) => add(sum, x))],
    inputs: inputs.map((i) => at(from + i * count * dtype.bytes)),
    outputs: [at(output)],
    roomBehind: false,
    params: 0,
  };
  if (count * parts < LEAST_SHARED) {
    emitNest(writer.alone(), spec, null);
    return;
  }
  const body = stageFunction();
  emitNest(body, spec, stageParams);
  writer.stage(body, true);
}
