/** What the tensor layer knows of autograd: the slot that autograd/ fills. */
import type { Tensor } from "./tensor.ts";

/** A step of the recorded graph, as users see it behind `gradFn`. */
export interface TensorNode {
  /** The op, as it appears when a tensor is printed. */
  readonly name: string;
}

/** Sees the gradient of a tensor; what it returns, if anything, takes the gradient's place. */
export type TensorHook = (grad: Tensor) => Tensor | undefined;

/** Options of `backward`. */
export interface BackwardOptions {
  /** Keeps the graph, so that it can be walked again; `createGraph` unless said. */
  retainGraph?: boolean;
  /** Records the backward pass itself, for higher derivatives. */
  createGraph?: boolean;
}

/** What tensors ask of autograd. */
export interface Autograd {
  backward(roots: readonly Tensor[], grads: readonly (Tensor | null)[], options: BackwardOptions): void;
  retainGrad(x: Tensor): void;
  registerHook(x: Tensor, hook: TensorHook): { remove(): void };
}

export let autograd: Autograd;

/** Fills the slot. */
export function setAutograd(engine: Autograd): void {
  autograd = engine;
}
