/**
 * A map over operands of any strides as a nest of loops, within a function that does other things, too. Vectors run
 * along the innermost axis; what does not fill a vector is computed one element at a time, so that nothing is written
 * beyond the elements of the outputs.
 */
import type { DType } from "../../../base/index.ts";
import { type Expr, topologicalOrder } from "../../../ir/expr.ts";
import type { FunctionBuilder } from "../assembler.ts";
import { chooseInstructionSet, Emission } from "../emission.ts";
import { scalarSet } from "../emit-scalar.ts";
import type { InstructionSet } from "../instruction-set.ts";
import { mergeAxes, orderAxes } from "./axes.ts";

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

/** The share of a thread: the locals that hold its number and the number of threads. */
export interface Share {
  readonly thread: number;
  readonly threads: number;
}

/** Ranges of threads begin at multiples of so many elements. */
const GRAIN = 16;

/** Up to so many vectors, the innermost loop is written out. */
const WRITTEN_OUT = 4;

/** Emits the nest: all of it or, with `share`, what falls to one thread. */
export function emitNest(body: FunctionBuilder, spec: NestSpec, share: Share | null): void {
  new Nest(body, spec, share).emit();
}

class Nest {
  readonly #operands: readonly NestOperand[];
  readonly #sizes: readonly number[];
  readonly #strides: readonly (readonly number[])[];
  readonly #set: InstructionSet;
  /** Of operands whose strides are alike: where they are, in bytes from their first element. */
  readonly #offsets = new Map<string, { local: number; steps: readonly number[] }>();

  constructor(
    readonly body: FunctionBuilder,
    readonly spec: NestSpec,
    readonly share: Share | null,
  ) {
    this.#operands = [...spec.inputs, ...spec.outputs];
    const merged = mergeAxes(
      spec.sizes,
      this.#operands.map(({ strides }) => strides),
    );
    const { sizes, strides } = orderAxes(merged, spec.inputs.length);
    this.#sizes = sizes;
    this.#strides = strides;
    const widest = chooseInstructionSet(spec.name, spec.roots);
    this.#set = this.#takes(widest) ? widest : scalarSet;
  }

