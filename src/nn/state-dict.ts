/** Copying a state dict into the tensors of a module. */

import { describe, formatShape, StateDictError, sameShape } from "../base/index.ts";
import { withoutTape } from "../ops/executor.ts";
import { isTensor } from "../ops/handle.ts";
import type { Tensor } from "../tensor/index.ts";

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

export interface LoadReport {
  /** Keys of the module that the state dict does not have. */
  readonly missingKeys: readonly string[];
  /** Keys of the state dict that the module does not have. */
  readonly unexpectedKeys: readonly string[];
  /** Keys whose shapes differ; with `strict: false` they are left as they were. */
  readonly mismatched: readonly Mismatch[];
}

type TensorDict = Readonly<Record<string, Tensor>>;

/** Copies what fits from `source` into the tensors of `target`; `name` is that of the module, for the error. */
export function loadInto(
  name: string,
  target: TensorDict,
  source: TensorDict,
  { strict = true }: LoadOptions,
): LoadReport {
  const missingKeys = Object.keys(target).filter((key) => !Object.hasOwn(source, key));
  const unexpectedKeys = Object.keys(source).filter((key) => !Object.hasOwn(target, key));
  const shared = Object.keys(target).filter((key) => Object.hasOwn(source, key));
  const mismatched: Mismatch[] = [];
  const problems: string[] = [];
  for (const key of shared) {
    const [own, given] = [target[key]!, source[key]!];
    if (isTensor(given) && sameShape(given.shape, own.shape)) continue;
    mismatched.push({ key, expected: own.shape, found: isTensor(given) ? given.shape : null });
    const found = isTensor(given)
      ? `shape ${formatShape(given.shape)} in the state dict`
      : `${describe(given)} in the state dict`;
    problems.push(`size mismatch for ${key}: ${found}, ${formatShape(own.shape)} in the module`);
  }
  if (strict) {
    if (missingKeys.length > 0) problems.unshift(`missing keys: ${missingKeys.join(", ")}`);
    if (unexpectedKeys.length > 0) problems.unshift(`unexpected keys: ${unexpectedKeys.join(", ")}`);
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
