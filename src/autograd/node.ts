/** One recorded call: the op, where its gradients go, and the values that the gradients need. */
import { AutogradError, type Shape, Shown, XorchError } from "../base/index.ts";
import { type Differentiable, type Recorded, SAVES_OUTPUT } from "../ops/executor.ts";
import type { TensorHook, TensorNode } from "../tensor/autograd-slot.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { gradientEdge } from "./edge.ts";

let created = 0;

/** The `id` of the node that was made last. */
export function latestNode(): number {
  return created;
}

const nothing: (Tensor | null)[] = [];
const noVersions: number[] = [];

/** What the engine walks: takes the gradient of its result, and hands gradients on to `next`. */
export abstract class GraphNode extends Shown implements TensorNode {
  /** Grows with time: a node is made after all those that it depends on. */
  readonly id = ++created;
  abstract readonly name: string;
  /** Where the gradient of each input goes; null where none is wanted. */
  abstract readonly next: readonly (GraphNode | null)[];
  /** The gradients that have arrived, added up, during a backward pass. */
  pending: Tensor | null = null;
  /** The backward pass that last visited this node. */
  visit = 0;
  /** A bit per input whose gradient the running pass wants. */
  wanted = 0;
  hooks: TensorHook[] | null = null;
  /** A tensor that asked to keep this gradient. */
  retainedBy: Tensor | null = null;

  /** The gradients of the inputs from that of the result. */
  abstract apply(dy: Tensor): readonly (Tensor | null)[];
  /** Throws if the pass cannot be made. Called for every node before the first gradient is computed. */
  abstract check(): void;
  /** Lets go of the saved values. */
  abstract release(): void;

  /** As the tensor that it made is printed with it. */
  override toString(): string {
    return `<${this.name}>`;
  }
}

/** A recorded call of an op. */
export class OpNode extends GraphNode implements Recorded {
  readonly next: (GraphNode | null)[];
  readonly #shapes: Shape[];
  #saved: (Tensor | null)[] | null;
  readonly #versions: number[];
  #output: Tensor | null = null;
  #outputVersion = 0;

  constructor(
    readonly op: Differentiable,
    inputs: readonly Tensor[],
    output: Tensor,
    /** The version that the output will have once it is written. */
    outputVersion: number,
    readonly attributes: unknown,
  ) {
    super();
    const count = inputs.length;
    this.next = new Array(count);
    this.#shapes = new Array(count);
    let needs = 0;
    for (let i = 0; i < count; i++) {
      const x = inputs[i]!;
      this.#shapes[i] = x.shape;
      const wantsGradient = x.requiresGrad;
      this.next[i] = wantsGradient ? gradientEdge(x) : null;
      if (wantsGradient) needs |= 1 << i;
    }
    const saves = op.saves(needs);
    this.#saved = saves === 0 ? nothing : new Array(count).fill(null);
    this.#versions = saves === 0 ? noVersions : new Array(count).fill(0);
    for (let i = 0; i < count; i++) {
      if ((saves & (1 << i)) === 0) continue;
      this.#saved[i] = inputs[i]!;
      this.#versions[i] = inputs[i]!.storage.version;
    }
    if ((saves & SAVES_OUTPUT) !== 0) {
      this.#output = output;
      this.#outputVersion = outputVersion;
    }
  }

  get name(): string {
    return this.op.name;
  }

  apply(dy: Tensor): readonly (Tensor | null)[] {
    return this.op.gradient(dy, this);
  }

  check(): void {
    if (this.#saved === null) {
      throw new AutogradError(
        `backward: the graph through ${this.name} has already been used and its saved values are gone. ` +
          "Compute the result again, or keep the graph the first time with backward(null, { retainGraph: true })",
      );
    }
    for (let i = 0; i < this.#saved.length; i++) {
      const x = this.#saved[i];
      if (x && x.storage.version !== this.#versions[i]) this.#changed(x, `its input ${i}`);
    }
    const y = this.#output;
    if (y && y.storage.version !== this.#outputVersion) this.#changed(y, "its result");
  }

  #changed(x: Tensor, role: string): never {
    throw new AutogradError(
      `backward: ${this.name} saved ${role} (shape [${x.shape.join(", ")}]) for its gradient, but ${x.storage.lastWriter ?? "an in-place op"} has changed it since. ` +
        `Use the op without the underscore, or change a clone() instead. No gradient has been computed`,
    );
  }

  release(): void {
    this.#saved = null;
    this.#output = null;
  }

  input(i: number): Tensor {
    return this.#saved?.[i] ?? this.#notSaved(`input ${i}`);
  }

  get output(): Tensor {
    return this.#output ?? this.#notSaved("the output");
  }

  #notSaved(what: string): never {
    throw new XorchError(`${this.name}: its gradient reads ${what}, which its rule does not save`);
  }

  needs(i: number): boolean {
    return (this.wanted & (1 << i)) !== 0;
  }

  shapeOf(i: number): Shape {
    return this.#shapes[i]!;
  }
}

/** The end of the graph: adds what arrives to the `grad` of a leaf. */
export class AccumulateNode extends GraphNode {
  readonly name = "AccumulateGrad";
  readonly next: readonly never[] = [];

  constructor(readonly leaf: Tensor) {
    super();
  }

  apply(): readonly never[] {
    return [];
  }

  check(): void {}

  release(): void {}
}
