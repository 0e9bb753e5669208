/** Compiled calls in autograd's graph. */
import { GraphNode } from "../autograd/node.ts";
import { AutogradError } from "../base/index.ts";
import { execute } from "../ops/executor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Call, Gradient } from "./gradient.ts";

/** The nodes of the results of a call, by the tensors of the trace. */
export interface ResultNodes {
  of(x: Tensor): GraphNode | null;
}

/** One call: takes the gradients of its results, and sends on those of what it depends on. */
export class CallNode extends GraphNode implements ResultNodes {
  readonly name = "compiled";
  #call: Call | null;
  readonly #dys: (Tensor | null)[];
  readonly #outputs: readonly OutputNode[];

  constructor(
    readonly gradient: Gradient,
    call: Call,
  ) {
    super(gradient.next(call));
    this.#call = call;
    this.#dys = gradient.outputs.map(() => null);
    this.#outputs = gradient.outputs.map((x, i) => new OutputNode(x.gradFn!.name, this, i));
  }

  of(x: Tensor): GraphNode | null {
    return this.#outputs[this.gradient.outputs.indexOf(x)] ?? null;
  }

  receive(output: number, dy: Tensor): void {
    this.#dys[output] = dy;
  }

  apply(): readonly (Tensor | null)[] {
    const dys = [...this.#dys];
    this.#dys.fill(null);
    return this.gradient.apply(this.#call!, dys);
  }

  check(): void {
    if (this.#call !== null) return;
    throw new AutogradError(
      "backward: the graph through a compiled function has already been used and its saved values are gone. " +
        "Call the function again, or keep the graph the first time with backward(null, { retainGraph: true })",
    );
  }

  release(): void {
    this.#call = null;
  }
}

/** One result of a call. */
class OutputNode extends GraphNode {
  constructor(
    readonly name: string,
    readonly call: CallNode,
    readonly number: number,
  ) {
    super([call]);
  }

  apply(dy: Tensor): readonly Tensor[] {
    this.call.receive(this.number, dy);
    // The call reads what it received; what is sent on only says that there is something to do.
    return [execute.scalar(0, dy.dtype, dy)];
  }

  check(): void {}

  release(): void {}
}

/** A result whose graph cannot be walked. */
export class SpentNode extends GraphNode {
  constructor(
    readonly name: string,
    readonly error: unknown,
  ) {
    super([]);
  }

  apply(): readonly never[] {
    return [];
  }

  check(): void {
    throw this.error;
  }

  release(): void {}
}
