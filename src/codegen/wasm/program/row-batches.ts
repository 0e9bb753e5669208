/** Rows, a few neighbours at a time. */
import type { DType } from "../../../base/index.ts";
import type { Expr } from "../../../ir/expr.ts";
import type { FunctionBuilder } from "../assembler.ts";
import { mergeAxes } from "./axes.ts";
import type { NestOperand } from "./emit-nest.ts";
import { pushOffset } from "./fold-operand.ts";
import type { RowsMap, RowsSpec } from "./rows-spec.ts";

/** An operand as rows along the axes of a RowBatches. */
export interface BatchOperand {
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

export class RowBatches {
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

  operand(given: NestOperand): BatchOperand {
    const { dtype, address, strides } = given;
    return { dtype, address, inScratch: false, strides: this.#strides.get(given)!, step: strides.at(-1)! };
  }

  inScratch(dtype: DType, address: number, isWide: boolean): BatchOperand {
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
  pushOffset(body: FunctionBuilder, batch: number, { strides, dtype }: BatchOperand): void {
    const steps = [...strides.slice(0, -1), strides.at(-1)! * this.size];
    pushOffset(
      body,
      { sizes: [...this.axes.slice(0, -1), this.pieces], strides: [steps] },
      batch,
      dtype.bytes,
    );
  }
}

/** What is computed for each element that only other parts read. */
function rootsBetween({ parts }: RowsSpec): Expr[] {
  const maps = parts.filter((part) => part.kind === "map" && part.isWide) as RowsMap[];
  return maps.flatMap(({ roots, outputs }) => roots.filter((_, k) => outputs[k] === null));
}
