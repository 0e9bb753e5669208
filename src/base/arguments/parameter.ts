/** What a signature says of one parameter. */
import type { Kind } from "./kind.ts";

/** How a parameter is given: by position or name, by name alone, or as what is left of the positions. */
export type Passing = "position" | "name" | "rest";

export interface Parameter<N extends string = string, T = unknown> {
  readonly name: N;
  readonly kind: Kind<unknown>;
  readonly passing: Passing;
  readonly isRequired: boolean;
  /** The value where nothing is given. */
  readonly initial: unknown;
  /** There for the type of the value alone. */
  readonly value?: T;
}

/** The name of a parameter's value in the result of `named`, and its type. */
export type ValueOf<P> = P extends Parameter<string, infer T> ? T : never;

/* @__NO_SIDE_EFFECTS__ */
function parameter<N extends string, T>(
  name: N,
  kind: Kind<unknown>,
  passing: Passing,
  isRequired: boolean,
  initial: unknown,
): Parameter<N, T> {
  return { name, kind, passing, isRequired, initial };
}

/** A parameter that must be given. */
/* @__NO_SIDE_EFFECTS__ */
export function required<N extends string, T>(name: N, kind: Kind<T>): Parameter<N, T> {
  return parameter(name, kind, "position", true, undefined);
}

/** A parameter that may be given by position or by name; without a default it is undefined where it is not. */
export function optional<N extends string, T>(name: N, kind: Kind<T>): Parameter<N, T | undefined>;
export function optional<N extends string, T>(name: N, kind: Kind<T>, initial: NoInfer<T>): Parameter<N, T>;
/* @__NO_SIDE_EFFECTS__ */
export function optional<N extends string>(
  name: N,
  kind: Kind<unknown>,
  initial?: unknown,
): Parameter<N, unknown> {
  return parameter(name, kind, "position", false, initial);
}

/** A parameter that may be given by name alone, in the options object. */
export function keyword<N extends string, T>(name: N, kind: Kind<T>): Parameter<N, T | undefined>;
export function keyword<N extends string, T>(name: N, kind: Kind<T>, initial: NoInfer<T>): Parameter<N, T>;
/* @__NO_SIDE_EFFECTS__ */
export function keyword<N extends string>(
  name: N,
  kind: Kind<unknown>,
  initial?: unknown,
): Parameter<N, unknown> {
  return parameter(name, kind, "name", false, initial);
}

/** The last by position: an array, or any number of its elements, as sizes are given. */
/* @__NO_SIDE_EFFECTS__ */
export function several<N extends string, T extends readonly unknown[]>(
  name: N,
  kind: Kind<T>,
): Parameter<N, T> {
  return parameter(name, kind, "rest", true, undefined);
}
