/** A graph that can be changed without changing another. */
import type { Graph, Node, Ref, Value } from "./graph.ts";

/** The same graph over values of its own, and which of them stands for a value of the other. */
export function copyGraph({ nodes, stores, kept }: Graph): { graph: Graph; copyOf: (value: Value) => Value } {
  const copies = new Map<Value, Value>();
  const copyOf = (value: Value): Value => {
    let copy = copies.get(value);
    if (copy === undefined) {
      copy = { ...value, basis: value.basis && copyOf(value.basis) };
      copies.set(value, copy);
    }
    return copy;
  };
  const refs = (list: readonly Ref[]): Ref[] => list.map((ref) => ({ ...ref, value: copyOf(ref.value) }));
  const graph: Graph = {
    nodes: nodes.map((node): Node => ({ ...node, inputs: refs(node.inputs), outputs: refs(node.outputs) })),
    stores: new Map(Array.from(stores, ([storage, value]) => [storage, copyOf(value)])),
    kept: kept.map(copyOf),
  };
  return { graph, copyOf };
}
