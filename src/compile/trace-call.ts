/** Runs a function once under a tracer, and finds out what it leaves behind. */
import type { Device } from "../device/device.ts";
import { readTyped } from "../tensor/reading.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Graph, Value } from "./graph.ts";
import { mapTensors } from "./nested.ts";
import { TracedStorage } from "./traced-storage.ts";
import { Tracer, type Written } from "./tracer.ts";

/** What the `grad` of a leaf is after the call: value number `kept`, or a tensor from outside. */
export interface GradChange {
  readonly leaf: Tensor;
  readonly grad: Tensor | null;
  readonly kept: number | null;
}

/** An argument of the call: memory that its elements are copied to, or the very tensor that it must be again. */
export interface Argument {
  readonly tensor: Tensor;
  readonly memory: Written | null;
  /** The number of the kept value with which its elements are overwritten; null where they are only read. */
  readonly kept: number | null;
}

export interface TracedCall<R> {
  readonly tracer: Tracer;
  readonly graph: Graph;
  readonly arguments: readonly Argument[];
  readonly gradChanges: readonly GradChange[];
  /** As the function returned it; tensors without values are those of `resultKept`. */
  readonly result: R;
  /** The number of the kept value of each tensor in the result that was computed. */
  readonly resultKept: ReadonlyMap<Tensor, number>;
}

/** Calls `fn`; `tensors` are those of the arguments, in order. */
export function traceCall<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  args: A,
  tensors: readonly Tensor[],
  device: Device,
): TracedCall<R> {
  const tracer = new Tracer(device);
  const standIns = new Map<Tensor, { x: Tensor; memory: Written }>();
  for (const x of tensors) {
    // A leaf that gathers gradients is known by itself, as if the function had it from elsewhere.
    if (x.requiresGrad || standIns.has(x)) continue;
    const standIn = tracer.writtenTensor(x.shape, x.dtype);
    standIn.memory.elements = readTyped(x);
    standIns.set(x, standIn);
  }
  const result = tracer.run(() => fn(...mapTensors(args, (x) => standIns.get(x)?.x ?? x)));

  const kept: Value[] = [];
  const keep = (x: Tensor): number => kept.push(tracer.refOf(x).value) - 1;
  const isComputed = (x: Tensor | null): x is Tensor => x?.storage instanceof TracedStorage;
  const resultKept = new Map<Tensor, number>();
  mapTensors(result, (x) => {
    if (isComputed(x) && !resultKept.has(x)) resultKept.set(x, keep(x));
    return x;
  });
  const gradChanges: GradChange[] = [];
  for (const [leaf, before] of tracer.gradChanges) {
    if (leaf.storage instanceof TracedStorage) continue;
    const { grad } = leaf;
    gradChanges.push({ leaf, grad, kept: isComputed(grad) ? keep(grad) : null });
    // Until the program has run.
    leaf.grad = before;
  }
  const handed = tensors.map((tensor): Argument => {
    const standIn = standIns.get(tensor);
    if (standIn === undefined) return { tensor, memory: null, kept: null };
    const isChanged = tracer.refOf(standIn.x).value !== standIn.memory.value;
    return { tensor, memory: standIn.memory, kept: isChanged ? keep(standIn.x) : null };
  });
  tracer.end();
  const graph: Graph = { nodes: tracer.nodes, stores: tracer.stores(), kept };
  return { tracer, graph, arguments: handed, gradChanges, result, resultKept };
}
