/** A program under construction, with the tensors that its steps gave: arguments are drawn to fit them. */
import { type DTypeName, elementCount, type Shape, sameShape, XorchError } from "../../src/base/index.ts";
import type * as torch from "../../src/index.ts";
import type { Draw } from "./draw.ts";
import { drawElement, dtypeNamed, type Flavour } from "./elements.ts";
import { apply, type Environment, inputsOf, lookUp } from "./interpret.ts";
import type { Argument, InputView, Program, Reference, Source, Step } from "./program.ts";

/** A call of an op, as its drawing rule gives it. */
export interface Call {
  readonly args: readonly Argument[];
  readonly options?: Readonly<Record<string, Argument>>;
  readonly pick?: Step["pick"];
}

/** What is wanted of a tensor. */
export interface Wanted {
  readonly dtypes?: readonly DTypeName[];
  /** Least and largest number of dimensions. */
  readonly rank?: readonly [number, number];
  /** Bounds of ordinary elements, if a new one is made. */
  readonly range?: readonly [number, number];
  readonly fits?: (x: torch.Tensor) => boolean;
}

export const FLOATS: readonly DTypeName[] = ["float32", "float64"];
export const INTEGERS: readonly DTypeName[] = ["int64", "int32", "uint8"];
export const NUMBERS: readonly DTypeName[] = [...FLOATS, ...INTEGERS];
export const ALL: readonly DTypeName[] = [...NUMBERS, "bool"];

const OFTEN: Record<DTypeName, number> = { float32: 9, float64: 4, int64: 2, int32: 1, uint8: 1, bool: 1.5 };
const SIZES = [
  [0, 0.6],
  [1, 3],
  [2, 5],
  [3, 5],
  [4, 2],
  [5, 2],
  [7, 0.5],
] as const;

/** How large tensors may be. */
export interface Scale {
  readonly elements: number;
  /** Sizes beside the usual ones. */
  readonly sizes: readonly number[];
}

export const TINY: Scale = { elements: 8, sizes: [] };
export const SMALL: Scale = { elements: 32, sizes: [] };
export const LARGE: Scale = { elements: 6000, sizes: [8, 13, 17, 33, 64, 130] };

export class Builder {
  readonly sources: Source[] = [];
  readonly inputs: InputView[] = [];
  readonly steps: Step[] = [];
  readonly environment: Environment = { x: [], y: [] };
  /** How often a new input requires gradients. */
  readonly #gradients: number;

  constructor(
    readonly draw: Draw,
    readonly scale: Scale,
  ) {
    this.#gradients = draw.chance(0.75) ? 0.75 : 0;
  }

  at(reference: Reference): torch.Tensor {
    return lookUp(this.environment, reference);
  }

  shapeOf(reference: Reference): Shape {
    return this.at(reference).shape;
  }

  dtypeOf(reference: Reference): DTypeName {
    return this.at(reference).dtype.name;
  }

  get all(): Reference[] {
    return [...this.environment.x.map((_, x) => ({ x })), ...this.environment.y.map((_, y) => ({ y }))];
  }

  size(): number {
    const { sizes } = this.scale;
    if (sizes.length > 0 && this.draw.chance(0.3)) return this.draw.pick(sizes);
    return this.draw.weighted(SIZES);
  }

  shape(low = 0, high = 4): number[] {
    const rank = Math.min(
      high,
      Math.max(
        low,
        this.draw.weighted([
          [0, 1],
          [1, 4],
          [2, 6],
          [3, 3],
          [4, 1],
        ] as const),
      ),
    );
    const shape = Array.from({ length: rank }, () => this.size());
    while (elementCount(shape) > this.scale.elements) {
      const largest = shape.indexOf(Math.max(...shape));
      shape[largest] = Math.floor(shape[largest]! / 2);
    }
    return shape;
  }

  dtype(among: readonly DTypeName[] = ALL): DTypeName {
    return this.draw.weighted(among.map((dtype) => [dtype, OFTEN[dtype]] as const));
  }

