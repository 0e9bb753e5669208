/** Gives values that exist without being computed, or in two roles at once, memory of their own. */
import { contiguousStrides } from "../base/index.ts";
import { constant } from "../ir/expr.ts";
import { mapKernel } from "../ir/kernel.ts";
import { conversion } from "../ops/cast.ts";
import { overwrittenWhole } from "./coverage.ts";
import {
  type Graph,
  type Node,
  newValue,
  nextId,
  type Ref,
  rootOf,
  type Value,
  valuesRead,
} from "./graph.ts";

/**
 * The graph with nodes that write what constants are where they are needed in memory, and with copies where a value
 * that is kept is something else as well: the memory of an outside tensor, the base of a later change.
 */
export function settle(graph: Graph): Graph {
  const nodes: Node[] = [];
  const bases = new Set(graph.nodes.flatMap((node) => node.outputs.map(({ value }) => value.basis)));
  const needless = overwrittenWhole(graph.nodes, new Set([...graph.kept, ...graph.stores.values()]));

  /** Computes fills, and copies constants that are changed in place, before they are first used. */
  const provide = (value: Value, isBasis: boolean): void => {
    const { origin, dtype, length } = value;
    if (value.basis !== null) return;
    if (needless.has(value) && (origin.kind === "fill" || origin.kind === "constant")) {
      value.origin = { kind: "node" };
    } else if (origin.kind === "fill") {
      nodes.push(mapNode("fill", [], value, constant(origin.value, dtype)));
      value.origin = { kind: "node" };
    } else if (origin.kind === "constant" && isBasis) {
      const source = newValue(dtype, length, origin);
      nodes.push(copyNode(source, value));
      value.origin = { kind: "node" };
    }
  };

  for (const node of graph.nodes) {
    for (const value of valuesRead(node)) provide(value, bases.has(value));
    nodes.push(node);
  }
  for (const value of graph.stores.values()) provide(value, false);
  const taken = new Set<Value>(graph.stores.values());
  const kept = graph.kept.map((value) => {
    provide(value, false);
    const isOwn = rootOf(value).origin.kind === "node" && !taken.has(value) && !bases.has(value);
    if (isOwn) {
      taken.add(value);
      return value;
    }
    const copy = newValue(value.dtype, value.length, { kind: "node" });
    nodes.push(copyNode(value, copy));
    return copy;
  });
  return { nodes, stores: graph.stores, kept };
}

/** All elements of a value, in their order. */
export function whole(value: Value): Ref {
  const shape = [value.length];
  return { value, shape, strides: contiguousStrides(shape), offset: 0 };
}

function mapNode(name: string, inputs: Ref[], output: Value, x: ReturnType<typeof constant>): Node {
  const kernel = mapKernel(
    name,
    inputs.map(({ value }) => value.dtype),
    [x],
  );
  const outputs = [whole(output)];
  return {
    kind: "map",
    id: nextId(),
    names: [name],
    inputs,
    outputs,
    kernel,
    shape: [output.length],
    params: [],
  };
}

/** Copies all elements of one value to another. */
export function copyNode(from: Value, to: Value): Node {
  const { kernel } = conversion(from.dtype, to.dtype);
  return mapNode("copy", [whole(from)], to, kernel.outputs[0]!);
}
