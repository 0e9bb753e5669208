/** A map step as code. */
import { broadcastStrides, elementCount } from "../../../base/index.ts";
import { chooseInstructionSet } from "../../../codegen/wasm/emission.ts";
import { mergeAxes } from "../../../codegen/wasm/program/axes.ts";
import { emitNest, type NestOperand, type NestSpec } from "../../../codegen/wasm/program/emit-nest.ts";
import { type Expr, topologicalOrder } from "../../../ir/expr.ts";
import { TAIL_PERIOD } from "../../../ir/functions/index.ts";
import { lower, lowerTail } from "../../../ir/lower.ts";
import type { MapStep, Place } from "../../program.ts";
import { withSlots } from "./with-slots.ts";
import { type ProgramWriter, stageFunction, stageParams } from "./writer.ts";

/** Instructions, counted in nodes of the expressions times elements, above which threads share a step. */
const WORTH_SHARING = 400_000;

/** Emits the step; false where it must be done by the eager device. */
export function emitMapStep(writer: ProgramWriter, step: MapStep<Place>): boolean {
  const spec = nestOf(writer, step);
  if (spec === null) return false;
  const parts = withTails(step, spec);
  if (parts === null) return false;
  const work = elementCount(step.shape) * (topologicalOrder(spec.roots).length + spec.inputs.length);
  const { lanes } = chooseInstructionSet(step.kernel.name, spec.roots);
  if (work / lanes < WORTH_SHARING / 4) {
    for (const part of parts) emitNest(writer.alone(), part, null);
    return true;
  }
  const [main, tail] = parts;
  const body = stageFunction();
  emitNest(body, main!, { thread: stageParams.thread, threads: stageParams.threads });
  writer.stage(body, true);
  if (tail !== undefined) emitNest(writer.alone(), tail, null);
  return true;
}

function nestOf(writer: ProgramWriter, step: MapStep<Place>): NestSpec | null {
  const { kernel, shape, inputs, outputs, params } = step;
  const operandOf = (place: Place): NestOperand => ({
    dtype: place.buffer.dtype,
    address: writer.addressOf(place),
    strides: broadcastStrides(place.shape, place.strides, shape),
  });
  const operands = [...inputs, ...outputs].map(operandOf);
  if (operands.some(({ strides }) => strides.some((step) => step < 0))) return null;
  const count = elementCount(shape);
  return {
    name: kernel.name,
    sizes: shape,
    roots: kernel.outputs.map((x) => lower(withSlots(x, params))),
    inputs: operands.slice(0, inputs.length),
    outputs: operands.slice(inputs.length),
    // Buffers end with room for whole vectors.
    roomBehind: outputs.every(({ buffer, offset }) => offset === 0 && buffer.length === count),
    params: writer.slots,
  };
}

/**
 * The nest for most elements and the one for the last few, where those have other digits (`lowerTail`). Null where the
 * last few cannot be told apart, since the operands do not lie in one row.
 */
function withTails({ kernel, params }: MapStep<Place>, spec: NestSpec): NestSpec[] | null {
  const tails = kernel.outputs.map((x) => lowerTail(withSlots(x, params)));
  if (tails.every((x, i) => x === spec.roots[i])) return [spec];
  const operands = [...spec.inputs, ...spec.outputs];
  const { sizes, strides } = mergeAxes(
    spec.sizes,
    operands.map((operand) => operand.strides),
  );
  if (sizes.length > 1) return null;
  const rest = sizes[0]! % TAIL_PERIOD;
  const whole = sizes[0]! - rest;
  const part = (roots: readonly Expr[], from: number, count: number, roomBehind: boolean): NestSpec => {
    const moved = operands.map(({ dtype, address }, i) => {
      const step = strides[i]![0]!;
      return { dtype, address: address + from * step * dtype.bytes, strides: [step] };
    });
    const inputs = moved.slice(0, spec.inputs.length);
    return { ...spec, sizes: [count], roots, inputs, outputs: moved.slice(spec.inputs.length), roomBehind };
  };
  const parts = [part(spec.roots, 0, whole, false), part(tails, whole, rest, spec.roomBehind)];
  return parts.filter(({ sizes: [count] }) => count! > 0);
}
