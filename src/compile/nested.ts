/** Tensors in nested arrays and objects: what compiled functions take and give. */

import { CompileError } from "../base/index.ts";
import { isTensor } from "../ops/handle.ts";
import { ValuesAndIndices } from "../ops/values-and-indices.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Numbers for objects that are known by their identity alone. */
const identities = new WeakMap<object, number>();
let identified = 0;

function identityOf(x: object): number {
  let found = identities.get(x);
  if (found === undefined) identities.set(x, (found = ++identified));
  return found;
}

/** Whether the parts of an object make it up: an array, a pair, or an object without a class. */
function isPlain(x: object): x is readonly unknown[] | Record<string, unknown> {
  if (Array.isArray(x) || x instanceof ValuesAndIndices) return true;
  const prototype = Object.getPrototypeOf(x) as unknown;
  return prototype === Object.prototype || prototype === null;
}

/** Says what a tensor is, in the key of a structure. */
type Describe = (x: Tensor) => string;

/**
 * Adds the tensors of a structure to `tensors` and gives a text that is equal for structures that differ in the elements
 * of their tensors alone: plain values and other objects are part of it.
 */
export function flatten(structure: unknown, tensors: Tensor[], describe: Describe): string {
  if (typeof structure !== "object" || structure === null) {
    if (typeof structure === "function") return `f${identityOf(structure)}`;
    if (typeof structure === "string") return JSON.stringify(structure);
    return Object.is(structure, -0) ? "number:-0" : `${typeof structure}:${String(structure)}`;
  }
  if (isTensor(structure)) {
    tensors.push(structure as Tensor);
    return describe(structure as Tensor);
  }
  if (ArrayBuffer.isView(structure)) {
    throw new CompileError(
      "compile: a typed array among the arguments could change unnoticed; make a tensor of it outside, with torch.fromTypedArray",
    );
  }
  if (!isPlain(structure)) return `o${identityOf(structure)}`;
  if (Array.isArray(structure)) return `[${structure.map((x) => flatten(x, tensors, describe)).join()}]`;
  const parts = Object.entries(structure).map(
    ([name, x]) => `${JSON.stringify(name)}:${flatten(x, tensors, describe)}`,
  );
  return `{${parts.join()}}`;
}

/** A copy of a structure with every tensor replaced. */
export function mapTensors<T>(structure: T, replace: (x: Tensor) => unknown): T {
  const visit = (x: unknown): unknown => {
    if (typeof x !== "object" || x === null) return x;
    if (isTensor(x)) return replace(x as Tensor);
    if (x instanceof ValuesAndIndices) {
      return new ValuesAndIndices(visit(x.values) as Tensor, visit(x.indices) as Tensor);
    }
    if (!isPlain(x)) return x;
    if (Array.isArray(x)) return x.map(visit);
    return Object.fromEntries(Object.entries(x).map(([name, part]) => [name, visit(part)]));
  };
  return visit(structure) as T;
}