  /** A tensor as wanted: one that is there, or a new input. */
  tensor(wanted: Wanted = {}): Reference {
    const { dtypes = ALL, rank = [0, 4], fits = () => true } = wanted;
    const found = this.all.filter((reference) => {
      const x = this.at(reference);
      return dtypes.includes(x.dtype.name) && x.ndim >= rank[0] && x.ndim <= rank[1] && fits(x);
    });
    if (found.length > 0 && this.draw.chance(0.75)) return this.draw.pick(found);
    return this.input(this.shape(rank[0], rank[1]), this.dtype(dtypes), wanted.range);
  }

  /** A tensor of exactly this shape, and one of these dtypes. */
  like(shape: Shape, dtypes: readonly DTypeName[] = ALL, range?: readonly [number, number]): Reference {
    const found = this.all.filter(
      (reference) => sameShape(this.shapeOf(reference), shape) && dtypes.includes(this.dtypeOf(reference)),
    );
    if (found.length > 0 && this.draw.chance(0.6)) return this.draw.pick(found);
    return this.input(shape, this.dtype(dtypes), range);
  }

  /** A tensor that may be changed in place: mostly no leaf that requires gradients. */
  target(wanted: Wanted = {}): Reference {
    const { fits = () => true } = wanted;
    const mayChange = (x: torch.Tensor): boolean => !(x.isLeaf && x.requiresGrad) && fits(x);
    // Often one whose memory others see, too.
    const memory = this.all.map((reference) => this.at(reference).storage);
    const isShared = (x: torch.Tensor): boolean => memory.filter((own) => own === x.storage).length > 1;
    const others = this.draw.chance(0.5);
    const reference = this.tensor({ ...wanted, fits: (x) => mayChange(x) && (!others || isShared(x)) });
    if (mayChange(this.at(reference)) || this.draw.chance(0.03)) return reference;
    return this.step({ op: "clone", args: [reference] }) ?? reference;
  }

  /** A shape that broadcasts to this one. */
  below(shape: Shape): number[] {
    const kept = this.draw.chance(0.7) ? shape : shape.slice(this.draw.int(0, shape.length));
    return kept.map((size) => (this.draw.chance(0.15) ? 1 : size));
  }

  dim(x: Reference): number {
    const rank = this.at(x).ndim;
    return rank === 0 ? this.draw.int(-1, 0) : this.draw.int(-rank, rank - 1);
  }

  /** Some dimensions, each once. */
  dims(x: Reference): number[] {
    const rank = this.at(x).ndim;
    const some = this.draw.shuffle(this.draw.some(this.at(x).shape.map((_, d) => d)));
    return some.map((d) => (this.draw.chance(0.3) ? d - rank : d));
  }

  /** A plain number that a tensor of this dtype may meet. */
  number(dtype: DTypeName): Argument {
    if (dtype === "bool") return this.draw.chance(0.5);
    if (!FLOATS.includes(dtype))
      return this.draw.chance(0.9) ? this.draw.int(-3, 5) : this.draw.int(-8, 8) / 4;
    if (this.draw.chance(0.08)) return { number: this.draw.pick(["nan", "inf", "-inf", "-0.0"]) };
    return this.draw.chance(0.5) ? this.draw.int(-3, 3) : this.draw.int(-12, 12) / 4;
  }

  /** A new input, in some layout. */
  input(shape: Shape, dtype: DTypeName, range: readonly [number, number] = [-3, 3]): Reference {
    const flavour = this.draw.weighted<Flavour>([
      ["plain", 65],
      ["special", 13],
      ["ties", 14],
      ["large", 8],
    ]);
    const { base, views } = this.#layout(shape);
    const data = Array.from({ length: elementCount(base) }, () =>
      drawElement(this.draw, dtype, flavour, range[0], range[1]),
    );
    return this.add({ dtype, shape: base, data }, views);
  }

