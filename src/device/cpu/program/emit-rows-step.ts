/** A rows step as code. */
import { elementCount } from "../../../base/index.ts";
import type { NestOperand } from "../../../codegen/wasm/program/emit-nest.ts";
import { emitRowParts } from "../../../codegen/wasm/program/rows.ts";
import type { RowsFold, RowsMap } from "../../../codegen/wasm/program/rows-spec.ts";
import { topologicalOrder } from "../../../ir/expr.ts";
import { lower } from "../../../ir/lower.ts";
import type { Place, RowsPart, RowsStep } from "../../program.ts";
import { instructionSetOf } from "./instruction-set-of.ts";
import { withSlots } from "./with-slots.ts";
import type { ProgramWriter } from "./writer.ts";

/** Instructions, counted in nodes of the expressions times vectors, above which threads share the rows. */
const WORTH_SHARING = 100_000;

/** Emits the step. */
export function emitRowsStep(
  writer: ProgramWriter,
  { shape, parts, inputs, outputs }: RowsStep<Place>,
): void {
  const operandOf = (place: Place): NestOperand => ({
    dtype: place.buffer.dtype,
    address: writer.addressOf(place),
    strides: place.strides,
  });
  const rows = elementCount(shape.slice(0, -1));
  const length = shape.at(-1)!;
  const work = rows * parts.reduce((sum, part) => sum + workOf(part, length), 0);
  const parallel = rows > 1 && work > WORTH_SHARING;
  const body = emitRowParts(writer.program, {
    outer: shape.slice(0, -1),
    length,
    inputs: inputs.map(operandOf),
    outputs: outputs.map(operandOf),
    parts: parts.map(partOf),
    params: writer.slots,
    parallel,
  });
  writer.stage(body, parallel);
}

/** Instructions for a row. */
function workOf({ kernel, isWide, inputs }: RowsPart, length: number): number {
  const roots = kernel.kind === "map" ? kernel.outputs : [kernel.element, kernel.combine];
  const nodes = topologicalOrder(roots.map(lower)).length + inputs.length;
  const isMany = isWide || kernel.kind === "reduce";
  return nodes * (isMany ? Math.ceil(length / instructionSetOf(kernel).lanes) : 1);
}

function partOf({ kernel, order, params, isWide, inputs, outputs }: RowsPart): RowsMap | RowsFold {
  if (kernel.kind === "map") {
    const roots = kernel.outputs.map((x) => lower(withSlots(x, params)));
    return { kind: "map", name: kernel.name, roots, isWide, inputs, outputs };
  }
  const { element, finish } = kernel;
  const slotted = {
    ...kernel,
    element: withSlots(element, params),
    finish: finish && withSlots(finish, params),
  };
  return { kind: "fold", kernel: slotted, set: instructionSetOf(order!), inputs, outputs };
}
