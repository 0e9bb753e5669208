/** Reductions and searches for extremes as code. */
import { broadcastStrides } from "../../../base/index.ts";
import { planFold } from "../../../codegen/wasm/fold-plan.ts";
import { emitFold, type FoldStage, partialBytes } from "../../../codegen/wasm/program/fold.ts";
import { emitArgFold } from "../../../codegen/wasm/program/fold-arg.ts";
import type { ArgReduceStep, Place, ReduceStep } from "../../program.ts";
import { planOf } from "../reduce-plan.ts";
import { instructionSetOf } from "./instruction-set-of.ts";
import { withSlots } from "./with-slots.ts";
import type { ProgramWriter } from "./writer.ts";

function runsBackwards(place: Place): boolean {
  return place.strides.some((stride) => stride < 0);
}

/** Emits the step; false where it must be done by the eager device. */
export function emitFoldStep(writer: ProgramWriter, step: ReduceStep<Place>): boolean {
  if (step.inputs.some(runsBackwards)) return false;
  const { shape, dims, order } = step;
  const inputs = step.inputs.map((place) => ({
    address: writer.addressOf(place),
    strides: broadcastStrides(place.shape, place.strides, shape),
  }));
  const { element, finish } = step.kernel;
  const kernel = {
    ...step.kernel,
    element: withSlots(element, step.params),
    finish: finish && withSlots(finish, step.params),
  };
  const spec = {
    kernel,
    shape,
    dims,
    inputs,
    output: { address: writer.addressOf(step.outputs[0]!) },
    paramsAddress: writer.slots,
    block: planOf(order.kernel).block,
    plan: planFold(shape, dims, order.strides),
    set: instructionSetOf(order.kernel),
  };
  const partials = writer.reserve(partialBytes(spec));
  addPhases(writer, emitFold(writer.program, { ...spec, partials }));
  return true;
}

export function emitArgFoldStep(writer: ProgramWriter, step: ArgReduceStep<Place>): boolean {
  const [place] = step.inputs as [Place];
  if (runsBackwards(place)) return false;
  const input = { address: writer.addressOf(place), strides: place.strides };
  const output = { address: writer.addressOf(step.outputs[0]!) };
  addPhases(
    writer,
    emitArgFold(writer.program, { kernel: step.kernel, shape: place.shape, dim: step.dim, input, output }),
  );
  return true;
}

/** Small folds are a part of what thread 0 does alone. */
function addPhases(writer: ProgramWriter, { phases, shared }: FoldStage): void {
  for (const number of phases) {
    if (!shared) writer.alone().get(0).get(1).get(2).op("call", number);
    else writer.stage(number, true);
  }
}
