/** Texts for structures: what a program depends on of its arguments, and of the plain state that it reads. */
import { CompileError, Shown } from "../base/index.ts";
import { isTensor } from "../ops/handle.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { isRecord } from "./nested.ts";

/** Numbers for objects that are known by their identity alone. */
const identities = new WeakMap<object, number>();
let identified = 0;

function identityOf(x: object): number {
  let found = identities.get(x);
  if (found === undefined) identities.set(x, (found = ++identified));
  return found;
}

/** Deeper structures contain themselves, or might as well. */
const DEEPEST = 500;

/** The most values in objects of classes among arguments: looking through a whole application would take too long. */
const MOST_IN_OBJECTS = 10_000;

/** The most values of which it is noticed that another one takes their place. */
const MOST_CONTENT = 1000;

/** A text for a structure, that tells it from others. */
abstract class Text {
  /** The objects of classes that have been met: they may hold each other. */
  #met: Set<object> | null = null;

  protected abstract tensor(x: Tensor, holder: object | null): string;
  protected abstract typedArray(x: ArrayBufferView): string;
  /** Called with each array or object; `holder` as in `of`. Throws where it is too much. */
  protected abstract check(holder: object | null, depth: number): void;

  /** `holder` is the innermost object of a class in which the value is. */
  of(x: unknown, holder: object | null = null, depth = 0): string {
    if (typeof x !== "object" || x === null) return this.#plain(x);
    if (isTensor(x)) return this.tensor(x as Tensor, holder);
    if (ArrayBuffer.isView(x)) return this.typedArray(x);
    this.check(holder, depth);
    const part = (value: unknown): string => this.of(value, holder, depth + 1);
    if (Array.isArray(x)) return `[${x.map(part).join()}]`;
    if (x instanceof Map) {
      return `map(${Array.from(x, ([key, value]) => `${this.#key(key)}:${part(value)}`).join()})`;
    }
    if (x instanceof Set) return `set(${Array.from(x, part).join()})`;
    if (isRecord(x)) return `{${this.#properties(x, holder, depth)}}`;
    const identity = `o${identityOf(x)}`;
    // The library's own objects tell of their changes (ops/plain-state.ts).
    if (x instanceof Shown || this.#met?.has(x)) return identity;
    this.#met ??= new Set();
    this.#met.add(x);
    if (x instanceof Date) return `${identity}@${x.getTime()}`;
    return `${identity}{${this.#properties(x, x, depth)}}`;
  }

  #plain(x: unknown): string {
    if (typeof x === "function") return `f${identityOf(x)}`;
    if (typeof x === "string") return JSON.stringify(x);
    return Object.is(x, -0) ? "number:-0" : `${typeof x}:${String(x)}`;
  }

  #key(key: unknown): string {
    return typeof key === "object" && key !== null ? `o${identityOf(key)}` : this.#plain(key);
  }

  #properties(x: object, holder: object | null, depth: number): string {
    return Object.entries(x)
      .map(([name, value]) => `${JSON.stringify(name)}:${this.of(value, holder, depth + 1)}`)
      .join();
  }
}

/** The text of arguments, whose tensors are another matter. */
class ArgumentText extends Text {
  #inObjects = 0;

  constructor(
    readonly tensors: Tensor[],
    readonly describe: (x: Tensor) => string,
  ) {
    super();
  }

  protected override tensor(x: Tensor, holder: object | null): string {
    if (holder !== null) {
      throw new CompileError(
        `compile: an object of class ${holder.constructor.name} among the arguments holds a tensor, which a program could not exchange for another; pass the tensor by itself, or in an array, a plain object, a Map or a Set`,
      );
    }
    this.tensors.push(x);
    return this.describe(x);
  }

  protected override typedArray(): string {
    throw new CompileError(
      "compile: a typed array among the arguments could change unnoticed; make a tensor of it outside, with torch.fromTypedArray",
    );
  }

  protected override check(holder: object | null, depth: number): void {
    if (depth > DEEPEST) {
      throw new CompileError(
        `compile: something among the arguments contains itself, or is nested more than ${DEEPEST} times; pass the parts that the function needs`,
      );
    }
    if (holder !== null && ++this.#inObjects > MOST_IN_OBJECTS) {
      throw new CompileError(
        `compile: an object of class ${holder.constructor.name} among the arguments holds more than ${MOST_IN_OBJECTS} others, which each call would have to look at; pass the parts that the function needs`,
      );
    }
  }
}

/** Ends a look at contents that takes too long. */
class TooMuch extends Error {}

/** The text of a structure as it is now: of tensors, that they are these very ones. */
class ContentText extends Text {
  #count = 0;

  protected override tensor(x: Tensor): string {
    return `o${identityOf(x)}`;
  }

  protected override typedArray(x: ArrayBufferView): string {
    const { length } = x as unknown as ArrayLike<unknown>;
    this.#count += length;
    this.check(null, 0);
    return `o${identityOf(x)}[${String(x)}]`;
  }

  protected override check(_holder: object | null, depth: number): void {
    if (depth > DEEPEST || this.#count > MOST_CONTENT) throw new TooMuch();
  }

  override of(x: unknown, holder: object | null = null, depth = 0): string {
    this.#count++;
    return super.of(x, holder, depth);
  }
}

/**
 * Adds the tensors of arguments to `tensors` and gives a text that is equal for arguments that differ in the elements of
 * their tensors alone, which `describe` describes: plain values and other objects are part of it.
 *
 * @throws CompileError for tensors in objects of classes, typed arrays, and structures that contain themselves.
 */
export function flatten(structure: unknown, tensors: Tensor[], describe: (x: Tensor) => string): string {
  return new ArgumentText(tensors, describe).of(structure);
}

/** A text for what a structure holds: another one once something in it has been replaced. Null where there is too much. */
export function contentText(structure: unknown): string | null {
  try {
    return new ContentText().of(structure);
  } catch (error) {
    if (error instanceof TooMuch) return null;
    throw error;
  }
}
