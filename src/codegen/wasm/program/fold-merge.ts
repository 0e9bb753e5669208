/** The second phases of folds: partial results of blocks, or of rows taken together, become results. */
import type { FunctionBuilder } from "../assembler.ts";
import { emitMerge } from "../emit-reduce.ts";
import { scalarSet } from "../emit-scalar.ts";
import { beginGathering, type FoldParts } from "../fold.ts";
import { emitTreeMerge } from "./fold-tree.ts";
import type { ProgramModule } from "./program-module.ts";
import { beginStage } from "./share.ts";

interface MergeJob {
  readonly parts: FoldParts;
  readonly count: number;
  /** Address of the partial results. */
  readonly partials: number;
  /** Address of the results. */
  readonly target: number;
  readonly parallel: boolean;
}

/** Merges the results of the blocks of long rows. A function `(thread, threads, scratch)`. */
export function emitBlockMerge(
  program: ProgramModule,
  job: MergeJob & { readonly blocks: number },
): FunctionBuilder {
  const { parts, blocks } = job;
  const { set, finish } = parts;
  const { dtype } = parts.element;
  const stage = beginStage(job.count, job.parallel);
  const { body, unit, scratch } = stage;
  const { combine, finished, result } = beginGathering(parts, body, finish);
  const pointer = body.local("i32");
  const block = body.local("i32");
  const blocksEnd = body.local("i32");
  const slot = body.local("i32");
  const vector = body.local(set.type(dtype));
  const scalar = body.local(scalarSet.type(result));
  // A slot holds one value, in a vector of its own.
  const slotPitch = set.lanes * dtype.bytes;
  program.needScratch(Math.ceil(Math.log2(blocks)) * slotPitch);
  stage.each(() => {
    body
      .get(unit)
      .i32(blocks * dtype.bytes)
      .op("i32.mul")
      .set(pointer);
    body.i32(0).set(block).i32(blocks).set(blocksEnd);
    body.whileLess(block, blocksEnd, () => {
      set.load(body.get(pointer), dtype, job.partials);
      body.set(vector).get(scratch).set(slot);
      emitTreeMerge(body, { set, dtype, total: blocks, vectors: [vector], combine }, block, slot, slotPitch);
      body.increase(pointer, dtype.bytes).increase(block, 1);
    });
    set.first(body.get(finished(vector)), result);
    body.set(scalar).get(unit).i32(result.bytes).op("i32.mul").set(pointer);
    scalarSet.store(body, result, pointer, scalar, job.target);
  });
  return body;
}

/** How the partial results of a matrix with few columns lie: the wide row, then that of the rows left over. */
export interface Wide {
  readonly together: number;
  readonly width: number;
  /** In elements. */
  readonly pitch: number;
  /** Where the row of those left over is, in elements; null if there are none. */
  readonly rest: number | null;
}

/** Merges the parts of wide rows. A function `(thread, threads, scratch)`. */
export function emitWideMerge(
  program: ProgramModule,
  job: MergeJob & { readonly wide: Wide },
): FunctionBuilder {
  const { parts, wide } = job;
  const { set, finish } = parts;
  const { dtype } = parts.element;
  const merge = program.shared(`fold merge ${parts.combine.id} ${set.lanes}`, () => emitMerge(parts));
  const stage = beginStage(job.count, job.parallel);
  const { body, unit } = stage;
  const { combine, finished, result } = beginGathering(parts, body, finish);
  const pointer = body.local("i32");
  const to = body.local("i32");
  const vector = body.local(set.type(dtype));
  const other = body.local(set.type(dtype));
  stage.each(() => {
    body
      .get(unit)
      .i32(wide.pitch * dtype.bytes)
      .op("i32.mul")
      .i32(job.partials)
      .op("i32.add")
      .set(pointer);
    for (let half = wide.together / 2; half >= 1; half /= 2) {
      const n = half * wide.width;
      body
        .i32(n)
        .get(pointer)
        .get(pointer)
        .i32(n * dtype.bytes)
        .op("i32.add")
        .op("call", merge);
    }
    body
      .get(unit)
      .i32(wide.width * result.bytes)
      .op("i32.mul")
      .set(to);
    for (let column = 0; column < wide.width; column += set.lanes) {
      set.load(body.get(pointer), dtype, column * dtype.bytes);
      body.set(vector);
      if (wide.rest !== null) {
        set.load(body.get(pointer), dtype, (wide.rest + column) * dtype.bytes);
        body.set(other);
        combine(vector, other);
        body.set(vector);
      }
      const written = Math.min(set.lanes, wide.width - column);
      set.storeFirst(body, result, to, finished(vector), job.target + column * result.bytes, written);
    }
  });
  return body;
}
