/** What a traced function does with tensors from outside: what it reads of them, and what it changes. */
import { CompileError, formatShape } from "../base/index.ts";
import type { Storage } from "../device/storage.ts";
import { setTrace } from "../ops/executor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { StorageValues } from "./storage-values.ts";

/** What a program depends on of an outside tensor. */
export interface Captured {
  readonly storage: Storage;
  /** Null where the function sets it before it reads it. */
  readonly requiresGrad: boolean | null;
}

export class OutsideTensors {
  /** What was read of each. */
  readonly captured = new Map<Tensor, Captured>();
  /** The `grad`s that decided what is computed: the memory of each, or null. */
  readonly gradGuards = new Map<Tensor, Storage | null>();
  /** The tensors whose `grad` was set, and what it was before; tensors made in the trace as well. */
  readonly gradChanges = new Map<Tensor, Tensor | null>();
  /** Those that were changed in place, and the history of each before. */
  readonly #histories = new Map<Tensor, Tensor["gradFn"]>();
  /** Those of which `requiresGrad` was set before anything was read. */
  readonly #hasSet = new WeakSet<Tensor>();
  /** Views made during the trace. What they show is noted for what they are views of. */
  readonly #views = new WeakSet<Tensor>();
  readonly #values: StorageValues;

  constructor(values: StorageValues) {
    this.#values = values;
  }

  readsMemory(x: Tensor): void {
    if (this.#values.isOwn(x) || this.#views.has(x)) return;
    const requiresGrad = this.#hasSet.has(x) ? null : (this.captured.get(x)?.requiresGrad ?? x.requiresGrad);
    this.captured.set(x, { storage: x.storage, requiresGrad });
  }

  /** Called with each new view. */
  addView(view: Tensor): void {
    this.#views.add(view);
  }

  /** Whether a tensor is a view that was made during the trace. */
  isNewView(x: Tensor): boolean {
    return this.#views.has(x);
  }

  /** Called before `requiresGrad` is set. */
  setsRequiresGrad(x: Tensor): void {
    if (!this.captured.has(x)) this.#hasSet.add(x);
  }

  readsGrad(x: Tensor): void {
    if (this.gradChanges.has(x) || this.gradGuards.has(x) || this.#values.isOwn(x)) return;
    this.gradGuards.set(x, gradOf(x)?.storage ?? null);
  }

  writesGrad(x: Tensor): void {
    if (!this.gradChanges.has(x)) this.gradChanges.set(x, gradOf(x));
  }

  /** Called before the memory of a tensor, or of a view of it, is changed. */
  changesMemory(x: Tensor): void {
    if (!this.#values.isOwn(x) && !this.#histories.has(x)) this.#histories.set(x, x.gradFn);
  }

  /** Throws where one has come to require gradients. */
  checkHistories(): void {
    for (const [x, before] of this.#histories) {
      if (x.gradFn === before) continue;
      throw new CompileError(
        `compile: a tensor from outside of the function (shape ${formatShape(x.shape)}) is changed in place to something that requires gradients, ` +
          "so that its history would grow from call to call; change it by a detached value, or return the new value",
      );
    }
  }

  /** Puts back gradients and histories. */
  restore(): void {
    for (const [x, before] of this.gradChanges) x.grad = before;
    for (const [x, before] of this.#histories) x.gradFn = before;
  }
}

/** The gradient of a leaf, read without anybody noticing. */
function gradOf(x: Tensor): Tensor | null {
  const trace = setTrace(null);
  const { grad } = x;
  setTrace(trace);
  return grad;
}
