/** A part of what is done with rows, for one batch of them. */
import { FunctionBuilder } from "../assembler.ts";
import { scalarSet } from "../emit-scalar.ts";
import { emitRowFold } from "./fold-row.ts";
import type { BatchOperand, RowBatches } from "./row-batches.ts";
import { type RowOperand, rowMap } from "./row-map.ts";
import type { RowsFold, RowsMap, RowsSpec } from "./rows-spec.ts";

/** A function `(batch, rows, scratch)`. */
export class RowsPart {
  readonly #body = new FunctionBuilder(["i32", "i32", "i32"]);
  readonly #batch = 0;
  readonly #rows = 1;
  readonly #scratch = 2;
  /** Where operands are, in bytes from their first element; those that move alike share a local. */
  readonly #pointers = new Map<string, { readonly local: number; readonly step: number }>();

  constructor(
    readonly batches: RowBatches,
    readonly spec: RowsSpec,
    readonly inputs: readonly BatchOperand[],
    readonly outputs: readonly BatchOperand[],
  ) {}

  emit(part: RowsMap | RowsFold): FunctionBuilder {
    if (part.kind === "fold") this.#fold(part);
    else this.#map(part);
    return this.#body;
  }

  #pointer(operand: BatchOperand): number {
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
    const [result] = this.outputs as [BatchOperand];
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
    const located = (operand: BatchOperand): RowOperand => ({
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
function isAlways({ inScratch, strides, step }: BatchOperand): boolean {
  return !inScratch && step === 0 && strides.every((stride) => stride === 0);
}
