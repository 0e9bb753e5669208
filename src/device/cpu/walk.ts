/**
 * Operands of one kernel call, all seen through one shape, and copied block by block between their own memory and the
 * scratch memory. A block is a stretch of the shape's elements in row-major order; whatever the strides, it lies
 * dense in the scratch memory.
 */
import type { DType, TypedArray } from "../../base/index.ts";
import type { View } from "../storage.ts";
import { strideAt } from "./copy-nested.ts";
import { copyElements, copyTile } from "./copy-tile.ts";

/** One operand: where its elements are. Objects are used again from call to call. */
class Operand {
  dtype!: DType;
  data!: TypedArray;
  /** Index in `data` of the first element. */
  start = 0;
  strides: number[] = [];
  /** The elements lie in the order of the walk without gaps. */
  dense = false;
  /** One element serves for all. */
  repeated = false;
}

const nothing = new Float32Array(0);

export class Walk {
  rank = 0;
  readonly sizes: number[] = [];
  readonly operands: Operand[] = [];
  /** How many of `operands` are in use. */
  #used = 0;
  /** The strides of a dense operand, and the odometer. */
  readonly #dense: number[] = [];
  readonly #digits: number[] = [];

  begin(shape: readonly number[]): void {
    this.rank = shape.length;
    for (let d = 0; d < shape.length; d++) this.sizes[d] = shape[d]!;
    this.#used = 0;
  }

