/**
 * The two slots that the ops plug into. `execute` runs kernels on tensors: eagerly on a device, or by noting them
 * down (a tracer). `tape`, when gradients are on, remembers what was done. Both are filled from the layers above,
 * so that an op record reads the same whoever listens.
 */
import type { DType, Shape, TypedArray } from "../base/index.ts";
import type { ArgReduceKernel, ContractGroups, MapKernel, ReduceKernel, Scattering } from "../ir/kernel.ts";
import type { Tensor } from "./handle.ts";

/** What `device/device.ts` does with memory, said of tensors: the results are allocated on the inputs' device. */
export interface Executor {
  /** A new tensor of `shape` from one output of the kernel; the inputs broadcast to it. */
  map(kernel: MapKernel, inputs: readonly Tensor[], shape: Shape, params: readonly number[]): Tensor;
  /** Writes the kernel's outputs into existing tensors, which may be among the inputs. */
  mapInto(
    kernel: MapKernel,
    outputs: readonly Tensor[],
    inputs: readonly Tensor[],
    params: readonly number[],
  ): void;
  /** Overwrites `output` with the elements of `x`, which broadcasts to it and is converted to its dtype. */
  copyInto(output: Tensor, x: Tensor): void;
  /** Folds the axes `dims` of the inputs, which broadcast to `shape`. */
  reduce(
    kernel: ReduceKernel,
    inputs: readonly Tensor[],
    shape: Shape,
    dims: readonly number[],
    outputShape: Shape,
    params: readonly number[],
  ): Tensor;
  argReduce(kernel: ArgReduceKernel, x: Tensor, dim: number, outputShape: Shape): Tensor;
  matmul(a: Tensor, b: Tensor, bias: Tensor | null, outputShape: Shape): Tensor;
  /** Matrix products over groups of dimensions, a [batch..., m..., k...] x b [batch..., k..., n...]. */
  contract(a: Tensor, b: Tensor, groups: ContractGroups): Tensor;
  gather(x: Tensor, index: Tensor, dim: number): Tensor;
  /** into[index] = source along `dim`, or += or *=. */
  scatter(into: Tensor, index: Tensor, source: Tensor, dim: number, how: Scattering): void;
  /** The same memory seen through another shape; `offset` counts from the start of the storage. */
  view(x: Tensor, shape: Shape, strides: Shape, offset: number): Tensor;
  /** Zeros on the device of `like`. */
  zeros(shape: Shape, dtype: DType, like: Tensor): Tensor;
  /** A 0-d tensor on the device of `like`. */
  scalar(value: number | bigint, dtype: DType, like: Tensor): Tensor;
}

/** What a gradient rule may ask of the call that it differentiates. */
export interface Recorded {
  /** The input number i, as it was; only those that the rule said it saves. */
  input(i: number): Tensor;
  /** The result; only if the rule said that it saves it. */
  readonly output: Tensor;
  readonly attributes: unknown;
  /** Whether the gradient of input i is wanted. */
  needs(i: number): boolean;
  shapeOf(i: number): Shape;
}

/** Something with a gradient that the tape can remember a call of. */
export interface Differentiable {
  readonly name: string;
  /** Which values the gradient reads, given a bit per input that wants one: bit i for input i, bit 31 for the output. */
  saves(needs: number): number;
  /** dL/d(each input) from dL/d(output); null where it is not needed or zero. */
  gradient(dy: Tensor, call: Recorded): readonly (Tensor | null)[];
}

/** The bit of `Differentiable.saves` that stands for the result. */
export const SAVES_OUTPUT = 1 << 31;

/** What hears of every call while gradients are on. */
export interface Tape {
  /** Notes a call, if any input wants a gradient, and marks the output as depending on it. */
  record(op: Differentiable, inputs: readonly Tensor[], output: Tensor, attributes: unknown): void;
  /** Throws if `x` must not be changed in place now. */
  checkInPlace(name: string, x: Tensor): void;
  /**
   * Called before `op` overwrites its input 0. Throws if it must not; gives what notes afterwards that input 0 holds the
   * result, null if there is nothing to record.
   */
  prepareInPlace(
    name: string,
    op: Differentiable,
    inputs: readonly Tensor[],
    attributes: unknown,
  ): (() => void) | null;
  /** Called with each fresh result while anomalies are looked for. */
  inspect: ((name: string, output: Tensor, inputs: readonly Tensor[]) => void) | null;
}

export let execute: Executor;

