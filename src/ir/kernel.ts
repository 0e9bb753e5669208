/**
 * Kernels: a scalar expression over an index space. These few kinds, and not the ops, are what a device runs.
 */
import type { DType } from "../base/index.ts";
import { type Expr, topologicalOrder } from "./expr.ts";

/** For each element: outputs[k] = expression k of the inputs and params. */
export interface MapKernel {
  readonly kind: "map";
  /** Names the op in errors and listings. */
  readonly name: string;
  readonly inputs: readonly DType[];
  readonly paramCount: number;
  readonly outputs: readonly Expr[];
  /** The output is the input, element by element: a device may copy instead of compute. */
  readonly isCopy: boolean;
}

/**
 * Folds some axes: result = finish(combine(... combine(combine(identity, e0), e1) ..., en)), where e = element(inputs).
 * Devices may regroup the folding, so `combine` must be associative and commutative up to rounding.
 */
export interface ReduceKernel {
  readonly kind: "reduce";
  readonly name: string;
  readonly inputs: readonly DType[];
  readonly paramCount: number;
  /** What is folded, from the inputs and params; its dtype is the accumulator's. */
  readonly element: Expr;
  /** Input 0 is what has been gathered so far, input 1 the next element. */
  readonly combine: Expr;
  readonly identity: Expr;
  /** Turns the gathered value (input 0) and the params into the result; null when it is the result. */
  readonly finish: Expr | null;
}

/**
 * Finds where one axis has its extreme: the int64 index of the first element that is `better` than those before
 * it and that none after it is better than. Input 0 of `better` is the candidate, input 1 the best so far.
 */
export interface ArgReduceKernel {
  readonly kind: "argReduce";
  readonly name: string;
  readonly input: DType;
  readonly better: Expr;
}

/** How many dimensions each group of a contraction has: a [batch..., m..., k...] x b [batch..., k..., n...]. */
export interface ContractGroups {
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** How scatter puts elements where others are: in their place, or added to or multiplied with them. */
export type Scattering = "write" | "add" | "multiply";

export type Kernel = MapKernel | ReduceKernel | ArgReduceKernel;

function countParams(roots: readonly Expr[]): number {
  let count = 0;
  for (const x of topologicalOrder(roots)) {
    if (x.op === "param") count = Math.max(count, Number(x.value) + 1);
  }
  return count;
}

/** Makes a map kernel, reading the number of params off the expressions. */
export function mapKernel(name: string, inputs: readonly DType[], outputs: readonly Expr[]): MapKernel {
  const only = outputs.length === 1 ? outputs[0]! : null;
  const isCopy = only !== null && only.op === "input" && inputs.length === 1;
  return { kind: "map", name, inputs, paramCount: countParams(outputs), outputs, isCopy };
}

/** Makes a reduce kernel, reading the number of params off the expressions. */
export function reduceKernel(
  name: string,
  inputs: readonly DType[],
  parts: Pick<ReduceKernel, "element" | "combine" | "identity" | "finish">,
): ReduceKernel {
  const roots = parts.finish ? [parts.element, parts.finish] : [parts.element];
  return { kind: "reduce", name, inputs, paramCount: countParams(roots), ...parts };
}
