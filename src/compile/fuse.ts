/**
 * Merges kernels, so that values pass from one to the next in registers and not through memory. Nothing here knows an op:
 * it goes by kernel kinds, views and expressions.
 */
import { broadcastStrides, elementCount, reshapedStrides, type Shape, sameShape } from "../base/index.ts";
import type { Compiler, MapStep, Param, ReduceStep } from "../device/program.ts";
import { cast, type Expr, input, param, rewrite, rewriteAll, topologicalOrder } from "../ir/expr.ts";
import { type MapKernel, mapKernel, type ReduceKernel, reduceKernel } from "../ir/kernel.ts";
import { hasTail, lower } from "../ir/lower.ts";
import { composeViews } from "./compose-view.ts";
import { fuseRows } from "./fuse-rows.ts";
import { FusionGraph } from "./fusion-graph.ts";
import { type Graph, isWhole, type Node, type Ref, rootOf, type Value, valuesRead } from "./graph.ts";
import { withConstants } from "./with-constants.ts";

type MapNode = MapStep<Ref> & { readonly id: number };
type ReduceNode = ReduceStep<Ref> & { readonly id: number };

/** The most operands of a merged kernel: every input and result is in a register at once. */
const MOST_INPUTS = 12;
const MOST_OUTPUTS = 8;

/**
 * The most primitives of a merged kernel: a longer one saves little traffic, and no engine likes it. It also bounds what it
 * takes to merge a long chain.
 */
const MOST_PRIMITIVES = 512;

/** So many nodes are looked at together: what it takes grows with the square of their number. */
const NODES_TOGETHER = 1024;

/** The graph with its kernels merged where that saves memory traffic. */
export function fuse(graph: Graph, compiler: Compiler): Graph {
  const parts = partsOf(graph);
  const nodes = parts.flatMap(({ part, outside }) => {
    const fused = new FusionGraph(part, outside);
    const fusion = new Fusion(fused, compiler);
    fusion.inlineProducers();
    fusion.mergeLoops();
    fuseRows(fused, compiler);
    return fused.nodes;
  });
  return { ...graph, nodes };
}

/** The graph in parts that can run one after the other; `outside` are the values that others read than the part's nodes. */
function partsOf(graph: Graph): { part: Graph; outside: ReadonlySet<Value> }[] {
  const lasting = [...graph.kept, ...graph.stores.values()];
  const count = Math.ceil(graph.nodes.length / NODES_TOGETHER);
  const lists = Array.from({ length: count }, (_, i) =>
    graph.nodes.slice(i * NODES_TOGETHER, (i + 1) * NODES_TOGETHER),
  );
  const reads = lists.map((nodes) => new Set(nodes.flatMap(valuesRead)));
  /** In how many parts each value is read. */
  const readIn = new Map<Value, number>();
  for (const read of reads) for (const value of read) readIn.set(value, (readIn.get(value) ?? 0) + 1);
  return lists.map((nodes, i) => {
    const made = nodes.flatMap(({ outputs }) => outputs.map(({ value }) => value));
    const elsewhere = [...reads[i]!, ...made].filter(
      (value) => (readIn.get(value) ?? 0) > Number(reads[i]!.has(value)),
    );
    return { part: { ...graph, nodes }, outside: new Set([...lasting, ...elsewhere]) };
  });
}

class Fusion {
  readonly #graph: FusionGraph;

  constructor(
    graph: FusionGraph,
    readonly compiler: Compiler,
  ) {
    this.#graph = graph;
  }

  /** Has kernels compute for themselves what they would read through another shape, and look through copies. */
  inlineProducers(): void {
    for (const start of this.#graph.nodes) {
      let node = start;
      // What comes in with a producer may have producers of its own.
      for (let i = 0; i < node.inputs.length; ) {
        const next = this.#graph.has(node) ? this.#inlined(node, i) : null;
        if (next === null) i++;
        else node = next;
      }
    }
  }

