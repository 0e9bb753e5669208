/** Listens to a function while it runs once, and writes down the graph of what it computes. */

import { latestNode } from "../autograd/node.ts";
import {
  broadcastStrides,
  CompileError,
  contiguousStrides,
  type DType,
  elementCount,
  formatShape,
  int64,
  type Shape,
  type TypedArray,
} from "../base/index.ts";
import type { Device } from "../device/device.ts";
import type { Param, Step } from "../device/program.ts";
import { noteBirths, type Storage } from "../device/storage.ts";
import { constant } from "../ir/expr.ts";
import type { ArgReduceKernel, ContractGroups, MapKernel, ReduceKernel } from "../ir/kernel.ts";
import { conversion } from "../ops/cast.ts";
import { type Executor, setExecutor, setTrace, type Trace } from "../ops/executor.ts";
import { Tensor } from "../tensor/tensor.ts";
import { copyElements, elementsOf } from "./elements.ts";
import { isWhole, type Node, newValue, nextId, type Ref, type Value } from "./graph.ts";
import { copyNode } from "./settle.ts";
import { during, TracedStorage, withhold } from "./traced-storage.ts";

/** An action on plain JavaScript state, which each run repeats. */
export interface Action {
  readonly run: () => unknown;
  readonly undo: (() => void) | undefined;
  /** The numbers that it gave during the trace, for the first run. */
  first: readonly number[];
  /** The first of the slots that take the numbers it gives, and how many; none where no kernel takes them. */
  slot: number;
  count: number;
}

/** Plain state that the trace depended on: `read` gave `value`. */
export interface Guard {
  readonly read: () => unknown;
  readonly value: unknown;
}

/** What a program depends on of an outside tensor. */
export interface Captured {
  readonly storage: Storage;
  /** Null where the function sets it before it reads it. */
  readonly requiresGrad: boolean | null;
}

/** Memory that plain JavaScript writes before each run. */
export interface Written {
  readonly value: Value;
  /** What the trace wrote, for the first run; then the program's own memory. */
  elements: TypedArray;
}

const noArray: readonly number[] = [];

export class Tracer implements Executor, Trace {
  readonly nodes: Node[] = [];
  readonly actions: Action[] = [];
  readonly guards: Guard[] = [];
  readonly memories: Written[] = [];
  readonly hasSet = new WeakSet<object>();
  /** The `grad`s that decided what is computed: the memory of each, or null. */
  readonly gradGuards = new Map<Tensor, Storage | null>();
  /** The tensors whose `grad` was set, and what it was before. */
  readonly gradChanges = new Map<Tensor, Tensor | null>();
  /** Outside tensors, and what was read of them. */
  readonly captured = new Map<Tensor, Captured>();
  /** The value that each storage holds now. */
  readonly #values = new Map<Storage, Value>();
  /** The value that each outside storage held before. */
  readonly #initial = new Map<Storage, Value>();
  /** Values that several storages hold: a change of one of these must not be seen in the others. */
  readonly #aliased = new Set<Value>();
  /** The version of each outside storage: at the end of the trace while it is not on, before it while it is. */
  readonly #versions = new Map<Storage, number>();
  /** The histories of outside tensors that were changed in place. */
  readonly #histories = new Map<Tensor, Tensor["gradFn"]>();
  /** How to put back plain state. */
  readonly #restores: (() => void)[] = [];
  /** Storages made during the trace: their elements are constants. */
  readonly #born = new Set<Storage>();
  readonly #constants = new Map<Storage, Value>();
  /** Views made during the trace. What they show is noted for what they are views of. */
  readonly #views = new WeakSet<Tensor>();
  readonly #traced: TracedStorage[] = [];
  /** The latest action that gave this array. */
  readonly #arrays = new Map<readonly number[], Action>();
  /** How many slots are in use. */
  slots = 0;
  #eager!: Executor;

  /** The latest node of autograd's graph before the trace. */
  readonly firstNode = latestNode();

  constructor(readonly device: Device) {}

