/**
 * Makes one node of reductions over rows and the maps before and after them, such as a softmax: each row is gone
 * through while it is in the cache, and what only these nodes read is never a tensor.
 */
import {
  broadcastStrides,
  contiguousStrides,
  elementCount,
  reshapedStrides,
  type Shape,
} from "../base/index.ts";
import type { Compiler, MapStep, ReduceStep, RowsPart, RowsStep } from "../device/program.ts";
import type { MapKernel, ReduceKernel } from "../ir/kernel.ts";
import { hasTail } from "../ir/lower.ts";
import type { FusionGraph } from "./fusion-graph.ts";
import { isWhole, type Node, type Ref, type Value } from "./graph.ts";
import { sameRef } from "./share.ts";

type MapNode = MapStep<Ref> & { readonly id: number };
type ReduceNode = ReduceStep<Ref> & { readonly id: number };

/** The most nodes that become one. */
const MOST_PARTS = 16;

/** The most bytes between the parts of a row: more would have left the first-level cache before they are read. */
const MOST_ROW_BYTES = 32768;

/** A node as what it does with a row. */
interface Part extends Pick<RowsPart, "order" | "params" | "isWide"> {
  readonly names: readonly string[];
  readonly kernel: MapKernel | ReduceKernel;
  /** In the shape of the rows. */
  readonly inputs: readonly Ref[];
  readonly outputs: readonly Value[];
}

/** Merges nodes that go through the same rows, around each reduction. */
export function fuseRows(graph: FusionGraph, compiler: Compiler): void {
  const updates = updatesOf(graph);
  for (const node of graph.nodes) {
    if (node.kind === "reduce" && graph.has(node) && compiler.foldsRows(node))
      new RowsFusion(graph, compiler, updates, node).grow();
  }
}

class RowsFusion {
  /** Sizes of the axes of the rows, and last of a row. */
  readonly #shape: Shape;
  /** Number of rows, and of elements in all of them. */
  readonly #rows: number;
  readonly #count: number;
  /** Strides of values that are made here: with an element for each of all, and with one for each row. */
  readonly #wide: Shape;
  readonly #narrow: Shape;
  #node: Node;
  #parts: readonly Part[];

  constructor(
    readonly graph: FusionGraph,
    readonly compiler: Compiler,
    readonly updates: ReadonlySet<Node>,
    seed: ReduceNode,
  ) {
    const outer = seed.shape.filter((size, d) => size !== 1 && !seed.dims.includes(d));
    this.#rows = elementCount(outer);
    this.#count = elementCount(seed.shape);
    this.#shape = [...outer, this.#count / this.#rows];
    this.#wide = contiguousStrides(this.#shape);
    this.#narrow = [...contiguousStrides(outer), 0];
    this.#node = seed;
    const part = this.#count > this.#rows ? this.#partOf(seed) : null;
    this.#parts = part === null ? [] : [part];
  }

