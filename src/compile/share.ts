/** Computes once what is computed twice. */
import type { Expr } from "../ir/expr.ts";
import { interpret } from "../ir/interpret.ts";
import { hasTail, lower } from "../ir/lower.ts";
import { fillOf, type Graph, type Node, type Ref, type Value } from "./graph.ts";
import { withConstants } from "./with-constants.ts";

/** The graph with equal nodes merged, numbers that are known put into the kernels, and constants computed. */
export function share(graph: Graph): Graph {
  const replaced = new Map<Value, Value>();
  const current = (value: Value): Value => replaced.get(value) ?? value;
  // A value that is changed in place later on needs memory of its own.
  const changedLater = new Set(graph.nodes.flatMap((node) => node.outputs.map(({ value }) => value.basis)));
  const isSeparate = (node: Node): boolean => node.outputs.some(({ value }) => changedLater.has(value));
  // What outside memory is to hold is not written before the checks of what has been traced until then.
  const stored = new Set(graph.stores.values());
  const checks = graph.nodes.filter(({ kind }) => kind === "check");
  const waits = (node: Node, same: Node): boolean =>
    node.outputs.some(({ value }) => stored.has(value)) &&
    checks.some(({ id }) => same.id < id && id < node.id);
  const known = new Map<string, Node>();
  const nodes: Node[] = [];
  for (const given of graph.nodes) {
    const inputs = given.inputs.map((ref) => ({ ...ref, value: current(ref.value) }));
    const node = withConstants({ ...given, inputs });
    const constant = constantOf(node);
    if (constant !== null) {
      node.outputs[0]!.value.origin = { kind: "fill", value: constant };
      continue;
    }
    const key = keyOf(node);
    const same = key === null || isSeparate(node) ? undefined : known.get(key);
    if (same !== undefined && !waits(node, same)) {
      for (const [i, { value }] of node.outputs.entries()) replaced.set(value, same.outputs[i]!.value);
      continue;
    }
    if (key !== null && !isSeparate(node)) known.set(key, node);
    nodes.push(node);
  }
  return {
    nodes,
    stores: new Map(Array.from(graph.stores, ([storage, value]) => [storage, current(value)])),
    kept: graph.kept.map(current),
  };
}

/** The one number that all elements of the result are, if it does not depend on anything. */
function constantOf(node: Node): number | bigint | null {
  if (node.kind !== "map" || node.inputs.length > 0 || node.params.length > 0) return null;
  if (node.outputs.length > 1 || node.outputs[0]!.value.basis !== null) return null;
  const [x] = node.kernel.outputs as [Expr];
  if (hasTail(x)) return null;
  try {
    return interpret(lower(x), [], []);
  } catch {
    // An integer divided by zero: the program says so when it runs.
    return null;
  }
}

/** Equal for nodes that compute the same; null for nodes that do more than compute. */
function keyOf(node: Node): string | null {
  if (node.kind === "check") return null;
  const inputs = node.inputs.map(({ value, shape, strides, offset }) => [value.id, shape, strides, offset]);
  const outputs = node.outputs.map(({ value, shape, strides, offset }) => [
    value.basis && contentOf(value.basis),
    shape,
    strides,
    offset,
  ]);
  return JSON.stringify([node.kind, inputs, outputs, detailsOf(node)]);
}

/** Equal for values with equal elements: changes of zeros here are like changes of zeros there. */
function contentOf(value: Value): unknown {
  const fill = fillOf(value);
  return fill === null ? value.id : [value.dtype.index, value.length, String(fill), Object.is(fill, -0)];
}

function detailsOf(node: Node): unknown {
  const ids = (...parts: (Expr | null)[]): (number | null)[] => parts.map((x) => x?.id ?? null);
  switch (node.kind) {
    case "map":
      return [ids(...node.kernel.outputs), node.params, node.shape];
    case "reduce": {
      const { element, combine, identity, finish } = node.kernel;
      return [ids(element, combine, identity, finish), node.params, node.shape, node.dims];
    }
    case "argReduce":
      return [ids(node.kernel.better), node.dim];
    case "contract":
      return node.groups;
    case "gather":
      return node.dim;
    case "scatter":
      return [node.how, node.dim];
    default:
      return null;
  }
}

/** Whether two refs show the same elements. */
export function sameRef(a: Ref, b: Ref): boolean {
  const same = (x: readonly number[], y: readonly number[]): boolean =>
    x.length === y.length && x.every((n, i) => n === y[i]);
  return a.value === b.value && a.offset === b.offset && same(a.shape, b.shape) && same(a.strides, b.strides);
}
