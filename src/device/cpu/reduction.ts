/**
 * Folds blocks of rows. A sum in float32 loses digits with every addition, so no chain of additions is long: a block
 * gives one gathered row, and gathered rows are merged in pairs, as in a binary counter: two that stand for equally
 * many blocks make one that stands for twice as many.
 */
import { float32 } from "../../base/index.ts";
import { CHAIN_ROWS, rowsTogether } from "../../codegen/wasm/fold-plan.ts";
import type { ReduceKernel } from "../../ir/kernel.ts";
import type { View } from "../storage.ts";
import { copyElements, copyFloat32, fillElements } from "./copy-tile.ts";
import type { Folds, ReducePlan } from "./reduce-plan.ts";
import { f32, regionAddress, scratch } from "./scratch.ts";
import { Walk } from "./walk.ts";

const nothing: readonly View[] = [];

export class Reduction {
  /** The inputs in the order of the fold, where they are not plain. */
  readonly walk = new Walk();
  kernel!: ReduceKernel;
  plan!: ReducePlan;
  folds!: Folds;
  inputs: readonly View[] = nothing;
  output: View | null = null;
  /** Inputs of which one element serves for all, a bit each. */
  repeated = 0;
  /** All others are contiguous and lie in the order of the fold: the walk is not needed. */
  plain = false;
  /** Which slots after the first hold gathered rows, a bit each. */
  #waiting = 0;

  /** Folds each of `count` rows of `length` elements, which follow each other. */
  foldRows(count: number, length: number): void {
    const { plan, folds } = this;
    if (length <= plan.block) {
      const together = Math.floor(plan.block / length);
      for (let row = 0; row < count; row += together) {
        const n = Math.min(together, count - row);
        this.#read(row * length, n * length);
        folds.finishedRows(n, length, plan.output);
        this.#write(row, plan.output, n);
      }
      return;
    }
    for (let row = 0; row < count; row++) {
      for (let from = 0; from < length; from += plan.block) {
        const n = Math.min(plan.block, length - from);
        this.#read(row * length + from, n);
        folds.rows(1, n, plan.slots[0]!);
        this.#push(1);
      }
      this.#finish(row, 1, this.#collect(1));
    }
  }

  /** Folds `rows` rows of `width` elements to one row, `count` times: [count, rows, width] over dimension 1. */
  foldColumns(count: number, rows: number, width: number): void {
    const { plan, folds } = this;
    const parts = rowsTogether(rows, width);
    if (rows * width <= plan.block && rows <= CHAIN_ROWS) {
      const size = rows * width;
      const together = Math.floor(plan.block / size);
      for (let first = 0; first < count; first += together) {
        const n = Math.min(together, count - first);
        this.#read(first * size, n * size);
        for (let i = 0; i < n; i++) {
          folds.finishedColumns(rows, width, plan.output + i * width * plan.result.bytes, i * size, 1);
        }
        this.#write(first * width, plan.output, n * width);
      }
      return;
    }
    for (let i = 0; i < count; i++) {
      const from = i * rows * width;
      if (parts > 1) {
        this.#finish(i * width, width, this.#foldNarrow(from, rows, width, parts));
      } else {
        for (let column = 0; column < width; column += plan.block) {
          const n = Math.min(plan.block, width - column);
          this.#finish(i * width + column, n, this.#foldTall(from + column, rows, n, width));
        }
      }
    }
  }

