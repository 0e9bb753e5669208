/** A tile of a matrix product: a few rows and vectors of the result, whose sums stay in registers. */
import type { FunctionBuilder } from "../assembler.ts";
import { advance, clear, type Lanes, repeatWhole, shuffleLanes } from "../matmul-lanes.ts";
import { type Count, setCount } from "./product-loops.ts";
import type { Place, Strides } from "./product-spec.ts";
import { loadLanes, storeLanes } from "./product-vector.ts";

/** Emits sum += a * b, for v128 locals. */
export type MultiplyAdd = (f: FunctionBuilder, sum: number, a: number, b: number) => void;

/** An operand, its first element at the address in local `pointer`. */
export interface TileOperand extends Strides {
  readonly pointer: number;
  /** Whether a vector may be read whole where only a part of it is used. */
  readonly padded: boolean;
}

export interface TilePlace extends Place {
  readonly pointer: number;
}

/**
 * The most vectors that a tile reads in a turn. V8 of Node 20 moves all loads of a turn before its arithmetic, so that
 * what several turns read must fit in the 16 registers; it would spill otherwise.
 */
const MOST_LOADS = 16;

export class Tile {
  readonly #f: FunctionBuilder;
  readonly #lanes: Lanes;
  readonly #multiplyAdd: MultiplyAdd;
  readonly #locals: number[] = [];
  readonly #address: readonly [number, number];
  readonly #turns: number;

  constructor(f: FunctionBuilder, lanes: Lanes, multiplyAdd: MultiplyAdd) {
    this.#f = f;
    this.#lanes = lanes;
    this.#multiplyAdd = multiplyAdd;
    this.#address = [f.local("i32"), f.local("i32")];
    this.#turns = f.local("i32");
  }

  /** Number `i` of the v128 locals that all tiles use. */
  #local(i: number): number {
    return (this.#locals[i] ??= this.#f.local("v128"));
  }

  /** Elements in vector v of a row of `columns`. */
  #used(columns: number, v: number): number {
    return Math.min(this.#lanes.count, columns - v * this.#lanes.count);
  }

  /** Sums a[m, k] b[k, n] over `count` k, for the first `rows` rows of a and `columns` columns of b. */
  sum(rows: number, columns: number, count: Count, a: TileOperand, b: TileOperand): void {
    const f = this.#f;
    const vectors = Math.ceil(columns / this.#lanes.count);
    clear(
      f,
      Array.from({ length: rows * vectors }, (_, i) => this.#local(i)),
    );
    if (this.isStraight(rows, columns, count)) {
      for (let k = 0; k < (count as number); k++) this.#step(rows, columns, k, a, b);
      return;
    }
    const [pa, pb] = this.#address;
    // Pointers are moved before they are used: as an address V8 takes a sum as it is, and a loop's variable not. The loop
    // asks at its beginning whether to go on, which lets V8 of Node 20 leave each load before the arithmetic that needs it.
    f.get(a.pointer).i32(a.along).op("i32.sub").set(pa);
    f.get(b.pointer).i32(b.along).op("i32.sub").set(pb);
    setCount(f, this.#turns, count);
    repeatWhole(f, this.#turns, 1, () => {
      advance(f, pa, a.along);
      advance(f, pb, b.along);
      this.#step(rows, columns, 0, { ...a, pointer: pa }, { ...b, pointer: pb });
    });
  }

  /** Whether `sum` is straight code. */
  isStraight(rows: number, columns: number, count: Count): boolean {
    const vectors = Math.ceil(columns / this.#lanes.count);
    return typeof count === "number" && count * (rows + vectors) <= MOST_LOADS;
  }

  /** Adds the products for one k. */
  #step(rows: number, columns: number, k: number, a: TileOperand, b: TileOperand): void {
    const f = this.#f;
    const lanes = this.#lanes;
    const vectors = Math.ceil(columns / lanes.count);
    let free = rows * vectors;
    const bVectors = Array.from({ length: vectors }, (_, v) => {
      const local = this.#local(free++);
      const used = b.padded ? lanes.count : this.#used(columns, v);
      loadLanes(f, lanes, b.pointer, k * b.along + v * lanes.count * b.across, b.across, used);
      f.set(local);
      return local;
    });
    // Where rows of a lie side by side, one load serves several.
    const together = a.across === lanes.bytes && rows % lanes.count === 0 ? lanes.count : 1;
    const [splat, group] = [this.#local(free++), this.#local(free)];
    for (let row = 0; row < rows; row++) {
      const lane = row % together;
      if (together === 1) f.get(a.pointer).memory(lanes.loadSplat, k * a.along + row * a.across);
      else {
        if (lane === 0)
          f.get(a.pointer)
            .memory("v128.load", k * a.along + row * a.across)
            .set(group);
        f.get(group).get(group);
        shuffleLanes(f, lanes, new Array<number>(lanes.count).fill(lane));
      }
      f.set(splat);
      for (const [v, vector] of bVectors.entries())
        this.#multiplyAdd(f, this.#local(row * vectors + v), splat, vector);
    }
  }

  /** Adds to the sums what lies at `place`, or with `replace` takes it for them. */
  add(rows: number, columns: number, place: TilePlace, replace: boolean): void {
    const f = this.#f;
    const lanes = this.#lanes;
    const vectors = Math.ceil(columns / lanes.count);
    for (let v = 0; v < vectors; v++) {
      const load = (row: number): void => {
        const offset = row * place.row + v * lanes.count * place.column;
        loadLanes(f, lanes, place.pointer, offset, place.column, this.#used(columns, v));
      };
      const repeated = place.row === 0 && rows > 1 ? this.#local(rows * vectors) : null;
      if (repeated !== null) {
        load(0);
        f.set(repeated);
      }
      for (let row = 0; row < rows; row++) {
        const sum = this.#local(row * vectors + v);
        if (!replace) f.get(sum);
        if (repeated !== null) f.get(repeated);
        else load(row);
        if (!replace) f.op(lanes.add);
        f.set(sum);
      }
    }
  }

  /** Adds 0, which leaves all but -0 as it is. */
  addZero(rows: number, columns: number): void {
    const sums = rows * Math.ceil(columns / this.#lanes.count);
    clear(this.#f, [this.#local(sums)]);
    for (let i = 0; i < sums; i++)
      this.#f.get(this.#local(i)).get(this.#local(sums)).op(this.#lanes.add).set(this.#local(i));
  }

  /** Writes the sums, and nothing around them: the first one first, or with `backwards` the last. */
  store(rows: number, columns: number, place: TilePlace, backwards: boolean): void {
    const lanes = this.#lanes;
    const vectors = Math.ceil(columns / lanes.count);
    const sums = Array.from({ length: rows * vectors }, (_, i) => i);
    for (const i of backwards ? sums.reverse() : sums) {
      const v = i % vectors;
      const offset = Math.floor(i / vectors) * place.row + v * lanes.count * place.column;
      storeLanes(this.#f, lanes, place.pointer, offset, place.column, this.#local(i), this.#used(columns, v));
    }
  }
}
