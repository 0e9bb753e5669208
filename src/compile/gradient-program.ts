/** The backward pass of a compiled call as a program. */

import { gradientEdge } from "../autograd/edge.ts";
import { gradientsAt } from "../autograd/engine.ts";
import { CompileError, type TypedArray } from "../base/index.ts";
import type { Storage } from "../device/storage.ts";
import { tape } from "../ops/executor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Written } from "./actions.ts";
import { type Assembled, assemble } from "./assemble.ts";
import { CallNode } from "./call-node.ts";
import { copyGraph } from "./copy-graph.ts";
import { copyElements, copyLike, elementsOf, writeElements } from "./elements.ts";
import { type Call, Gradient, type History, historyOf } from "./gradient.ts";
import { rootOf, type Value } from "./graph.ts";

/** An output whose gradient arrives. */
interface Arrival {
  /** Among the outputs. */
  readonly number: number;
  /** The leaf that stands for the gradient in the trace. */
  readonly standIn: Tensor;
  readonly memory: Written;
}

/** What is computed for an end. */
interface Computed {
  readonly traced: Tensor;
  /** The number of the kept value. */
  readonly kept: number;
}

export class GradientProgram {
  readonly assembled: Assembled;
  /** The outside storages that it reads. */
  readonly reads: ReadonlySet<Storage>;
  readonly #arrivals: readonly Arrival[];
  readonly #computed: readonly (Computed | null)[];
  readonly #history: History | null;

  /** `recorded` says of the gradient of each output whether it requires gradients; null where none arrives. */
  constructor(
    { tracer, outputs, ends, standIns, compiler }: Gradient,
    recorded: readonly (boolean | null)[],
  ) {
    this.#arrivals = recorded.flatMap((requiresGrad, number) => {
      if (requiresGrad === null) return [];
      const { shape, dtype } = outputs[number]!;
      const { x, memory } = tracer.writtenTensor(shape, dtype);
      x.requiresGrad = requiresGrad;
      return [{ number, standIn: x, memory }];
    });
    const arrived = this.#arrivals.map(({ standIn }) => standIn);
    const actions = tracer.actions.list.length;
    const gradients = tracer.run(() =>
      gradientsAt(
        this.#arrivals.map(({ number }) => outputs[number]!),
        arrived,
        ends,
        tape !== null,
      ),
    );
    tracer.values.end();
    if (tracer.actions.list.length > actions) {
      throw new CompileError(
        "compile: a backward pass that draws random numbers or counts steps must be called within the function",
      );
    }
    const kept: Value[] = [];
    this.#computed = gradients.map(
      (traced) => traced && { traced, kept: kept.push(tracer.values.valueOf(traced)) - 1 },
    );
    const known = gradients.filter((dx) => dx !== null);
    this.#history = historyOf(tracer, known, [...standIns, ...arrived], compiler);
    // What the call checks has been checked, and what it changes has been changed.
    const nodes = tracer.nodes.filter(({ kind }) => kind !== "check");
    const { graph, copyOf } = copyGraph({ nodes, stores: new Map(), kept });
    this.assembled = assemble(graph, tracer.actions, compiler, copyOf);
    const read = this.assembled.graph.nodes.flatMap((node) => [...node.inputs, ...node.outputs]);
    const origins = read.map(({ value }) => rootOf(value).origin);
    this.reads = new Set(origins.flatMap((origin) => (origin.kind === "external" ? [origin.storage] : [])));
  }

  /** The gradients for the ends, from those of the outputs. */
  run(call: Call, dys: readonly (Tensor | null)[]): (Tensor | null)[] {
    const { runnable, slots, kept } = this.assembled;
    const elements = new Map<Written, TypedArray>(call.elements);
    for (const { memory, number } of this.#arrivals) {
      const own = new dys[number]!.dtype.Array(memory.value.length);
      writeElements(own, dys[number]!);
      elements.set(memory, own);
    }
    for (const { memory, storage } of slots) copyElements(elementsOf(storage), elements.get(memory)!);
    runnable.slots.set(call.slots);
    runnable.run();
    const history = this.#history;
    const edges = (): (typeof call)["edges"] => [
      ...call.edges,
      ...this.#arrivals.map(({ number }) => (dys[number]!.requiresGrad ? gradientEdge(dys[number]!) : null)),
    ];
    const nodes =
      history instanceof Gradient ? new CallNode(history, { ...call, elements, edges: edges() }) : null;
    return this.#computed.map((computed) => {
      if (computed === null) return null;
      const dx = copyLike(computed.traced, kept[computed.kept]!);
      if (nodes !== null) dx.gradFn = nodes.of(computed.traced);
      return dx;
    });
  }
}
