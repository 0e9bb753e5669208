/** State dicts of optimizers, in PyTorch's form and with its keys: parameters are known by their number. */

import { contiguousStrides, describe, formatShape, StateDictError, sameShape } from "../base/index.ts";
import { pythonName } from "../nn/python-text.ts";
import { revived } from "../nn/state-dict.ts";
import { execute, trace, untraced } from "../ops/executor.ts";
import { isTensor } from "../ops/handle.ts";
import { hear } from "../ops/plain-state.ts";
import { Tensor } from "../tensor/index.ts";

/** What an optimizer remembers of a parameter: running means, and numbers such as the steps taken. */
export type ParameterState = Record<string, Tensor | number>;

interface SavedGroup {
  params: number[];
  [option: string]: unknown;
}

/** What `Optimizer.stateDict` gives, and `loadStateDict` takes. */
export interface OptimizerStateDict {
  /** By the number of the parameter; parameters that have not been updated are left out. */
  state: Record<number, Record<string, Tensor | number>>;
  /** The options of each group, and the numbers of its parameters. */
  param_groups: SavedGroup[];
}

type Group = { params: Tensor[] };

/** Zeros in the shape, dtype and device of a parameter, in memory of their own. */
export function zerosFor(x: Tensor): Tensor {
  const storage = x.device.allocateRetained(x.dtype, x.numel());
  return new Tensor(storage, x.dtype, x.shape, contiguousStrides(x.shape), 0, true);
}

/** The tensor `name` of a state in the dtype that the parameter has now; zeros where there is none yet. */
export function stateTensor(state: ParameterState, name: string, x: Tensor): Tensor {
  const found = state[name] as Tensor | undefined;
  if (found === undefined || found.dtype !== x.dtype) {
    untraced(() => {
      const own = zerosFor(x);
      if (found !== undefined) execute.copyInto(own, found);
      state[name] = own;
    });
  }
  if (trace !== null) hear(state, name);
  return state[name] as Tensor;
}

/** "expAvg" -> "exp_avg", for the keys of an object; and back. */
const toPython = (own: object) => renamed(own, pythonName);
const fromPython = (own: object) =>
  renamed(own, (name) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));

function renamed(own: object, name: (name: string) => string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(own).map(([key, value]) => [name(key), value]));
}

/** Which of its implementations PyTorch uses: nothing of ours. */
const implementations = ["foreach", "fused", "capturable", "differentiable", "decoupledWeightDecay"];

export function saveState(
  groups: readonly Group[],
  state: ReadonlyMap<Tensor, ParameterState>,
): OptimizerStateDict {
  const saved: OptimizerStateDict = { state: {}, param_groups: [] };
  let count = 0;
  for (const { params, ...options } of groups) {
    const numbers = params.map((x) => {
      const own = state.get(x);
      if (own) saved.state[count] = toPython(own) as ParameterState;
      return count++;
    });
    saved.param_groups.push({ ...toPython(options), params: numbers });
  }
  return saved;
}

/** A copy of a parameter's state in the dtype of the parameter. Throws a StateDictError where a shape differs. */
function copyState(where: string, number: number, x: Tensor, saved: object): ParameterState {
  const own: ParameterState = {};
  for (const [name, given] of Object.entries(fromPython(saved))) {
    const value = revived(`${where}: ${name} of parameter ${number}`, given);
    // PyTorch writes None where a buffer is not in use.
    if (value === null) continue;
    if (typeof value === "number") own[name] = value;
    // A tensor of one element in PyTorch.
    else if (name === "step" && isTensor(value) && value.numel() === 1) own[name] = value.item();
    else if (isTensor(value) && sameShape(value.shape, x.shape)) {
      execute.copyInto((own[name] = zerosFor(x)), value);
    } else {
      const found = isTensor(value) ? `shape ${formatShape(value.shape)}` : describe(value);
      throw new StateDictError(
        `${where}: ${name} of parameter ${number} has ${found}, the parameter has shape ${formatShape(x.shape)}`,
      );
    }
  }
  return own;
}

/** Checks everything, then replaces options and state. `check` throws for options that make no sense. */
export function loadState(
  optimizer: string,
  groups: readonly Group[],
  state: Map<Tensor, ParameterState>,
  saved: OptimizerStateDict,
  check: (options: object) => void,
): void {
  const where = `${optimizer}.loadStateDict`;
  // The key of version 0.1.
  const paramGroups = saved?.param_groups ?? (saved as { paramGroups?: SavedGroup[] } | null)?.paramGroups;
  if (!Array.isArray(paramGroups) || typeof saved.state !== "object") {
    throw new StateDictError(
      `${where}: expected { state, param_groups } as stateDict() gives it, got ${describe(saved)}`,
    );
  }
  if (paramGroups.length !== groups.length) {
    throw new StateDictError(
      `${where}: the state dict has ${paramGroups.length} parameter groups, the optimizer ${groups.length}`,
    );
  }
  const loaded = new Map<Tensor, ParameterState>();
  const changes: [Group, object][] = [];
  for (const [g, group] of groups.entries()) {
    const { params: numbers, ...others } = paramGroups[g]!;
    const options = fromPython(others);
    for (const name of implementations) delete options[name];
    if (numbers?.length !== group.params.length) {
      throw new StateDictError(
        `${where}: group ${g} has ${numbers?.length ?? "no"} parameters in the state dict, ${group.params.length} in the optimizer`,
      );
    }
    check(options);
    for (const [i, number] of numbers.entries()) {
      const own = saved.state[number];
      if (own) loaded.set(group.params[i]!, copyState(where, number, group.params[i]!, own));
    }
    changes.push([group, options]);
  }
  for (const [group, options] of changes) Object.assign(group, options);
  state.clear();
  for (const [x, own] of loaded) state.set(x, own);
}
