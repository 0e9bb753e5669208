/** Folds the rows of matrices to one row, for operands anywhere in the program's memory: vectors run over columns. */
import { type Expr, topologicalOrder } from "../../../ir/expr.ts";
import type { FunctionBuilder } from "../assembler.ts";
import { beginFold, CHAINS, type FoldParts } from "../fold.ts";
import { CHAIN_ROWS } from "../fold-plan.ts";
import { columnInputs, hasCopies } from "./fold-column-inputs.ts";
import type { FoldOperand, Steps } from "./fold-operand.ts";
import { emitTreeMerge, slotBytes } from "./fold-tree.ts";
import type { ProgramModule } from "./program-module.ts";
import { beginStage } from "./share.ts";

export interface ColumnJob {
  readonly parts: FoldParts;
  readonly operands: readonly FoldOperand[];
  /** The matrices: how many, and what is folded of each, from its element `first` on. */
  readonly count: number;
  readonly rows: number;
  readonly width: number;
  readonly first: number;
  /** Elements of a whole matrix. */
  readonly size: number;
  /** The steps of an operand in these rows and columns. */
  steps(operand: FoldOperand): Steps | null;
  /** Address of the first result, and the distance in elements between the results of matrices. */
  readonly target: number;
  readonly pitch: number;
  /** Nothing may be written beyond the results of a matrix; if not, there is room for 16 columns. */
  readonly exact: boolean;
  readonly finish: Expr | null;
  readonly parallel: boolean;
}

/** Groups of columns that share a chunk of rows while it is in the cache, at most. */
const TILE = 8;
/** Tiles there should be where several threads can share them. */
const ENOUGH_TILES = 16;
/** Up to so many nodes, the loop over rows is written out. */
const WRITTEN_OUT = 128;

/** A function `(thread, threads, scratch)`. */
export function emitColumnJob(program: ProgramModule, job: ColumnJob): FunctionBuilder {
  const { parts, count, rows, width, finish } = job;
  const { set } = parts;
  const { lanes } = set;
  const group = CHAINS * lanes;
  const groups = Math.ceil(width / group);
  const spread = job.parallel && !hasCopies(job) ? Math.floor((count * groups) / ENOUGH_TILES) : TILE;
  const tile = Math.min(groups, Math.max(1, Math.min(TILE, spread)));
  const tiles = Math.ceil(groups / tile);
  const chunks = Math.ceil(rows / CHAIN_ROWS);
  const nodes = topologicalOrder([parts.element, parts.combine]).length;
  const vectorsOfRow = Math.ceil(Math.min(width, group) / lanes);
  const isWrittenOut = chunks === 1 && rows * vectorsOfRow * nodes <= WRITTEN_OUT;

  const { body, unit, scratch, each } = beginStage(count * tiles, job.parallel);
  const { identity, elementsAt, combine, finished, result } = beginFold(parts, body, finish);
  const accumulator = parts.element.dtype;
  const gathered = Array.from({ length: CHAINS }, () => body.local(set.type(accumulator)));
  const matrix = tiles > 1 ? body.local("i32") : unit;
  const [firstGroup, groupsEnd, at] = [body.local("i32"), body.local("i32"), body.local("i32")];
  const [chunk, chunkRows] = [body.local("i32"), body.local("i32")];
  const sizes = { group, groups, tile, tiles, chunks };
  const tiling = { ...sizes, matrix, firstGroup, groupsEnd, at, chunk, chunkRows, scratch };
  // The slots of the tree come first in the scratch memory, for each group of a tile.
  const slotPitch = tile * group * accumulator.bytes;
  const slots = slotBytes(chunks, tile * group, accumulator);
  const still = count === 1 && groups === 1 && isWrittenOut;
  const inputs = columnInputs(program, body, job, tiling, slots, still);

  /** Folds a chunk of a group of `columns` columns, and stores the results after the last. */
  const foldGroup = (columns: number) => {
    const vectors = gathered.slice(0, Math.ceil(columns / lanes));
    inputs.toGroup();
    for (const vector of vectors) body.get(identity).set(vector);
    const addRow = (row: number) => {
      const elements = elementsAt((x) => inputs.place(x, row), inputs.repeated);
      for (const [i, vector] of vectors.entries()) {
        combine(vector, elements(i * lanes));
        body.set(vector);
      }
    };
    if (isWrittenOut) {
      for (let row = 0; row < rows; row++) addRow(row);
    } else {
      const left = body.local("i32");
      body.get(chunkRows).set(left).open("loop");
      addRow(0);
      inputs.nextRow();
      body.increase(left, -1).get(left).op("br_if", 0).end();
    }
    if (chunks > 1) {
      const slot = body.local("i32");
      body
        .get(at)
        .get(firstGroup)
        .op("i32.sub")
        .i32(group * accumulator.bytes)
        .op("i32.mul");
      body.get(scratch).op("i32.add").set(slot);
      const tree = { set, dtype: accumulator, total: chunks, vectors, combine };
      emitTreeMerge(body, tree, chunk, slot, slotPitch);
      body
        .get(chunk)
        .i32(chunks - 1)
        .op("i32.eq")
        .open("if");
    }
    const to = body.local("i32");
    body.get(matrix).i32(job.pitch).op("i32.mul").get(at).i32(group).op("i32.mul").op("i32.add");
    body.i32(result.bytes).op("i32.mul").set(to);
    for (const [i, vector] of vectors.entries()) {
      const value = finished(vector);
      const offset = job.target + i * lanes * result.bytes;
      const written = Math.min(lanes, columns - i * lanes);
      if (job.exact) set.storeFirst(body, result, to, value, offset, written);
      else set.store(body, result, to, value, offset);
    }
    if (chunks > 1) body.end();
  };

  const foldGroups = () => {
    const whole = Math.floor(width / group);
    const rest = width % group;
    const foldAt = () => {
      if (rest === 0) foldGroup(group);
      else if (whole === 0) foldGroup(rest);
      else {
        body.get(at).i32(whole).op("i32.lt_u").open("if");
        foldGroup(group);
        body.op("else");
        foldGroup(rest);
        body.end();
      }
    };
    if (groups === 1) {
      foldAt();
      return;
    }
    body.get(firstGroup).set(at);
    body.whileLess(at, groupsEnd, () => {
      foldAt();
      body.increase(at, 1);
    });
  };

  each(() => {
    if (tiles > 1) {
      const past = body.local("i32");
      body.get(unit).i32(tiles).op("i32.div_u").set(matrix);
      body.get(unit).i32(tiles).op("i32.rem_u").i32(tile).op("i32.mul").tee(firstGroup);
      body.i32(tile).op("i32.add").tee(past).i32(groups).get(past).i32(groups).op("i32.lt_u").op("select");
      body.set(groupsEnd);
    } else {
      body.i32(groups).set(groupsEnd);
    }
    inputs.toTile();
    if (chunks === 1) {
      body.i32(rows).set(chunkRows);
      inputs.copyChunk();
      foldGroups();
      return;
    }
    const chunksEnd = body.local("i32");
    body.i32(0).set(chunk).i32(chunks).set(chunksEnd);
    body.whileLess(chunk, chunksEnd, () => {
      body.i32(rows - (chunks - 1) * CHAIN_ROWS).i32(CHAIN_ROWS);
      body
        .get(chunk)
        .i32(chunks - 1)
        .op("i32.eq")
        .op("select")
        .set(chunkRows);
      inputs.copyChunk();
      foldGroups();
      body.increase(chunk, 1);
    });
  });
  return body;
}