  /** Takes in neighbours for as long as there are some that fit. */
  grow(): void {
    if (this.#parts.length === 0) return;
    for (let changed = true; changed; ) {
      changed = this.#neighbours().some((other) => this.#take(other));
    }
  }

  #neighbours(): Node[] {
    const makers = this.#node.inputs.map(({ value }) => this.graph.maker(value));
    const readers = this.#node.outputs.flatMap(({ value }) => [...this.graph.readers(value)]);
    const found = new Set([...makers, ...readers].filter((node) => node !== undefined));
    found.delete(this.#node);
    return [...found];
  }

  /** Makes a neighbour a part of the node; false where that cannot or should not be. */
  #take(other: Node): boolean {
    if (this.#parts.length === MOST_PARTS) return false;
    if (other.kind !== "map" && !(other.kind === "reduce" && this.compiler.foldsRows(other))) return false;
    const part = this.#partOf(other);
    if (part === null || !this.graph.canMerge(this.#node, other)) return false;
    const isLater = other.inputs.some(({ value }) => this.graph.maker(value) === this.#node);
    const parts = isLater ? [...this.#parts, part] : [part, ...this.#parts];
    if (!this.#isAligned(parts)) return false;
    const old = [this.#node, other];
    const isNeeded = (value: Value): boolean => this.graph.isReadElsewhere(value, old);
    if (this.#bytesBetween(parts, isNeeded) > MOST_ROW_BYTES) return false;
    const id = Math.max(this.#node.id, other.id);
    const next = { ...rowsStep(this.#shape, this.#narrow, parts, isNeeded), id };
    this.graph.replace(old, next);
    this.#node = next;
    this.#parts = parts;
    return true;
  }

  /** The node as one that goes through the rows; null where it does not. */
  #partOf(node: MapNode | ReduceNode): Part | null {
    if (node.outputs.some((ref) => ref.value.basis !== null || !isWhole(ref))) return null;
    if (node.kind === "map" && !this.#isFree(node)) return null;
    const count = elementCount(node.shape);
    const isNarrow = count === this.#rows;
    if (!isNarrow && count !== this.#count) return null;
    const inputs = node.inputs.map((ref) => this.#inRows(ref, node.shape, isNarrow));
    if (inputs.includes(null)) return null;
    const outputs = node.outputs.map(({ value }) => value);
    const common = { names: node.names, params: node.params, inputs: inputs as Ref[], outputs };
    if (node.kind === "map") return { ...common, kernel: node.kernel, order: null, isWide: !isNarrow };
    if (isNarrow || outputs[0]!.length !== this.#rows) return null;
    // What is folded is dense, or one element for the row.
    if (common.inputs.some(({ strides }) => strides.at(-1)! > 1)) return null;
    return { ...common, kernel: node.kernel, order: node.order.kernel, isWide: false };
  }

  /** An operand of a loop over `shape` as one over the rows; null where it does not go through them evenly. */
  #inRows(ref: Ref, shape: Shape, isNarrow: boolean): Ref | null {
    const target = isNarrow ? this.#shape.slice(0, -1) : this.#shape;
    const strides = reshapedStrides(shape, broadcastStrides(ref.shape, ref.strides, shape), target);
    if (strides === null || strides.some((stride) => stride < 0)) return null;
    return { ...ref, shape: this.#shape, strides: isNarrow ? [...strides, 0] : strides };
  }

  /** Whether a ref shows the elements of a value that is made here in the order in which they are made. */
  #isMade(ref: Ref, isWide: boolean): boolean {
    const wanted = isWide ? this.#wide : this.#narrow;
    return ref.offset === 0 && ref.strides.every((step, d) => step === wanted[d]);
  }

  /** Whether the parts read of each other what is made in the same row. */
  #isAligned(parts: readonly Part[]): boolean {
    const made = new Map(parts.flatMap((part) => part.outputs.map((value) => [value, part.isWide] as const)));
    return parts.every(({ inputs }) =>
      inputs.every((ref) => {
        const isWide = made.get(ref.value);
        return isWide === undefined || this.#isMade(ref, isWide);
      }),
    );
  }

  /** How much memory the rows take that only parts read. */
  #bytesBetween(parts: readonly Part[], isNeeded: (value: Value) => boolean): number {
    const between = parts.flatMap(({ isWide, outputs }) =>
      isWide ? outputs.filter((value) => !isNeeded(value)) : [],
    );
    return between.reduce((sum, { dtype }) => sum + this.#shape.at(-1)! * dtype.bytes, 0);
  }

  /** Whether a map has the same digits in any order of its elements, and is not better left alone. */
  #isFree(node: MapNode): boolean {
    return !node.kernel.outputs.some(hasTail) && !(this.#rows === 1 && this.updates.has(node));
  }
}

/**
 * The maps that change lasting tensors as other maps change others: of an optimizer's update the device makes one loop
 * (stack-maps.ts).
 */
function updatesOf(graph: FusionGraph): Set<Node> {
  const groups = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    if (node.kind !== "map" || !node.outputs.some(({ value }) => graph.isReadOutside(value))) continue;
    const key = JSON.stringify([node.kernel.outputs.map(({ id }) => id), node.params]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node]);
    else group.push(node);
  }
  return new Set([...groups.values()].filter(({ length }) => length > 1).flat());
}

/** The step that does all parts, in this order. */
function rowsStep(
  shape: Shape,
  narrow: Shape,
  parts: readonly Part[],
  isNeeded: (value: Value) => boolean,
): RowsStep<Ref> {
  const made = new Set(parts.flatMap((part) => part.outputs));
  const inputs: Ref[] = [];
  for (const ref of parts.flatMap((part) => part.inputs)) {
    if (!made.has(ref.value) && !inputs.some((other) => sameRef(other, ref))) inputs.push(ref);
  }
  const outputs: Ref[] = [];
  const numbers = new Map<Value, number>();
  const numbered = parts.map(({ kernel, order, params, isWide, ...part }): RowsPart => {
    const read = part.inputs.map(
      (ref) => numbers.get(ref.value) ?? inputs.findIndex((other) => sameRef(other, ref)),
    );
    const stored = part.outputs.map((value) => {
      numbers.set(value, inputs.length + numbers.size);
      if (!isNeeded(value)) return null;
      return (
        outputs.push({ value, shape, strides: isWide ? contiguousStrides(shape) : narrow, offset: 0 }) - 1
      );
    });
    return { kernel, order, params, isWide, inputs: read, outputs: stored };
  });
  const names = parts.flatMap((part) => part.names);
  return { kind: "rows", names, shape, parts: numbered, inputs, outputs };
}
