/** Copying a state dict into the tensors of a module. */

import { describe, formatShape, StateDictError, sameShape } from "../base/index.ts";
import { withoutTape } from "../ops/executor.ts";
import { isTensor } from "../ops/handle.ts";
import { revive } from "../tensor/from-json.ts";
import type { Tensor, TensorJSON } from "../tensor/index.ts";
import { isTensorJSON } from "../tensor/json.ts";
import { pythonName } from "./python-text.ts";

/** Options of `loadStateDict`. */
export interface LoadOptions {
  /** Whether every key must be there, and fit; true unless said. */
  strict?: boolean;
}

/** A key whose value does not fit. */
export interface Mismatch {
  readonly key: string;
  /** The shape in the module. */
  readonly expected: readonly number[];
  /** The shape in the state dict; null where the value is no tensor. */
  readonly found: readonly number[] | null;
}

/** What `loadStateDict` found that does not match. */
export interface LoadReport {
  /** Keys of the module that the state dict does not have. */
  readonly missingKeys: readonly string[];
  /** Keys of the state dict that the module does not have. */
  readonly unexpectedKeys: readonly string[];
  /** Keys whose shapes differ; with `strict: false` they are left as they were. */
  readonly mismatched: readonly Mismatch[];
}

/** Tensors by name, or what JSON makes of them. */
export type StateDict = Readonly<Record<string, Tensor | TensorJSON>>;

/** A value of a state dict as a tensor where it stands for one. */
export function revived(where: string, value: unknown): unknown {
  return !isTensor(value) && isTensorJSON(value) ? revive(where, value) : value;
}

/** Says which keys that are missing stand there in JavaScript's spelling, as the properties of the modules have it. */
function respelt(unexpected: readonly string[], missing: readonly string[]): string[] {
  const pairs = unexpected.map((key) => [key, pythonName(key)] as const);
  return pairs.filter(([, key]) => missing.includes(key)).map(([key, right]) => `${key} is written ${right}`);
}

/** Copies what fits from `given` into the tensors of `target`; `name` is that of the module, for the error. */
export function loadInto(
  name: string,
  target: Readonly<Record<string, Tensor>>,
  given: StateDict,
  { strict = true }: LoadOptions,
): LoadReport {
  const source = Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key, revived(`loadStateDict: ${key}`, value) as Tensor]),
  );
  const missingKeys = Object.keys(target).filter((key) => !Object.hasOwn(source, key));
  const unexpectedKeys = Object.keys(source).filter((key) => !Object.hasOwn(target, key));
  const shared = Object.keys(target).filter((key) => Object.hasOwn(source, key));
  const mismatched: Mismatch[] = [];
  const problems: string[] = [];
  for (const key of shared) {
    const [own, given] = [target[key]!, source[key]!];
    if (isTensor(given) && sameShape(given.shape, own.shape)) continue;
    mismatched.push({ key, expected: own.shape, found: isTensor(given) ? given.shape : null });
    problems.push(
      isTensor(given)
        ? `size mismatch for ${key}: shape ${formatShape(given.shape)} in the state dict, ${formatShape(own.shape)} in the module`
        : `${key} is ${describe(given)}, expected a tensor of shape ${formatShape(own.shape)}, or what JSON.stringify makes of one`,
    );
  }
  if (strict) {
    if (missingKeys.length > 0) problems.unshift(`missing keys: ${missingKeys.join(", ")}`);
    if (unexpectedKeys.length > 0) problems.unshift(`unexpected keys: ${unexpectedKeys.join(", ")}`);
    problems.push(...respelt(unexpectedKeys, missingKeys));
    if (problems.length > 0) {
      const hint = "Nothing has been changed; { strict: false } loads the rest and reports these";
      throw new StateDictError(
        `loadStateDict: the state dict does not fit ${name}:\n  ${problems.join("\n  ")}\n${hint}`,
      );
    }
  }
  const unfit = new Set(mismatched.map(({ key }) => key));
  withoutTape(() => {
    for (const key of shared) if (!unfit.has(key)) target[key]!.copy_(source[key]!);
  });
  return { missingKeys, unexpectedKeys, mismatched };
}
