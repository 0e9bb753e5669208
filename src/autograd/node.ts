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
const nowhere: readonly never[] = [];
const noVersions: number[] = [];

/** What the engine walks: takes the gradient of its result, and hands gradients on to `next`. */
export abstract class GraphNode extends Shown implements TensorNode {
  /**
   * Greater than that of all nodes that this one depends on: it is drawn when `next` is there, some of which may only be made
   * for this node (a view whose base has changed).
   */
  readonly id: number;
  abstract readonly name: string;
  /** The gradients that have arrived, added up, during a backward pass. */
  pending: Tensor | null = null;
  /** The backward pass that last visited this node. */
  visit = 0;
  /** A bit per input whose gradient the running pass wants. */
  wanted = 0;
  hooks: readonly TensorHook[] | null = null;
  /** A tensor that asked to keep this gradient. */
  retainedBy: Tensor | null = null;

  /** `next` says where the gradient of each input goes; null where none is wanted. */
  constructor(readonly next: readonly (GraphNode | null)[]) {
    super();
    this.id = ++created;
  }

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

/** Where the gradients of the inputs go. */
export function edgesOf(inputs: readonly Tensor[]): (GraphNode | null)[] {
  const edges = new Array<GraphNode | null>(inputs.length);
  for (let i = 0; i < inputs.length; i++) {
    const x = inputs[i]!;
    edges[i] = x.requiresGrad ? gradientEdge(x) : null;
  }
  return edges;
}

/** Gives a tensor another history. If it keeps its gradient, then from now on that of its new value. */
export function setHistory(x: Tensor, node: GraphNode): void {
  const before = x.gradFn as GraphNode | null;
  if (before !== null && before.retainedBy === x) {
    before.retainedBy = null;
    node.retainedBy = x;
  }
  x.gradFn = node;
}

/** A recorded call of an op. */
export class OpNode extends GraphNode implements Recorded {
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
    super(edgesOf(inputs));
    const count = inputs.length;
    this.#shapes = new Array(count);
    let needs = 0;
    for (let i = 0; i < count; i++) {
      this.#shapes[i] = inputs[i]!.shape;
      if (this.next[i] !== null) needs |= 1 << i;
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

  constructor(readonly leaf: Tensor) {
    super(nowhere);
  }

  apply(): readonly never[] {
    return [];
  }

  check(): void {
    if (this.leaf.isLeaf) return;
    throw new AutogradError(
      `backward: a leaf of shape [${this.leaf.shape.join(", ")}] that was used has since become the result of an op, by an in-place change of the memory that it shows; ` +
        "change a clone() instead. No gradient has been computed",
    );
  }

  release(): void {}
}
