/** Modules: functions with parameters, made of other modules. */
import {
  anything,
  callback,
  flag,
  instanceOf,
  nullable,
  optional,
  refuseArguments,
  required,
  signature,
  text,
} from "../base/arguments/index.ts";
import {
  DType,
  describe,
  type PrimitiveHint,
  StateDictError,
  toPrimitive,
  ValueError,
  XorchError,
} from "../base/index.ts";
import type { Device } from "../device/device.ts";
import { replayed, trace, withoutTape } from "../ops/executor.ts";
import { tensor } from "../ops/kinds.ts";
import { heard, noteChange } from "../ops/plain-state.ts";
import type { Tensor } from "../tensor/index.ts";
import { clearGrad } from "./clear-grad.ts";
import { type ForwardHook, type ForwardPreHook, type HookHandle, hooksOf } from "./forward-hooks.ts";
import { Holder, partsOf } from "./holder.ts";
import { locateErrorsOf } from "./locate-errors.ts";
import { Parameter } from "./parameter.ts";
import type { PartKind } from "./parts.ts";
import { indentRest, treeText } from "./python-text.ts";
import { type LoadOptions, type LoadReport, loadInto, type StateDict } from "./state-dict.ts";

const prefix = /* @__PURE__ */ optional("prefix", text, "");
const recurse = /* @__PURE__ */ optional("recurse", flag, true);
const hook = /* @__PURE__ */ required("hook", callback);
const name = /* @__PURE__ */ required("name", text);
const namedParametersParameters = signature("namedParameters", prefix, recurse);
const parametersParameters = signature("parameters", recurse);
const namedBuffersParameters = signature("namedBuffers", prefix, recurse);
const buffersParameters = signature("buffers", recurse);
const namedModulesParameters = signature("namedModules", prefix);
const registerBufferParameters = signature(
  "registerBuffer",
  name,
  required("buffer", nullable(tensor)),
  optional("persistent", flag, true),
);
const registerParameterParameters = signature(
  "registerParameter",
  name,
  required("parameter", nullable(instanceOf(Parameter, "a Parameter, new nn.Parameter(tensor),"))),
);
const registerModuleParameters = signature("registerModule", name, required("module", anything));
const stateDictParameters = signature("stateDict", prefix);
const loadStateDictParameters = signature(
  "loadStateDict",
  required("state", anything),
  optional("strict", flag, true),
);
const trainParameters = signature("train", optional("mode", flag, true));
const applyParameters = signature("apply", required("fn", callback));
const zeroGradParameters = signature("zeroGrad", optional("setToNone", flag, true));
const requiresGradParameters = signature("requiresGrad_", optional("requiresGrad", flag, true));
const registerForwardHookParameters = signature("registerForwardHook", hook);
const registerForwardPreHookParameters = signature("registerForwardPreHook", hook);

/** Options of the methods that list names and parts. */
export interface NamesOptions {
  /** Put before each name, with a dot. */
  prefix?: string;
  /** Whether to go into submodules; true unless said. */
  recurse?: boolean;
}

function kindOf(value: unknown): PartKind | null {
  if (value instanceof Parameter) return "parameter";
  return value instanceof Module ? "module" : null;
}

/** Stands for the switch between training and evaluation. */
const TRAINING = Symbol("training");

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/**
 * Base class of everything with parameters. A subclass defines its parts as properties and `forward`; parameters,
 * buffers and submodules are found among the properties, in the order of their definition. Properties with a # are not
 * seen, nor are arrays: use ModuleList or ParameterList.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.Module.html
 *
 * @example
 * class Net extends torch.nn.Module {
 *   hidden = new torch.nn.Linear(2, 10);
 *   last = new torch.nn.Linear(10, 1);
 *   override forward(x: torch.Tensor) {
 *     return this.last.forward(this.hidden.forward(x).sigmoid());
 *   }
 * }
 * new Net().forward(torch.rand([4, 2])).shape; // [4, 1]
 */
export class Module extends Holder {
  #training = true;

  constructor() {
    super(kindOf);
    locateErrorsOf(new.target, Module);
  }

  /** Whether the module is being trained: Dropout, for one, does nothing otherwise. Set by `train` and `eval`. */
  get training(): boolean {
    return trace?.hasSet.has(this) ? this.#training : heard(this, TRAINING, () => this.#training);
  }