  /** Runs `body` and notes what it computes. Can be called again, to go on where the trace ended. */
  run<T>(body: () => T): T {
    const outerBirths = noteBirths(this.#born);
    this.#eager = setExecutor(this);
    setTrace(this);
    this.#swapVersions();
    try {
      return body();
    } finally {
      this.#swapVersions();
      setTrace(null);
      setExecutor(this.#eager);
      noteBirths(outerBirths);
    }
  }

  /** In-place changes that were only noted down have not happened outside. */
  #swapVersions(): void {
    for (const [storage, version] of this.#versions) {
      this.#versions.set(storage, storage.version);
      storage.version = version;
    }
  }

  /** Puts back what the trace has changed outside: for a trace that failed. */
  restore(): void {
    for (const restore of this.#restores.reverse()) restore();
    for (const [x, before] of this.gradChanges) x.grad = before;
    for (const [x, before] of this.#histories) x.gradFn = before;
  }

  /** From now on, reading a traced tensor says that it has no value, and so does a constant that was changed in place. */
  end(): void {
    for (const storage of this.#traced) storage.ended = true;
    for (const [storage, value] of this.#constants)
      if (this.#values.get(storage) !== value) withhold(storage);
  }

  /** Throws where an outside tensor has come to require gradients. */
  checkHistories(): void {
    for (const [x, before] of this.#histories) {
      if (x.gradFn === before) continue;
      throw new CompileError(
        `compile: a tensor from outside of the function (shape ${formatShape(x.shape)}) is changed in place to something that requires gradients, ` +
          "so that its history would grow from call to call; change it by a detached value, or return the new value",
      );
    }
  }

  /** Whether a tensor was made in the trace. */
  isOwn({ storage }: Tensor): boolean {
    return storage instanceof TracedStorage || this.#born.has(storage);
  }

  /** The storages that were there before. */
  get outside(): Storage[] {
    return [...this.#initial.keys()];
  }

  /** What outside storages hold at the end, where they have changed. */
  stores(): Map<Storage, Value> {
    const stores = new Map<Storage, Value>();
    for (const [storage, before] of this.#initial) {
      const after = this.#values.get(storage)!;
      if (after !== before) stores.set(storage, after);
    }
    return stores;
  }

  /** The value that a tensor shows, and how. */
  refOf(x: Tensor): Ref {
    this.readsMemory(x);
    return {
      value: this.#valueOf(x.storage, x.dtype, x.requiresGrad),
      shape: x.shape,
      strides: x.strides,
      offset: x.offset,
    };
  }

  #valueOf(storage: Storage, dtype: DType, isTrained: boolean): Value {
    let value = this.#values.get(storage);
    if (value !== undefined) return value;
    if (storage instanceof TracedStorage) {
      throw new CompileError(
        "compile: a tensor from inside another compiled function is used; return it from there instead",
      );
    }
    if (this.#born.has(storage)) {
      const { data, base, length } = storage;
      value = constantValue(dtype, data.slice(base, base + length));
      this.#constants.set(storage, value);
    } else if (storage.foreign && !isTrained) {
      value = this.#copiedFrom(storage, dtype);
    } else {
      value = newValue(dtype, storage.length, { kind: "external", storage });
      this.#initial.set(storage, value);
      this.#versions.set(storage, storage.version);
    }
    this.#values.set(storage, value);
    return value;
  }

  /** What the user's own array holds at the beginning of each run. */
  #copiedFrom(storage: Storage, dtype: DType): Value {
    const { value, elements } = this.writtenTensor([storage.length], dtype).memory;
    const memory = this.memories.at(-1)!;
    copyElements(elements, elementsOf(storage));
    const run = (): void => copyElements(memory.elements, elementsOf(storage));
    this.actions.push({ run, undo: undefined, first: noArray, slot: 0, count: 0 });
    return value;
  }

  /** A tensor with memory of its own that holds the value. */
  #tensorOf(value: Value, shape: Shape): Tensor {
    const before = noteBirths(null);
    const storage = new TracedStorage(this.device, value.dtype, value.length);
    noteBirths(before);
    this.#traced.push(storage);
    this.#values.set(storage, value);
    return new Tensor(storage, value.dtype, shape, contiguousStrides(shape), 0, true);
  }

  /** A place for a result of `dtype` and `shape`, whole. */
  #fresh(dtype: DType, shape: Shape): Ref {
    const value = newValue(dtype, elementCount(shape), { kind: "node" });
    return { value, shape, strides: contiguousStrides(shape), offset: 0 };
  }

  /** The place that an in-place op writes: a new value for the storage. */
  #overwritten(x: Tensor, reads: boolean): Ref {
    const { storage, dtype, shape, strides, offset } = x;
    const base = x.viewOf ?? x;
    if (!this.isOwn(base) && !this.#histories.has(base)) this.#histories.set(base, base.gradFn);
    if (storage.foreign && !this.#initial.has(storage)) {
      throw new CompileError(
        `compile: a tensor made by fromTypedArray (shape ${formatShape(shape)}) is changed in place; a compiled function can only read your array: clone() the tensor`,
      );
    }
    let before: Value | null = this.#valueOf(storage, dtype, false);
    if (isWhole({ value: before, shape, strides, offset }) && !reads) before = null;
    else if (this.#aliased.has(before)) before = this.#copyOf(before);
    const value = newValue(dtype, storage.length, { kind: "node" }, before);
    this.#values.set(storage, value);
    return { value, shape, strides, offset };
  }

  #copyOf(value: Value): Value {
    const copy = newValue(value.dtype, value.length, { kind: "node" });
    this.nodes.push(copyNode(value, copy));
    return copy;
  }

  #params(params: readonly number[]): Param[] {
    const action = this.#arrays.get(params);
    if (action === undefined) return [...params];
    if (action.count === 0) {
      action.slot = this.slots;
      action.count = params.length;
      this.slots += action.count;
    }
    return params.map((_, i) => ({ slot: action.slot + i }));
  }

  #refs(inputs: readonly Tensor[]): Ref[] {
    return inputs.map((x) => this.refOf(x));
  }

  // What the kernels are asked to do.

  map(kernel: MapKernel, inputs: readonly Tensor[], shape: Shape, params: readonly number[]): Tensor {
    const output = this.#fresh(kernel.outputs[0]!.dtype, shape);
    this.#addMap(kernel, this.#refs(inputs), [output], shape, params);
    return this.#tensorOf(output.value, shape);
  }

  mapInto(
    kernel: MapKernel,
    outputs: readonly Tensor[],
    inputs: readonly Tensor[],
    params: readonly number[],
  ): void {
    const refs = this.#refs(inputs);
    this.#addMap(
      kernel,
      refs,
      outputs.map((x) => this.#overwritten(x, false)),
      outputs[0]!.shape,
      params,
    );
  }

  #addMap(kernel: MapKernel, inputs: Ref[], outputs: Ref[], shape: Shape, params: readonly number[]): void {
    const names = [kernel.name];
    this.#add({ kind: "map", names, inputs, outputs, kernel, shape, params: this.#params(params) });
  }

