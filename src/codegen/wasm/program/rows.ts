/**
 * Maps and folds that go through the same rows: all of a few rows before the next ones. Values that only these parts read
 * lie in scratch memory, for as many rows as are being worked on. A single row at a time would be slow where rows are
 * short: the end of a fold is a chain of operations, which several rows overlap.
 */
import type { DType } from "../../../base/index.ts";
import type { Expr } from "../../../ir/expr.ts";
import type { ReduceKernel } from "../../../ir/kernel.ts";
import { FunctionBuilder } from "../assembler.ts";
import { scalarSet } from "../emit-scalar.ts";
import type { InstructionSet } from "../instruction-set.ts";
import { mergeAxes } from "./axes.ts";
import type { NestOperand } from "./emit-nest.ts";
import { pushOffset } from "./fold-operand.ts";
import { emitRowFold } from "./fold-row.ts";
import type { ProgramModule } from "./program-module.ts";
import { type RowOperand, rowMap } from "./row-map.ts";
import { beginStage } from "./share.ts";

interface Part {
  /** Operands by number: the inputs, and behind them the results of all parts before. */
  readonly inputs: readonly number[];
  /** The output that each result is; null for those that only other parts read. */
  readonly outputs: readonly (number | null)[];
}

export interface RowsMap extends Part {
  readonly kind: "map";
  readonly name: string;
  /** In primitives. */
  readonly roots: readonly Expr[];
  /** Whether it has a result for each element of the row; if not, for the row. */
  readonly isWide: boolean;
}

export interface RowsFold extends Part {
  readonly kind: "fold";
  readonly kernel: ReduceKernel;
  readonly set: InstructionSet;
}

export interface RowsSpec {
  /** The axes of the rows, and the elements of a row. */
  readonly outer: readonly number[];
  readonly length: number;
  /**
   * Strides along these. Up to 15 bytes past the last element are read. What is folded is dense along the row, or one
   * element.
   */
  readonly inputs: readonly NestOperand[];
  /** Dense, in the order of the rows; the last stride is 0 where there is one element a row. Nothing else is written. */
  readonly outputs: readonly NestOperand[];
  readonly parts: readonly (RowsMap | RowsFold)[];
  /** Address of the params, as float64. */
  readonly params: number;
  /** Whether the rows are shared between threads. */
  readonly parallel: boolean;
}

/** An operand as rows along the axes of a RowBatches. */
interface Operand {
  readonly dtype: DType;
  /** In the scratch memory: from its start, and of the batch alone. */
  readonly inScratch: boolean;
  readonly address: number;
  /** In elements, for each axis. */
  readonly strides: readonly number[];
  /** Along a row. */
  readonly step: number;
}

/** Bytes worked on at once: half of a first-level cache. With twice as many a layer norm of 32 MB takes 1.3 times as long. */
const BATCH = 16384;
/** Batches that threads share, at least, so that all have about equally much to do. */
const SHARED_BATCHES = 16;
/** Batches have a multiple of so many rows, if not just one: maps over the rows are cut between vectors. */
const GRAIN = 4;

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
      new PartFunction(batches, spec, read, own).emit(part),
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

/** The rows, a few neighbours at a time. */
class RowBatches {
  /** Elements of a row. */
  readonly length: number;
  /** The axes of the rows, as few as all operands allow; the last is the one that is cut. */
  readonly axes: readonly number[];
  /** Rows of a batch, but for the last ones on each axis. */
  readonly size: number;
  readonly pieces: number;
  readonly #strides = new Map<NestOperand, readonly number[]>();

  constructor(spec: RowsSpec) {
    const { outer, length, inputs, outputs, parallel } = spec;
    const given = [...inputs, ...outputs];
    const { sizes, strides } = mergeAxes(
      outer,
      given.map((operand) => operand.strides.slice(0, outer.length)),
    );
    for (const [i, operand] of given.entries()) this.#strides.set(operand, strides[i]!);
    this.length = length;
    this.axes = sizes;
    const rows = sizes.at(-1)!;
    const moving = given.filter((operand, i) => operand.strides.at(-1) !== 0 && strides[i]!.at(-1) !== 0);
    const bytes = [...moving, ...rootsBetween(spec)].reduce((sum, { dtype }) => sum + dtype.bytes, 0);
    const most = Math.floor(BATCH / (length * Math.max(1, bytes)) / GRAIN) * GRAIN;
    const others = sizes.slice(0, -1).reduce((n, size) => n * size, 1);
    const share = parallel ? Math.ceil((rows * others) / SHARED_BATCHES / GRAIN) * GRAIN : rows;
    this.size = Math.min(rows, share, Math.max(1, most));
    this.pieces = Math.ceil(rows / this.size);
  }

  get count(): number {
    return this.axes.slice(0, -1).reduce((n, size) => n * size, this.pieces);
  }

