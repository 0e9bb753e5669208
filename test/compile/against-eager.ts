/** Runs a program eagerly and with its functions compiled, and compares everything that both say they saw, bit for bit. */
import { expect } from "vitest";
import { compiledOf } from "../../src/compile/compile-function.ts";
import * as torch from "../../src/index.ts";
import { checkPlans } from "./check-plan.ts";

export type Wrap = <A extends readonly unknown[], R>(fn: (...args: A) => R) => (...args: A) => R;

/** What is compared of a tensor. */
export function seen(x: unknown): unknown {
  if (x instanceof torch.Tensor) {
    const elements = Array.from(x.toTypedArray() as Iterable<number | bigint>);
    return { dtype: String(x.dtype), shape: [...x.shape], requiresGrad: x.requiresGrad, elements };
  }
  if (Array.isArray(x)) return x.map(seen);
  if (typeof x !== "object" || x === null) return x;
  if (Object.getPrototypeOf(x) !== Object.prototype) return x;
  return Object.fromEntries(Object.entries(x).map(([name, part]) => [name, seen(part)]));
}

/** What a call throws, as text; null if nothing. */
export function errorOf(body: () => unknown): string | null {
  try {
    body();
    return null;
  } catch (error) {
    return String(error);
  }
}

/**
 * `program` compiles its functions with the `wrap` that it is given, and returns (or yields to `see`) what it saw. Checks
 * the plans of what has been compiled, too. `traces` says how often the JavaScript of all compiled functions may run: once for each program.
 */
export function agrees(traces: number, program: (wrap: Wrap, see: (x: unknown) => void) => void): void {
  const deterministic = torch.areDeterministicAlgorithmsEnabled();
  torch.useDeterministicAlgorithms(true);
  const observe = (wrap: Wrap): unknown[] => {
    const all: unknown[] = [];
    torch.manualSeed(777);
    program(wrap, (x) => all.push(seen(x)));
    // The next random number: both have drawn as many.
    all.push(torch.rand([1]).item());
    return all;
  };
  try {
    const eager = observe((fn) => fn);
    let calls = 0;
    const functions: ((...args: never) => unknown)[] = [];
    const compiled = observe((fn) => {
      const wrapped: typeof fn = torch.compile((...args) => {
        calls++;
        return fn(...args);
      });
      functions.push(wrapped);
      return wrapped;
    });
    // Those called within others are parts of them.
    for (const fn of functions) if (errorOf(() => compiledOf("", fn)) === null) checkPlans(fn);
    expect(eager.length).toBeGreaterThan(1);
    expect(compiled).toEqual(eager);
    expect(calls, "traces").toBe(traces);
  } finally {
    torch.useDeterministicAlgorithms(deterministic);
  }
}
