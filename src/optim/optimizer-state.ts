/** State dicts of optimizers, in PyTorch's form: parameters are known by their number. */

import { contiguousStrides, describe, formatShape, StateDictError, sameShape } from "../base/index.ts";
import { execute, untraced } from "../ops/executor.ts";
import { isTensor } from "../ops/handle.ts";
import { Tensor } from "../tensor/index.ts";

/** What an optimizer remembers of a parameter: running means, and numbers such as the steps taken. */
export type ParameterState = Record<string, Tensor | number>;

interface SavedGroup {
  params: number[];
  [option: string]: unknown;
}

export interface OptimizerStateDict {
  /** By the number of the parameter; parameters that have not been updated are left out. */
  state: Record<number, ParameterState>;
  /** The options of each group, and the numbers of its parameters. */
  paramGroups: SavedGroup[];
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
  if (found !== undefined && found.dtype === x.dtype) return found;
  return untraced(() => {
    const own = zerosFor(x);
    if (found !== undefined) execute.copyInto(own, found);
    state[name] = own;
    return own;
  });
}

export function saveState(
  groups: readonly Group[],
  state: ReadonlyMap<Tensor, ParameterState>,
): OptimizerStateDict {
  const saved: OptimizerStateDict = { state: {}, paramGroups: [] };
  let count = 0;
  for (const { params, ...options } of groups) {
    const numbers = params.map((x) => {
      const own = state.get(x);
      if (own) saved.state[count] = { ...own };
      return count++;
    });
    saved.paramGroups.push({ ...options, params: numbers });
  }
  return saved;
}

/** A copy of a parameter's state in the dtype of the parameter. Throws a StateDictError where a shape differs. */
function copyState(where: string, number: number, x: Tensor, saved: object): ParameterState {
  const own: ParameterState = {};
  for (const [name, value] of Object.entries(saved)) {
    // PyTorch writes None where a buffer is not in use.
    if (value === null) continue;
    if (typeof value === "number") own[name] = value;
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
  if (!Array.isArray(saved?.paramGroups) || typeof saved.state !== "object") {
    throw new StateDictError(
      `${where}: expected { state, paramGroups } as stateDict() gives it, got ${describe(saved)}`,
    );
  }
  const { paramGroups } = saved;
  if (paramGroups.length !== groups.length) {
    throw new StateDictError(
      `${where}: the state dict has ${paramGroups.length} parameter groups, the optimizer ${groups.length}`,
    );
  }
  const loaded = new Map<Tensor, ParameterState>();
  const changes: [Group, object][] = [];
  for (const [g, group] of groups.entries()) {
    const { params: numbers, ...options } = paramGroups[g]!;
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
