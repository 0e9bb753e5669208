/**
 * Gradients of what compiled functions return. The trace leaves a graph of autograd behind; it is walked once for each set
 * of gradients that arrive, and what that computes becomes a program, which computes again what it needs of the call.
 */
import { gradientEdge } from "../autograd/edge.ts";
import { AccumulateNode, type GraphNode } from "../autograd/node.ts";
import { AutogradError, CompileError, type TypedArray } from "../base/index.ts";
import type { Compiler } from "../device/program.ts";
import type { Storage } from "../device/storage.ts";
import { tape, trace } from "../ops/executor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Written } from "./actions.ts";
import { CallNode, type ResultNodes, SpentNode } from "./call-node.ts";
import { GradientProgram } from "./gradient-program.ts";
import type { Tracer } from "./tracer.ts";

/** What the gradients of one call are computed from. */
export interface Call {
  /** Where the gradient of each stand-in goes. */
  readonly edges: readonly (GraphNode | null)[];
  /** What JavaScript had written for it: arguments and random numbers. */
  readonly elements: ReadonlyMap<Written, TypedArray>;
  readonly slots: Float64Array;
  /** Of the outside storages. */
  readonly versions: readonly number[];
}

/** The history of results, for each call. */
export interface History {
  record(tensors: readonly Tensor[], slots: Float64Array): ResultNodes;
}

/** Results whose graph has been used within the function, or cannot be walked: every call has the same error. */
class SpentHistory implements History, ResultNodes {
  readonly #nodes: ReadonlyMap<Tensor, GraphNode>;

  constructor(outputs: readonly Tensor[], error: unknown) {
    this.#nodes = new Map(outputs.map((x) => [x, new SpentNode(x.gradFn!.name, error)]));
  }

  record(): ResultNodes {
    return this;
  }

  of(x: Tensor): GraphNode | null {
    return this.#nodes.get(x) ?? null;
  }
}

/** Results that can be differentiated. */
export class Gradient implements History {
  readonly #outside: readonly Storage[];
  readonly #changed: ReadonlySet<Storage>;
  readonly #programs = new Map<string, GradientProgram>();

  /** `ends` is where gradients leave what was traced; `standIns` are leaves there in the place of tensors that each call has. */
  constructor(
    readonly tracer: Tracer,
    readonly outputs: readonly Tensor[],
    readonly ends: readonly GraphNode[],
    readonly standIns: readonly (Tensor | null)[],
    readonly compiler: Compiler,
  ) {
    this.#outside = tracer.values.outsideStorages;
    this.#changed = new Set(tracer.values.stores().keys());
  }

  get programs(): readonly GradientProgram[] {
    return [...this.#programs.values()];
  }

  /** Notes a call that is about to run. */
  record(tensors: readonly Tensor[], slots: Float64Array): CallNode {
    return new CallNode(this, {
      edges: tensors.map((x) => (x.requiresGrad ? gradientEdge(x) : null)),
      elements: new Map(
        this.tracer.actions.memories.map((memory) => [memory, memory.elements.slice() as TypedArray]),
      ),
      slots: slots.slice(),
      versions: this.#outside.map(({ version }) => version),
    });
  }

  /** Where the gradients of a call go, in the order of `ends`. */
  next({ edges }: Call): (GraphNode | null)[] {
    return this.ends.map((end) => {
      const standIn = end instanceof AccumulateNode ? this.standIns.indexOf(end.leaf) : -1;
      return standIn < 0 ? end : edges[standIn]!;
    });
  }

  /** The gradients for the ends, from those of the outputs; null where there is none. */
  apply(call: Call, dys: readonly (Tensor | null)[]): (Tensor | null)[] {
    if (trace !== null) {
      throw new CompileError(
        "compile: what another compiled function returned is differentiated while a function is traced; call both inside, or none",
      );
    }
    const recorded = dys.map((dy) => dy && tape !== null && dy.requiresGrad);
    const key = [tape !== null, this.compiler.settings(), ...recorded.map(String)].join();
    let program = this.#programs.get(key);
    if (program === undefined) this.#programs.set(key, (program = new GradientProgram(this, recorded)));
    this.#check(program, call);
    return program.run(call, dys);
  }

  /** Throws where something that the program reads has been changed in place. */
  #check({ reads }: GradientProgram, { versions }: Call): void {
    for (const [i, { version, length, lastWriter }] of this.#outside.entries()) {
      const storage = this.#outside[i]!;
      if (!reads.has(storage)) continue;
      if (this.#changed.has(storage)) {
        throw new AutogradError(
          "backward: a compiled function changes a tensor in place whose values before that its gradient needs; change a clone() instead, or call backward within the function. No gradient has been computed",
        );
      }
      if (version !== versions[i]) {
        throw new AutogradError(
          `backward: the gradient of a compiled function needs a tensor of ${length} elements, but ${lastWriter ?? "an in-place op"} has changed it since the call. Change it after backward, or change a clone() instead. No gradient has been computed`,
        );
      }
    }
  }
}

/**
 * The history of those `results` of a trace that require gradients; null if none does. `first` is the number of the
 * latest node before the trace.
 */
export function historyOf(
  tracer: Tracer,
  results: readonly Tensor[],
  standIns: readonly (Tensor | null)[],
  compiler: Compiler,
): History | null {
  const outputs = results.filter((x) => x.requiresGrad && !x.isLeaf);
  if (outputs.length === 0) return null;
  const ends: GraphNode[] = [];
  const seen = new Set<GraphNode>();
  const waiting = outputs.map(gradientEdge);
  try {
    for (let node = waiting.pop(); node; node = waiting.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      if (node instanceof AccumulateNode) {
        // Nobody outside can see the leaves that the function has made.
        if (!tracer.values.isOwn(node.leaf) || standIns.includes(node.leaf)) ends.push(node);
      } else if (node.id <= tracer.firstNode) ends.push(node);
      else {
        node.check();
        waiting.push(...node.next.filter((edge) => edge !== null));
      }
    }
  } catch (error) {
    return new SpentHistory(outputs, error);
  }
  return new Gradient(tracer, outputs, ends, standIns, compiler);
}
