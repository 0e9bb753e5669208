/** What must come before what. */
import { type Graph, type Node, rootOf, type Value, valuesRead } from "./graph.ts";

/** Who makes and who reads each value, and what else decides the order of nodes. */
export interface Relations {
  maker(value: Value): Node | undefined;
  readers(value: Value): Iterable<Node>;
  readonly checks: readonly Node[];
  /** Values whose memory is that of outside tensors at the end. */
  readonly stored: ReadonlySet<Value>;
}

/** What a graph says of the order; its values and checks stay what they are while nodes are merged. */
export function fixedRelations({ nodes, stores }: Graph): Pick<Relations, "checks" | "stored"> {
  return {
    checks: nodes.filter(({ kind }) => kind === "check"),
    stored: new Set(Array.from(stores.values(), rootOf)),
  };
}

/**
 * The nodes that must have run before a node: those that make what it reads, those that read what it overwrites, and before
 * outside memory is written the checks of what has been traced until then, so that a run that fails has not changed it.
 */
export function nodesBefore(node: Node, { maker, readers, checks, stored }: Relations): Set<Node> {
  const before = new Set<Node>();
  for (const value of valuesRead(node)) {
    const made = maker(value);
    if (made !== undefined) before.add(made);
  }
  for (const { value } of node.outputs) {
    if (value.basis !== null) for (const reader of readers(value.basis)) before.add(reader);
    const root = rootOf(value);
    if (stored.has(root) || root.origin.kind === "external") {
      for (const check of checks) if (check.id < value.id) before.add(check);
    }
  }
  before.delete(node);
  return before;
}

/** The nodes in an order that keeps to what must come before what, close to that of the trace. */
export function schedule(graph: Graph): Graph {
  const makers = new Map<Value, Node>();
  const readers = new Map<Value, Node[]>();
  for (const node of graph.nodes) {
    for (const { value } of node.outputs) makers.set(value, node);
    for (const value of valuesRead(node)) {
      const list = readers.get(value);
      if (list === undefined) readers.set(value, [node]);
      else list.push(node);
    }
  }
  const relations: Relations = {
    ...fixedRelations(graph),
    maker: (value) => makers.get(value),
    readers: (value) => readers.get(value) ?? [],
  };
  const sorted: Node[] = [];
  const met = new Set<Node>();
  const inOrder = (nodes: Iterable<Node>): Node[] => [...nodes].sort((a, b) => a.id - b.id);
  // The nodes that are waiting for others, each with those that it still waits for, the next one last.
  const path: { readonly node: Node; readonly before: Node[] }[] = [];
  const meet = (node: Node): void => {
    if (met.has(node)) return;
    met.add(node);
    path.push({ node, before: inOrder(nodesBefore(node, relations)).reverse() });
  };
  for (const start of inOrder(graph.nodes)) {
    meet(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.before.pop();
      if (next !== undefined) meet(next);
      else sorted.push(path.pop()!.node);
    }
  }
  return { ...graph, nodes: sorted };
}