  #add(step: Step<Ref>): void {
    // What has no elements need not be computed.
    if (step.outputs.length > 0 && step.outputs.every(({ shape }) => elementCount(shape) === 0)) return;
    this.nodes.push({ ...step, id: nextId() });
  }

  copyInto(output: Tensor, x: Tensor): void {
    const input = this.refOf(x);
    const place = this.#overwritten(output, false);
    const sameElements = isWhole(input) && input.value.length === place.value.length;
    if (x.dtype === output.dtype && place.value.basis === null && sameElements) {
      this.#values.set(output.storage, input.value);
      this.#aliased.add(input.value);
    } else {
      this.#addMap(conversion(x.dtype, output.dtype).kernel, [input], [place], output.shape, noArray);
    }
  }

  reduce(
    kernel: ReduceKernel,
    inputs: readonly Tensor[],
    shape: Shape,
    dims: readonly number[],
    outputShape: Shape,
    params: readonly number[],
  ): Tensor {
    const output = this.#fresh((kernel.finish ?? kernel.element).dtype, outputShape);
    this.#add({
      kind: "reduce",
      names: [kernel.name],
      inputs: this.#refs(inputs),
      outputs: [output],
      kernel,
      order: { kernel, strides: inputs.map((x) => broadcastStrides(x.shape, x.strides, shape)) },
      shape,
      dims,
      params: this.#params(params),
    });
    return this.#tensorOf(output.value, outputShape);
  }

  argReduce(kernel: ArgReduceKernel, x: Tensor, dim: number, outputShape: Shape): Tensor {
    return this.#compute(kernel.name, [x], int64, outputShape, (operands) => ({
      kind: "argReduce",
      ...operands,
      kernel,
      dim,
    }));
  }

  matmul(a: Tensor, b: Tensor, bias: Tensor | null, outputShape: Shape): Tensor {
    const inputs = bias ? [a, b, bias] : [a, b];
    return this.#compute("matmul", inputs, a.dtype, outputShape, (operands) => ({
      kind: "matmul",
      ...operands,
    }));
  }

  contract(a: Tensor, b: Tensor, groups: ContractGroups): Tensor {
    const shape = [...a.shape.slice(0, groups.batch + groups.m), ...b.shape.slice(groups.batch + groups.k)];
    return this.#compute("contract", [a, b], a.dtype, shape, (operands) => ({
      kind: "contract",
      ...operands,
      groups,
    }));
  }

  gather(x: Tensor, index: Tensor, dim: number): Tensor {
    return this.#compute("gather", [x, index], x.dtype, index.shape, (operands) => ({
      kind: "gather",
      ...operands,
      dim,
    }));
  }

  #compute(
    name: string,
    inputs: readonly Tensor[],
    dtype: DType,
    shape: Shape,
    make: (operands: { names: string[]; inputs: Ref[]; outputs: Ref[] }) => Step<Ref>,
  ): Tensor {
    const output = this.#fresh(dtype, shape);
    this.#add(make({ names: [name], inputs: this.#refs(inputs), outputs: [output] }));
    return this.#tensorOf(output.value, shape);
  }

  scatterAdd(into: Tensor, index: Tensor, source: Tensor, dim: number): void {
    this.#scatter("scatterAdd", into, index, source, dim);
  }

  scatter(into: Tensor, index: Tensor, source: Tensor, dim: number): void {
    this.#scatter("scatter", into, index, source, dim);
  }

  #scatter(kind: "scatter" | "scatterAdd", into: Tensor, index: Tensor, source: Tensor, dim: number): void {
    const inputs = this.#refs([index, source]);
    this.#add({ kind, names: [kind], inputs, outputs: [this.#overwritten(into, true)], dim });
  }

  view(x: Tensor, shape: Shape, strides: Shape, offset: number): Tensor {
    // Views of outside tensors are outside tensors, too: only their memory is known by a value.
    this.readsMemory(x);
    const view = this.#eager.view(x, shape, strides, offset);
    this.#views.add(view);
    return view;
  }

  zeros(shape: Shape, dtype: DType): Tensor {
    return this.#tensorOf(fillValue(dtype, elementCount(shape), 0), shape);
  }

  scalar(value: number | bigint, dtype: DType): Tensor {
    return this.#tensorOf(fillValue(dtype, 1, value), []);
  }

  // What happens around them.

  replayed<T>(action: () => T, undo?: () => void): T {
    const result = this.untraced(action);
    // The array may be used again by then.
    const noted: Action = {
      run: action,
      undo,
      first: Array.isArray(result) ? [...result] : noArray,
      slot: 0,
      count: 0,
    };
    this.actions.push(noted);
    if (Array.isArray(result)) this.#arrays.set(result, noted);
    return result;
  }

  guarded<T>(read: () => T): T {
    const value = read();
    this.guards.push({ read, value });
    return value;
  }

  untraced<T>(body: () => T): T {
    setExecutor(this.#eager);
    setTrace(null);
    const births = noteBirths(null);
    try {
      return body();
    } finally {
      noteBirths(births);
      setTrace(this);
      setExecutor(this);
    }
  }

  written(shape: Shape, dtype: DType, write: (values: TypedArray) => void): Tensor {
    const { x, memory } = this.writtenTensor(shape, dtype);
    this.replayed(() => write(memory.elements));
    return x;
  }

  /** A tensor whose elements are put into `memory.elements` before each run. */
  writtenTensor(shape: Shape, dtype: DType): { x: Tensor; memory: Written } {
    const value = newValue(dtype, elementCount(shape), { kind: "written" });
    const memory: Written = { value, elements: new dtype.Array(value.length) };
    this.memories.push(memory);
    return { x: this.#tensorOf(value, shape), memory };
  }

  check(holds: Tensor, fail: () => Error): void {
    this.#add({ kind: "check", names: ["check"], inputs: [this.refOf(holds)], outputs: [], fail });
  }

  readsGrad(x: Tensor): void {
    if (this.gradChanges.has(x) || this.gradGuards.has(x) || x.storage instanceof TracedStorage) return;
    this.gradGuards.set(x, this.#gradOf(x)?.storage ?? null);
  }

  writesGrad(x: Tensor): void {
    if (!this.gradChanges.has(x)) this.gradChanges.set(x, this.#gradOf(x));
  }

  readsValues({ storage }: Tensor): void {
    const isConstant = this.#born.has(storage) && this.#values.get(storage) === this.#constants.get(storage);
    if (!isConstant) throw new CompileError(during());
  }

  readsMemory(x: Tensor): void {
    if (this.isOwn(x) || this.#views.has(x)) return;
    const requiresGrad = this.hasSet.has(x) ? null : (this.captured.get(x)?.requiresGrad ?? x.requiresGrad);
    this.captured.set(x, { storage: x.storage, requiresGrad });
  }

  setsRequiresGrad(x: Tensor, set: () => void): void {
    if (this.isOwn(x)) {
      set();
      return;
    }
    if (!this.captured.has(x)) this.hasSet.add(x);
    const before = x.requiresGrad;
    this.onFailure(() => {
      x.requiresGrad = before;
    });
    this.replayed(set);
  }

  onFailure(restore: () => void): void {
    this.#restores.push(restore);
  }

  #gradOf(x: Tensor): Tensor | null {
    setTrace(null);
    const { grad } = x;
    setTrace(this);
    return grad;
  }
}

function fillValue(dtype: DType, length: number, value: number | bigint): Value {
  return newValue(dtype, length, { kind: "fill", value: constant(value, dtype).value });
}

/** A value with these elements; one number where they are all the same. */
function constantValue(dtype: DType, data: TypedArray): Value {
  const first = data[0];
  for (const element of data) {
    if (!Object.is(element, first)) return newValue(dtype, data.length, { kind: "constant", data });
  }
  return fillValue(dtype, data.length, first ?? 0);
}