  /** Folds rows of `width` elements that begin `pitch` elements apart; gives the address of the gathered row. */
  #foldTall(from: number, rows: number, width: number, pitch: number): number {
    const { plan, folds } = this;
    // A part of each row is read on its own, as elements in between do not belong to it.
    const together = pitch === width ? Math.floor(plan.block / width) : 1;
    for (let first = 0; first < rows; first += CHAIN_ROWS) {
      const end = Math.min(first + CHAIN_ROWS, rows);
      for (let row = first; row < end; row += together) {
        const n = Math.min(together, end - row);
        this.#read(from + row * pitch, n * width);
        folds.columns(n, width, plan.slots[0]!, 0, row === first ? 1 : 0);
      }
      this.#push(width);
    }
    return this.#collect(width);
  }

  /** Many rows of few elements: taken `parts` at a time as one wide row, whose parts are folded at the end. */
  #foldNarrow(from: number, rows: number, width: number, parts: number): number {
    const { plan, folds } = this;
    const tall = Math.floor(rows / parts);
    const gathered = this.#foldTall(from, tall, parts * width, parts * width);
    for (let half = parts / 2; half >= 1; half /= 2) {
      folds.merge(half * width, gathered, gathered + half * width * plan.gathered.bytes);
    }
    const rest = rows - tall * parts;
    if (rest > 0) {
      this.#read(from + tall * parts * width, rest * width);
      const other = gathered === plan.slots[0] ? plan.slots[1]! : plan.slots[0]!;
      folds.columns(rest, width, other, 0, 1);
      folds.merge(width, gathered, other);
    }
    return gathered;
  }

  /** Fills the output, of n elements, with the fold of nothing. */
  foldNothing(n: number): void {
    const { plan, folds } = this;
    folds.finishedRows(1, 0, plan.output);
    const value = scratch[plan.result.index]![plan.output / plan.result.bytes]!;
    const { storage, offset } = this.output!;
    fillElements(storage.data, storage.base + offset, value, n);
  }

  /** Sees that no bits are left over from a fold that broke off, and reads what never changes. */
  begin(): void {
    this.#waiting = 0;
    for (let i = 0; i < this.inputs.length; i++) if ((this.repeated >>> i) & 1) this.#readInput(i, 0, 1);
  }

  /** Lets go of the operands, and with them of all that hangs on tensors. */
  end(): void {
    this.inputs = nothing;
    this.output = null;
    this.walk.end();
  }

  /** Puts elements [from, from + n) of the inputs, in the order of the fold, at the beginning of their regions. */
  #read(from: number, n: number): void {
    for (let i = 0; i < this.inputs.length; i++)
      if (!((this.repeated >>> i) & 1)) this.#readInput(i, from, n);
  }

  #readInput(i: number, from: number, n: number): void {
    const { dtype, storage, offset } = this.inputs[i]!;
    const region = regionAddress(i) / dtype.bytes;
    if (!this.plain) {
      this.walk.read(i, scratch[dtype.index]!, region, from, n);
    } else if (dtype === float32) {
      copyFloat32(f32, region, storage.data as Float32Array, storage.base + offset + from, n);
    } else {
      copyElements(dtype, scratch[dtype.index]!, region, storage.data, storage.base + offset + from, n);
    }
  }

  /** Copies n results from `address` to the output, from its element `at` on. */
  #write(at: number, address: number, n: number): void {
    const { dtype, storage, offset } = this.output!;
    const start = storage.base + offset + at;
    if (dtype === float32) copyFloat32(storage.data as Float32Array, start, f32, address / 4, n);
    else copyElements(dtype, storage.data, start, scratch[dtype.index]!, address / dtype.bytes, n);
  }

  /** Turns the gathered row at `gathered` into results from element `at` of the output on. */
  #finish(at: number, width: number, gathered: number): void {
    const { kernel, plan, folds } = this;
    if (kernel.finish) folds.finish(width, plan.output, gathered);
    this.#write(at, kernel.finish ? plan.output : gathered, width);
  }

  /** The first slot has been filled: merges it with the slots that wait, until one is free to wait in. */
  #push(width: number): void {
    const { merge } = this.folds;
    const { slots } = this.plan;
    let filled = slots[0]!;
    let level = 1;
    while (level < slots.length - 1 && (this.#waiting >>> level) & 1) {
      const older = slots[level]!;
      merge(width, older, filled);
      slots[level] = filled;
      filled = older;
      this.#waiting &= ~(1 << level);
      level++;
    }
    const place = slots[level]!;
    if ((this.#waiting >>> level) & 1) {
      merge(width, place, filled);
      slots[0] = filled;
    } else {
      slots[level] = filled;
      slots[0] = place;
      this.#waiting |= 1 << level;
    }
  }

  /** Merges all that waits; gives the address of the result. */
  #collect(width: number): number {
    const { slots } = this.plan;
    let gathered = -1;
    for (let level = 1; this.#waiting !== 0; level++) {
      if (!((this.#waiting >>> level) & 1)) continue;
      this.#waiting &= ~(1 << level);
      if (gathered >= 0) this.folds.merge(width, slots[level]!, gathered);
      gathered = slots[level]!;
    }
    return gathered;
  }
}
