/** How objects of the library stand in consoles, and beside JavaScript's own operators. */
import { XorchError } from "./errors.ts";

/** Names the method whose result `console.log` and the prompt of Node show. */
export const inspectCustom = Symbol.for("nodejs.util.inspect.custom");

/** What shows in a console as its text does. */
export abstract class Shown {
  [inspectCustom](): string {
    return this.toString();
  }
}

/** What JavaScript asks of an object where it needs a plain value. */
export type PrimitiveHint = "string" | "number" | "default";

/** What asks for a number, and what takes either a number or text, so that nobody knows which is meant. */
const asking = {
  number: "arithmetic and comparison (*, -, /, <, Math.abs, ...) know",
  default: "+ and == know",
} as const;

/**
 * The answer of `x[Symbol.toPrimitive]`: the text where text is asked for, as in templates; an error for operators, which
 * would make of it NaN, false, or a text that grows.
 */
export function toPrimitive(x: object, hint: PrimitiveHint, what: string, instead: string): string {
  if (hint === "string") return x.toString();
  // "cost: " + x asks as x + 1 does.
  const text = hint === "default" ? `; for text, \`\${x}\` or String(x)` : "";
  throw new XorchError(`JavaScript's ${asking[hint]} nothing of ${what}: write ${instead}${text}`);
}
