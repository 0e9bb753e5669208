/** What optimizers have in common: groups of parameters with options, the state of each parameter, saving and loading. */

import { enableGrad } from "../autograd/grad-mode.ts";
import {
  anything,
  callback,
  either,
  flag,
  Kind,
  listOf,
  number,
  optional,
  plainObject,
  refuseArguments,
  required,
  type Signature,
  signature,
} from "../base/arguments/index.ts";
import {
  AutogradError,
  DTypeError,
  describe,
  formatShape,
  ShapeError,
  Shown,
  sameShape,
  ValueError,
  XorchError,
} from "../base/index.ts";
import { clearGrad } from "../nn/clear-grad.ts";
import { pythonBool, pythonFloat, pythonName } from "../nn/python-text.ts";
import { type Trace, trace } from "../ops/executor.ts";
import { isTensor } from "../ops/handle.ts";
import { tensor } from "../ops/kinds.ts";
import { HeardMap } from "../ops/plain-state.ts";
import type { Tensor } from "../tensor/index.ts";
import { loadState, type OptimizerStateDict, type ParameterState, saveState } from "./optimizer-state.ts";

/** Parameters that share their options. The options may be changed between steps, `group.lr = 0.1`. */
export type ParamGroup<O> = O & { params: Tensor[] };

/** What a constructor takes: parameters, or groups of them with options of their own. */
export type ParamsOf<O> = Iterable<Tensor> | Iterable<Partial<O> & { params: Tensor | Iterable<Tensor> }>;

const several = /* @__PURE__ */ new Kind<Iterable<unknown>>(
  "a list of parameters such as model.parameters()",
  (value): value is Iterable<unknown> =>
    typeof value === "object" && value !== null && !isTensor(value) && Symbol.iterator in value,
);

const zeroGradParameters = signature("zeroGrad", optional("setToNone", flag, true));
const stepParameters = signature("step", optional("closure", callback));
const addParamGroupParameters = signature(
  "addParamGroup",
  required("group", plainObject("an object such as { params, lr }")),
);
const loadStateDictParameters = signature("loadStateDict", required("stateDict", anything));

/** What an option takes: values of the type of its default. A learning rate may be a tensor, whose value is read at each step. */
function optionKind(name: string, initial: unknown): Kind<unknown> {
  if (typeof initial === "boolean") return flag;
  if (Array.isArray(initial)) return listOf(number, "numbers");
  return name === "lr" ? either(number, tensor) : number;
}

/**
 * Base class of optimizers: `step` changes the parameters by their gradients.
 *
 * Source: https://pytorch.org/docs/stable/optim.html#torch.optim.Optimizer
 */
export abstract class Optimizer<O extends object> extends Shown {
  /** Options of groups that do not say otherwise. */
  readonly defaults: Readonly<O>;
  /** The parameters in groups, each with its options. */
  readonly paramGroups: ParamGroup<O>[] = [];
  /** What the optimizer remembers of each parameter, from its first step on. */
  readonly state: Map<Tensor, ParameterState> = new HeardMap();
  readonly #parameters: Signature;
  /** The traces that know already which parameters there are. */
  readonly #knownTo = new WeakSet<Trace>();

  /**
   * @throws ValueError for an empty list, a parameter given twice, an unknown option or a value out of range; DTypeError for
   * what is no tensor; AutogradError for a tensor that is no leaf.
   */
  constructor(params: ParamsOf<O>, defaults: O, ...options: unknown[]) {
    super();
    if (new.target === Optimizer) {
      throw new XorchError("Optimizer: the base class of optimizers; use SGD or Adam, or extend it");
    }
    this.#parameters = signature(
      this.#name,
      required("params", several),
      ...Object.entries(defaults).map(([name, initial]) =>
        optional<string, unknown>(name, optionKind(name, initial), initial),
      ),
    );
    const { params: _, ...own } = this.#parameters.named([params, ...options]);
    this.defaults = own as O;
    this.check(this.#name, this.defaults);
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
  addParamGroup(group: Partial<O> & { params: Tensor | Iterable<Tensor> }): void;
  addParamGroup(...given: unknown[]): void {
    const [group] = addParamGroupParameters.read(given);
    const { params: one, ...own } = group;
    const list = isTensor(one) ? [one] : one;
    const { params: several, ...options } = this.#parameters.named([
      list,
      { ...this.defaults, ...own },
    ]) as O & {
      params: Iterable<Tensor>;
    };
    const params = [...several];
    if (params.length === 0) throw new ValueError(`${this.#name}: a group has an empty list of parameters`);
    this.check(this.#name, options as unknown as O);
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
    this.paramGroups.push({ ...(options as unknown as O), params });
  }

