/**
 * What a traced call computes: nodes, each a kernel call, and the values between them. A value is written once; where
 * a tensor was changed in place, a new value takes the place of the old one.
 */
import type { DType, Shape, TypedArray } from "../base/index.ts";
import type { Step } from "../device/program.ts";
import type { Storage } from "../device/storage.ts";
import { constant } from "../ir/expr.ts";

/** Where a value comes from. */
export type Origin =
  /** The memory of a tensor that exists outside of the program, as it is when a run begins. */
  | { readonly kind: "external"; readonly storage: Storage }
  /** The same elements in every run. */
  | { readonly kind: "constant"; readonly data: TypedArray }
  /** One number for all elements. */
  | { readonly kind: "fill"; readonly value: number | bigint }
  /** Written by plain JavaScript before each run: an argument of the call, random numbers. */
  | { readonly kind: "written" }
  | { readonly kind: "node" };

export interface Value {
  readonly id: number;
  readonly dtype: DType;
  /** Number of elements. */
  readonly length: number;
  origin: Origin;
  /** The value that this one is a change of: it takes over its memory, and only a part of it is written. */
  readonly basis: Value | null;
  /** The first of the chain of changes that led to it, in whose memory it lies; itself where it is no change. */
  readonly root: Value;
}

/** A value seen through a shape. */
export interface Ref {
  readonly value: Value;
  readonly shape: Shape;
  /** In elements, as `offset`. */
  readonly strides: Shape;
  readonly offset: number;
}

/** A step over values; the compiler's nodes have a number, which grows in the order of the trace. */
export type Node = Step<Ref> & { readonly id: number };

export interface Graph {
  readonly nodes: readonly Node[];
  /** What the memory of outside tensors holds after a run. */
  readonly stores: ReadonlyMap<Storage, Value>;
  /** Values that are read after a run: results, and gradients that stay in `grad`. */
  readonly kept: readonly Value[];
}

let created = 0;

export function newValue(dtype: DType, length: number, origin: Origin, basis: Value | null = null): Value {
  return withRoot({ id: ++created, dtype, length, origin, basis });
}

/** The value with its root, given what else it is. */
export function withRoot(parts: Omit<Value, "root">): Value {
  const value = { ...parts, root: parts.basis?.root };
  value.root ??= value as Value;
  return value as Value;
}

/** A value of which all elements are one number. */
export function fillValue(dtype: DType, length: number, value: number | bigint): Value {
  return newValue(dtype, length, { kind: "fill", value: constant(value, dtype).value });
}

/** The number of a node; later nodes have greater ones. */
export function nextId(): number {
  return ++created;
}

/** Whether a ref shows all elements of its value in their order. */
export function isWhole({ value, shape, strides, offset }: Ref): boolean {
  if (offset !== 0) return false;
  let step = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] !== 1 && strides[d] !== step) return false;
    step *= shape[d]!;
  }
  return step === value.length;
}

/** The values that a node reads, those that it changes included. */
export function valuesRead(node: Node): Value[] {
  const changed = node.outputs.flatMap(({ value }) => (value.basis ? [value.basis] : []));
  return [...node.inputs.map(({ value }) => value), ...changed];
}

/** A number for all elements, if the value is that simple. */
export function fillOf(value: Value): number | bigint | null {
  const { origin } = value;
  return origin.kind === "fill" && value.basis === null ? origin.value : null;
}

/** The value in whose memory this one lies: the first of the chain of changes that led to it. */
export function rootOf(value: Value): Value {
  return value.root;
}
