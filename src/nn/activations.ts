/**
 * Activation functions as modules: what makes a layer more than a straight line. Options, defaults and formulas are those of
 * the op records; here each only gets PyTorch's class name.
 */
import { dim, flag, number, optional, required, signature, text } from "../base/arguments/index.ts";
import * as op from "../ops/pointwise/index.ts";
import type { Attributes, UnaryOp } from "../ops/pointwise-op.ts";
import * as along from "../ops/softmax.ts";
import type { Tensor } from "../tensor/index.ts";
import { Module } from "./module.ts";
import { pythonBool, pythonFloat, pythonName } from "./python-text.ts";

/** A module of one tensor. */
export interface Activation extends Module {
  forward(x: Tensor): Tensor;
}

/** Whether a module overwrites its input. */
export interface InplaceOption {
  /** Overwrites the input instead of making a new tensor; false unless said. */
  inplace: boolean;
}

/** The values of options by position, in their order, each of them to be left out. */
interface ActivationClass<O> {
  new (options?: Partial<O>): Activation & Readonly<O>;
  new (...options: O[keyof O][]): Activation & Readonly<O>;
}

/** The class of modules that apply an op, with the options of its record and `extra` ones. */
/* @__NO_SIDE_EFFECTS__ */
function activation<A extends Attributes, E extends Partial<InplaceOption>>(
  apply: UnaryOp<A>,
  extra: E,
): ActivationClass<A & E> {
  const names = Object.keys(apply.attributes);
  const parameters = [
    ...Object.entries(apply.attributes).map(([name, initial]) =>
      optional<string, unknown>(name, typeof initial === "string" ? text : number, initial),
    ),
    ...Object.entries(extra).map(([name, initial]) => optional<string, unknown>(name, flag, initial)),
  ];

  class PointwiseActivation extends Module {
    protected static get isFamily(): boolean {
      return true;
    }

    constructor(...given: unknown[]) {
      super();
      Object.assign(this, signature(this.constructor.name, ...parameters).named(given));
    }

    /** The options of the op, which may be changed at any time; undefined without any: the shorter way through the op. */
    get #attributes(): Partial<A> | undefined {
      if (names.length === 0) return undefined;
      const own = this as unknown as A;
      const attributes: Partial<A> = {};
      for (const name of names as (keyof A)[]) attributes[name] = own[name];
      return attributes;
    }

    get #inplace(): boolean {
      return (this as InplaceOption & this).inplace === true;
    }

    override forward(x: Tensor): Tensor {
      return this.#inplace ? apply.inPlace(x, this.#attributes) : apply(x, this.#attributes);
    }

    override extraRepr(): string {
      const parts = Object.entries(this.#attributes ?? {}).map(([name, value]) => {
        return `${pythonName(name)}=${typeof value === "number" ? pythonFloat(value) : `'${value}'`}`;
      });
      if (this.#inplace) parts.push(`inplace=${pythonBool(true)}`);
      return parts.join(", ");
    }
  }
  return PointwiseActivation as unknown as ActivationClass<A & E>;
}

/* @__NO_SIDE_EFFECTS__ */
function pointwise<A extends Attributes>(apply: UnaryOp<A>): ActivationClass<A> {
  return activation(apply, {});
}

/** As `pointwise`, for the functions that PyTorch's modules also compute in place. */
/* @__NO_SIDE_EFFECTS__ */
function pointwiseInplace<A extends Attributes>(apply: UnaryOp<A>): ActivationClass<A & InplaceOption> {
  return activation<A, InplaceOption>(apply, { inplace: false });
}

/** The class of modules that apply a function along a dimension, `new Softmax(1)` or `new Softmax({ dim: 1 })`. */
/* @__NO_SIDE_EFFECTS__ */
function alongDimension(
  apply: (x: Tensor, dim: number) => Tensor,
): new (
  dim: number | { dim: number },
) => Activation & { readonly dim: number } {
  return class DimensionActivation extends Module implements Activation {
    readonly dim: number;

    protected static get isFamily(): boolean {
      return true;
    }

    constructor(...given: unknown[]) {
      super();
      [this.dim] = signature(this.constructor.name, required("dim", dim)).read(given);
    }

    override forward(x: Tensor): Tensor {
      return apply(x, this.dim);
    }

    override extraRepr(): string {
      return `dim=${this.dim}`;
    }
  };
}

/** Logistic sigmoid: 1 / (1 + exp(-x)), from 0 to 1. */
export class Sigmoid extends pointwise(op.sigmoid) {}

/** ln(sigmoid(x)), without underflow for very negative x. */
export class LogSigmoid extends pointwise(op.logSigmoid) {}

/** Hyperbolic tangent, from -1 to 1. */
export class Tanh extends pointwise(op.tanh) {}

/** Rectified linear unit: max(x, 0). */
export class ReLU extends pointwiseInplace(op.relu) {}

/** ReLU cut off at 6: min(max(x, 0), 6). */
export class ReLU6 extends pointwiseInplace(op.relu6) {}

/** x where x > 0, else negativeSlope * x (0.01 unless said). */
export class LeakyReLU extends pointwiseInplace(op.leakyRelu) {}

/** Exponential linear unit: x where x > 0, else alpha * (exp(x) - 1). */
export class ELU extends pointwiseInplace(op.elu) {}

/** Scaled ELU, with the constants that keep mean 0 and variance 1. */
export class SELU extends pointwiseInplace(op.selu) {}

/** Gaussian error linear unit: x * Phi(x); `approximate: "tanh"` for the approximation. */
export class GELU extends pointwise(op.gelu) {}

/** Sigmoid linear unit, also called swish: x * sigmoid(x). */
export class SiLU extends pointwiseInplace(op.silu) {}

/** Mish: x * tanh(softplus(x)). */
export class Mish extends pointwiseInplace(op.mish) {}

/** Smooth ReLU: ln(1 + exp(beta x)) / beta, and x itself where beta x > threshold. */
export class Softplus extends pointwise(op.softplus) {}

/** x / (1 + |x|). */
export class Softsign extends pointwise(op.softsign) {}

/** x cut to [minVal, maxVal], [-1, 1] unless said. */
export class Hardtanh extends pointwiseInplace(op.hardtanh) {}

/** Probabilities along a dimension: exp(x_i) / sum_j exp(x_j). CrossEntropyLoss wants the scores without it. */
export class Softmax extends alongDimension(along.softmax) {}

/** Logarithm of the softmax along a dimension: what NLLLoss takes. */
export class LogSoftmax extends alongDimension(along.logSoftmax) {}

/** Softmax of -x along a dimension: prefers small values. */
export class Softmin extends alongDimension(along.softmin) {}
