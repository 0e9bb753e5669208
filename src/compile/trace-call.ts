/** Runs a function once under a tracer, and finds out what it leaves behind. */
import { CompileError } from "../base/index.ts";
import type { Device } from "../device/device.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Written } from "./actions.ts";
import { writeLike } from "./elements.ts";
import type { Graph, Value } from "./graph.ts";
import { keptStrides } from "./layout.ts";
import { exchangeTensors, holderOf, mapTensors } from "./nested.ts";
import { contentText } from "./structure-text.ts";
import { Tracer } from "./tracer.ts";

/** What the `grad` of a leaf is after the call: value number `kept`, or a tensor from outside. */
export interface GradChange {
  readonly leaf: Tensor;
  readonly grad: Tensor | null;
  readonly kept: number | null;
}

/** An argument whose elements are copied into the program. */
export interface CopiedArgument {
  /** What the function was given in its place. */
  readonly standIn: Tensor;
  readonly memory: Written;
  /** The number of the kept value with which its elements are overwritten; null where they are only read. */
  readonly kept: number | null;
  /** The number of the kept value that becomes its `grad`, which must be null before; null where it stays. */
  readonly grad: number | null;
}

/** An argument of the call: a copied one, or the very tensor that it must be again. */
export type Argument = CopiedArgument | { readonly tensor: Tensor };

export interface TracedCall<R> {
  readonly tracer: Tracer;
  readonly graph: Graph;
  readonly arguments: readonly Argument[];
  readonly gradChanges: readonly GradChange[];
  /** As the function returned it; tensors without values are those of `resultKept`, and stand-ins of arguments. */
  readonly result: R;
  /** The number of the kept value of each tensor in the result that was computed. */
  readonly resultKept: ReadonlyMap<Tensor, number>;
  /** The tensors in the result that are views of the memory of outside tensors: each call makes its own. */
  readonly resultViews: ReadonlySet<Tensor>;
}

/**
 * Calls `fn`; `tensors` are those of the arguments, in order. A leaf that gathers gradients is known by itself, as if the
 * function had it from elsewhere, unless there are others in the places `varying`.
 */
export function traceCall<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  args: A,
  tensors: readonly Tensor[],
  varying: ReadonlySet<number>,
  device: Device,
): TracedCall<R> {
  const tracer = new Tracer(device);
  try {
    return noted(tracer, fn, args, tensors, varying);
  } catch (error) {
    tracer.restore();
    throw error;
  } finally {
    tracer.values.end();
  }
}

function noted<A extends readonly unknown[], R>(
  tracer: Tracer,
  fn: (...args: A) => R,
  args: A,
  tensors: readonly Tensor[],
  varying: ReadonlySet<number>,
): TracedCall<R> {
  const standIns = new Map<Tensor, { x: Tensor; memory: Written }>();
  for (const [i, x] of tensors.entries()) {
    const isKnownByItself = x.requiresGrad && x.isLeaf && !(varying.has(i) && x.grad === null);
    if (isKnownByItself || standIns.has(x)) continue;
    const standIn = tracer.writtenTensor(x.shape, x.dtype, keptStrides(x));
    writeLike(standIn.memory.elements, standIn.x, x);
    standIn.x.requiresGrad = x.requiresGrad;
    standIns.set(x, standIn);
  }
  const given = exchangeTensors(args, (x) => standIns.get(x)?.x ?? x);
  const content = contentText(given);
  const result = tracer.run(() => fn(...given));
  if (result instanceof Promise) {
    // What goes on in it must not go wrong unheard: it would end the process.
    result.catch(() => {});
    throw new CompileError(
      `compile: ${fn.name || "the function"} is async, but a compiled program runs in one go; await outside, and compile the synchronous part`,
    );
  }
  tracer.outside.checkHistories();
  if (contentText(given) !== content) {
    throw new CompileError(
      "compile: the function changes an array or an object among its arguments, which a program cannot repeat; return the new value",
    );
  }
  const holder = holderOf(result, (x) => tracer.values.isOwn(x));
  if (holder !== null) {
    throw new CompileError(
      `compile: the function returns an object of class ${holder.constructor.name} that holds a tensor it has computed, which would have no values; return tensors by themselves, or in arrays, plain objects, Maps and Sets`,
    );
  }

  const kept: Value[] = [];
  const keep = (x: Tensor): number => kept.push(tracer.values.valueOf(x)) - 1;
  const ofArguments = new Set(Array.from(standIns.values(), ({ x }) => x));
  const resultKept = new Map<Tensor, number>();
  const resultViews = new Set<Tensor>();
  mapTensors(result, (x) => {
    if (!tracer.values.isOwn(x)) {
      if (tracer.outside.isNewView(x)) resultViews.add(x);
    } else if (!ofArguments.has(x) && !resultKept.has(x)) resultKept.set(x, keep(x));
    return x;
  });
  const gradChanges: GradChange[] = [];
  for (const [leaf, before] of tracer.outside.gradChanges) {
    if (tracer.values.isOwn(leaf)) continue;
    const { grad } = leaf;
    gradChanges.push({ leaf, grad, kept: grad !== null && tracer.values.isOwn(grad) ? keep(grad) : null });
    // Until the program has run.
    leaf.grad = before;
  }
  const handed = tensors.map((tensor): Argument => {
    const found = standIns.get(tensor);
    if (found === undefined) return { tensor };
    const { x: standIn, memory } = found;
    const { grad } = standIn;
    if (grad !== null && !tensor.isLeaf)
      refuse(tensor, "a gradient reaches it within the function, and cannot go on", "detach it");
    const isChanged = tracer.values.valueOf(standIn) !== memory.value;
    if (isChanged && standIn.gradFn !== null)
      refuse(tensor, "it is changed in place to something that requires gradients", "return the new value");
    return { standIn, memory, kept: isChanged ? keep(standIn) : null, grad: grad && keep(grad) };
  });
  const graph: Graph = { nodes: [...tracer.nodes], stores: tracer.values.stores(), kept };
  return { tracer, graph, arguments: handed, gradChanges, result, resultKept, resultViews };
}

function refuse({ shape }: Tensor, why: string, instead: string): never {
  throw new CompileError(
    `compile: an argument of shape [${shape.join(", ")}] cannot be used so: ${why}; ${instead}`,
  );
}
