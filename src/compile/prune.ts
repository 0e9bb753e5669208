/** Leaves out what nobody reads. */
import type { Graph, Node, Value } from "./graph.ts";
import { valuesRead } from "./graph.ts";

/** The graph without nodes whose results reach neither a kept value, nor outside memory, nor a check. */
export function prune(graph: Graph): Graph {
  const wanted = new Set<Value>([...graph.kept, ...graph.stores.values()]);
  // A value that changes another is wanted together with it.
  for (const value of [...wanted]) want(value, wanted);
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (node.kind !== "check" && !node.outputs.some(({ value }) => wanted.has(value))) continue;
    nodes.push(node);
    for (const value of valuesRead(node)) want(value, wanted);
  }
  return { ...graph, nodes: nodes.reverse() };
}

function want(value: Value, wanted: Set<Value>): void {
  for (let at: Value | null = value; at !== null; at = at.basis) wanted.add(at);
}
