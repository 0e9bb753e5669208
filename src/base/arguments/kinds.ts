/** The kinds that many parameters share. */
import { DType, dtypes } from "../dtype.ts";
import type { Shape } from "../shape.ts";
import { either, Kind, listOf, nullable } from "./kind.ts";

export const number = /* @__PURE__ */ new Kind<number>(
  "a number",
  (value): value is number => typeof value === "number",
);

export const flag = /* @__PURE__ */ new Kind<boolean>(
  "true or false",
  (value): value is boolean => typeof value === "boolean",
);

export const text = /* @__PURE__ */ new Kind<string>(
  "a string",
  (value): value is string => typeof value === "string",
);

export const whole = /* @__PURE__ */ new Kind<number>("a whole number", (value): value is number =>
  Number.isInteger(value),
);

/** A number between 0 and 1. */
export const probability = /* @__PURE__ */ new Kind<number>(
  "between 0 and 1",
  (value): value is number => typeof value === "number" && value >= 0 && value <= 1,
);

/** A number above 0. */
export const positive = /* @__PURE__ */ new Kind<number>(
  "a number above 0",
  (value): value is number => typeof value === "number" && value > 0,
);

/** A number of at least 0. */
export const nonNegative = /* @__PURE__ */ new Kind<number>(
  "a number of at least 0",
  (value): value is number => typeof value === "number" && value >= 0,
);

/** A whole number of at least `least`. */
/* @__NO_SIDE_EFFECTS__ */
export function wholeFrom(least: number): Kind<number> {
  return new Kind<number>(
    `a whole number of at least ${least}`,
    (value): value is number => Number.isInteger(value) && (value as number) >= least,
  );
}

/** How many there are of something: features, channels, elements. */
export const count = wholeFrom(0);

/** A number, a boolean, or a bigint for int64: what one element of a tensor can be. */
export const scalar = /* @__PURE__ */ new Kind<number | boolean | bigint>(
  "a number",
  (value): value is number | boolean | bigint =>
    typeof value === "number" || typeof value === "boolean" || typeof value === "bigint",
);

/** A whole number for all sliding dimensions, or one for each. */
export const wholes = either(whole, listOf(whole, "whole numbers"));

/** The position of a dimension, from the end if negative. */
export const dim = /* @__PURE__ */ new Kind<number>("a dimension (a whole number)", whole.accepts);

const oneOrSeveral = /* @__PURE__ */ nullable(wholes);

/** One dimension, several, or (null, []) all. */
export const dims = /* @__PURE__ */ new Kind<number | readonly number[] | null>(
  "a dimension, or an array of them",
  oneOrSeveral.accepts,
  oneOrSeveral.advice,
);

/** Sizes of dimensions, or -1 for what is left; whether they are possible is for the function to say. */
export const shape: Kind<Shape> = listOf(whole, "sizes such as [2, 3]");

export const dtype = /* @__PURE__ */ new Kind<DType>(
  "a dtype such as torch.float32",
  (value): value is DType => value instanceof DType,
  (value) =>
    value === undefined || typeof value === "string" ? `there are ${dtypes.map(String).join(", ")}` : "",
  // torch.float8 is undefined.
  true,
);

/** Whatever can be called. */
export type Callable = (...given: unknown[]) => unknown;

/** A function of the user's. */
export const callback = /* @__PURE__ */ new Kind<Callable>(
  "a function",
  (value): value is Callable => typeof value === "function",
);

/** An array of whatever the function says. */
export const list = /* @__PURE__ */ new Kind<readonly unknown[]>(
  "an array",
  (value): value is readonly unknown[] => Array.isArray(value),
);

export const anything = /* @__PURE__ */ new Kind<unknown>(
  "any value",
  (value): value is unknown => value !== undefined,
);
