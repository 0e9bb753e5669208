/** One traced call of a function, ready to be run again. */
import { contiguousStrides, elementCount, getDefaultDtype, type TypedArray } from "../base/index.ts";
import type { Device } from "../device/device.ts";
import type { Compiler, Runnable } from "../device/program.ts";
import type { Storage } from "../device/storage.ts";
import { execute, tape } from "../ops/executor.ts";
import { areDeterministicAlgorithmsEnabled } from "../tensor/determinism.ts";
import { readTyped } from "../tensor/reading.ts";
import { storageMoves, Tensor } from "../tensor/tensor.ts";
import { type Graph, rootOf } from "./graph.ts";
import { mapTensors } from "./nested.ts";
import { optimize } from "./optimize.ts";
import { type Plan, plan } from "./plan.ts";
import { type Argument, traceCall } from "./trace-call.ts";
import type { Action, Guard, Written } from "./tracer.ts";

/** What errors of autograd name as the op that changed a saved value. */
const WRITER = "a compiled function";

/** Up to so many elements, a loop is quicker than making views for a copy. */
const FEW = 16;

/** Memory of the program that plain JavaScript writes. */
interface Slot {
  readonly memory: Written;
  readonly storage: Storage;
}

export class CompiledProgram<A extends readonly unknown[], R> {
  readonly graph: Graph;
  readonly plan: Plan;
  readonly #runnable: Runnable;
  // What the program depends on.
  readonly #records = tape !== null;
  readonly #dtype = getDefaultDtype();
  readonly #deterministic = areDeterministicAlgorithmsEnabled();
  readonly #guards: readonly Guard[];
  readonly #gradGuards: readonly (readonly [Tensor, Storage | null])[];
  readonly #captured: readonly (readonly [Tensor, Storage])[];
  #moves = storageMoves();
  // What happens around a run.
  readonly #arguments: readonly Argument[];
  readonly #actions: readonly Action[];
  readonly #slots: readonly Slot[];
  readonly #grads: readonly { readonly leaf: Tensor; readonly grad: Tensor | null }[];
  readonly #stored: readonly Storage[];
  readonly #storages: readonly Storage[];
  readonly #result: R;
  readonly #resultKept: ReadonlyMap<Tensor, number>;
  #isFirst = true;

