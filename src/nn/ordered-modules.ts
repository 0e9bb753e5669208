/** What containers of modules in a row have in common. */
import { anything, iterable, required, signature, whole } from "../base/arguments/index.ts";
import { describe, IndexError, ValueError } from "../base/index.ts";
import { trace } from "../ops/executor.ts";
import { HeardMap } from "../ops/plain-state.ts";
import { Module } from "./module.ts";
import type { PartKind } from "./parts.ts";

const atParameters = signature("at", required("index", whole));
const appendParameters = signature("append", required("module", anything));
const extendParameters = signature("extend", required("modules", iterable("an array of modules")));

/** Throws a ValueError unless `value` is a module. */
export function checkModule(where: string, what: string, value: unknown): asserts value is Module {
  if (!(value instanceof Module)) {
    throw new ValueError(`${where}: ${what} is ${describe(value)}, expected a Module`);
  }
}

/** Modules in a row, by name: "0", "1", ... unless said. */
export class OrderedModules<M extends Module> extends Module implements Iterable<M> {
  readonly #items = new HeardMap<string, M>();
  /** The same modules, for `forward`. */
  readonly #row: M[] = [];

  protected static get isFamily(): boolean {
    return true;
  }

  protected override *listParts(
    kind: PartKind,
    persistentOnly?: boolean,
  ): Iterable<readonly [string, unknown]> {
    yield* super.listParts(kind, persistentOnly);
    if (kind === "module") yield* this.#items;
  }

  protected get row(): readonly M[] {
    if (trace !== null) this.#items.hearAll();
    return this.#row;
  }

  protected addItem(name: string, module: unknown): void {
    const where = this.constructor.name;
    checkModule(where, `item ${name}`, module);
    if (this.#items.has(name)) {
      throw new ValueError(
        `${where}: there is already a module "${name}"; two of one name would hide the first`,
      );
    }
    this.#items.set(name, module as M);
    this.#row.push(module as M);
  }

  /** Number of modules. */
  get length(): number {
    return this.row.length;
  }

  [Symbol.iterator](): Iterator<M> {
    return this.row[Symbol.iterator]();
  }

  /** Module number `index`; negative numbers count from the end. Throws an IndexError where there is none. */
  at(index: number): M;
  at(...given: unknown[]): M {
    const [index] = atParameters.read(given);
    const found = this.row.at(index);
    if (!Number.isInteger(index) || !found || index < -this.length) {
      throw new IndexError(
        `${this.constructor.name}: index ${index} is out of range for ${this.length} modules`,
      );
    }
    return found;
  }

  /** Adds a module at the end. */
  append(module: M): this;
  append(...given: unknown[]): this {
    const [module] = appendParameters.read(given);
    this.addItem(String(this.length), module);
    return this;
  }

  /** Adds modules at the end. */
  extend(modules: Iterable<M>): this;
  extend(...given: unknown[]): this {
    const [modules] = extendParameters.read(given);
    for (const module of modules) this.addItem(String(this.length), module);
    return this;
  }
}
