/** Ops with a gradient written by the user. */

import { AutogradError } from "../base/index.ts";
import { execute, tape, withoutTape } from "../ops/executor.ts";
import { isTensor } from "../ops/handle.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { gradientEdge } from "./edge.ts";
import { GraphNode } from "./node.ts";

/** Carries values from `forward` to `backward`. */
export class FunctionContext {
  #saved: { tensor: Tensor; version: number }[] = [];
  /** Which inputs want a gradient; others may be given null. */
  needsInputGrad: readonly boolean[] = [];
  /** Anything else that backward needs: numbers, shapes, options. */
  readonly values: Record<string, unknown> = {};

  /** Keeps inputs or results for backward; in-place changes of them are noticed. */
  saveForBackward(...tensors: readonly Tensor[]): void {
    this.#saved = tensors.map((tensor) => ({ tensor, version: tensor.storage.version }));
  }

  /** What `saveForBackward` kept. */
  get savedTensors(): readonly Tensor[] {
    return this.#saved.map(({ tensor }) => tensor);
  }

  /** Throws if a saved tensor has been changed in place. */
  checkVersions(name: string): void {
    for (const { tensor, version } of this.#saved) {
      if (tensor.storage.version !== version) {
        throw new AutogradError(
          `backward: ${name} saved a tensor of shape [${tensor.shape.join(", ")}] that ${tensor.storage.lastWriter ?? "an in-place op"} has changed since; change a clone() instead`,
        );
      }
    }
  }
}

type Gradients = Tensor | null | readonly (Tensor | null)[];

/** What a subclass of `Function` provides. */
export interface FunctionClass<Args extends readonly unknown[], Result extends Tensor | readonly Tensor[]> {
  readonly name: string;
  forward(context: FunctionContext, ...args: Args): Result;
  backward(context: FunctionContext, ...grads: Tensor[]): Gradients;
}

/**
 * Base class of ops with a hand-written gradient: static `forward(context, ...args)` and `backward(context, ...grads)`, called
 * through `apply`.
 * Source: https://pytorch.org/docs/stable/autograd.html#function
 *
 * @example
 * class Exp extends torch.autograd.Function {
 *   static forward(context: FunctionContext, x: Tensor) {
 *     const y = x.exp();
 *     context.saveForBackward(y);
 *     return y;
 *   }
 *   static backward(context: FunctionContext, dy: Tensor) {
 *     return dy.mul(context.savedTensors[0]!);
 *   }
 * }
 * Exp.apply(x);
 */
// biome-ignore lint/complexity/noStaticOnlyClass: PyTorch's form, which users of Function know
// biome-ignore lint/suspicious/noShadowRestrictedNames: PyTorch's name, under torch.autograd
export abstract class Function {
  /** Runs `forward`, and notes that `backward` is its gradient. */
  static apply<Args extends readonly unknown[], Result extends Tensor | readonly Tensor[]>(
    this: FunctionClass<Args, Result>,
    ...args: Args
  ): Result {
    const context = new FunctionContext();
    const inputs = args.filter((arg) => isTensor(arg)) as Tensor[];
    context.needsInputGrad = args.map((arg) => isTensor(arg) && (arg as Tensor).requiresGrad);
    // biome-ignore lint/complexity/noThisInStatic: `this` is the subclass
    const results = withoutTape(() => this.forward(context, ...args));
    if (tape === null || !inputs.some((x) => x.requiresGrad)) return results;
    const outputs = [results].flat() as Tensor[];
    // biome-ignore lint/complexity/noThisInStatic: `this` is the subclass
    const node = new FunctionNode(this, context, args, outputs);
    const tracked = outputs.map((output, i) => {
      const result = output.viewOf !== null || inputs.includes(output) ? apart(output, inputs) : output;
      if (result.dtype.isFloatingPoint) result.gradFn = new OutputNode(node, i);
      return result;
    });
    context.saveForBackward(
      ...context.savedTensors.map((saved) => {
        const at = outputs.indexOf(saved);
        return at >= 0 ? tracked[at]! : saved;
      }),
    );
    return (Array.isArray(results) ? tracked : tracked[0]) as Result;
  }
}

/** A result that is an input, or a view, as a tensor of its own, so that its history is this op's. */
function apart(output: Tensor, inputs: readonly Tensor[]): Tensor {
  const result = output.detach();
  const shown = inputs.find(({ storage }) => storage === output.storage);
  if (shown !== undefined) {
    result.viewOf = shown.viewOf ?? shown;
    result.viewedGradFn = result.viewOf.gradFn;
    result.unfollowed = "was given out by a custom Function, whose argument it shows";
  }
  return result;
}

class FunctionNode extends GraphNode {
  readonly #grads: (Tensor | null)[];
  #released = false;

  constructor(
    readonly type: Pick<FunctionClass<never, Tensor>, "name" | "backward">,
    readonly context: FunctionContext,
    args: readonly unknown[],
    readonly outputs: readonly Tensor[],
  ) {
    super(
      args.map((arg) => (isTensor(arg) && (arg as Tensor).requiresGrad ? gradientEdge(arg as Tensor) : null)),
    );
    this.#grads = outputs.map(() => null);
  }

  get name(): string {
    return this.type.name;
  }

  receive(i: number, grad: Tensor): void {
    this.#grads[i] = grad;
  }

  apply(): readonly (Tensor | null)[] {
    const grads = this.#grads.map((grad, i) => grad ?? this.outputs[i]!.detach().mul(0));
    this.#grads.fill(null);
    const result = [this.type.backward(this.context, ...grads)].flat();
    if (result.length !== this.next.length) {
      throw new AutogradError(
        `${this.name}.backward: returned ${result.length} gradients for the ${this.next.length} arguments of forward; return null for those that are not tensors`,
      );
    }
    for (const grad of result) if (grad) (grad as Tensor).storage.shared = true;
    return result as (Tensor | null)[];
  }

  check(): void {
    if (this.#released) {
      throw new AutogradError(
        `backward: the graph through ${this.name} has already been used; keep it the first time with backward(null, { retainGraph: true })`,
      );
    }
    this.context.checkVersions(this.name);
  }

  release(): void {
    this.#released = true;
  }
}

/** One result of a Function: hands its gradient to the function's node. */
class OutputNode extends GraphNode {
  constructor(
    readonly node: FunctionNode,
    readonly position: number,
  ) {
    super([node]);
  }

  get name(): string {
    return this.node.name;
  }

  apply(dy: Tensor): readonly Tensor[] {
    this.node.receive(this.position, dy);
    // The node reads what it received; what is sent on only says that there is something to do.
    return [execute.scalar(0, dy.dtype, dy)];
  }

  check(): void {}

  release(): void {}
}
