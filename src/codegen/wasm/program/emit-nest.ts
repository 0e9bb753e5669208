/**
 * A map over operands of any strides as a nest of loops, within a function that does other things, too. Vectors run
 * along the innermost axis. Nothing is written beyond the elements of the outputs.
 */
import type { DType } from "../../../base/index.ts";
import type { Expr } from "../../../ir/expr.ts";
import type { FunctionBuilder } from "../assembler.ts";
import { mergeAxes, orderAxes } from "./axes.ts";
import { rowMap } from "./row-map.ts";
import { emitShare, type Team } from "./share.ts";

/** An operand in memory. */
export interface NestOperand {
  readonly dtype: DType;
  /** Of the first element, in bytes. */
  readonly address: number;
  /** For each axis of the nest, in elements; 0 where the operand repeats. */
  readonly strides: readonly number[];
}

export interface NestSpec {
  readonly name: string;
  readonly sizes: readonly number[];
  /** In primitives; root k gives output k. */
  readonly roots: readonly Expr[];
  readonly inputs: readonly NestOperand[];
  readonly outputs: readonly NestOperand[];
  /** Whether up to 15 bytes after the last element of every output may be overwritten. */
  readonly roomBehind: boolean;
  /** Address of the params, as float64. */
  readonly params: number;
}

/** Ranges of threads begin at multiples of so many elements. */
const GRAIN = 16;

/** Emits the nest: all of it or, with `team`, what falls to one thread. */
export function emitNest(body: FunctionBuilder, spec: NestSpec, team: Team | null): void {
  new Nest(body, spec, team).emit();
}

class Nest {
  readonly #operands: readonly NestOperand[];
  readonly #sizes: readonly number[];
  readonly #strides: readonly (readonly number[])[];
  /** Of operands whose strides are alike: where they are, in bytes from their first element. */
  readonly #offsets = new Map<string, { local: number; steps: readonly number[] }>();

  constructor(
    readonly body: FunctionBuilder,
    readonly spec: NestSpec,
    readonly team: Team | null,
  ) {
    this.#operands = [...spec.inputs, ...spec.outputs];
    const merged = mergeAxes(
      spec.sizes,
      this.#operands.map(({ strides }) => strides),
    );
    const { sizes, strides } = orderAxes(merged, spec.inputs.length);
    this.#sizes = sizes;
    this.#strides = strides;
  }

  get #inner(): number {
    return this.#sizes.length - 1;
  }

  /** The local that says where an operand is; operands with equal steps share one. */
  #offset(i: number): number {
    const { bytes } = this.#operands[i]!.dtype;
    const steps = this.#strides[i]!.map((step) => step * bytes);
    const key = steps.join();
    let found = this.#offsets.get(key);
    if (found === undefined) this.#offsets.set(key, (found = { local: this.body.local("i32"), steps }));
    return found.local;
  }

  /** Begins what goes along the innermost axis, see rowMap. */
  #beginRow(): (count?: number) => void {
    const { name, roots, inputs, roomBehind, params } = this.spec;
    const inner = this.#inner;
    const operands = this.#operands.map(({ dtype, address }, i) => ({
      dtype,
      pointer: this.#offset(i),
      offset: address,
      step: this.#strides[i]![inner]!,
    }));
    let always = 0;
    for (let i = 0; i < inputs.length; i++)
      if (this.#strides[i]!.every((step) => step === 0)) always |= 1 << i;
    return rowMap(this.body, {
      name,
      roots,
      inputs: operands.slice(0, inputs.length),
      outputs: operands.slice(inputs.length),
      always,
      size: this.#sizes[inner]!,
      // Behind other rows there is none.
      roomBehind: roomBehind && inner === 0,
      params,
    });
  }

  emit(): void {
    const { body, team } = this;
    if (this.#sizes.includes(0)) return;
    for (let i = 0; i < this.#operands.length; i++) this.#offset(i);
    if (team === null) {
      for (const { local } of this.#offsets.values()) body.i32(0).set(local);
      this.#loops(0, this.#beginRow());
      return;
    }
    // Rows of the outermost axis, or elements where that is the only one.
    const { first, end } = emitShare(body, team, this.#sizes[0]!, this.#inner === 0 ? GRAIN : 1);
    body.get(end).get(first).op("i32.gt_u").open("if");
    for (const { local, steps } of this.#offsets.values()) {
      body.get(first).i32(steps[0]!).op("i32.mul").set(local);
    }
    body.get(end).get(first).op("i32.sub").set(end);
    this.#loops(0, this.#beginRow(), end);
    body.end();
  }

  /** The loops from an axis inwards; `count`, if given, is the local that says how far the outermost goes. */
  #loops(axis: number, row: (count?: number) => void, count?: number): void {
    const { body } = this;
    if (axis === this.#inner) {
      row(count);
      return;
    }
    const left = count ?? body.local("i32");
    if (count === undefined) body.i32(this.#sizes[axis]!).set(left);
    body.open("loop");
    this.#loops(axis + 1, row);
    const isLast = axis + 1 === this.#inner;
    for (const { local, steps } of this.#offsets.values()) {
      // The inner loops have moved on, except for the innermost, which leaves offsets as they were.
      const moved = isLast ? 0 : this.#sizes[axis + 1]! * steps[axis + 1]!;
      if (steps[axis] !== moved) body.increase(local, steps[axis]! - moved);
    }
    body.increase(left, -1).get(left).op("br_if", 0).end();
  }
}
