/** Parameters in a list. */
import { iterable, optional, required, signature, whole } from "../base/arguments/index.ts";
import { IndexError } from "../base/index.ts";
import { HeardMap } from "../ops/plain-state.ts";
import type { Tensor } from "../tensor/index.ts";
import type { PartKinds } from "./holder.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import type { PartKind } from "./parts.ts";

const parameters = signature("ParameterList", optional("values", iterable("an array of tensors"), []));
const atParameters = signature("at", required("index", whole));

/**
 * A list of parameters: a plain array would hide them. Tensors that are no parameters become some.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.ParameterList.html
 */
export class ParameterList extends Module implements Iterable<Parameter> {
  /** By number. */
  readonly #items = new HeardMap<number, Parameter>();

  protected static get partKinds(): PartKinds {
    return {};
  }

  constructor(values?: Iterable<Tensor>);
  constructor(...given: unknown[]) {
    super();
    const [values] = parameters.read(given);
    for (const value of values) this.append(value as Tensor);
  }

  protected override *listParts(
    kind: PartKind,
    persistentOnly?: boolean,
  ): Iterable<readonly [string, unknown]> {
    yield* super.listParts(kind, persistentOnly);
    if (kind === "parameter") for (const [i, item] of this.#items) yield [String(i), item];
  }

  /** Number of parameters. */
  get length(): number {
    return this.#items.size;
  }

  /** The parameters in their order. */
  [Symbol.iterator](): Iterator<Parameter> {
    return this.#items.values();
  }

  /** Parameter number `index`; negative numbers count from the end. Throws an IndexError where there is none. */
  at(index: number): Parameter;
  at(...given: unknown[]): Parameter {
    const [index] = atParameters.read(given);
    const found = this.#items.get(index < 0 ? index + this.length : index);
    if (!found) {
      throw new IndexError(`ParameterList: index ${index} is out of range for ${this.length} parameters`);
    }
    return found;
  }

  /** Adds a parameter at the end. */
  append(value: Tensor): this {
    this.#items.set(this.length, value instanceof Parameter ? value : new Parameter(value));
    return this;
  }

  override extraRepr(): string {
    return Array.from(
      this,
      (item, i) => `  (${i}): Parameter containing: [${item.dtype} of size ${item.shape.join("x")}]`,
    ).join("\n");
  }
}
