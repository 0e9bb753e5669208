/**
 * Maps and folds that go through the same rows: all of a few rows before the next ones. Values that only these parts read
 * lie in scratch memory, for as many rows as are being worked on. A single row at a time would be slow where rows are
 * short: the end of a fold is a chain of operations, which several rows overlap.
 */
import type { DType } from "../../../base/index.ts";
import type { ReduceKernel } from "../../../ir/kernel.ts";
import type { FunctionBuilder } from "../assembler.ts";
import type { ProgramModule } from "./program-module.ts";
import { RowBatches } from "./row-batches.ts";
import { RowsPart } from "./rows-part.ts";
import type { RowsFold, RowsMap, RowsSpec } from "./rows-spec.ts";
import { beginStage } from "./share.ts";

/** Values in scratch memory begin at multiples of a cache line, with room for a vector behind the last element. */
const ALIGNMENT = 64;
const ROOM = 16;

/** A function `(thread, threads, scratch)`. */
export function emitRowParts(program: ProgramModule, spec: RowsSpec): FunctionBuilder {
  const { inputs, outputs, length } = spec;
  const batches = new RowBatches(spec);
  const operands = inputs.map((input) => batches.operand(input));
  const results = outputs.map((output) => batches.operand(output));
  let scratchBytes = 0;
  const numbers = spec.parts.map((part) => {
    const isWide = part.kind === "map" && part.isWide;
    const dtypes = part.kind === "map" ? part.roots.map(({ dtype }) => dtype) : [resultOf(part.kernel)];
    const own = dtypes.map((dtype, k) => {
      const output = part.outputs[k]!;
      if (output !== null) return results[output]!;
      const address = scratchBytes;
      const elements = batches.size * (isWide ? length : 1);
      scratchBytes += Math.ceil((elements * dtype.bytes + ROOM) / ALIGNMENT) * ALIGNMENT;
      return batches.inScratch(dtype, address, isWide);
    });
    const read = part.inputs.map((number) => operands[number]!);
    operands.push(...own);
    const key = [isWide, ...codeOf(part), spec.params, batches, read, own];
    return program.shared(`rows ${JSON.stringify(key)}`, () =>
      new RowsPart(batches, spec, read, own).emit(part),
    );
  });
  program.needScratch(scratchBytes);

  const { body, unit, scratch, each } = beginStage(batches.count, spec.parallel);
  const rows = body.local("i32");
  body.i32(batches.size).set(rows);
  each(() => {
    batches.setRows(body, unit, rows);
    for (const number of numbers) body.get(unit).get(rows).get(scratch).op("call", number);
  });
  return body;
}

/** Equal for parts that compute the same. */
function codeOf(part: RowsMap | RowsFold): unknown[] {
  if (part.kind === "map") return part.roots.map(({ id }) => id);
  const { element, combine, identity, finish } = part.kernel;
  return ["fold", part.set.lanes, ...[element, combine, identity, finish].map((x) => x?.id)];
}

function resultOf({ finish, element }: ReduceKernel): DType {
  return (finish ?? element).dtype;
}
