/** What plain JavaScript does before each run of a program, and what kernels get from it: numbers and elements. */
import type { DType, TypedArray } from "../base/index.ts";
import type { Param } from "../device/program.ts";
import type { Storage } from "../device/storage.ts";
import { copyElements, elementsOf } from "./elements.ts";
import { newValue, type Value } from "./graph.ts";

/** An action on plain JavaScript state, which each run repeats. */
export interface Action {
  readonly run: () => unknown;
  readonly undo: (() => void) | undefined;
  /** The numbers that it gave during the trace, for the first run. */
  readonly first: readonly number[];
  /** The first of the slots that take the numbers it gives, and how many; none where no kernel takes them. */
  slot: number;
  count: number;
}

/** Memory that plain JavaScript writes before each run. */
export interface Written {
  readonly value: Value;
  /** What the trace wrote, for the first run; then the program's own memory. */
  elements: TypedArray;
}

const noArray: readonly number[] = [];

export class Actions {
  /** In the order in which they are repeated. */
  readonly list: Action[] = [];
  readonly memories: Written[] = [];
  /** The latest action that gave this array. */
  readonly #arrays = new Map<readonly number[], Action>();
  #slots = 0;

  /** How many slots are in use. */
  get slots(): number {
    return this.#slots;
  }

  /** Notes an action that has just given `result`; `undo` takes it back where the run then fails. */
  add(run: () => unknown, undo: (() => void) | undefined, result: unknown): void {
    const isArray = Array.isArray(result);
    // The array may be used again by then.
    const action: Action = { run, undo, first: isArray ? [...result] : noArray, slot: 0, count: 0 };
    this.list.push(action);
    if (isArray) this.#arrays.set(result, action);
  }

  /** The params of a kernel: slots, where they are what an action gave. */
  params(params: readonly number[]): Param[] {
    const action = this.#arrays.get(params);
    if (action === undefined) return [...params];
    if (action.count === 0) {
      action.slot = this.#slots;
      action.count = params.length;
      this.#slots += action.count;
    }
    return params.map((_, i) => ({ slot: action.slot + i }));
  }

  /** A value whose elements are put into `elements` before each run. */
  memory(dtype: DType, length: number): Written {
    const value = newValue(dtype, length, { kind: "written" });
    const memory: Written = { value, elements: new dtype.Array(length) };
    this.memories.push(memory);
    return memory;
  }

  /** What the user's own array holds at the beginning of each run. */
  copyOf(storage: Storage, dtype: DType): Value {
    const memory = this.memory(dtype, storage.length);
    const copy = (): void => copyElements(memory.elements, elementsOf(storage));
    copy();
    this.add(copy, undefined, undefined);
    return memory.value;
  }
}
