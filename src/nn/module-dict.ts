/** Modules by name. */
import { IndexError } from "../base/index.ts";
import type { PartKinds } from "./holder.ts";
import { Module } from "./module.ts";
import { checkModule } from "./ordered-modules.ts";
import type { PartKind } from "./parts.ts";

/**
 * Modules by name, in the order in which they were added, for a module that runs them itself.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.ModuleDict.html
 *
 * @example
 * const activations = new torch.nn.ModuleDict({ relu: new torch.nn.ReLU(), tanh: new torch.nn.Tanh() });
 * activations.get("tanh").forward(torch.zeros([1]));
 */
export class ModuleDict extends Module {
  readonly #items = new Map<string, Module>();

  protected static get partKinds(): PartKinds {
    return {};
  }

  constructor(modules: Readonly<Record<string, Module>> = {}) {
    super();
    for (const [name, module] of Object.entries(modules)) this.set(name, module);
  }

  protected override *listParts(
    kind: PartKind,
    persistentOnly?: boolean,
  ): Iterable<readonly [string, unknown]> {
    yield* super.listParts(kind, persistentOnly);
    if (kind === "module") yield* this.#items;
  }

  /** Number of modules. */
  get length(): number {
    return this.#items.size;
  }

  has(name: string): boolean {
    return this.#items.has(name);
  }

  /** The module of that name. Throws an IndexError that lists the names if there is none. */
  get(name: string): Module {
    const found = this.#items.get(name);
    if (!found) {
      const known = [...this.#items.keys()].join(", ") || "none";
      throw new IndexError(`ModuleDict: there is no module "${name}" (names: ${known})`);
    }
    return found;
  }

  set(name: string, module: Module): this {
    checkModule("ModuleDict", `"${name}"`, module);
    this.#items.set(name, module);
    return this;
  }

  delete(name: string): boolean {
    return this.#items.delete(name);
  }

  keys(): IterableIterator<string> {
    return this.#items.keys();
  }

  values(): IterableIterator<Module> {
    return this.#items.values();
  }

  entries(): IterableIterator<[string, Module]> {
    return this.#items.entries();
  }
}