  /** An input of these very elements: positions, mostly. */
  add(source: Source, views: InputView["views"] = []): Reference {
    this.sources.push(source);
    const isFloat = dtypeNamed(source.dtype).isFloatingPoint;
    const requiresGrad = isFloat && this.draw.chance(this.#gradients);
    return this.see({ source: this.sources.length - 1, views, ...(requiresGrad ? { requiresGrad } : {}) });
  }

  /** One more input. */
  see(view: InputView): Reference {
    this.inputs.push(view);
    const alone = { sources: [this.sources[view.source]!], inputs: [{ ...view, source: 0 }] };
    this.environment.x.push(inputsOf(alone)[0]!);
    return { x: this.inputs.length - 1 };
  }

  /** int64 positions below `size`, each row along `dim` without repetition where that is wanted. */
  positions(shape: Shape, size: number, unique: number | null = null): Reference {
    const count = elementCount(shape);
    const data = new Array<number>(count).fill(0);
    if (unique === null) for (let i = 0; i < count; i++) data[i] = this.draw.int(0, Math.max(size - 1, 0));
    else {
      const stride = elementCount(shape.slice(unique + 1));
      const length = shape[unique]!;
      for (let i = 0; i < count; i++) {
        if (Math.floor(i / stride) % length !== 0) continue;
        const row = this.draw.shuffle(Array.from({ length: size }, (_, n) => n));
        for (let k = 0; k < length; k++) data[i + k * stride] = row[k]!;
      }
    }
    return this.add({ dtype: "int64", shape: [...shape], data });
  }

  /** Positions below `size`, some of them counted from the end. */
  fromEnd(positions: Reference, size: number): Reference {
    const { source } = this.inputs["x" in positions ? positions.x : -1]!;
    const { data, ...rest } = this.sources[source]!;
    if (this.draw.chance(0.5)) return positions;
    return this.add({ ...rest, data: data.map((i) => (this.draw.chance(0.3) ? Number(i) - size : i)) });
  }

  mask(shape: Shape): Reference {
    return this.like(shape, ["bool"]);
  }

  /** Memory and views of it that show this shape. */
  #layout(shape: Shape): { base: number[]; views: InputView["views"] } {
    const base = [...shape];
    const rank = shape.length;
    const kind = this.draw.weighted([
      ["dense", 60],
      ["transposed", 14],
      ["sliced", 10],
      ["expanded", 6],
      ["selected", 5],
      ["viewed", 5],
    ] as const);
    const at = rank === 0 ? 0 : this.draw.int(0, rank - 1);
    if (kind === "viewed")
      return { base: [elementCount(shape)], views: [{ op: "view", args: [[...shape]] }] };
    if (kind === "selected") {
      const size = this.draw.int(1, 3);
      base.splice(at, 0, size);
      return { base, views: [{ op: "select", args: [at, this.draw.int(0, size - 1)] }] };
    }
    if (rank === 0 || kind === "dense") return { base, views: [] };
    if (kind === "transposed") {
      const other = this.draw.int(0, rank - 1);
      [base[at], base[other]] = [base[other]!, base[at]!];
      return { base, views: [{ op: "transpose", args: [at, other] }] };
    }
    if (kind === "expanded") {
      base[at] = 1;
      return { base, views: [{ op: "expand", args: [[...shape]] }] };
    }
    const [start, step] = [this.draw.int(0, 2), this.draw.int(1, 3)];
    const size = shape[at]!;
    base[at] = start + Math.max(size - 1, 0) * step + (size > 0 ? 1 : 0) + this.draw.int(0, step - 1);
    return { base, views: [{ op: "slice", args: [at, start, null, step] }] };
  }

  /**
   * Appends a step and runs it. Null where Xorch refuses it: then the step stays as the last one, or is left out as
   * `keep` says.
   */
  step(step: Step, keep = false): Reference | null {
    try {
      const y = apply(this.environment, step);
      if (y.numel() > 4 * this.scale.elements) return null;
      this.environment.y.push(y);
    } catch (error) {
      if (!(error instanceof XorchError) || keep) this.steps.push(step);
      return null;
    }
    this.steps.push(step);
    return { y: this.steps.length - 1 };
  }

  /** Whether the last step was refused: nothing may follow it. */
  get ended(): boolean {
    return this.steps.length > this.environment.y.length;
  }

  program(loss: readonly Reference[], order: Program["order"]): Program {
    return { sources: this.sources, inputs: this.inputs, steps: this.steps, loss, order };
  }
}
