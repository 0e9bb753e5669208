/** Folds rows to one element each, or each block of long rows, for operands anywhere in the program's memory. */
import type { Expr } from "../../../ir/expr.ts";
import type { FunctionBuilder } from "../assembler.ts";
import type { Place } from "../emission.ts";
import { scalarSet } from "../emit-scalar.ts";
import { type FoldParts, streamedInputs } from "../fold.ts";
import { rowFold } from "../row-fold.ts";
import { COPY_ROOM, copyFunction } from "./fold-copy.ts";
import { type FoldOperand, operandOf, pushOffset } from "./fold-operand.ts";
import type { ProgramModule } from "./program-module.ts";
import { beginStage } from "./share.ts";

export interface RowJob {
  readonly parts: FoldParts;
  readonly operands: readonly FoldOperand[];
  readonly count: number;
  readonly length: number;
  /** Elements in a block: longer rows give one result for each. */
  readonly block: number;
  /** Address of the results, which lie in the order of the blocks. */
  readonly target: number;
  readonly finish: Expr | null;
  readonly parallel: boolean;
}

/** A function `(thread, threads, scratch)`. */
export function emitRowJob(program: ProgramModule, job: RowJob): FunctionBuilder {
  const { parts, operands, count, length, block, finish } = job;
  const blocks = Math.max(1, Math.ceil(length / block));
  const stage = beginStage(count * blocks, job.parallel);
  const { body, unit, end, scratch } = stage;
  const fold = rowFold(parts, body, finish);
  const row = blocks > 1 ? body.local("i32") : unit;
  const start = body.local("i32");
  const n = body.local("i32");

  // The fold of nothing reads nothing.
  const streamed = length > 0 ? streamedInputs(parts) : [];
  const places = new Map<Expr, Place>();
  let repeated = 0;
  // Inputs whose rows have gaps are copied, as many rows at a time as make up a block.
  const together = blocks > 1 ? 1 : Math.min(count, Math.floor(block / Math.max(1, length)));
  const copies: (() => void)[] = [];
  const copied = new Map<number, number>();
  let scratchBytes = 0;
  // Offsets of the others: equal ones are computed once.
  const offsets = new Map<string, { pointer: number; set: () => void }>();
  for (const x of streamed) {
    const operand = operandOf(operands, x);
    const { address, bytes, kept } = operand;
    const step = operand.rowStep;
    if (step === 0 || step === 1) {
      if (step === 0) repeated |= 1 << Number(x.value);
      if (blocks === 1 && count === 1) {
        places.set(x, { pointer: null, offset: address });
        continue;
      }
      const key = `${bytes} ${step} ${kept.sizes} ${kept.strides}`;
      let found = offsets.get(key);
      if (found === undefined) {
        const pointer = body.local("i32");
        const set = () => {
          pushOffset(body, kept, row, bytes);
          if (blocks > 1 && step === 1) body.get(start).i32(bytes).op("i32.mul").op("i32.add");
          body.set(pointer);
        };
        offsets.set(key, (found = { pointer, set }));
      }
      places.set(x, { pointer: found.pointer, offset: address });
    } else {
      const copy = copyFunction(program, operand.all, bytes);
      const region = scratchBytes;
      scratchBytes += (blocks > 1 ? block : together * length) * bytes + COPY_ROOM;
      if (!copied.has(bytes)) copied.set(bytes, body.local("i32"));
      places.set(x, { pointer: copied.get(bytes)!, offset: region });
      copies.push(() => {
        body.i32(address).get(row).i32(length).op("i32.mul").get(start).op("i32.add").get(n);
        body.get(scratch).i32(region).op("i32.add").op("call", copy);
      });
    }
  }
  program.needScratch(scratchBytes);

  const foldOne = () => {
    for (const { set } of offsets.values()) set();
    const result = fold({
      length: blocks > 1 ? { local: n } : length,
      place: (x) => places.get(x)!,
      repeated,
    });
    const { dtype } = finish ?? parts.element;
    const to = body.local("i32");
    body.get(unit).i32(dtype.bytes).op("i32.mul").set(to);
    scalarSet.store(body, dtype, to, result, job.target);
  };
  const copyAll = () => {
    for (const copy of copies) copy();
    for (const pointer of copied.values()) body.get(scratch).set(pointer);
  };

  if (blocks > 1) {
    stage.each(() => {
      body.get(unit).i32(blocks).op("i32.div_u").set(row);
      body.get(unit).i32(blocks).op("i32.rem_u").i32(block).op("i32.mul").tee(start);
      body
        .i32(length - block)
        .op("i32.gt_u")
        .open("if")
        .i32(length % block)
        .set(n);
      body.op("else").i32(block).set(n).end();
      copyAll();
      foldOne();
    });
  } else if (copies.length > 0) {
    const batchEnd = body.local("i32");
    stage.each(() => {
      body.get(unit).i32(together).op("i32.add").tee(batchEnd).get(end);
      body.get(batchEnd).get(end).op("i32.lt_u").op("select").tee(batchEnd);
      body.get(unit).op("i32.sub").i32(length).op("i32.mul").set(n);
      copyAll();
      body.whileLess(unit, batchEnd, () => {
        foldOne();
        for (const [bytes, pointer] of copied) body.increase(pointer, length * bytes);
        body.increase(unit, 1);
      });
    }, true);
  } else {
    stage.each(foldOne);
  }
  return body;
}
