/**
 * Property tests draw the same cases in every run, so that a run that passed passes again. To explore:
 * `XORCH_PROPERTY_SEED=$RANDOM npx vitest run`. And `toEqual` takes tensors for equal that show the same elements.
 */
import fc from "fast-check";
import { expect } from "vitest";
import type { Tensor } from "../src/index.ts";

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.XORCH_PROPERTY_SEED ?? 777) });

/** By what it has: tests load the library more than once, each time with a class of its own. */
function isTensor(x: unknown): x is Tensor {
  return typeof x === "object" && x !== null && "storage" in x && "dtype" in x && "toTypedArray" in x;
}

// Else the test framework would go through their rows, and end at numbers, which have none.
expect.addEqualityTesters([
  (a: unknown, b: unknown): boolean | undefined => {
    if (!isTensor(a) || !isTensor(b)) return undefined;
    if (a === b) return true;
    const elements = (x: Tensor): (number | bigint)[] =>
      Array.from(x.toTypedArray() as Iterable<number | bigint>);
    const others = elements(b);
    return (
      String(a.dtype) === String(b.dtype) &&
      String(a.shape) === String(b.shape) &&
      elements(a).every((value, i) => Object.is(value, others[i]))
    );
  },
]);
