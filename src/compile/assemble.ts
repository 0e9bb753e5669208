/** From a traced graph to a program that runs. */
import type { Compiler, Runnable } from "../device/program.ts";
import type { Storage } from "../device/storage.ts";
import type { Actions, Written } from "./actions.ts";
import { elementsOf } from "./elements.ts";
import { type Graph, rootOf, type Value } from "./graph.ts";
import { optimize } from "./optimize.ts";
import { type Plan, plan } from "./plan.ts";

/** Memory of a program that plain JavaScript writes. */
export interface Slot {
  readonly memory: Written;
  readonly storage: Storage;
}

/** Milliseconds. */
export interface Times {
  readonly optimize: number;
  readonly plan: number;
  readonly emit: number;
}

export interface Assembled {
  /** After optimisation. */
  readonly graph: Graph;
  readonly plan: Plan;
  readonly runnable: Runnable;
  /** Where the kept values lie. */
  readonly kept: readonly Storage[];
  /** Those of the memories of actions that the program reads. */
  readonly slots: readonly Slot[];
  readonly times: Times;
}

/** Compiles a graph whose trace noted `actions`; `copyOf` says which value of it stands for one of the trace. */
export function assemble(
  traced: Graph,
  actions: Actions,
  compiler: Compiler,
  copyOf: (value: Value) => Value = (value) => value,
): Assembled {
  const clock = [performance.now()];
  const graph = optimize(traced, compiler);
  clock.push(performance.now());
  const planned = plan(graph, compiler, actions.slots);
  clock.push(performance.now());
  const runnable = compiler.compile(planned.program);
  clock.push(performance.now());
  const [optimizing, planning, emitting] = clock.slice(1).map((time, i) => time - clock[i]!) as [
    number,
    number,
    number,
  ];
  return {
    graph,
    plan: planned,
    runnable,
    kept: graph.kept.map((value) => planned.storages.get(rootOf(value))!),
    slots: actions.memories.flatMap((memory) => {
      const storage = planned.storages.get(copyOf(memory.value));
      return storage === undefined ? [] : [{ memory, storage }];
    }),
    times: { optimize: optimizing, plan: planning, emit: emitting },
  };
}

/** Has what JavaScript writes lie in the program. An unshared memory takes its views away when it grows. */
export function attach(slots: readonly Slot[]): void {
  const [first] = slots;
  if (first === undefined || first.memory.elements.buffer === first.storage.data.buffer) return;
  for (let i = 0; i < slots.length; i++) {
    const { memory, storage } = slots[i]!;
    memory.elements = elementsOf(storage);
  }
}