  set training(value: boolean) {
    trace?.hasSet.add(this);
    replayed(() => {
      if (value !== this.#training) noteChange();
      this.#training = value;
    });
  }

  /** Computes the result from the inputs. Every subclass that is to be run defines it. */
  forward(..._inputs: unknown[]): unknown {
    throw new XorchError(`${this.constructor.name}: this module has no forward method`);
  }

  /** What there is of a kind, by the name in state dicts. Containers add their items. */
  protected *listParts(kind: PartKind, persistentOnly = false): Iterable<readonly [string, unknown]> {
    const parts = partsOf(this);
    const properties = this as unknown as Record<string, unknown>;
    // Modules of the library are not watched: what users add to one as a new property is noted here.
    for (const [name, value] of Object.entries(properties)) parts.assign(name, value);
    for (const [key, name] of parts.of(kind, persistentOnly)) {
      const value = properties[name];
      if (value !== null && value !== undefined) yield [key, value];
    }
  }

  #ownParameters(): Iterable<readonly [string, Parameter]> {
    return this.listParts("parameter") as Iterable<readonly [string, Parameter]>;
  }

  #ownBuffers(persistentOnly = false): Iterable<readonly [string, Tensor]> {
    return this.listParts("buffer", persistentOnly) as Iterable<readonly [string, Tensor]>;
  }

  #ownModules(): Iterable<readonly [string, Module]> {
    return this.listParts("module") as Iterable<readonly [string, Module]>;
  }

  /** Every value once, with the path at which it is first met. */
  #collect<T>(own: (module: Module) => Iterable<readonly [string, T]>, options: NamesOptions): [string, T][] {
    const { prefix = "", recurse = true } = options;
    const found = new Map<T, string>();
    for (const [path, module] of recurse ? this.namedModules({ prefix }) : [[prefix, this] as const]) {
      for (const [name, value] of own(module)) if (!found.has(value)) found.set(value, join(path, name));
    }
    return Array.from(found, ([value, name]) => [name, value]);
  }

  /** The parameters with their names, such as "hidden.weight"; a parameter that occurs twice is listed once. */
  namedParameters(prefix?: string, recurse?: boolean): [string, Parameter][];
  namedParameters(options: NamesOptions): [string, Parameter][];
  namedParameters(...given: unknown[]): [string, Parameter][] {
    const options = namedParametersParameters.named(given);
    return this.#collect((module) => module.#ownParameters(), options);
  }

  /** The parameters, each once: what optimizers take. */
  parameters(recurse?: boolean): Parameter[];
  parameters(options: Omit<NamesOptions, "prefix">): Parameter[];
  parameters(...given: unknown[]): Parameter[] {
    return this.namedParameters("", ...parametersParameters.read(given)).map(([, parameter]) => parameter);
  }

  /** The buffers with their names. */
  namedBuffers(prefix?: string, recurse?: boolean): [string, Tensor][];
  namedBuffers(options: NamesOptions): [string, Tensor][];
  namedBuffers(...given: unknown[]): [string, Tensor][] {
    const options = namedBuffersParameters.named(given);
    return this.#collect((module) => module.#ownBuffers(), options);
  }

  /** The buffers: tensors that belong to the module and are not trained. */
  buffers(recurse?: boolean): Tensor[];
  buffers(options: Omit<NamesOptions, "prefix">): Tensor[];
  buffers(...given: unknown[]): Tensor[] {
    return this.namedBuffers("", ...buffersParameters.read(given)).map(([, buffer]) => buffer);
  }

  /** The direct submodules with their names, each once. */
  namedChildren(...given: []): [string, Module][] {
    refuseArguments("namedChildren", given);
    const found = new Map<Module, string>();
    for (const [name, module] of this.#ownModules()) if (!found.has(module)) found.set(module, name);
    return Array.from(found, ([module, name]) => [name, module]);
  }

  /** The direct submodules, each once. */
  children(...given: []): Module[] {
    refuseArguments("children", given);
    return this.namedChildren().map(([, module]) => module);
  }

  /** This module and all below it with their paths, each once; a module comes before its submodules. */
  namedModules(options?: { prefix?: string }): [string, Module][];
  namedModules(...given: unknown[]): [string, Module][] {
    const [prefix] = namedModulesParameters.read(given);
    const found = new Map<Module, string>();
    const visit = (module: Module, path: string): void => {
      if (found.has(module)) return;
      found.set(module, path);
      for (const [name, child] of module.#ownModules()) visit(child, join(path, name));
    };
    visit(this, prefix);
    return Array.from(found, ([module, path]) => [path, module]);
  }

  /** This module and all below it, each once. */
  modules(...given: []): Module[] {
    refuseArguments("modules", given);
    return this.namedModules().map(([, module]) => module);
  }

  #checkName(where: string, name: string): void {
    if (name === "" || name.includes(".")) {
      throw new ValueError(`${where}: a name must not be empty nor contain a dot, got "${name}"`);
    }
    if (name in this && !partsOf(this).isA("buffer", name)) {
      const current = (this as unknown as Record<string, unknown>)[name];
      // A field that is declared without a value exists already, as undefined.
      if (current === undefined || current === null) return;
      throw new ValueError(`${where}: ${this.constructor.name} already has a property "${name}"`);
    }
  }

  #define(name: string, kind: PartKind, value: unknown, persistent = true): void {
    partsOf(this).declare(name, kind, persistent);
    (this as unknown as Record<string, unknown>)[name] = value;
  }

  /**
   * Adds a tensor that is not trained as the property `name`: it moves with `to` and, unless `persistent` is false, is
   * part of the state dict. null keeps the place free.
   */
  registerBuffer(name: string, buffer: Tensor | null, persistent?: boolean): void;
  registerBuffer(name: string, buffer: Tensor | null, options: { persistent?: boolean }): void;
  registerBuffer(...given: unknown[]): void {
    const [name, buffer, persistent] = registerBufferParameters.read(given);
    this.#checkName("registerBuffer", name);
    if (buffer instanceof Parameter) {
      throw new ValueError(`registerBuffer: "${name}" is a Parameter, which is trained; detach() it`);
    }
    this.#define(name, "buffer", buffer, persistent);
  }

  /** Adds a parameter as the property `name`, as assigning it does; null says that there is none. */
  registerParameter(name: string, parameter: Parameter | null): void;
  registerParameter(...given: unknown[]): void {
    const [name, parameter] = registerParameterParameters.read(given);
    this.#checkName("registerParameter", name);
    this.#define(name, "parameter", parameter);
  }

  /** Adds a submodule as the property `name`, as assigning it does. */
  registerModule(name: string, module: Module | null): void;
  registerModule(...given: unknown[]): void {
    const [name, module] = registerModuleParameters.read(given);
    this.#checkName("registerModule", name);
    if (module !== null && !(module instanceof Module)) {
      throw new ValueError(`registerModule: "${name}" must be a Module or null, got ${describe(module)}`);
    }
    this.#define(name, "module", module);
  }

  /**
   * All parameters and persistent buffers by their path: detached tensors that share the memory of the module's. One
   * that occurs twice is listed under both paths. The library's modules have PyTorch's keys, such as "running_mean" for the
   * property `runningMean`.
   */
  stateDict(options?: { prefix?: string }): Record<string, Tensor>;
  stateDict(...given: unknown[]): Record<string, Tensor> {
    const [prefix] = stateDictParameters.read(given);
    const state: Record<string, Tensor> = {};
    const visit = (module: Module, path: string): void => {
      for (const [name, value] of module.#ownParameters()) state[join(path, name)] = value.detach();
      for (const [name, value] of module.#ownBuffers(true)) state[join(path, name)] = value.detach();
      for (const [name, child] of module.#ownModules()) visit(child, join(path, name));
    };
    visit(this, prefix);
    return state;
  }

  /**
   * Copies the values of a state dict into the parameters and buffers of the same names, and reports what did not fit. Keys
   * are PyTorch's; values are tensors, or what `JSON.parse(JSON.stringify(model.stateDict()))` makes of them.
   *
   * @throws StateDictError, unless `strict` is false, that lists every missing, unexpected and misshapen key. Nothing is
   * changed then.
   */
  loadStateDict(state: StateDict, strict?: boolean): LoadReport;
  loadStateDict(state: StateDict, options: LoadOptions): LoadReport;
  loadStateDict(...given: unknown[]): LoadReport {
    const [state, strict] = loadStateDictParameters.read(given);
    if (typeof state !== "object" || state === null) {
      throw new StateDictError(
        `loadStateDict: expected an object of tensors by name, got ${describe(state)}`,
      );
    }
    return loadInto(this.constructor.name, this.stateDict(), state as StateDict, { strict });
  }

  /** Switches this module and all below it to training (or, with false, to evaluation). */
  train(mode?: boolean): this;
  train(...given: unknown[]): this {
    const [mode] = trainParameters.read(given);
    for (const module of this.modules()) module.training = mode;
    return this;
  }

  /** Switches this module and all below it to evaluation: `train(false)`. */
  eval(...given: []): this {
    refuseArguments("eval", given);
    return this.train(false);
  }

  /**
   * Converts all floating-point parameters and buffers to a dtype, or moves all to a device. Parameters stay the same
   * objects, so that an optimizer goes on with them.
   */
  to(target: DType | Device | string): this {
    const isDtype = target instanceof DType;
    if (isDtype && !target.isFloatingPoint) {
      throw new ValueError(`to: a module converts to floating-point dtypes only, got ${target}`);
    }
    const move = (x: Tensor): Tensor => (isDtype && !x.dtype.isFloatingPoint ? x : x.to(target));
    withoutTape(() => {
      for (const x of [...this.parameters(), ...this.buffers()]) {
        const moved = move(x);
        if (moved === x) continue;
        x.data = moved;
        if (x.grad !== null) x.grad = move(x.grad);
      }
    });
    return this;
  }

  /** Calls `fn` with every module, submodules before those that hold them. */
  apply(fn: (module: Module) => void): this;
  apply(...given: unknown[]): this {
    const [fn] = applyParameters.read(given);
    for (const child of this.children()) child.apply(fn);
    fn(this);
    return this;
  }

  /** Forgets the gradients of all parameters; with `setToNone: false` they become zeros instead. */
  zeroGrad(setToNone?: boolean): void;
  zeroGrad(options: { setToNone?: boolean }): void;
  zeroGrad(...given: unknown[]): void {
    const [setToNone] = zeroGradParameters.read(given);
    for (const parameter of this.parameters()) clearGrad(parameter, setToNone);
  }

  /** Says whether autograd records what is done with the parameters: false freezes the module. */
  requiresGrad_(requiresGrad?: boolean): this;
  requiresGrad_(...given: unknown[]): this {
    const [value] = requiresGradParameters.read(given);
    for (const parameter of this.parameters()) parameter.requiresGrad = value;
    return this;
  }

  /** Calls `hook(module, inputs, output)` after each forward; what it returns, if anything, takes the output's place. */
  registerForwardHook(hook: ForwardHook<this>): HookHandle;
  registerForwardHook(...given: unknown[]): HookHandle {
    const [hook] = registerForwardHookParameters.read(given);
    return hooksOf(this).addAfter(hook as ForwardHook<this>);
  }

  /** Calls `hook(module, inputs)` before each forward; an array that it returns takes the place of the inputs. */
  registerForwardPreHook(hook: ForwardPreHook<this>): HookHandle;
  registerForwardPreHook(...given: unknown[]): HookHandle {
    const [hook] = registerForwardPreHookParameters.read(given);
    return hooksOf(this).addBefore(hook as ForwardPreHook<this>);
  }

  /** What stands between the brackets in the printed form. */
  extraRepr(): string {
    return "";
  }

  /** The printed form, PyTorch's: `Linear(in_features=2, out_features=1, bias=True)`, submodules one a line. */
  override toString(): string {
    const children = Array.from(
      this.#ownModules(),
      ([name, child]) => `(${name}): ${indentRest(String(child), 2)}`,
    );
    return treeText(this.constructor.name, this.extraRepr(), children);
  }

  /** Text for templates and `String(model)`; JavaScript's operators cannot compute with modules, and throw. */
  [Symbol.toPrimitive](hint: PrimitiveHint): string {
    const what = `a module (${this.constructor.name})`;
    return toPrimitive(this, hint, what, "model.forward(x) for what it computes");
  }
}
