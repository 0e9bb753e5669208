/** A graph that can be changed without changing another. */
import { type Graph, type Node, type Ref, type Value, withRoot } from "./graph.ts";

/** The same graph over values of its own, and which of them stands for a value of the other. */
export function copyGraph({ nodes, stores, kept }: Graph): { graph: Graph; copyOf: (value: Value) => Value } {
  const copies = new Map<Value, Value>();
  const copyOf = (value: Value): Value => {
    // The chain of what it is a change of may be long.
    const chain: Value[] = [];
    for (let at: Value | null = value; at !== null && !copies.has(at); at = at.basis) chain.push(at);
    for (const one of chain.reverse()) {
      copies.set(one, withRoot({ ...one, basis: one.basis && copies.get(one.basis)! }));
    }
    return copies.get(value)!;
  };
  const refs = (list: readonly Ref[]): Ref[] => list.map((ref) => ({ ...ref, value: copyOf(ref.value) }));
  const graph: Graph = {
    nodes: nodes.map((node): Node => ({ ...node, inputs: refs(node.inputs), outputs: refs(node.outputs) })),
    stores: new Map(Array.from(stores, ([storage, value]) => [storage, copyOf(value)])),
    kept: kept.map(copyOf),
  };
  return { graph, copyOf };
}
