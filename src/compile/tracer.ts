/** Listens to a function while it runs once: to its kernel calls, and to what plain JavaScript does around them. */
import { latestNode } from "../autograd/node.ts";
import { CompileError, contiguousStrides, type DType, type Shape, type TypedArray } from "../base/index.ts";
import type { Device } from "../device/device.ts";
import { noteBirths } from "../device/storage.ts";
import { execute, setExecutor, setTrace, type Trace } from "../ops/executor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Actions, type Written } from "./actions.ts";
import type { Node } from "./graph.ts";
import { spanOf } from "./layout.ts";
import { isConstant, isContainer } from "./nested.ts";
import { OutsideTensors } from "./outside-tensors.ts";
import { Recorder } from "./recorder.ts";
import { StorageValues } from "./storage-values.ts";
import { contentText } from "./structure-text.ts";
import { during } from "./traced-storage.ts";

/** Plain state that the trace depended on: `read` gave `value`. */
export interface Guard {
  readonly read: () => unknown;
  readonly value: unknown;
}

interface HeardGuard extends Guard {
  readonly isDeep: boolean;
}

export class Tracer implements Trace {
  readonly nodes: Node[] = [];
  readonly actions = new Actions();
  readonly values: StorageValues;
  readonly outside: OutsideTensors;
  /** State that is looked at before each run. */
  readonly guards: Guard[] = [];
  /** State whose changes are told, by its owner and what that calls it. */
  readonly #heard = new Map<object, Map<unknown, HeardGuard>>();
  readonly hasSet = new WeakSet<object>();
  /** The latest node of autograd's graph before the trace. */
  readonly firstNode = latestNode();
  /** How to put back plain state. */
  readonly #restores: (() => void)[] = [];
  /** What runs kernels outside of the trace. */
  readonly #eager = execute;
  readonly #recorder: Recorder;

  constructor(device: Device) {
    this.values = new StorageValues(device, this.nodes, this.actions);
    this.outside = new OutsideTensors(this.values);
    this.#recorder = new Recorder(this.nodes, this.actions, this.values, this.outside, this.#eager);
  }

  /** Runs `body` and notes what it computes. Can be called again, to go on where the trace ended. */
  run<T>(body: () => T): T {
    return this.values.within(() => {
      setExecutor(this.#recorder);
      setTrace(this);
      try {
        return body();
      } finally {
        setTrace(null);
        setExecutor(this.#eager);
      }
    });
  }

  /** Puts back what the trace has changed outside: for a trace that failed. */
  restore(): void {
    // Histories first: a result of an op must require gradients.
    this.outside.restore();
    for (const restore of this.#restores.reverse()) restore();
  }

  replayed<T>(action: () => T, undo?: () => void): T {
    const result = this.untraced(action);
    this.actions.add(action, undo, result);
    return result;
  }

  guarded<T>(read: () => T): T {
    const value = read();
    this.guards.push({ read, value });
    return value;
  }

  heard<T>(owner: object, name: unknown, read: () => T, isDeep = false): T {
    const value = read();
    let guards = this.#heard.get(owner);
    if (guards === undefined) this.#heard.set(owner, (guards = new Map()));
    guards.set(name, { read, value, isDeep });
    return value;
  }

  told(owner: object, name: unknown, read: () => unknown): void {
    const guard = this.#heard.get(owner)?.get(name);
    if (guard !== undefined) this.heard(owner, name, read, guard.isDeep);
  }

  /** The guards of state whose changes are told. */
  get heardGuards(): HeardGuard[] {
    return [...this.#heard.values()].flatMap((guards) => [...guards.values()]);
  }

  /** The guards of what is in arrays and objects among that state: it is looked at before each run. */
  get contents(): Guard[] {
    return this.heardGuards.flatMap(({ value, isDeep }) => {
      if (!isDeep || !isContainer(value) || isConstant(value)) return [];
      const content = contentText(value);
      return content === null ? [] : [{ read: () => contentText(value), value: content }];
    });
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
      setExecutor(this.#recorder);
    }
  }

  written(shape: Shape, dtype: DType, write: (values: TypedArray) => void): Tensor {
    const { x, memory } = this.writtenTensor(shape, dtype);
    this.replayed(() => write(memory.elements));
    return x;
  }

  /** A tensor whose elements are put into `memory.elements` before each run. */
  writtenTensor(
    shape: Shape,
    dtype: DType,
    strides = contiguousStrides(shape),
  ): { x: Tensor; memory: Written } {
    const memory = this.actions.memory(dtype, spanOf(shape, strides));
    return { x: this.values.tensorOf(memory.value, shape, strides), memory };
  }

  check(holds: Tensor, fail: () => Error): void {
    this.#recorder.check(holds, fail);
  }

  readsGrad(x: Tensor): void {
    this.outside.readsGrad(x);
  }

  writesGrad(x: Tensor): void {
    this.outside.writesGrad(x);
  }

  readsMemory(x: Tensor): void {
    this.outside.readsMemory(x);
  }

  standsForView(copy: Tensor, x: Tensor): void {
    this.values.standsForView(copy, x);
  }

  readsValues({ storage }: Tensor): void {
    if (!this.values.isConstant(storage)) throw new CompileError(during());
  }

  setsRequiresGrad(x: Tensor, set: () => void): void {
    if (this.values.isOwn(x)) {
      set();
      return;
    }
    this.outside.setsRequiresGrad(x);
    const before = x.requiresGrad;
    this.onFailure(() => {
      x.requiresGrad = before;
    });
    this.replayed(set);
  }

  onFailure(restore: () => void): void {
    this.#restores.push(restore);
  }
}