  /** Adds an operand that broadcasts to `shape`, the shape that the walk was begun with. */
  add(view: View, shape: readonly number[]): void {
    const operand = (this.operands[this.#used++] ??= new Operand());
    operand.dtype = view.dtype;
    operand.data = view.storage.data;
    operand.start = view.storage.base + view.offset;
    for (let d = 0; d < shape.length; d++) {
      operand.strides[d] = strideAt(view.shape, view.strides, shape.length, d);
    }
  }

  /** Drops dimensions of size 1 and merges neighbours that all operands walk through evenly. */
  merge(): void {
    const { sizes } = this;
    let rank = 0;
    for (let d = 0; d < this.rank; d++) {
      const size = sizes[d]!;
      if (size === 1) continue;
      if (rank > 0 && this.#evenly(rank - 1, d, size)) rank--;
      else sizes[rank] = 1;
      sizes[rank]! *= size;
      for (let i = 0; i < this.#used; i++) {
        const { strides } = this.operands[i]!;
        strides[rank] = strides[d]!;
      }
      rank++;
    }
    this.rank = rank;
    this.#describe();
  }

  /** Whether one step in dimension `outer` is `size` steps in dimension `inner`, for every operand. */
  #evenly(outer: number, inner: number, size: number): boolean {
    for (let i = 0; i < this.#used; i++) {
      const { strides } = this.operands[i]!;
      if (strides[outer] !== strides[inner]! * size) return false;
    }
    return true;
  }

  /** Brings the dimensions into another order. */
  permute(order: readonly number[]): void {
    const sizes = order.map((d) => this.sizes[d]!);
    for (let i = 0; i < this.#used; i++) {
      const { strides } = this.operands[i]!;
      const moved = order.map((d) => strides[d]!);
      for (let d = 0; d < moved.length; d++) strides[d] = moved[d]!;
    }
    for (let d = 0; d < sizes.length; d++) this.sizes[d] = sizes[d]!;
  }

  /** Finds out which operands are dense, and which repeat one element. */
  #describe(): void {
    let step = 1;
    for (let d = this.rank - 1; d >= 0; d--) {
      this.#dense[d] = step;
      step *= this.sizes[d]!;
    }
    for (let i = 0; i < this.#used; i++) {
      const operand = this.operands[i]!;
      operand.dense = true;
      operand.repeated = this.rank > 0;
      for (let d = 0; d < this.rank; d++) {
        if (operand.strides[d] !== this.#dense[d]) operand.dense = false;
        if (operand.strides[d] !== 0) operand.repeated = false;
      }
    }
  }

  /**
   * After how many elements an operand's elements come again: p where it is dense in the inner dimensions and
   * repeats over the outer ones; 0 where there is no such p.
   */
  period(index: number): number {
    const { strides } = this.operands[index]!;
    let period = 1;
    let d = this.rank - 1;
    while (d >= 0 && strides[d] === period) period *= this.sizes[d--]!;
    while (d >= 0 && strides[d] === 0) d--;
    return d < 0 ? period : 0;
  }

  /** Copies elements [from, from + n) of an operand to `to`, an index in `target`. */
  read(index: number, target: TypedArray, to: number, from: number, n: number): void {
    const { dtype, data, start, strides, dense } = this.operands[index]!;
    if (dense) copyElements(dtype, target, to, data, start + from, n);
    else this.#copy(dtype, target, to - from, this.#dense, data, start, strides, from, n);
  }

  /** Copies to elements [from, from + n) of an operand, from index `at` of `source`. */
  write(index: number, source: TypedArray, at: number, from: number, n: number): void {
    const { dtype, data, start, strides, dense } = this.operands[index]!;
    if (dense) copyElements(dtype, data, start + from, source, at, n);
    else this.#copy(dtype, data, start, strides, source, at - from, this.#dense, from, n);
  }

  /** Copies n elements from operand `source` to operand `target`. */
  copy(target: number, source: number, n: number): void {
    const { dtype, data, start, strides, dense } = this.operands[target]!;
    const other = this.operands[source]!;
    if (dense && other.dense) copyElements(dtype, data, start, other.data, other.start, n);
    else this.#copy(dtype, data, start, strides, other.data, other.start, other.strides, 0, n);
  }

  /** Lets go of the operands' memory. */
  end(): void {
    while (this.#used > 0) this.operands[--this.#used]!.data = nothing;
  }

  /** Elements [from, from + n) of the walk, element e from src[s + its strides] to dst[d + its strides]. */
  #copy(
    dtype: DType,
    dst: TypedArray,
    d: number,
    dStrides: readonly number[],
    src: TypedArray,
    s: number,
    sStrides: readonly number[],
    from: number,
    n: number,
  ): void {
    const { sizes } = this;
    const digits = this.#digits;
    const inner = this.rank - 1;
    if (inner < 0) {
      copyTile(dtype, dst, d, 0, 1, src, s, 0, 1, 1, 1);
      return;
    }
    for (let k = inner, rest = from; k >= 0; k--) {
      const digit = rest % sizes[k]!;
      rest = (rest - digit) / sizes[k]!;
      digits[k] = digit;
      d += digit * dStrides[k]!;
      s += digit * sStrides[k]!;
    }
    const width = sizes[inner]!;
    while (n > 0) {
      // As many whole rows as this pair of dimensions has, or a part of one row.
      let k = inner;
      let moved: number;
      if (inner > 0 && digits[inner] === 0 && n >= width) {
        k = inner - 1;
        moved = Math.min(sizes[k]! - digits[k]!, Math.floor(n / width));
        copyTile(
          dtype,
          dst,
          d,
          dStrides[k]!,
          dStrides[inner]!,
          src,
          s,
          sStrides[k]!,
          sStrides[inner]!,
          moved,
          width,
        );
        n -= moved * width;
      } else {
        moved = Math.min(width - digits[inner]!, n);
        copyTile(dtype, dst, d, 0, dStrides[inner]!, src, s, 0, sStrides[inner]!, 1, moved);
        n -= moved;
      }
      for (;;) {
        digits[k]! += moved;
        d += moved * dStrides[k]!;
        s += moved * sStrides[k]!;
        if (k === 0 || digits[k]! < sizes[k]!) break;
        digits[k] = 0;
        d -= sizes[k]! * dStrides[k]!;
        s -= sizes[k]! * sStrides[k]!;
        k--;
        moved = 1;
      }
    }
  }
}
