/** What must come before what. */
import { type Graph, type Node, type Value, valuesRead } from "./graph.ts";

/** The nodes that must have run before each node. */
export type Order = Map<Node, Set<Node>>;

/**
 * A node comes after those that make what it reads, and a change in place after all that read what it overwrites.
 */
export function orderOf(nodes: readonly Node[]): Order {
  const maker = new Map<Value, Node>();
  const readers = new Map<Value, Node[]>();
  for (const node of nodes) {
    for (const { value } of node.outputs) maker.set(value, node);
    for (const { value } of node.inputs) {
      const list = readers.get(value);
      if (list === undefined) readers.set(value, [node]);
      else list.push(node);
    }
  }
  const order: Order = new Map();
  for (const node of nodes) {
    const before = new Set<Node>();
    for (const value of valuesRead(node)) {
      const made = maker.get(value);
      if (made !== undefined) before.add(made);
    }
    for (const { value } of node.outputs) {
      if (value.basis === null) continue;
      for (const reader of readers.get(value.basis) ?? []) before.add(reader);
    }
    before.delete(node);
    order.set(node, before);
  }
  return order;
}

/** The nodes in an order that keeps to what must come before what, close to that of the trace. */
export function schedule(graph: Graph): Graph {
  const order = orderOf(graph.nodes);
  const sorted: Node[] = [];
  const done = new Set<Node>();
  const visit = (node: Node): void => {
    if (done.has(node)) return;
    done.add(node);
    const before = [...order.get(node)!].sort((a, b) => a.id - b.id);
    before.forEach(visit);
    sorted.push(node);
  };
  [...graph.nodes].sort((a, b) => a.id - b.id).forEach(visit);
  return { ...graph, nodes: sorted };
}