  operand(given: NestOperand): Operand {
    const { dtype, address, strides } = given;
    return { dtype, address, inScratch: false, strides: this.#strides.get(given)!, step: strides.at(-1)! };
  }

  inScratch(dtype: DType, address: number, isWide: boolean): Operand {
    const strides = this.axes.map((_, d) => (d < this.axes.length - 1 ? 0 : isWide ? this.length : 1));
    return { dtype, address, inScratch: true, strides, step: isWide ? 1 : 0 };
  }

  /** Sets a local to the number of rows of the batch whose number is in `unit`; it holds `size` before. */
  setRows(body: FunctionBuilder, unit: number, rows: number): void {
    const { pieces, size } = this;
    const last = this.axes.at(-1)! - (pieces - 1) * size;
    if (last === size) return;
    body.i32(last).i32(size).get(unit);
    if (this.axes.length > 1) body.i32(pieces).op("i32.rem_u");
    body
      .i32(pieces - 1)
      .op("i32.eq")
      .op("select")
      .set(rows);
  }

  /** Pushes how far, in bytes, the batch with the number in a local is from the first. */
  pushOffset(body: FunctionBuilder, batch: number, { strides, dtype }: Operand): void {
    const steps = [...strides.slice(0, -1), strides.at(-1)! * this.size];
    pushOffset(
      body,
      { sizes: [...this.axes.slice(0, -1), this.pieces], strides: [steps] },
      batch,
      dtype.bytes,
    );
  }
}

/** Does a part for a batch: a function `(batch, rows, scratch)`. */
class PartFunction {
  readonly #body = new FunctionBuilder(["i32", "i32", "i32"]);
  readonly #batch = 0;
  readonly #rows = 1;
  readonly #scratch = 2;
  /** Where operands are, in bytes from their first element; those that move alike share a local. */
  readonly #pointers = new Map<string, { readonly local: number; readonly step: number }>();

  constructor(
    readonly batches: RowBatches,
    readonly spec: RowsSpec,
    readonly inputs: readonly Operand[],
    readonly outputs: readonly Operand[],
  ) {}

  emit(part: RowsMap | RowsFold): FunctionBuilder {
    if (part.kind === "fold") this.#fold(part);
    else this.#map(part);
    return this.#body;
  }

  #pointer(operand: Operand): number {
    const { inScratch, strides, dtype } = operand;
    const key = `${inScratch} ${strides.map((stride) => stride * dtype.bytes)}`;
    let found = this.#pointers.get(key);
    if (found === undefined) {
      const local = this.#body.local("i32");
      this.#pointers.set(key, (found = { local, step: strides.at(-1)! * dtype.bytes }));
      if (inScratch) this.#body.get(this.#scratch);
      else this.batches.pushOffset(this.#body, this.#batch, operand);
      this.#body.set(local);
    }
    return found.local;
  }

  /** Emits the loop over the rows of the batch. */
  #eachRow(turn: () => void): void {
    const body = this.#body;
    if (this.batches.size === 1) {
      turn();
      return;
    }
    body.open("loop");
    turn();
    for (const { local, step } of this.#pointers.values()) if (step !== 0) body.increase(local, step);
    body.increase(this.#rows, -1).get(this.#rows).op("br_if", 0).end();
  }

  #fold({ kernel, set }: RowsFold): void {
    const [result] = this.outputs as [Operand];
    const fold = emitRowFold(this.#body, {
      kernel,
      set,
      length: this.spec.length,
      inputs: this.inputs.map((input) => ({
        pointer: isAlways(input) ? null : this.#pointer(input),
        address: input.address,
        repeats: input.step === 0,
      })),
      paramsAddress: this.spec.params,
    });
    const to = this.#pointer(result);
    this.#eachRow(() => scalarSet.store(this.#body, result.dtype, to, fold(), result.address));
  }

  #map({ name, roots, isWide }: RowsMap): void {
    const { axes, size, pieces, length } = this.batches;
    const all = [...this.inputs, ...this.outputs];
    const isFlat = all.every(({ strides, step }) => strides.at(-1) === length * step);
    const [body, rows] = [this.#body, this.#rows];
    const located = (operand: Operand): RowOperand => ({
      dtype: operand.dtype,
      pointer: this.#pointer(operand),
      offset: operand.address,
      step: isWide ? operand.step : operand.strides.at(-1)!,
    });
    let always = 0;
    for (const [i, input] of this.inputs.entries()) if (isAlways(input)) always |= 1 << i;
    // Along the rows of a batch, or all their elements, where that is one axis; else along each row.
    const isOne = size > 1 && (!isWide || isFlat);
    const width = isWide ? length : 1;
    const along = rowMap(body, {
      name,
      roots,
      inputs: this.inputs.map(located),
      outputs: this.outputs.map(located),
      always,
      size: isOne ? axes.at(-1)! * width : width,
      roomBehind: this.outputs.every(({ inScratch }) => inScratch),
      params: this.spec.params,
    });
    if (!isOne) this.#eachRow(() => along());
    else if (pieces === 1) along();
    else {
      body.get(rows).i32(width).op("i32.mul").set(rows);
      along(rows);
    }
  }
}

/** Whether one element in memory serves for all rows. */
function isAlways({ inScratch, strides, step }: Operand): boolean {
  return !inScratch && step === 0 && strides.every((stride) => stride === 0);
}

/** Equal for parts that compute the same. */
function codeOf(part: RowsMap | RowsFold): unknown[] {
  if (part.kind === "map") return part.roots.map(({ id }) => id);
  const { element, combine, identity, finish } = part.kernel;
  return ["fold", part.set.lanes, ...[element, combine, identity, finish].map((x) => x?.id)];
}

/** What is computed for each element that only other parts read. */
function rootsBetween({ parts }: RowsSpec): Expr[] {
  const maps = parts.filter((part) => part.kind === "map" && part.isWide) as RowsMap[];
  return maps.flatMap(({ roots, outputs }) => roots.filter((_, k) => outputs[k] === null));
}

function resultOf({ finish, element }: ReduceKernel): DType {
  return (finish ?? element).dtype;
}
