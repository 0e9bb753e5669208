/**
 * What a module is made of: the names of its parameters, buffers and submodules. As in PyTorch, a name that is one of these
 * stays one: a plain tensor put in a parameter's place would be trained by nobody, and an error says so.
 */
import { describe, ValueError } from "../base/index.ts";
import { isTensor } from "../ops/handle.ts";
import { HeardMap } from "../ops/plain-state.ts";

export type PartKind = "parameter" | "buffer" | "module";

interface Part {
  readonly kind: PartKind;
  /** The name in state dicts and paths. */
  readonly key: string;
  /** Whether a buffer is saved. */
  readonly persistent: boolean;
}

/** The kind that a value gives a name by being assigned to it: a parameter or a module; null for all else. */
export type KindOf = (value: unknown) => PartKind | null;

const wanted = { parameter: "an nn.Parameter", buffer: "a tensor", module: "an nn.Module" } as const;

function refuse(where: string, name: string, kind: PartKind, value: unknown): never {
  const is = `${where}: ${name} is a ${kind}`;
  if (kind === "parameter" && isTensor(value)) {
    throw new ValueError(
      `${is}; ${describe(value)} in its place would be neither trained nor saved: assign new nn.Parameter(tensor), or copy the values, torch.noGrad(() => layer.${name}.copy_(tensor))`,
    );
  }
  throw new ValueError(`${is}; expected ${wanted[kind]}, or null for none, got ${describe(value)}`);
}

export class Parts {
  /** By the name of the property, in the order of their registration. */
  readonly #parts = new HeardMap<string, Part>();

  constructor(
    /** The name of the module's class. */
    readonly where: string,
    readonly kindOf: KindOf,
  ) {}

  /** Says what a property will be; its value may be null for now. */
  declare(name: string, kind: PartKind, persistent = true, key = this.#parts.get(name)?.key ?? name): void {
    this.#parts.set(name, { kind, key, persistent });
  }

  /** To be told of a value before a property takes it. Throws a ValueError where the property is of another kind. */
  assign(name: string, value: unknown): void {
    const part = this.#parts.get(name);
    const kind = this.kindOf(value);
    if (kind !== null) {
      if (kind === part?.kind) return;
      // What changes its kind goes to the end, as if it were new.
      this.#parts.delete(name);
      this.declare(name, kind, true, part?.key);
    } else if (part && value !== null && !(part.kind === "buffer" && isTensor(value))) {
      refuse(this.where, name, part.kind, value);
    }
  }

  delete(name: string): void {
    this.#parts.delete(name);
  }

  isA(kind: PartKind, name: string): boolean {
    return this.#parts.get(name)?.kind === kind;
  }

  /** The keys and names of one kind. */
  *of(kind: PartKind, persistentOnly = false): Iterable<readonly [key: string, name: string]> {
    for (const [name, part] of this.#parts) {
      if (part.kind === kind && (part.persistent || !persistentOnly)) yield [part.key, name];
    }
  }
}