  /** The node with the producer of its input number i made a part of it; null where that cannot or should not be. */
  #inlined(node: Node, i: number): Node | null {
    const ref = node.inputs[i]!;
    const producer = this.#graph.maker(ref.value);
    if (producer?.kind !== "map" || producer.outputs.length !== 1 || producer === node) return null;
    if (ref.value.basis !== null || !isWhole(producer.outputs[0]!) || endsApart(producer)) return null;
    const views = composeViews(producer.shape, producer.inputs, inShapeOf(node, ref));
    if (views === null) return null;
    const { isCopy } = producer.kernel;
    const next =
      node.kind === "map" || node.kind === "reduce" ? this.#withProducer(node, i, producer, views) : null;
    let merged: Node | null = next;
    if (merged === null && isCopy && (node.kind === "matmul" || node.kind === "contract")) {
      merged = { ...node, inputs: node.inputs.with(i, views[0]!) };
    }
    if (
      merged === null ||
      this.#graph.comesAfterChange(
        node,
        views.map(({ value }) => value),
      )
    )
      return null;
    this.#graph.replace([node], merged);
    this.#graph.dropUnread(producer);
    return merged;
  }

  #withProducer(node: MapNode | ReduceNode, i: number, producer: MapNode, views: Ref[]): Node | null {
    const { value } = node.inputs[i]!;
    const { isCopy } = producer.kernel;
    if (node.kind === "map") {
      // Loops over the same elements are merged whole, see mergeLoops; here are those over others.
      if (isAligned(node.inputs[i]!, node.shape) && !isCopy) return null;
      if (endsApart(node)) return null;
    }
    const evaluations = elementCount(node.shape);
    const isPrivate = !this.#graph.isReadElsewhere(value, [node]);
    const once = node.inputs.filter((ref) => ref.value === value).length === 1;
    if (!isCopy && !(isPrivate && once && evaluations <= value.length)) return null;
    if (node.inputs.length + views.length - 1 > MOST_INPUTS) return null;
    const merged = inline(node, i, producer, views);
    if (!isCopy && isTooLong(merged.kernel)) return null;
    if (merged.kind === "reduce") {
      return this.compiler.lanes(merged.kernel) === this.compiler.lanes(merged.order.kernel) ? merged : null;
    }
    const wanted = Math.min(this.compiler.lanes(producer.kernel), this.compiler.lanes(node.kernel));
    return merged.kind === "map" && this.compiler.lanes(merged.kernel) >= wanted ? merged : null;
  }

  /** Makes one loop of loops over the same elements, where one reads what the other writes, or both read the same. */
  mergeLoops(): void {
    for (const start of this.#graph.nodes) {
      if (start.kind !== "map" || !this.#graph.has(start)) continue;
      let node: MapNode = start;
      for (let changed = true; changed; ) {
        changed = false;
        for (const other of this.#neighbours(node)) {
          // What reads the other's results comes second.
          const isLater = other.inputs.some(({ value }) => this.#graph.maker(value) === node);
          const merged: MapNode | null = isLater
            ? this.#mergedLoop(node, other)
            : this.#mergedLoop(other, node);
          if (merged === null) continue;
          this.#graph.replace([other, node], merged);
          node = merged;
          changed = true;
          break;
        }
      }
    }
  }

  /** Loops that make what a loop reads, then those that read the same. */
  *#neighbours(node: MapNode): Iterable<MapNode> {
    const found = new Set<Node>([node]);
    const isNew = (other: Node | undefined): other is MapNode => {
      if (other?.kind !== "map" || found.has(other)) return false;
      found.add(other);
      return true;
    };
    for (const { value } of node.inputs) {
      const maker = this.#graph.maker(value);
      if (isNew(maker)) yield maker;
    }
    for (const { value } of node.inputs)
      for (const reader of this.#graph.readers(value)) if (isNew(reader)) yield reader;
  }

  /** One loop that does what `first` does and then what `second` does; null where that cannot or should not be. */
  #mergedLoop(first: MapNode, second: MapNode): MapNode | null {
    if (elementCount(first.shape) !== elementCount(second.shape)) return null;
    if (first.outputs.length + second.outputs.length > MOST_OUTPUTS) return null;
    if (!this.#graph.canMerge(first, second) || readsTooMuch(first, second)) return null;
    const ahead = inLoop(first.shape, first);
    const behind = inLoop(first.shape, second);
    if (ahead === null || behind === null) return null;
    const made = new Map(ahead.outputs.map((ref, k) => [ref.value, { ref, k }]));
    // What is read of the other loop must be what that computes in the same turn.
    for (const ref of behind.inputs) {
      const own = made.get(ref.value);
      if (own !== undefined && !sameView(own.ref, ref)) return null;
      if (own === undefined && ahead.outputs.some(({ value }) => rootOf(value) === rootOf(ref.value)))
        return null;
    }
    for (const { value } of behind.outputs) {
      if (value.basis === null) continue;
      const isTouched = [...ahead.inputs, ...ahead.outputs].some(
        (ref) => rootOf(ref.value) === rootOf(value),
      );
      if (isTouched) return null;
    }
    const merged = mergedMap(ahead, behind, (value) => this.#graph.isReadElsewhere(value, [first, second]));
    if (merged.inputs.length > MOST_INPUTS) return null;
    if (
      endsApart(merged) &&
      ![...merged.inputs, ...merged.outputs].every((ref) => isInRow(ref, merged.shape))
    )
      return null;
    if (isTooLong(merged.kernel)) return null;
    const lanes = this.compiler.lanes(merged.kernel);
    if (lanes < Math.max(this.compiler.lanes(first.kernel), this.compiler.lanes(second.kernel))) return null;
    return merged;
  }
}

/** Whether one loop of the two would have too many inputs for sure. */
function readsTooMuch(first: MapNode, second: MapNode): boolean {
  const values = new Set([...first.inputs, ...second.inputs].map(({ value }) => value));
  for (const { value } of first.outputs) values.delete(value);
  return values.size > MOST_INPUTS;
}

function isTooLong(kernel: MapKernel | ReduceKernel): boolean {
  const roots = kernel.kind === "map" ? kernel.outputs : [kernel.element];
  return topologicalOrder(roots.map(lower)).length > MOST_PRIMITIVES;
}

/** Whether some result has other digits for the last elements. */
function endsApart({ kernel }: MapNode): boolean {
  return kernel.outputs.some(hasTail);
}

/** Whether a ref shows its elements in their order, one for each turn of a loop over `shape`. */
function isAligned(ref: Ref, shape: Shape): boolean {
  return (
    isWhole(ref) &&
    elementCount(ref.shape) === elementCount(shape) &&
    reshapedStrides(ref.shape, ref.strides, shape) !== null
  );
}

/** Whether a loop walks through a ref in even steps: one element after the other, or always the same. */
function isInRow(ref: Ref, shape: Shape): boolean {
  return ref.strides.every((stride, d) => stride === 0 || ref.shape[d] === 1) || isAligned(ref, shape);
}

/** The input as the loops of the node walk it. */
function inShapeOf(node: Node, ref: Ref): Ref {
  if (node.kind !== "map" && node.kind !== "reduce") return ref;
  return { ...ref, shape: node.shape, strides: broadcastStrides(ref.shape, ref.strides, node.shape) };
}

function sameView(a: Ref, b: Ref): boolean {
  return a.offset === b.offset && a.strides.every((stride, d) => stride === b.strides[d] || a.shape[d] === 1);
}

/** The operands of a loop as a loop over `shape`, which has as many elements, walks them; null where it cannot. */
function inLoop(shape: Shape, node: MapNode): MapNode | null {
  const seen = (ref: Ref): Ref | null => {
    const spread = broadcastStrides(ref.shape, ref.strides, node.shape);
    const strides = sameShape(shape, node.shape) ? spread : reshapedStrides(node.shape, spread, shape);
    return strides && { ...ref, shape, strides };
  };
  const inputs = node.inputs.map(seen);
  const outputs = node.outputs.map(seen);
  if (inputs.includes(null) || outputs.includes(null)) return null;
  return { ...node, shape, inputs: inputs as Ref[], outputs: outputs as Ref[] };
}

/** The params of two kernels in one list, and the expressions of the second with its params renumbered. */
function appended(params: readonly Param[], more: readonly Param[], roots: readonly Expr[]) {
  const shift = params.length;
  if (more.length === 0) return { params, roots };
  const moved = rewriteAll(roots, (x) => (x.op === "param" ? param(Number(x.value) + shift, x.dtype) : null));
  return { params: [...params, ...more], roots: moved };
}

/** Replaces input number i by an expression over inputs that come after all others. */
function inline(
  node: MapNode | ReduceNode,
  i: number,
  producer: MapNode,
  views: readonly Ref[],
): MapNode | ReduceNode {
  const shift = node.inputs.length;
  const { params, roots } = appended(node.params, producer.params, producer.kernel.outputs);
  const computed = rewrite(roots[0]!, (x) =>
    x.op === "input" ? input(Number(x.value) + shift, x.dtype) : null,
  );
  const replace = (x: Expr): Expr | null => (x.op === "input" && Number(x.value) === i ? computed : null);
  const inputs = [...node.inputs, ...views];
  const dtypes = inputs.map(({ value }) => value.dtype);
  const names = [...producer.names, ...node.names];
  const { name } = node.kernel;
  if (node.kind === "map") {
    const kernel = mapKernel(name, dtypes, rewriteAll(node.kernel.outputs, replace));
    return withConstants({ ...node, names, kernel, inputs, params });
  }
  const { element, combine, identity, finish } = node.kernel;
  const kernel = reduceKernel(name, dtypes, {
    element: rewrite(element, replace),
    combine,
    identity,
    finish,
  });
  return withConstants({ ...node, names, kernel, inputs, params });
}

/** One loop of two over the same shape; keeps those results of the first that `isNeeded`. */
function mergedMap(first: MapNode, second: MapNode, isNeeded: (value: Value) => boolean): MapNode {
  const shift = first.inputs.length;
  const { params, roots } = appended(first.params, second.params, second.kernel.outputs);
  const made = new Map(first.outputs.map(({ value }, k) => [value, first.kernel.outputs[k]!]));
  const later = rewriteAll(roots, (x) => {
    if (x.op !== "input") return null;
    const own = made.get(second.inputs[Number(x.value)]!.value);
    // What is read is what has been stored: in the dtype of the value.
    return own === undefined ? input(Number(x.value) + shift, x.dtype) : cast(own, x.dtype);
  });
  // A change of other memory is a link in a chain: what is read is its end.
  const keep = first.outputs.map(({ value }) => value.basis !== null || isNeeded(value));
  const outputs = [...first.outputs.filter((_, k) => keep[k]), ...second.outputs];
  const exprs = [...first.kernel.outputs.filter((_, k) => keep[k]), ...later];
  const inputs = [...first.inputs, ...second.inputs];
  const names = [...first.names, ...second.names];
  const kernel = mapKernel(
    second.kernel.name,
    inputs.map(({ value }) => value.dtype),
    exprs,
  );
  return withConstants({ ...second, names, kernel, shape: first.shape, inputs, outputs, params });
}
