/** Kinds of arguments: which values a parameter takes, and how messages name them. */
import { describe, isPlainObject } from "../describe.ts";

/** What a parameter takes. */
export class Kind<T> {
  constructor(
    /** As messages name it: "a whole number". */
    readonly expected: string,
    readonly accepts: (value: unknown) => value is T,
    /** What to do instead, where that can be told from the value that was given; "" where it cannot. */
    readonly advice: (value: unknown) => string = () => "",
    /** Whether undefined is an error where it is given, because it comes from a name that does not exist. */
    readonly refusesUndefined = false,
  ) {}

  /** The rest of a message about a value that is not of this kind. */
  refusal(value: unknown): string {
    const advice = this.advice(value);
    return `must be ${this.expected}, got ${describe(value)}${advice === "" ? "" : `; ${advice}`}`;
  }
}

/** Either of two kinds. */
/* @__NO_SIDE_EFFECTS__ */
export function either<A, B>(a: Kind<A>, b: Kind<B>): Kind<A | B> {
  return new Kind(
    `${a.expected} or ${b.expected}`,
    (value): value is A | B => a.accepts(value) || b.accepts(value),
    (value) => a.advice(value) || b.advice(value),
  );
}

const nothing = /* @__PURE__ */ new Kind<null>("null", (value): value is null => value === null);

/** The kind, or null where PyTorch takes None. */
/* @__NO_SIDE_EFFECTS__ */
export function nullable<T>(kind: Kind<T>): Kind<T | null> {
  return either(kind, nothing);
}

/** The position of the first element that is not of the kind, -1 without one. A hole counts as undefined. */
function firstOther(kind: Kind<unknown>, list: readonly unknown[]): number {
  for (let i = 0; i < list.length; i++) if (!kind.accepts(list[i])) return i;
  return -1;
}

/** An array of the kind. */
/* @__NO_SIDE_EFFECTS__ */
export function listOf<T>(kind: Kind<T>, plural: string): Kind<readonly T[]> {
  return new Kind<readonly T[]>(
    `an array of ${plural}`,
    (value): value is readonly T[] => Array.isArray(value) && firstOther(kind, value) < 0,
    (value) => {
      if (!Array.isArray(value)) return "";
      const at = firstOther(kind, value);
      return `its element ${at} ${kind.refusal(value[at])}`;
    },
  );
}

/** What `for of` goes through: an array, a set, a generator. */
/* @__NO_SIDE_EFFECTS__ */
export function iterable(expected: string): Kind<Iterable<unknown>> {
  return new Kind<Iterable<unknown>>(
    expected,
    (value): value is Iterable<unknown> =>
      typeof value === "object" && value !== null && Symbol.iterator in value,
  );
}

/** An object of no class, such as options or things by their names. */
/* @__NO_SIDE_EFFECTS__ */
export function plainObject(expected: string): Kind<Record<string, unknown>> {
  return new Kind<Record<string, unknown>>(expected, isPlainObject);
}

/** One of these strings. */
/* @__NO_SIDE_EFFECTS__ */
export function choice<const T extends string>(...choices: readonly T[]): Kind<T> {
  return new Kind<T>(
    choices
      .map((text) => `"${text}"`)
      .join(", ")
      .replace(/, ([^,]*)$/, " or $1"),
    (value): value is T => (choices as readonly unknown[]).includes(value),
  );
}

/** An object of a class. */
/* @__NO_SIDE_EFFECTS__ */
export function instanceOf<T>(type: abstract new (...args: never[]) => T, expected: string): Kind<T> {
  return new Kind<T>(expected, (value): value is T => value instanceof type);
}
