/** A matrix product step as code. */
import { elementCount } from "../../../base/index.ts";
import type { FunctionBuilder } from "../../../codegen/wasm/assembler.ts";
import { emitProduct } from "../../../codegen/wasm/program/product.ts";
import { LEAST_SHARED_WORK } from "../../../codegen/wasm/program/product-share.ts";
import { beginStage } from "../../../codegen/wasm/program/share.ts";
import type { MatmulStep, Place } from "../../program.ts";
import { batchedProduct } from "./batched-product.ts";
import { emitBlasProduct, pushBatch } from "./emit-blas-product.ts";
import { type ProgramWriter, stageFunction, stageParams } from "./writer.ts";

/** Emits the step; false where it must be done by the eager device. */
export function emitProductStep(writer: ProgramWriter, step: MatmulStep<Place>): boolean {
  const product = batchedProduct(writer, step);
  if (product === null) return false;
  if (emitBlasProduct(writer, product, step.outputs[0]!, step.inputs[2])) return true;
  const { spec, sizes, a, b, bias, c } = product;
  const operands = [a, b, bias, c];
  const count = elementCount(sizes);
  const isShared = spec.M * spec.N * spec.K * count >= LEAST_SHARED_WORK;
  const { thread, threads, scratch } = stageParams;

  if (count === 1) {
    const number = emitProduct(writer.program, { ...spec, threads: isShared });
    const call = (body: FunctionBuilder): void => {
      for (const operand of operands) body.i32(operand?.address ?? 0);
      body.get(thread).get(threads).get(scratch).op("call", number);
    };
    if (isShared) {
      const body = stageFunction();
      call(body);
      writer.stage(body, true);
    } else call(writer.alone());
    return true;
  }
  const number = emitProduct(writer.program, spec);
  const stage = beginStage(count, isShared);
  const { body } = stage;
  stage.each(() => {
    for (const operand of operands) {
      if (operand === null) body.i32(0);
      else pushBatch(stage, sizes, operand, spec.lanes.bytes);
    }
    body.get(thread).get(threads).get(scratch).op("call", number);
  });
  writer.stage(body, isShared);
  return true;
}