/** Puts another executor in the slot; gives the one that was there. */
export function setExecutor(executor: Executor): Executor {
  const before = execute;
  execute = executor;
  return before;
}

/**
 * What a tracer must know of the plain JavaScript around the kernels. A compiled program runs the kernels of one traced
 * call again and again, without the JavaScript that called them; these are the parts of it that must not be lost.
 */
export interface Trace {
  /** Runs an action now, and again before each run of the program; `undo` takes it back where the run then fails. */
  replayed<T>(action: () => T, undo?: () => void): T;
  /** Reads a value; the program is only right as long as it reads the same. */
  guarded<T>(read: () => T): T;
  /**
   * Reads state whose changes are told, which `owner` calls `name` (plain-state.ts); else as `guarded`. What is in a plain
   * array or object that is read changes untold: with `isDeep` it is guarded, too.
   */
  heard<T>(owner: object, name: unknown, read: () => T, isDeep?: boolean): T;
  /** Called when such state has been changed: what was read of it is what it is now. */
  told(owner: object, name: unknown, read: () => unknown): void;
  /** Whose plain state the traced function has set itself: what it reads of that depends on nothing. */
  readonly hasSet: WeakSet<object>;
  /** Runs outside of the trace: what it makes outlives the call. */
  untraced<T>(body: () => T): T;
  /** A tensor of `shape` whose elements `write` writes before each run, in row-major order. */
  written(shape: Shape, dtype: DType, write: (values: TypedArray) => void): Tensor;
  /** Stops a run with the error that `fail` makes unless `holds`, one truth value, is true. */
  check(holds: Tensor, fail: () => Error): void;
  /** Called before the `grad` of a leaf is read. */
  readsGrad(x: Tensor): void;
  /** Called before the `grad` of a leaf is written. */
  writesGrad(x: Tensor): void;
  /** Called before elements are read, where that would be an answer for one run only. */
  readsValues(x: Tensor): void;
  /** Has `set` switch whether x requires gradients. */
  setsRequiresGrad(x: Tensor, set: () => void): void;
  /** Called where a tensor shows the memory of `x` without an op. */
  readsMemory(x: Tensor): void;
  /** Called with a copy of elements of `x` of which there would be a view outside of a trace. */
  standsForView(copy: Tensor, x: Tensor): void;
  /** Notes how to put back plain state that is about to be changed, should the trace fail. */
  onFailure(restore: () => void): void;
}

/** Null except while a program is traced. */
export let trace: Trace | null = null;

/** Starts (a trace) or ends (null) listening; gives what was there before. */
export function setTrace(next: Trace | null): Trace | null {
  const before = trace;
  trace = next;
  return before;
}

/**
 * Runs an action on plain JavaScript state: counting a step, computing the numbers that a kernel takes as params. A
 * compiled program repeats it at each run. The params of a kernel that change from run to run must be (in an array
 * that is) the result of such an action. `undo` takes it back where the run then fails.
 */
export function replayed<T>(action: () => T, undo?: () => void): T {
  return trace === null ? action() : trace.replayed(action, undo);
}

/** Reads plain state that decides what is computed. A compiled program is traced again once it has changed. */
export function guarded<T>(read: () => T): T {
  return trace === null ? read() : trace.guarded(read);
}

/** Makes state that outlives the call, such as the buffers of an optimizer. */
export function untraced<T>(body: () => T): T {
  return trace === null ? body() : trace.untraced(body);
}

/** Null while gradients are off. */
export let tape: Tape | null = null;

/** Switches recording on (a tape) or off (null); gives what was there before. */
export function setTape(next: Tape | null): Tape | null {
  const before = tape;
  tape = next;
  return before;
}

/** Runs `body` without recording, and restores the tape also when it throws. */
export function withoutTape<T>(body: () => T): T {
  const before = setTape(null);
  try {
    return body();
  } finally {
    setTape(before);
  }
}

/** Shows the tape a fresh result, so that it can be differentiated later; gives the result back. */
export function record(
  rule: Differentiable,
  inputs: readonly Tensor[],
  output: Tensor,
  attributes: unknown = null,
): Tensor {
  if (tape === null) return output;
  if (tape.inspect !== null) tape.inspect(rule.name, output, inputs);
  if (!output.dtype.isFloatingPoint) return output;
  for (let i = 0; i < inputs.length; i++) {
    if (inputs[i]!.requiresGrad) {
      tape.record(rule, inputs, output, attributes);
      break;
    }
  }
  return output;
}
