/** The left operand of a contraction, brought into order as a whole. */
import { contiguousStrides, elementCount } from "../../../base/index.ts";
import type { Lanes } from "../../../codegen/wasm/matmul-lanes.ts";
import { mergeAxes } from "../../../codegen/wasm/program/axes.ts";
import { copyPart } from "../../../codegen/wasm/program/copy-part.ts";
import { pushOffset } from "../../../codegen/wasm/program/fold-operand.ts";
import { beginStage } from "../../../codegen/wasm/program/share.ts";
import type { ContractOperand, ContractPlan } from "./contract-plan.ts";
import type { ProgramWriter } from "./writer.ts";

/** Elements above which threads share the work. */
const LEAST_SHARED = 2 ** 16;

/** Emits the copy, to memory of the program's own, and gives the operand there: rows of K neighbours. */
export function orderLeft(
  writer: ProgramWriter,
  lanes: Lanes,
  { batchSizes, M, K, mSizes, a, depth }: ContractPlan,
): ContractOperand {
  const { bytes } = lanes;
  // Where the batch repeats the operand, once is enough.
  const isDistinct = a.batch.map((step) => step !== 0);
  const sizes = batchSizes.filter((_, d) => isDistinct[d]);
  const strides = [...a.batch.filter((_, d) => isDistinct[d]), ...a.free];
  const rows = elementCount(sizes) * M;
  const address = writer.reserve(rows * K * bytes);
  const copy = copyPart(writer.program, lanes, depth.sizes, a.k);
  const isShared = rows * K >= LEAST_SHARED;
  const stage = beginStage(rows, isShared);
  const { body, unit } = stage;
  const rowBytes = K * bytes;
  stage.each(() => {
    pushOffset(body, mergeAxes([...sizes, ...mSizes], [strides]), unit, bytes);
    body.i32(a.address).op("i32.add");
    body.get(unit).i32(rowBytes).op("i32.mul").i32(address).op("i32.add").op("call", copy);
  });
  writer.stage(body, isShared);
  const steps = contiguousStrides(sizes).map((step) => step * M * K);
  let next = 0;
  const batch = isDistinct.map((is) => (is ? steps[next++]! : 0));
  const free = contiguousStrides(mSizes).map((step) => step * K);
  return { address, batch, free, k: contiguousStrides(depth.sizes) };
}
