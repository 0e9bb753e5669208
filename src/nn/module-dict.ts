/** Modules by name. */
import { optional, plainObject, signature } from "../base/arguments/index.ts";
import { IndexError } from "../base/index.ts";
import { HeardMap } from "../ops/plain-state.ts";
import type { PartKinds } from "./holder.ts";
import { Module } from "./module.ts";
import { checkModule } from "./ordered-modules.ts";
import type { PartKind } from "./parts.ts";

type Modules = Readonly<Record<string, Module>>;

const parameters = signature(
  "ModuleDict",
  optional("modules", plainObject("an object of modules by name"), {}),
);

/**
 * Modules by name, in the order in which they were added, for a module that runs them itself. Its type knows the items of the
 * start; of modules that are all alike and get their names later, it is `ModuleDict<Record<string, nn.Linear>>`.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.ModuleDict.html
 *
 * @example
 * const activations = new torch.nn.ModuleDict({ relu: new torch.nn.ReLU(), tanh: new torch.nn.Tanh() });
 * activations.get("tanh").forward(torch.zeros([1]));
 */
export class ModuleDict<T extends Modules = Modules> extends Module {
  readonly #items = new HeardMap<string, Module>();

  protected static get partKinds(): PartKinds {
    return {};
  }

  constructor(modules?: T);
  constructor(...given: unknown[]) {
    super();
    const [modules] = parameters.read(given);
    for (const [name, module] of Object.entries(modules)) this.set(name, module as T[keyof T]);
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

  /** Whether there is a module of this name. */
  has(name: string): boolean {
    return this.#items.has(name);
  }

  /** The module of that name. Throws an IndexError that lists the names if there is none. */
  get<N extends keyof T & string>(name: N): T[N] {
    const found = this.#items.get(name);
    if (!found) {
      const known = [...this.#items.keys()].join(", ") || "none";
      throw new IndexError(`ModuleDict: there is no module "${name}" (names: ${known})`);
    }
    return found as T[N];
  }

  /** Adds a module under a name, or puts another in its place. */
  set<N extends keyof T & string>(name: N, module: T[N]): this;
  /** A name that the type does not know yet. */
  set<N extends string, M extends Module>(name: N, module: M): ModuleDict<T & Readonly<Record<N, M>>>;
  set(name: string, module: Module): unknown {
    checkModule("ModuleDict", `"${name}"`, module);
    this.#items.set(name, module);
    return this;
  }

  /** Takes a module out; whether there was one. */
  delete(name: string): boolean {
    return this.#items.delete(name);
  }

  /** The names, in the order in which they were added. */
  keys(): IterableIterator<string> {
    return this.#items.keys();
  }

  /** The modules, in the order in which they were added. */
  values(): IterableIterator<T[keyof T]> {
    return this.#items.values() as IterableIterator<T[keyof T]>;
  }

  /** Names with their modules, in the order in which they were added. */
  entries(): IterableIterator<[string, T[keyof T]]> {
    return this.#items.entries() as IterableIterator<[string, T[keyof T]]>;
  }
}
