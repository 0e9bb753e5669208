/** One traced call of a function, ready to be run again. */

import { getDefaultDtype } from "../base/index.ts";
import type { Device } from "../device/device.ts";
import type { Compiler } from "../device/program.ts";
import type { Storage } from "../device/storage.ts";
import { execute, tape } from "../ops/executor.ts";
import { isTensor } from "../ops/handle.ts";
import { stateChanges } from "../ops/plain-state.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Action } from "./actions.ts";
import { type Assembled, assemble, attach } from "./assemble.ts";
import type { ResultNodes } from "./call-node.ts";
import { copyGraph } from "./copy-graph.ts";
import { copyElements, copyLike, tensorOver, viewAgain, writeLike } from "./elements.ts";
import { Gradient, type History, historyOf } from "./gradient.ts";
import { mapTensors } from "./nested.ts";
import type { Captured } from "./outside-tensors.ts";
import { type Argument, traceCall } from "./trace-call.ts";
import type { Guard } from "./tracer.ts";

/** What errors of autograd name as the op that changed a saved value. */
const WRITER = "a compiled function";

function areMet(guards: readonly Guard[]): boolean {
  for (let i = 0; i < guards.length; i++) {
    const { read, value } = guards[i]!;
    if (!Object.is(read(), value)) return false;
  }
  return true;
}

export class CompiledProgram<A extends readonly unknown[], R> {
  readonly assembled: Assembled;
  /** Milliseconds that the trace took. */
  readonly traceTime: number;
  // What the program depends on.
  readonly recordsGradients = tape !== null;
  readonly dtype = getDefaultDtype();
  readonly #compiler: Compiler;
  readonly #settings: number;
  readonly #guards: readonly Guard[];
  readonly #heard: readonly Guard[];
  readonly #gradGuards: readonly (readonly [Tensor, Storage | null])[];
  readonly #captured: readonly (readonly [Tensor, Captured])[];
  #changes = stateChanges();
  // What happens around a run.
  readonly #arguments: readonly Argument[];
  readonly #actions: readonly Action[];
  readonly #grads: readonly { readonly leaf: Tensor; readonly grad: Tensor | null }[];
  readonly #stored: readonly Storage[];
  readonly #result: R;
  readonly #resultKept: ReadonlyMap<Tensor, number>;
  readonly #resultViews: ReadonlySet<Tensor>;
  /** The number of the argument that each stand-in stands for. */
  readonly #standIns: ReadonlyMap<Tensor, number>;
  readonly history: History | null;
  #isFirst = true;