  /** Traces `fn` with these arguments, whose tensors are `tensors`, and compiles what it does. */
  constructor(fn: (...args: A) => R, args: A, tensors: readonly Tensor[], device: Device, compiler: Compiler) {
    const call = traceCall(fn, args, tensors, device);
    const { tracer } = call;
    this.graph = optimize(call.graph, compiler);
    this.plan = plan(this.graph, compiler, tracer.slots);
    this.#runnable = compiler.compile(this.plan.program);
    this.#guards = tracer.guards;
    this.#gradGuards = [...tracer.gradGuards];
    this.#captured = [...tracer.captured];
    this.#arguments = call.arguments;
    this.#actions = tracer.actions;
    this.#stored = [...this.graph.stores.keys()];
    this.#storages = this.graph.kept.map((value) => this.plan.storages.get(rootOf(value))!);
    this.#slots = tracer.memories.flatMap((memory) => {
      const storage = this.plan.storages.get(memory.value);
      return storage === undefined ? [] : [{ memory, storage }];
    });
    this.#grads = call.gradChanges.map(({ leaf, grad, kept }) => ({
      leaf,
      grad: kept === null ? grad : tensorOver(this.#storages[kept]!, grad!),
    }));
    this.#result = call.result;
    this.#resultKept = call.resultKept;
    // What the trace wrote serves the first run.
    for (const slot of this.#slots) {
      const { elements } = slot.memory;
      slot.memory.elements = elementsOf(slot.storage);
      copy(slot.memory.elements, elements);
    }
  }

  /** How the device does the steps. */
  get notes(): readonly string[] {
    return this.#runnable.notes;
  }

  /** Whether all that the program depends on is as it was. */
  fits(tensors: readonly Tensor[]): boolean {
    if (this.#records !== (tape !== null)) return false;
    if (this.#dtype !== getDefaultDtype() || this.#deterministic !== areDeterministicAlgorithmsEnabled()) return false;
    for (let i = 0; i < this.#guards.length; i++) {
      const { read, value } = this.#guards[i]!;
      if (!Object.is(read(), value)) return false;
    }
    for (let i = 0; i < this.#gradGuards.length; i++) {
      const [x, storage] = this.#gradGuards[i]!;
      if ((x.grad?.storage ?? null) !== storage) return false;
    }
    for (let i = 0; i < this.#arguments.length; i++) {
      const { memory, tensor } = this.#arguments[i]!;
      if (memory === null && tensors[i] !== tensor) return false;
    }
    if (this.#moves !== storageMoves()) {
      for (const [x, storage] of this.#captured) if (x.storage !== storage) return false;
      this.#moves = storageMoves();
    }
    return true;
  }

  /** Runs the program; `tensors` are those of the arguments. */
  run(tensors: readonly Tensor[]): R {
    if (this.#isFirst) {
      this.#isFirst = false;
      this.#fillSlots(false);
    } else {
      for (let i = 0; i < this.#arguments.length; i++) {
        const { memory } = this.#arguments[i]!;
        if (memory !== null) write(memory.elements, tensors[i]!);
      }
      this.#fillSlots(true);
    }
    this.#runnable.run();
    for (let i = 0; i < this.#stored.length; i++) {
      const storage = this.#stored[i]!;
      storage.version++;
      if (storage.lastWriter !== WRITER) storage.lastWriter = WRITER;
    }
    for (let i = 0; i < this.#grads.length; i++) {
      const { leaf, grad } = this.#grads[i]!;
      if (leaf.grad !== grad) leaf.grad = grad;
    }
    for (let i = 0; i < this.#arguments.length; i++) {
      const { kept } = this.#arguments[i]!;
      if (kept === null) continue;
      const x = tensors[i]!;
      execute.copyInto(x, tensorOver(this.#storages[kept]!, x));
      x.storage.version++;
    }
    return this.#results();
  }

  /** Repeats the actions, and hands on the numbers that kernels take. */
  #fillSlots(again: boolean): void {
    if (this.#actions.length === 0) return;
    const { slots } = this.#runnable;
    for (let i = 0; i < this.#actions.length; i++) {
      const action = this.#actions[i]!;
      const numbers = again ? action.run() : action.first;
      for (let k = 0; k < action.count; k++) slots[action.slot + k] = (numbers as readonly number[])[k]!;
    }
  }

  /** A copy of what the function returned. */
  #results(): R {
    const single = this.#resultKept.get(this.#result as Tensor);
    if (single !== undefined) return copyOf(this.#result as Tensor, this.#storages[single]!) as R;
    if (this.#resultKept.size === 0) return this.#result;
    return mapTensors(this.#result, (x) => {
      const kept = this.#resultKept.get(x);
      return kept === undefined ? x : copyOf(x, this.#storages[kept]!);
    });
  }
}

/** A tensor like x with memory of its own, and the elements of `from`. */
function copyOf(x: Tensor, from: Storage): Tensor {
  const { length } = from;
  const to = x.storage.device.allocate(x.dtype, length);
  if (length > FEW) copy(to.data.subarray(to.base, to.base + length), elementsOf(from));
  else {
    const [target, source] = [to.data as Float32Array, from.data as Float32Array];
    for (let i = 0; i < length; i++) target[to.base + i] = source[from.base + i]!;
  }
  return new Tensor(to, x.dtype, x.shape, x.strides, x.offset, x.dense);
}

/** A leaf that shows a storage of the program. */
function tensorOver(storage: Storage, { dtype, shape }: Tensor): Tensor {
  return new Tensor(storage, dtype, shape, contiguousStrides(shape), 0, true);
}

function elementsOf({ data, base, length }: Storage): TypedArray {
  return data.subarray(base, base + length);
}

function copy(to: TypedArray, from: TypedArray): void {
  (to as { set(from: TypedArray): void }).set(from);
}

/** Copies the elements of a tensor, in row-major order. */
function write(to: TypedArray, x: Tensor): void {
  if (!x.dense) copy(to, readTyped(x));
  else {
    const start = x.storage.base + x.offset;
    copy(to, x.storage.data.subarray(start, start + elementCount(x.shape)));
  }
}
