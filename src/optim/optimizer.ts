/** What optimizers have in common: groups of parameters with options, the state of each parameter, saving and loading. */

import { enableGrad } from "../autograd/grad-mode.ts";
import {
  AutogradError,
  DTypeError,
  describe,
  formatShape,
  ShapeError,
  Shown,
  sameShape,
  ValueError,
} from "../base/index.ts";
import { clearGrad } from "../nn/clear-grad.ts";
import { readOptions } from "../nn/options.ts";
import { pythonBool, pythonFloat, pythonName } from "../nn/python-text.ts";
import { guarded, trace } from "../ops/executor.ts";
import { isTensor } from "../ops/handle.ts";
import type { Tensor } from "../tensor/index.ts";
import { loadState, type OptimizerStateDict, type ParameterState, saveState } from "./optimizer-state.ts";

/** Parameters that share their options. The options may be changed between steps, `group.lr = 0.1`. */
export type ParamGroup<O> = O & { params: Tensor[] };

/** What a constructor takes: parameters, or groups of them with options of their own. */
export type ParamsOf<O> = Iterable<Tensor> | Iterable<Partial<O> & { params: Tensor | Iterable<Tensor> }>;

/**
 * Base class of optimizers: `step` changes the parameters by their gradients.
 *
 * Source: https://pytorch.org/docs/stable/optim.html#torch.optim.Optimizer
 */
export abstract class Optimizer<O extends object> extends Shown {
  /** Options of groups that do not say otherwise. */
  readonly defaults: Readonly<O>;
  readonly paramGroups: ParamGroup<O>[] = [];
  /** What the optimizer remembers of each parameter, from its first step on. */
  readonly state = new Map<Tensor, ParameterState>();
  /** How often groups have been added, or the state of parameters been replaced. */
  #changes = 0;

