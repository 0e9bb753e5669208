/** Tensors in nested arrays, objects, Maps and Sets: what compiled functions take and give. */
import { Shown } from "../base/index.ts";
import { isTensor } from "../ops/handle.ts";
import { ValuesAndIndices } from "../ops/values-and-indices.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** The most objects among which hidden tensors are looked for. */
const MOST_LOOKED_AT = 10_000;

/** Whether the parts of an object make it up: a pair, or an object without a class. */
export function isRecord(x: object): x is Record<string, unknown> {
  const prototype = Object.getPrototypeOf(x) as unknown;
  return prototype === Object.prototype || prototype === null || x instanceof ValuesAndIndices;
}

/** Whether an object is of a class of the user's: neither made up of its parts, nor of the library. */
function isForeign(x: object): boolean {
  return !(Array.isArray(x) || x instanceof Map || x instanceof Set || isRecord(x) || x instanceof Shown);
}

/** Whether a value may come to hold something else without being another value. */
export function isContainer(x: unknown): x is object {
  return typeof x === "object" && x !== null && !isTensor(x) && !(x instanceof Shown);
}

/** Whether a container can never hold anything else: frozen, with nothing in it that can change. */
export function isConstant(x: object): boolean {
  return Object.isFrozen(x) && (Array.isArray(x) || isRecord(x)) && !Object.values(x).some(isContainer);
}

/** The parts of a structure that tensors are looked for in, in the form in which `rebuilt` takes them. */
function partsOf(x: object): unknown[] | null {
  if (Array.isArray(x)) return x;
  if (x instanceof Map) return [...x.values()];
  if (x instanceof Set) return [...x];
  return isRecord(x) ? Object.values(x) : null;
}

/** A structure like x of other parts. */
function rebuilt(x: object, parts: unknown[]): object {
  if (Array.isArray(x)) return parts;
  if (x instanceof Map) return new Map(Array.from(x.keys(), (key, i) => [key, parts[i]]));
  if (x instanceof Set) return new Set(parts);
  const entries = Object.keys(x).map((name, i) => [name, parts[i]] as const);
  const copy = Object.create(Object.getPrototypeOf(x) as object | null) as object;
  return Object.assign(copy, Object.fromEntries(entries));
}

/** A copy of a structure with every tensor replaced. */
export function mapTensors<T>(structure: T, replace: (x: Tensor) => unknown): T {
  const visit = (x: unknown): unknown => {
    if (typeof x !== "object" || x === null) return x;
    if (isTensor(x)) return replace(x as Tensor);
    const parts = partsOf(x);
    return parts === null ? x : rebuilt(x, parts.map(visit));
  };
  return visit(structure) as T;
}

/** A structure with tensors exchanged: what holds none is not copied. */
export function exchangeTensors<T>(structure: T, replace: (x: Tensor) => unknown): T {
  const visit = (x: unknown): unknown => {
    if (typeof x !== "object" || x === null) return x;
    if (isTensor(x)) return replace(x as Tensor);
    const before = partsOf(x);
    const parts = before?.map(visit);
    if (before === null || parts === undefined || parts.every((part, i) => part === before[i])) return x;
    return rebuilt(x, parts);
  };
  return visit(structure) as T;
}

/** The object of a class in a structure that holds one of `those` tensors; null if there is none. */
export function holderOf(structure: unknown, those: (x: Tensor) => boolean): object | null {
  const met = new Set<object>();
  const visit = (x: unknown, holder: object | null): object | null => {
    if (typeof x !== "object" || x === null || met.has(x) || met.size > MOST_LOOKED_AT) return null;
    if (isTensor(x)) return holder !== null && those(x as Tensor) ? holder : null;
    met.add(x);
    if (x instanceof Shown || ArrayBuffer.isView(x)) return null;
    const within = isForeign(x) ? x : holder;
    for (const part of partsOf(x) ?? Object.values(x)) {
      const found = visit(part, within);
      if (found !== null) return found;
    }
    return null;
  };
  return visit(structure, null);
}
