/** Where a column fold finds its inputs: in place if vectors can run along their columns, else in copies. */
import type { Expr } from "../../../ir/expr.ts";
import type { FunctionBuilder } from "../assembler.ts";
import type { Place } from "../emission.ts";
import { streamedInputs } from "../fold.ts";
import { CHAIN_ROWS } from "../fold-plan.ts";
import type { ColumnJob } from "./fold-columns.ts";
import { COPY_ROOM, copyFunction } from "./fold-copy.ts";
import { operandOf, pushOffset, type Steps } from "./fold-operand.ts";
import type { ProgramModule } from "./program-module.ts";

/**
 * How a matrix is cut: its rows into chunks, its columns into tiles of groups of columns. A tile takes the chunks one
 * after the other; in each, one group after the other is folded.
 */
export interface Tiling {
  /** Columns of a group, groups in all and in a tile, tiles, chunks. */
  readonly group: number;
  readonly groups: number;
  readonly tile: number;
  readonly tiles: number;
  readonly chunks: number;
  /** Locals: the matrix, the tile's first group and the one after its last, the group, the chunk, and its rows. */
  readonly matrix: number;
  readonly firstGroup: number;
  readonly groupsEnd: number;
  readonly at: number;
  readonly chunk: number;
  readonly chunkRows: number;
  /** The parameter that says where the scratch memory is. */
  readonly scratch: number;
}

/** Inputs that lie alike share a pointer; null where their place is known. */
interface Walker {
  readonly pointer: number | null;
  /** From row to row, in bytes. */
  readonly rowBytes: number;
  /** Emits what is done once for a tile. */
  toTile(): void;
  /** Emits the move to the first row of the chunk and the first column of the group. */
  toGroup(): void;
}

export interface ColumnInputs {
  /** A bit for each input that has one element in a row of the matrix. */
  readonly repeated: number;
  /** Where an input is, `row` rows from the pointer. */
  place(x: Expr, row: number): Place;
  toTile(): void;
  toGroup(): void;
  nextRow(): void;
  /** Copies the tile's part of the chunk, of those inputs that are copied. */
  copyChunk(): void;
}

const isDirect = (steps: Steps | null): steps is Steps =>
  steps !== null && (steps.column === 0 || steps.column === 1);

/** Whether any input of the job has to be copied. */
export function hasCopies({ parts, operands, steps }: ColumnJob): boolean {
  return streamedInputs(parts).some((x) => !isDirect(steps(operandOf(operands, x))));
}

/**
 * Arranges the inputs; copies lie in the scratch memory from byte `scratchUsed` on. `still` means that there is nothing
 * but one group of columns, and its rows are written out.
 */
export function columnInputs(
  program: ProgramModule,
  body: FunctionBuilder,
  job: ColumnJob,
  tiling: Tiling,
  scratchUsed: number,
  still: boolean,
): ColumnInputs {
  const { parts, operands, rows, width } = job;
  const { group, groups, tile, tiles, chunks, matrix, firstGroup, groupsEnd, at, chunk, chunkRows, scratch } =
    tiling;
  const copyPitch = tiles > 1 ? tile * group : width;
  const walkers = new Map<string, Walker>();
  const places = new Map<Expr, { walker: Walker; offset: number }>();
  const copies: (() => void)[] = [];
  let repeated = 0;
  let scratchEnd = scratchUsed;

  const addProduct = (local: number, factor: number) => {
    body.get(local).i32(factor).op("i32.mul").op("i32.add");
  };
  const newWalker = (steps: Steps, bytes: number, inScratch: boolean, pushStart: () => void): Walker => {
    const [rowBytes, columnBytes] = [bytes * steps.row, bytes * steps.column];
    const start = body.local("i32");
    const pointer = body.local("i32");
    return {
      pointer,
      rowBytes,
      toTile() {
        pushStart();
        body.set(start);
      },
      toGroup() {
        body.get(start);
        if (groups > 1 && columnBytes > 0) addProduct(at, group * columnBytes);
        if (groups > 1 && inScratch) addProduct(firstGroup, -group * columnBytes);
        if (chunks > 1 && !inScratch && rowBytes > 0) addProduct(chunk, CHAIN_ROWS * rowBytes);
        body.set(pointer);
      },
    };
  };
  const stillWalker = (rowBytes: number): Walker => ({ pointer: null, rowBytes, toTile() {}, toGroup() {} });
  const walkerOf = (key: string, make: () => Walker): Walker => {
    let found = walkers.get(key);
    if (found === undefined) walkers.set(key, (found = make()));
    return found;
  };

  const copier = (x: Expr, region: number) => {
    const { address, all, bytes } = operandOf(operands, x);
    const copy = copyFunction(program, all, bytes);
    const [from, to, n, left] = [body.local("i32"), body.local("i32"), body.local("i32"), body.local("i32")];
    return () => {
      body.get(matrix).i32(job.size).op("i32.mul").i32(job.first).op("i32.add");
      addProduct(chunk, CHAIN_ROWS * width);
      addProduct(firstGroup, group);
      body.set(from).get(scratch).i32(region).op("i32.add").set(to);
      if (tiles === 1) {
        // The rows follow each other, in the copy as well.
        body.i32(address).get(from).get(chunkRows).i32(width).op("i32.mul").get(to).op("call", copy);
        return;
      }
      body.get(groupsEnd).i32(group).op("i32.mul").tee(n).i32(width);
      body.get(n).i32(width).op("i32.lt_u").op("select");
      addProduct(firstGroup, -group);
      body.set(n).get(chunkRows).set(left).open("loop");
      body.i32(address).get(from).get(n).get(to).op("call", copy);
      body.increase(from, width).increase(to, copyPitch * bytes);
      body.increase(left, -1).get(left).op("br_if", 0).end();
    };
  };

  for (const x of streamedInputs(parts)) {
    const operand = operandOf(operands, x);
    const { address, bytes, kept } = operand;
    const steps = job.steps(operand);
    if (isDirect(steps)) {
      const { row, column } = steps;
      if (column === 0) repeated |= 1 << Number(x.value);
      const walker = walkerOf(`${bytes} ${kept.sizes} ${kept.strides} ${row} ${column}`, () =>
        still
          ? stillWalker(bytes * row)
          : newWalker(steps, bytes, false, () => pushOffset(body, kept, matrix, bytes)),
      );
      places.set(x, { walker, offset: address + job.first * column * bytes });
    } else {
      const packed = { row: copyPitch, column: 1 };
      const walker = walkerOf(`copied ${bytes}`, () =>
        newWalker(packed, bytes, true, () => body.get(scratch)),
      );
      places.set(x, { walker, offset: scratchEnd });
      copies.push(copier(x, scratchEnd));
      scratchEnd += Math.min(rows, CHAIN_ROWS) * copyPitch * bytes + COPY_ROOM;
    }
  }
  program.needScratch(scratchEnd);

  return {
    repeated,
    place(x, row) {
      const { walker, offset } = places.get(x)!;
      return { pointer: walker.pointer, offset: offset + row * walker.rowBytes };
    },
    toTile() {
      for (const walker of walkers.values()) walker.toTile();
    },
    toGroup() {
      for (const walker of walkers.values()) walker.toGroup();
    },
    nextRow() {
      for (const { pointer, rowBytes } of walkers.values()) {
        if (pointer !== null && rowBytes > 0) body.increase(pointer, rowBytes);
      }
    },
    copyChunk() {
      for (const copy of copies) copy();
    },
  };
}