  /**
   * @throws ValueError for an empty list, a parameter given twice, an unknown option or a value out of range; DTypeError for
   * what is no tensor; AutogradError for a tensor that is no leaf.
   */
  constructor(params: ParamsOf<O>, defaults: O, options: Partial<O> | undefined) {
    super();
    this.defaults = readOptions(this.#name, defaults, options);
    this.check(this.#name, this.defaults);
    if (isTensor(params) || typeof params !== "object" || params === null || !(Symbol.iterator in params)) {
      throw new DTypeError(
        `${this.#name}: the first argument must be a list of parameters such as model.parameters(), got ${describe(params)}`,
      );
    }
    const given = [...(params as Iterable<Tensor | (Partial<O> & { params: Tensor | Iterable<Tensor> })>)];
    if (given.length === 0) throw new ValueError(`${this.#name}: the list of parameters is empty`);
    const first = given[0];
    if (!isTensor(first) && typeof first === "object" && first !== null && "params" in first) {
      for (const group of given)
        this.addParamGroup(group as Partial<O> & { params: Tensor | Iterable<Tensor> });
    } else {
      this.addParamGroup({ params: given } as Partial<O> & { params: Tensor[] });
    }
  }

  get #name(): string {
    return this.constructor.name;
  }

  /** Throws a ValueError for an option out of range. */
  protected abstract check(where: string, options: Readonly<O>): void;

  /** Reads a group's options before its parameters with a gradient, the active ones, are updated. */
  protected abstract begin(group: Readonly<O>, active: readonly Tensor[]): void;

  /** Updates a parameter by its gradient. */
  protected abstract update(x: Tensor, grad: Tensor, group: Readonly<O>): void;

  /** Adds parameters, with options of their own where they are given. */
  addParamGroup(group: Partial<O> & { params: Tensor | Iterable<Tensor> }): void {
    const { params: given, ...own } = group;
    const params = isTensor(given) ? [given as Tensor] : [...(given as Iterable<Tensor>)];
    if (params.length === 0) throw new ValueError(`${this.#name}: a group has an empty list of parameters`);
    const options = readOptions(this.#name, this.defaults, own as unknown as Partial<O>) as O;
    this.check(this.#name, options);
    const known = new Set(this.paramGroups.flatMap((other) => other.params));
    for (const [i, x] of params.entries()) {
      if (!isTensor(x)) {
        throw new DTypeError(`${this.#name}: parameter ${i} must be a tensor, got ${describe(x)}`);
      }
      const what = `parameter ${i} of shape ${formatShape(x.shape)}`;
      if (!x.isLeaf) {
        throw new AutogradError(
          `${this.#name}: ${what} is the result of an op (${x.gradFn?.name ?? "a view"}), so that it gets no gradient; only leaves can be optimized`,
        );
      }
      if (known.has(x)) throw new ValueError(`${this.#name}: ${what} is given twice`);
      known.add(x);
    }
    this.paramGroups.push({ ...options, params });
    this.#changes++;
  }

  /** Forgets the gradients; with `setToNone: false` they become zeros instead. */
  zeroGrad(options?: { setToNone?: boolean }): void {
    for (const { params } of this.paramGroups) {
      for (let i = 0; i < params.length; i++) clearGrad(params[i]!, options?.setToNone);
    }
  }

  /**
   * Changes every parameter that has a gradient. A closure, if given, is run first, with gradients on: it computes the loss
   * anew, and its result is given back.
   */
  step(): undefined;
  step<T>(closure: () => T): T;
  step<T>(closure?: () => T): T | undefined {
    const loss = closure === undefined ? undefined : enableGrad(closure);
    guarded(() => this.#changes);
    if (trace !== null) trace.onFailure(this.#snapshot());
    for (const group of this.paramGroups) {
      const active = this.#activeOf(group);
      this.begin(group, active);
      for (let i = 0; i < active.length; i++) {
        const x = active[i]!;
        this.update(x, x.grad!, group);
        x.storage.version++;
        x.storage.lastWriter = this.#name;
      }
    }
    return loss;
  }

  /** Puts the numbers and buffers of all parameters back to what they are now. */
  #snapshot(): () => void {
    const before = Array.from(this.state, ([x, own]) => [x, { ...own }] as const);
    return () => {
      this.state.clear();
      for (const [x, own] of before) this.state.set(x, own);
      this.#changes++;
    };
  }

  /** The parameters with a gradient. Throws a ShapeError for a gradient that does not fit, before anything is changed. */
  #activeOf({ params }: ParamGroup<O>): Tensor[] {
    const active: Tensor[] = [];
    for (let i = 0; i < params.length; i++) {
      const x = params[i]!;
      const { grad } = x;
      if (grad === null) continue;
      if (grad.dtype !== x.dtype || !sameShape(grad.shape, x.shape)) this.#misfit(x, grad);
      active.push(x);
    }
    return active;
  }

  #misfit(x: Tensor, grad: Tensor): never {
    throw new ShapeError(
      `${this.#name}: a gradient of shape ${formatShape(grad.shape)} and ${grad.dtype} for a parameter of shape ${formatShape(x.shape)} and ${x.dtype}; they must be equal`,
    );
  }

  /**
   * The options of the groups and the state of each parameter, by its number in the order of the groups. Tensors share memory
   * with the optimizer's: they go on changing.
   */
  stateDict(): OptimizerStateDict {
    return saveState(this.paramGroups, this.state);
  }

  /**
   * Takes over the options and (a copy of) the state of a `stateDict`.
   *
   * @throws StateDictError where groups, numbers of parameters or shapes differ. Nothing is changed then.
   */
  loadStateDict(saved: OptimizerStateDict): void {
    loadState(this.#name, this.paramGroups, this.state, saved, (options) => {
      this.check(this.#name, { ...this.defaults, ...options } as O);
    });
    this.#changes++;
  }

  /** The printed form, PyTorch's: the options of each group in alphabetical order. */
  override toString(): string {
    const groups = this.paramGroups.map(({ params: _, ...options }, i) => {
      const lines = Object.entries(options)
        .map(([name, value]) => `    ${pythonName(name)}: ${optionText(value)}`)
        .sort();
      return `Parameter Group ${i}\n${lines.join("\n")}\n`;
    });
    return `${this.#name} (\n${groups.join("\n")})`;
  }
}

function optionText(value: unknown): string {
  if (typeof value === "boolean") return pythonBool(value);
  if (Array.isArray(value)) return `(${value.map(optionText).join(", ")})`;
  return typeof value === "number" && !Number.isInteger(value) ? pythonFloat(value) : String(value);
}

/** Throws a ValueError unless the option is a number of at least 0. */
export function checkNotNegative<O extends object>(
  where: string,
  options: O,
  ...names: readonly (keyof O & string)[]
): void {
  for (const name of names) {
    const value = options[name];
    if (!(typeof value === "number" && value >= 0)) {
      throw new ValueError(`${where}: ${name} must be a number of at least 0, got ${describe(value)}`);
    }
  }
}
