/** Kernels with the numbers that are known put in, so that only what differs from run to run is read. */
import { float64 } from "../base/index.ts";
import type { Param } from "../device/program.ts";
import { cast, constant, type Expr, input, param, rewriteAll, topologicalOrder } from "../ir/expr.ts";
import { interpret } from "../ir/interpret.ts";
import { mapKernel, reduceKernel } from "../ir/kernel.ts";
import { fillOf, type Node, type Ref } from "./graph.ts";
import { sameRef } from "./share.ts";

/** The node with constants and fixed params inside of its kernel, and every input and slot only once. */
export function withConstants<N extends Node>(node: N): N {
  if (node.kind === "map") {
    const { exprs, inputs, params } = settle(node.kernel.outputs, node.inputs, node.params, false);
    const kernel = mapKernel(node.kernel.name, dtypesOf(inputs), exprs);
    return { ...node, kernel, inputs, params };
  }
  if (node.kind === "reduce") {
    const { name, element, combine, identity, finish } = node.kernel;
    const roots = settle([element], node.inputs, node.params, true);
    // In `finish`, input 0 is what has been gathered: only its params can be known.
    const ends = finish && settle([finish], null, node.params, true, roots.params);
    const kernel = reduceKernel(name, dtypesOf(roots.inputs), {
      element: roots.exprs[0]!,
      combine,
      identity,
      finish: ends ? ends.exprs[0]! : null,
    });
    return { ...node, kernel, inputs: roots.inputs, params: roots.params };
  }
  return node;
}

function dtypesOf(refs: readonly Ref[]) {
  return refs.map(({ value }) => value.dtype);
}

/**
 * Rewrites expressions: constants for what is known, new numbers for the inputs and params that remain. `keepOne` keeps
 * an input even if all are constants.
 */
function settle(
  roots: readonly Expr[],
  given: readonly Ref[] | null,
  params: readonly Param[],
  keepOne: boolean,
  slots: Param[] = [],
): { exprs: Expr[]; inputs: Ref[]; params: Param[] } {
  const leaves = topologicalOrder(roots).filter(({ args }) => args.length === 0);
  const used = new Set(leaves.flatMap((x) => (x.op === "input" ? [Number(x.value)] : [])));
  const isKnown = (i: number): boolean => fillOf(given![i]!.value) !== null;
  const spared = keepOne && given !== null && [...used].every(isKnown) ? [...used][0] : undefined;
  const inputs: Ref[] = [];
  const settled = (x: Expr): Expr => {
    if (x.op === "param") {
      const known = params[Number(x.value)]!;
      // Converted by value, as a kernel does with its params.
      if (typeof known === "number") {
        return constant(interpret(cast(constant(known, float64), x.dtype), [], []), x.dtype);
      }
      let at = slots.findIndex((slot) => typeof slot === "object" && slot.slot === known.slot);
      if (at < 0) at = slots.push(known) - 1;
      return param(at, x.dtype);
    }
    if (x.op !== "input" || given === null) return x;
    const number = Number(x.value);
    const ref = given[number]!;
    const fill = fillOf(ref.value);
    if (fill !== null && number !== spared) return constant(fill, x.dtype);
    let at = inputs.findIndex((other) => sameRef(other, ref));
    if (at < 0) at = inputs.push(ref) - 1;
    return input(at, x.dtype);
  };
  const replaced = new Map(leaves.map((x) => [x, settled(x)]));
  const isAsBefore = leaves.every((x) => replaced.get(x) === x);
  const exprs = isAsBefore ? [...roots] : rewriteAll(roots, (x) => replaced.get(x) ?? null);
  return { exprs, inputs, params: slots };
}