  get #inner(): number {
    return this.#sizes.length - 1;
  }

  /** Whether vectors of this set can be read and written along the innermost axis. */
  #takes(set: InstructionSet): boolean {
    if (this.#sizes[this.#inner]! < set.lanes && !this.#mayRunOver) return false;
    return this.#operands.every(({ dtype }, i) => {
      const step = this.#strides[i]![this.#inner]!;
      const isOutput = i >= this.spec.inputs.length;
      if (step === 1 || (step === 0 && !isOutput)) return true;
      return step > 1 && dtype.bytes * set.lanes === 16;
    });
  }

  /** Whether the last vector may be written whole: all is one row, with room behind it. */
  get #mayRunOver(): boolean {
    return this.spec.roomBehind && this.#sizes.length === 1;
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

  emit(): void {
    const { body, share } = this;
    const { roots, inputs } = this.spec;
    if (this.#sizes.includes(0)) return;
    let repeated = 0;
    for (let i = 0; i < inputs.length; i++) if (this.#strides[i]!.every((step) => step === 0)) repeated |= 1 << i;
    const layout = { region: (i: number) => this.#operands[i]!.address, params: this.spec.params };
    const used = new Set(topologicalOrder(roots).flatMap((x) => (x.op === "input" ? [Number(x.value)] : [])));
    const vectors = new Emission(body, this.#set, layout);
    const size = this.#sizes[this.#inner]!;
    const { lanes } = this.#set;
    const rest = this.#mayRunOver ? 0 : size % lanes;
    const singles = rest > 0 && lanes > 1 ? new Emission(body, scalarSet, layout) : null;
    for (let i = 0; i < this.#operands.length; i++) if (i >= inputs.length || used.has(i)) this.#offset(i);

    if (share === null) {
      for (const { local } of this.#offsets.values()) body.i32(0).set(local);
      vectors.hoist(roots, repeated);
      singles?.hoist(roots, repeated);
      this.#loops(0, vectors, singles, null);
      return;
    }
    // From `from` on, `count` rows of the outermost axis, or elements where that is the only one.
    const unit = this.#inner === 0 ? GRAIN : 1;
    const units = Math.ceil(this.#sizes[0]! / unit);
    const from = body.local("i32");
    const count = body.local("i32");
    body.get(share.thread).i32(units).op("i32.mul").get(share.threads).op("i32.div_u").i32(unit).op("i32.mul").set(from);
    body.get(share.thread).i32(1).op("i32.add").i32(units).op("i32.mul").get(share.threads).op("i32.div_u");
    body.i32(unit).op("i32.mul").set(count);
    // The last range ends with the elements, not with the grain.
    body.get(count).i32(this.#sizes[0]!).get(count).i32(this.#sizes[0]!).op("i32.lt_u").op("select");
    body.get(from).op("i32.sub").tee(count).i32(0).op("i32.gt_s").open("if");
    vectors.hoist(roots, repeated);
    singles?.hoist(roots, repeated);
    for (const { local, steps } of this.#offsets.values()) {
      body.get(from).i32(steps[0]!).op("i32.mul").set(local);
    }
    this.#loops(0, vectors, singles, count);
    body.end();
  }

  /** The loops from an axis inwards; `count`, if given, is the local that says how far the outermost goes. */
  #loops(axis: number, vectors: Emission, singles: Emission | null, count: number | null): void {
    const { body } = this;
    if (axis === this.#inner) {
      this.#row(vectors, singles, count);
      return;
    }
    const left = count ?? body.local("i32");
    if (count === null) body.i32(this.#sizes[axis]!).set(left);
    body.open("loop");
    this.#loops(axis + 1, vectors, singles, null);
    const isLast = axis + 1 === this.#inner;
    for (const { local, steps } of this.#offsets.values()) {
      // The inner loops have moved on, except for the innermost, which leaves offsets as they were.
      const moved = isLast ? 0 : this.#sizes[axis + 1]! * steps[axis + 1]!;
      if (steps[axis] !== moved) body.increase(local, steps[axis]! - moved);
    }
    body.increase(left, -1).get(left).op("br_if", 0).end();
  }

  /** One run along the innermost axis. */
  #row(vectors: Emission, singles: Emission | null, count: number | null): void {
    const { body } = this;
    const { lanes } = this.#set;
    const size = this.#sizes[this.#inner]!;
    const whole = this.#mayRunOver ? Math.ceil(size / lanes) : Math.floor(size / lanes);
    const splats = this.#splats(vectors);
    const singleSplats = singles && this.#splats(singles);
    if (count === null && whole <= WRITTEN_OUT) {
      for (let i = 0; i < whole; i++) this.#turn(vectors, splats, i * lanes, null);
      for (let i = whole * lanes; singles && i < size; i++) this.#turn(singles, singleSplats!, i, null);
      return;
    }
    // Offsets of the row, moved on by the loop, while those of the outer loops stay.
    const moving = new Map<number, number>();
    for (const { local } of this.#offsets.values()) {
      const own = body.local("i32");
      body.get(local).set(own);
      moving.set(local, own);
    }
    const advance = (elements: number): void => {
      for (const { local, steps } of this.#offsets.values()) {
        if (steps[this.#inner] !== 0) body.increase(moving.get(local)!, elements * steps[this.#inner]!);
      }
    };
    const left = body.local("i32");
    if (count === null) body.i32(whole).set(left);
    else {
      body.get(count);
      if (this.#mayRunOver) body.i32(lanes - 1).op("i32.add");
      body.i32(lanes).op("i32.div_u").set(left);
      body.get(left).open("if");
    }
    body.open("loop");
    this.#turn(vectors, splats, 0, moving);
    advance(lanes);
    body.increase(left, -1).get(left).op("br_if", 0).end();
    if (count !== null) body.end();
    if (singles === null) return;
    if (count === null) body.i32(size % lanes).set(left);
    else body.get(count).i32(lanes).op("i32.rem_u").tee(left).open("if");
    body.open("loop");
    this.#turn(singles, singleSplats!, 0, moving);
    advance(1);
    body.increase(left, -1).get(left).op("br_if", 0).end();
    if (count !== null) body.end();
  }

  /** Locals of the inputs of which one element serves for the whole row. */
  #splats(emission: Emission): Map<number, number> {
    const { body, spec } = this;
    const splats = new Map<number, number>();
    for (const x of topologicalOrder(spec.roots)) {
      if (x.op !== "input" || emission.isHoisted(x)) continue;
      const i = Number(x.value);
      if (this.#strides[i]![this.#inner] !== 0) continue;
      scalarSet.load(body.get(this.#offset(i)), x.dtype, this.#operands[i]!.address);
      if (emission.set.lanes > 1) emission.set.splat(body, x.dtype);
      splats.set(i, emission.keep(x));
    }
    return splats;
  }

  /** Computes one vector or element, `ahead` elements from where the offsets are. */
  #turn(
    emission: Emission,
    splats: ReadonlyMap<number, number>,
    ahead: number,
    moving: ReadonlyMap<number, number> | null,
  ): void {
    const { body, spec } = this;
    const { set } = emission;
    const place = (i: number): { offset: number; address: number; step: number } => {
      const { dtype, address } = this.#operands[i]!;
      const step = this.#strides[i]![this.#inner]!;
      const offset = this.#offset(i);
      return {
        offset: moving?.get(offset) ?? offset,
        address: address + ahead * step * dtype.bytes,
        step,
      };
    };
    const local = emission.turn((x) => {
      const i = Number(x.value);
      const splat = splats.get(i);
      if (splat !== undefined) {
        body.get(splat);
        return;
      }
      const { offset, address, step } = place(i);
      if (step === 1 || set.lanes === 1) set.load(body.get(offset), x.dtype, address);
      else loadLanes(body, offset, address, step, x.dtype.bytes);
    });
    const results = spec.roots.map(local);
    for (const [k, root] of spec.roots.entries()) {
      const { offset, address, step } = place(spec.inputs.length + k);
      if (step === 1 || set.lanes === 1) set.store(body, root.dtype, offset, results[k]!, address);
      else storeLanes(body, offset, address, step, root.dtype.bytes, results[k]!);
    }
  }
}

/** Pushes elements that lie `step` elements apart as one vector. */
function loadLanes(body: FunctionBuilder, offset: number, address: number, step: number, bytes: number): void {
  const wide = bytes === 8;
  const vector = body.local("v128");
  body.get(offset).memory(wide ? "v128.load64_zero" : "v128.load32_zero", address).set(vector);
  for (let lane = 1; lane < 16 / bytes; lane++) {
    body.get(offset).get(vector);
    body.memory(wide ? "v128.load64_lane" : "v128.load32_lane", address + lane * step * bytes, lane).set(vector);
  }
  body.get(vector);
}

function storeLanes(
  body: FunctionBuilder,
  offset: number,
  address: number,
  step: number,
  bytes: number,
  vector: number,
): void {
  for (let lane = 0; lane < 16 / bytes; lane++) {
    body.get(offset).get(vector);
    body.memory(bytes === 8 ? "v128.store64_lane" : "v128.store32_lane", address + lane * step * bytes, lane);
  }
}
