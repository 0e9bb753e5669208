/** Folds the rows of matrices to one row, for operands anywhere in the program's memory: vectors run over columns. */
import { type Expr, topologicalOrder } from "../../../ir/expr.ts";
import type { FunctionBuilder } from "../assembler.ts";
import type { Place } from "../emission.ts";
import { beginFold, CHAINS, type FoldParts, streamedInputs } from "../fold.ts";
import { CHAIN_ROWS } from "../fold-plan.ts";
import { COPY_ROOM, copyFunction } from "./fold-copy.ts";
import { type FoldOperand, operandOf, pushOffset, type Steps } from "./fold-operand.ts";
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
  const { parts, operands, count, rows, width, finish } = job;
  const { set } = parts;
  const { lanes } = set;
  const group = CHAINS * lanes;
  const groups = Math.ceil(width / group);
  const streamed = streamedInputs(parts);
  const isDirect = (steps: Steps | null) => steps !== null && (steps.column === 0 || steps.column === 1);
  const copies = streamed.filter((x) => !isDirect(job.steps(operandOf(operands, x))));
  const spread = job.parallel ? Math.floor((count * groups) / ENOUGH_TILES) : TILE;
  const tile = Math.min(groups, copies.length > 0 ? TILE : Math.max(1, Math.min(TILE, spread)));
  const tiles = Math.ceil(groups / tile);
  const chunks = Math.ceil(rows / CHAIN_ROWS);
  const nodes = topologicalOrder([parts.element, parts.combine]).length;
  const isWrittenOut =
    chunks === 1 && rows * Math.ceil(Math.min(width, group) / lanes) * nodes <= WRITTEN_OUT;

  const stage = beginStage(count * tiles, job.parallel);
  const { body, unit, scratch } = stage;
  const { identity, elementsAt, combine, finished, result } = beginFold(parts, body, finish);
  const accumulator = parts.element.dtype;
  const gathered = Array.from({ length: CHAINS }, () => body.local(set.type(accumulator)));
  const matrix = tiles > 1 ? body.local("i32") : unit;
  const firstGroup = body.local("i32");
  const at = body.local("i32");
  const groupsEnd = body.local("i32");
  const chunk = body.local("i32");
  const chunkRows = body.local("i32");

  // Scratch memory: the slots of the tree, then a chunk of each input that is copied.
  const slotPitch = tile * group * accumulator.bytes;
  let scratchBytes = slotBytes(chunks, tile * group, accumulator);
  const copyPitch = tiles > 1 ? tile * group : width;

  /** Where inputs are, in the first row of a chunk and the group `at`; alike ones share a pointer. */
  interface Walker {
    readonly pointer: number | null;
    /** From row to row, in bytes. */
    readonly rowBytes: number;
    /** Emits what is done at the beginning of a unit, and of a group in a chunk. */
    begin(): void;
    toGroup(): void;
  }
  const walkers = new Map<string, Walker>();
  const places = new Map<Expr, { walker: Walker; offset: number }>();
  let repeated = 0;
  const stays = count === 1 && groups === 1 && isWrittenOut;
  for (const x of streamed) {
    const operand = operandOf(operands, x);
    const { bytes, kept } = operand;
    const steps = job.steps(operand);
    const isCopied = copies.includes(x);
    const key = isCopied
      ? `copied ${bytes}`
      : `${bytes} ${kept.sizes} ${kept.strides} ${steps!.row} ${steps!.column}`;
    let walker = walkers.get(key);
    if (walker === undefined) {
      const rowBytes = bytes * (isCopied ? copyPitch : steps!.row);
      const columnBytes = bytes * (isCopied ? 1 : steps!.column);
      const base = stays && !isCopied ? null : body.local("i32");
      const pointer = base === null ? null : body.local("i32");
      walker = {
        pointer,
        rowBytes,
        begin: () => {
          if (base === null) return;
          if (isCopied) body.get(scratch);
          else pushOffset(body, kept, matrix, bytes);
          body.set(base);
        },
        toGroup: () => {
          if (base === null) return;
          body.get(base);
          if (groups > 1 && columnBytes > 0) {
            body.get(at);
            if (isCopied) body.get(firstGroup).op("i32.sub");
            body
              .i32(group * columnBytes)
              .op("i32.mul")
              .op("i32.add");
          }
          if (chunks > 1 && !isCopied && rowBytes !== 0) {
            body
              .get(chunk)
              .i32(CHAIN_ROWS * rowBytes)
              .op("i32.mul")
              .op("i32.add");
          }
          body.set(pointer!);
        },
      };
      walkers.set(key, walker);
    }
    if (isCopied) {
      places.set(x, { walker, offset: scratchBytes });
      scratchBytes += Math.min(rows, CHAIN_ROWS) * copyPitch * bytes + COPY_ROOM;
    } else {
      if (steps!.column === 0) repeated |= 1 << Number(x.value);
      places.set(x, { walker, offset: operand.address + job.first * steps!.column * bytes });
    }
  }
  program.needScratch(scratchBytes);

  const copyChunk = () => {
    for (const x of copies) {
      const { address, all, bytes } = operandOf(operands, x);
      const copy = copyFunction(program, all, bytes);
      const from = body.local("i32");
      const to = body.local("i32");
      body.get(matrix).i32(job.size).op("i32.mul").i32(job.first).op("i32.add");
      body
        .get(chunk)
        .i32(CHAIN_ROWS * width)
        .op("i32.mul")
        .op("i32.add");
      body.get(firstGroup).i32(group).op("i32.mul").op("i32.add").set(from);
      body.get(scratch).i32(places.get(x)!.offset).op("i32.add").set(to);
      if (tiles === 1) {
        body.i32(address).get(from).get(chunkRows).i32(width).op("i32.mul").get(to).op("call", copy);
        continue;
      }
      const n = body.local("i32");
      const left = body.local("i32");
      const past = body.local("i32");
      body.get(groupsEnd).i32(group).op("i32.mul").tee(past).i32(width);
      body.get(past).i32(width).op("i32.lt_u").op("select");
      body.get(firstGroup).i32(group).op("i32.mul").op("i32.sub").set(n);
      body.get(chunkRows).set(left).open("loop");
      body.i32(address).get(from).get(n).get(to).op("call", copy);
      body.increase(from, width).increase(to, copyPitch * bytes);
      body.increase(left, -1).get(left).op("br_if", 0).end();
    }
  };

  /** Folds a chunk of a group of `columns` columns, and stores the results after the last. */
  const foldGroup = (columns: number) => {
    const vectors = gathered.slice(0, Math.ceil(columns / lanes));
    for (const walker of walkers.values()) walker.toGroup();
    for (const vector of vectors) body.get(identity).set(vector);
    const addRow = (row: number) => {
      const place = (x: Expr): Place => {
        const { walker, offset } = places.get(x)!;
        return { pointer: walker.pointer, offset: offset + row * walker.rowBytes };
      };
      const elements = elementsAt(place, repeated);
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
      for (const { pointer, rowBytes } of walkers.values()) {
        if (pointer !== null && rowBytes !== 0) body.increase(pointer, rowBytes);
      }
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

  stage.each(() => {
    if (tiles > 1) {
      const past = body.local("i32");
      body.get(unit).i32(tiles).op("i32.div_u").set(matrix);
      body.get(unit).i32(tiles).op("i32.rem_u").i32(tile).op("i32.mul").tee(firstGroup);
      body.i32(tile).op("i32.add").tee(past).i32(groups).get(past).i32(groups).op("i32.lt_u").op("select");
      body.set(groupsEnd);
    } else {
      body.i32(groups).set(groupsEnd);
    }
    for (const walker of walkers.values()) walker.begin();
    if (chunks === 1) {
      body.i32(rows).set(chunkRows);
      copyChunk();
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
      copyChunk();
      foldGroups();
      body.increase(chunk, 1);
    });
  });
  return body;
}
