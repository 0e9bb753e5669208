/** The value that each storage holds during a trace; an in-place change gives it another one. */
import {
  CompileError,
  contiguousStrides,
  type DType,
  elementCount,
  formatShape,
  isContiguous,
  type Shape,
  type TypedArray,
} from "../base/index.ts";
import type { Device } from "../device/device.ts";
import { noteBirths, type Storage } from "../device/storage.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Actions } from "./actions.ts";
import { fillValue, isWhole, type Node, newValue, type Ref, type Value } from "./graph.ts";
import { copyNode } from "./settle.ts";
import { TracedStorage, withhold } from "./traced-storage.ts";

export class StorageValues {
  readonly #device: Device;
  readonly #nodes: Node[];
  readonly #actions: Actions;
  /** The value that each storage holds now. */
  readonly #values = new Map<Storage, Value>();
  /** The value that each outside storage held before. */
  readonly #initial = new Map<Storage, Value>();
  /** Values that several storages hold: a change of one of these must not be seen in the others. */
  readonly #aliased = new Set<Value>();
  /** Copies that stand for views of another storage, which held that value when they were made. */
  readonly #standIns = new Map<Storage, { of: Storage; value: Value }>();
  /** The version of each outside storage: at the end of the trace while it is not on, before it while it is. */
  readonly #versions = new Map<Storage, number>();
  /** Storages made during the trace: their elements are constants. */
  readonly #born = new Set<Storage>();
  readonly #constants = new Map<Storage, Value>();
  readonly #traced: TracedStorage[] = [];

  /** Copies of values are added to `nodes`, and those of the user's own arrays to `actions`. */
  constructor(device: Device, nodes: Node[], actions: Actions) {
    this.#device = device;
    this.#nodes = nodes;
    this.#actions = actions;
  }

  /** Runs a part of the trace. */
  within<T>(body: () => T): T {
    const outerBirths = noteBirths(this.#born);
    this.#swapVersions();
    try {
      return body();
    } finally {
      this.#swapVersions();
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

  /** From now on, reading a traced tensor says that it has no value, and so does a constant that was changed in place. */
  end(): void {
    for (const storage of this.#traced) storage.ended = true;
    for (const storage of this.#constants.keys()) if (!this.isConstant(storage)) withhold(storage);
  }

  /** Whether a tensor was made in the trace. */
  isOwn({ storage }: Tensor): boolean {
    return storage instanceof TracedStorage || this.#born.has(storage);
  }

  /** Whether a storage was made in the trace and holds the same elements in every run. */
  isConstant(storage: Storage): boolean {
    return this.#born.has(storage) && this.#values.get(storage) === this.#constants.get(storage);
  }

  /** The storages that were there before. */
  get outsideStorages(): Storage[] {
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

  /** Notes that a copy stands for a view of x: a change in place of one of them would not be seen in the other. */
  standsForView(copy: Tensor, x: Tensor): void {
    this.#standIns.set(copy.storage, { of: x.storage, value: this.valueOf(x) });
  }

  /** The value that a tensor shows. */
  valueOf({ storage, dtype, requiresGrad }: Tensor): Value {
    let value = this.#values.get(storage);
    if (value !== undefined) {
      const standIn = this.#standIns.get(storage);
      if (standIn && this.#values.get(standIn.of) !== standIn.value) {
        throw new CompileError(
          "compile: what index picked by a tensor is used after a change in place of the tensor that it was picked from, which it would show outside of a compiled function; clone() it first",
        );
      }
      return value;
    }
    if (storage instanceof TracedStorage) {
      throw new CompileError(
        "compile: a tensor from inside another compiled function is used; return it from there instead",
      );
    }
    if (this.#born.has(storage)) {
      const { data, base, length } = storage;
      value = constantValue(dtype, data.slice(base, base + length));
      this.#constants.set(storage, value);
    } else if (storage.foreign && !requiresGrad) {
      value = this.#actions.copyOf(storage, dtype);
    } else {
      value = newValue(dtype, storage.length, { kind: "external", storage });
      this.#initial.set(storage, value);
      this.#versions.set(storage, storage.version);
    }
    this.#values.set(storage, value);
    return value;
  }

  /** A tensor with memory of its own that holds the value. */
  tensorOf(value: Value, shape: Shape, strides = contiguousStrides(shape)): Tensor {
    const before = noteBirths(null);
    const storage = new TracedStorage(this.#device, value.dtype, value.length);
    noteBirths(before);
    this.#traced.push(storage);
    this.#values.set(storage, value);
    return new Tensor(storage, value.dtype, shape, strides, 0, isContiguous(shape, strides));
  }

  /** The place that an in-place op writes: a new value for the storage, unless nothing is written. */
  overwritten(x: Tensor, reads: boolean): Ref {
    const { storage, dtype, shape, strides, offset } = x;
    if (storage.foreign && !this.#initial.has(storage)) {
      throw new CompileError(
        `compile: a tensor made by fromTypedArray (shape ${formatShape(shape)}) is changed in place; a compiled function can only read your array: clone() the tensor`,
      );
    }
    if (this.#standIns.has(storage)) {
      throw new CompileError(
        "compile: what index picked by a tensor is changed in place, which outside of a compiled function would change the tensor that it was picked from; write with indexPut_, or clone() it first",
      );
    }
    let before: Value | null = this.valueOf(x);
    // What has no elements changes nothing.
    if (elementCount(shape) === 0) return { value: before, shape, strides, offset };
    if (isWhole({ value: before, shape, strides, offset }) && !reads) before = null;
    else if (this.#aliased.has(before)) before = this.#copyOf(before);
    const value = newValue(dtype, storage.length, { kind: "node" }, before);
    this.#values.set(storage, value);
    return { value, shape, strides, offset };
  }

  #copyOf(value: Value): Value {
    const copy = newValue(value.dtype, value.length, { kind: "node" });
    this.#nodes.push(copyNode(value, copy));
    return copy;
  }

  /** Has a storage hold a value that another one holds, too. */
  alias(storage: Storage, value: Value): void {
    this.#values.set(storage, value);
    this.#aliased.add(value);
  }
}

/** A value with these elements; one number where they are all the same. */
function constantValue(dtype: DType, data: TypedArray): Value {
  const first = data[0];
  for (const element of data) {
    if (!Object.is(element, first)) return newValue(dtype, data.length, { kind: "constant", data });
  }
  return fillValue(dtype, data.length, first ?? 0);
}
