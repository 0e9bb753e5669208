/** What containers of modules in a row have in common. */
import { describe, IndexError, ValueError } from "../base/index.ts";
import { Module } from "./module.ts";
import type { PartKind } from "./parts.ts";

/** Throws a ValueError unless `value` is a module. */
export function checkModule(where: string, what: string, value: unknown): asserts value is Module {
  if (!(value instanceof Module)) {
    throw new ValueError(`${where}: ${what} is ${describe(value)}, expected a Module`);
  }
}

/** Modules in a row, by name: "0", "1", ... unless said. */
export class OrderedModules extends Module implements Iterable<Module> {
  readonly #items = new Map<string, Module>();
  /** The same modules, for `forward`. */
  readonly #row: Module[] = [];

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

  protected get row(): readonly Module[] {
    return this.#row;
  }

  protected add(name: string, module: unknown): void {
    checkModule(this.constructor.name, `item ${name}`, module);
    this.#items.set(name, module);
    this.#row.push(module);
  }

  /** Number of modules. */
  get length(): number {
    return this.#row.length;
  }

  [Symbol.iterator](): Iterator<Module> {
    return this.#row[Symbol.iterator]();
  }

  /** Module number `index`; negative numbers count from the end. Throws an IndexError where there is none. */
  at(index: number): Module {
    const found = this.#row.at(index);
    if (!Number.isInteger(index) || !found || index < -this.length) {
      throw new IndexError(
        `${this.constructor.name}: index ${index} is out of range for ${this.length} modules`,
      );
    }
    return found;
  }

  /** Adds a module at the end. */
  append(module: Module): this {
    this.add(String(this.length), module);
    return this;
  }

  /** Adds modules at the end. */
  extend(modules: Iterable<Module>): this {
    for (const module of modules) this.append(module);
    return this;
  }
}