  /**
   * Traces `fn` with these arguments, whose tensors are `tensors`, and compiles what it does. In the places `varying`, the
   * leaves are not the same from call to call.
   */
  constructor(
    fn: (...args: A) => R,
    args: A,
    tensors: readonly Tensor[],
    varying: ReadonlySet<number>,
    device: Device,
    compiler: Compiler,
  ) {
    this.#compiler = compiler;
    this.#settings = compiler.settings();
    const start = performance.now();
    const call = traceCall(fn, args, tensors, varying, device);
    this.traceTime = performance.now() - start;
    const { tracer } = call;
    this.#standIns = new Map(
      call.arguments.flatMap((argument, i) => ("memory" in argument ? [[argument.standIn, i] as const] : [])),
    );
    try {
      const standIns = call.arguments.map((argument) => ("memory" in argument ? argument.standIn : null));
      this.history = historyOf(tracer, [...call.resultKept.keys(), ...call.resultViews], standIns, compiler);
      // What gradients are derived from must stay as it was traced.
      const own = this.history instanceof Gradient ? copyGraph(call.graph) : null;
      this.assembled = assemble(own?.graph ?? call.graph, tracer.actions, compiler, own?.copyOf);
    } catch (error) {
      tracer.restore();
      throw error;
    }
    this.#guards = [...tracer.guards, ...tracer.contents];
    this.#heard = tracer.heardGuards;
    this.#gradGuards = [...tracer.outside.gradGuards];
    this.#captured = [...tracer.outside.captured];
    this.#arguments = call.arguments;
    this.#actions = tracer.actions.list;
    this.#stored = [...call.graph.stores.keys()];
    this.#grads = call.gradChanges.map(({ leaf, grad, kept }) => ({
      leaf,
      grad: kept === null ? grad : tensorOver(this.assembled.kept[kept]!, grad!),
    }));
    this.#result = call.result;
    this.#resultKept = call.resultKept;
    this.#resultViews = call.resultViews;
    // What the trace wrote serves the first run.
    const written = tracer.actions.memories.map(({ elements }) => elements);
    attach(this.assembled.slots);
    for (const [i, { elements }] of tracer.actions.memories.entries()) {
      if (elements !== written[i]) copyElements(elements, written[i]!);
    }
  }

  /** Whether all that the program depends on is as it was. */
  fits(tensors: readonly Tensor[]): boolean {
    if (this.recordsGradients !== (tape !== null)) return false;
    if (this.dtype !== getDefaultDtype() || this.#settings !== this.#compiler.settings()) return false;
    if (!areMet(this.#guards)) return false;
    for (let i = 0; i < this.#gradGuards.length; i++) {
      const [x, storage] = this.#gradGuards[i]!;
      if ((x.grad?.storage ?? null) !== storage) return false;
    }
    for (let i = 0; i < this.#arguments.length; i++) {
      const argument = this.#arguments[i]!;
      if (
        "tensor" in argument
          ? tensors[i] !== argument.tensor
          : argument.grad !== null && tensors[i]!.grad !== null
      ) {
        return false;
      }
    }
    if (this.#changes !== stateChanges()) {
      if (!areMet(this.#heard)) return false;
      for (const [x, { storage, requiresGrad }] of this.#captured) {
        if (x.storage !== storage || (requiresGrad ?? x.requiresGrad) !== x.requiresGrad) return false;
      }
      this.#changes = stateChanges();
    }
    return true;
  }

  /** The places of arguments where the program knows another tensor by itself. */
  strangers(tensors: readonly Tensor[]): number[] {
    return this.#arguments.flatMap((argument, i) =>
      "tensor" in argument && argument.tensor !== tensors[i] ? [i] : [],
    );
  }

  /** Runs the program; `tensors` are those of the arguments. */
  run(tensors: readonly Tensor[]): R {
    if (this.#isFirst) {
      this.#isFirst = false;
      this.#act(false);
    } else {
      attach(this.assembled.slots);
      for (let i = 0; i < this.#arguments.length; i++) {
        const argument = this.#arguments[i]!;
        if ("memory" in argument) writeLike(argument.memory.elements, argument.standIn, tensors[i]!);
      }
      this.#act(true);
    }
    const { runnable, kept } = this.assembled;
    const nodes = this.history === null ? null : this.history.record(tensors, runnable.slots);
    try {
      runnable.run();
    } catch (error) {
      for (const { undo } of this.#actions.toReversed()) undo?.();
      throw error;
    }
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
      const argument = this.#arguments[i]!;
      if ("tensor" in argument) continue;
      const x = tensors[i]!;
      if (argument.grad !== null) x.grad = copyLike(argument.standIn.grad!, kept[argument.grad]!);
      if (argument.kept === null) continue;
      execute.copyInto(x, tensorOver(kept[argument.kept]!, argument.standIn));
      x.storage.version++;
      x.storage.lastWriter = WRITER;
    }
    return this.#results(tensors, nodes);
  }

  /** Repeats the actions, and hands on the numbers that kernels take. */
  #act(again: boolean): void {
    if (this.#actions.length === 0) return;
    const { slots } = this.assembled.runnable;
    for (let i = 0; i < this.#actions.length; i++) {
      const action = this.#actions[i]!;
      const numbers = again ? action.run() : action.first;
      for (let k = 0; k < action.count; k++) slots[action.slot + k] = (numbers as readonly number[])[k]!;
    }
  }

  /** What the function returned, with copies of what it computed. */
  #results(tensors: readonly Tensor[], nodes: ResultNodes | null): R {
    const replace = (x: Tensor): Tensor => {
      const kept = this.#resultKept.get(x);
      if (kept === undefined && !this.#resultViews.has(x)) {
        const argument = this.#standIns.get(x);
        return argument === undefined ? x : tensors[argument]!;
      }
      const y = kept === undefined ? viewAgain(x) : copyLike(x, this.assembled.kept[kept]!);
      y.gradFn = nodes?.of(x) ?? null;
      if (y.gradFn === null && x.requiresGrad) y.requiresGrad = true;
      return y;
    };
    return isTensor(this.#result)
      ? (replace(this.#result as Tensor) as R)
      : mapTensors(this.#result, replace);
  }
}
