/** Steps that the eager device does, called back from the program, on its memory. */
import { isContiguous } from "../../../base/index.ts";
import type { Param, Place, Step } from "../../program.ts";
import { Storage, type View } from "../../storage.ts";
import { memoryViews } from "../arena.ts";
import { cpu } from "../cpu.ts";
import type { ProgramWriter } from "./writer.ts";

/** Has the eager device do the step. */
export function hostStep(
  writer: ProgramWriter,
  step: Exclude<Step<Place>, { kind: "check" | "rows" }>,
): void {
  const viewOf = (place: Place): View => {
    const { buffer, shape, strides, offset } = place;
    const { dtype, length } = buffer;
    const storage =
      buffer.storage ??
      new Storage(cpu, memoryViews()[dtype.index]!, writer.addressOfBuffer(buffer) / dtype.bytes, length);
    return { storage, dtype, shape, strides, offset, dense: isContiguous(shape, strides) };
  };
  const inputs = step.inputs.map(viewOf);
  const outputs = step.outputs.map(viewOf);
  const params = "params" in step ? paramReader(step.params, writer.slots) : () => [];
  writer.host(() => {
    // An unshared memory has other views after it has grown.
    for (const { storage, dtype } of [...inputs, ...outputs]) storage.data = memoryViews()[dtype.index]!;
    run(step, outputs, inputs, params());
  });
}

function run(
  step: Exclude<Step<Place>, { kind: "check" | "rows" }>,
  outputs: readonly View[],
  inputs: readonly View[],
  params: readonly number[],
): void {
  const [output, first, second, third] = [outputs[0]!, inputs[0]!, inputs[1]!, inputs[2]];
  switch (step.kind) {
    case "map":
      cpu.map(step.kernel, outputs, inputs, params);
      break;
    case "reduce":
      cpu.reduce(step.kernel, output, inputs, step.shape, step.dims, params);
      break;
    case "argReduce":
      cpu.argReduce(step.kernel, output, first, step.dim);
      break;
    case "matmul":
      cpu.matmul(output, first, second, third ?? null);
      break;
    case "contract":
      cpu.contract(output, first, second, step.groups);
      break;
    case "gather":
      cpu.gather(output, first, second, step.dim);
      break;
    case "scatter":
      cpu.scatter(output, first, second, step.dim, step.how);
  }
}

function paramReader(params: readonly Param[], slots: number): () => number[] {
  return () => {
    const table = memoryViews().find((view) => view instanceof Float64Array)!;
    return params.map((param) =>
      typeof param === "number" ? param : (table[slots / 8 + param.slot] as number),
    );
  };
}