  /** Forgets the gradients; with `setToNone: false` they become zeros instead. */
  zeroGrad(setToNone?: boolean): void;
  zeroGrad(options: { setToNone?: boolean }): void;
  zeroGrad(...given: unknown[]): void {
    const [setToNone] = zeroGradParameters.read(given);
    for (const { params } of this.paramGroups) {
      for (let i = 0; i < params.length; i++) clearGrad(params[i]!, setToNone);
    }
  }

  /**
   * Changes every parameter that has a gradient. A closure, if given, is run first, with gradients on: it computes the loss
   * anew, and its result is given back.
   */
  step(): undefined;
  step<T>(closure: () => T): T;
  step(...given: unknown[]): unknown {
    const [closure] = stepParameters.read(given);
    const loss = closure === undefined ? undefined : enableGrad(closure);
    if (trace !== null) {
      this.#guardParameters(trace);
      trace.onFailure(trace.untraced(() => this.#snapshot()));
    }
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
    };
  }

  /** Has a program traced again once there are other groups, or other parameters in them. */
  #guardParameters(trace: Trace): void {
    if (this.#knownTo.has(trace)) return;
    this.#knownTo.add(trace);
    const groups = this.paramGroups;
    const before = groups.map((group) => ({ group, params: [...group.params] }));
    trace.guarded(() => areSame(groups, before));
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
  stateDict(...given: []): OptimizerStateDict {
    refuseArguments(`${this.#name}.stateDict`, given);
    return saveState(this.paramGroups, this.state);
  }

  /**
   * Takes over the options and (a copy of) the state of a `stateDict`.
   *
   * @throws StateDictError where groups, numbers of parameters or shapes differ. Nothing is changed then.
   */
  loadStateDict(stateDict: OptimizerStateDict): void;
  loadStateDict(...given: unknown[]): void {
    const [saved] = loadStateDictParameters.read(given);
    loadState(this.#name, this.paramGroups, this.state, saved as OptimizerStateDict, (options) => {
      this.check(this.#name, { ...this.defaults, ...options } as O);
    });
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

/** Whether the groups and their parameters are those that they were. */
function areSame(
  groups: readonly { params: readonly Tensor[] }[],
  before: readonly { group: object; params: readonly Tensor[] }[],
): boolean {
  if (groups.length !== before.length) return false;
  for (let i = 0; i < before.length; i++) {
    const { group, params } = before[i]!;
    const now = groups[i]!.params;
    if (groups[i] !== group || now.length !== params.length) return false;
    for (let k = 0; k < params.length; k++) if (now[k] !== params[k]) return false;
  }
  return true;
}

function optionText(value: unknown): string {
  if (typeof value === "boolean") return pythonBool(value);
  if (Array.isArray(value)) return `(${value.map(optionText).join(", ")})`;
  return typeof value === "number" && !Number.isInteger(value) ? pythonFloat(value) : String(value);
}

export interface Rate {
  /** Learning rate: a number, or a tensor of one element that is read at each step. */
  lr: number | Tensor;
}

/** The learning rate now. */
export function rateOf({ lr }: Rate): number {
  return typeof lr === "number" ? lr : lr.item();
}

/** Throws a ValueError unless the option is a number of at least 0. */
export function checkNotNegative<O extends object>(
  where: string,
  options: O,
  ...names: readonly (keyof O & string)[]
): void {
  for (const name of names) {
    const value = isTensor(options[name]) ? options[name].item() : options[name];
    if (!(typeof value === "number" && value >= 0)) {
      throw new ValueError(`${where}: ${name} must be a number of at least 0, got ${describe(value)}`);
    }
  }
}
