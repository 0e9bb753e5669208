/** The one way in which ops change a tensor in place: what may not be is refused before anything is changed. */
import {
  formatShape,
  isWithoutGaps,
  type Overlap,
  overlapOf,
  repeatsElements,
  ValueError,
} from "../base/index.ts";
import { type Differentiable, execute, tape } from "./executor.ts";
import type { Tensor } from "./handle.ts";

/** What an op does where memory is shared. */
export interface SharingRules {
  /** It may write elements that `expand` has repeated: all of them get the same value. */
  readonly repeats?: boolean;
  /** It reads an operand that is the tensor itself, element by element, before it writes there. */
  readonly readsSame?: boolean;
}

/** Writes each element where it has been read. */
export const elementwise: SharingRules = { readsSame: true };

/**
 * Throws a ValueError where elements of x are the same memory, so that what is written to one would be read from another.
 * Source: https://github.com/pytorch/pytorch/blob/main/aten/src/ATen/MemoryOverlap.cpp
 */
export function checkNoRepeats(name: string, x: Tensor): void {
  if (x.dense || !repeatsElements(x)) return;
  throw new ValueError(
    `${name}: a tensor of shape ${formatShape(x.shape)} that repeats its elements (expand) cannot be changed in place: several of them are the same memory; clone() it first. Nothing has been changed`,
  );
}

function copyOf(x: Tensor): Tensor {
  const copy = execute.zeros(x.shape, x.dtype, x);
  execute.copyInto(copy, x);
  return copy;
}

/** What an op that overwrites x may read as `operand`: the operand itself, or a copy where it would be overwritten too early. */
function readable(name: string, x: Tensor, operand: Tensor, { readsSame = false }: SharingRules): Tensor {
  if (operand.storage !== x.storage || (operand === x && readsSame)) return operand;
  const overlap = overlapOf(x, operand);
  if (overlap === "none" || (overlap === "same" && readsSame)) return operand;
  checkApart(name, x, operand, overlap);
  return copyOf(operand);
}

/** Throws a ValueError where x must not be overwritten from `operand`, since PyTorch sees that they share memory. */
export function checkApart(name: string, x: Tensor, operand: Tensor, overlap?: Overlap): void {
  if (operand.storage !== x.storage) return;
  overlap ??= overlapOf(x, operand);
  if (overlap !== "partial" && !(overlap === "same" && (operand === x || isWithoutGaps(x)))) return;
  throw new ValueError(
    `${name}: an operand of shape ${formatShape(operand.shape)} lies in the memory of the tensor of shape ${formatShape(x.shape)} that is overwritten, ` +
      "and would be read after it has been changed; clone() the operand first. Nothing has been changed",
  );
}

/**
 * Has `write` overwrite input 0, from inputs that it may read, and notes that it holds the result of `rule` then.
 *
 * @throws ValueError where x repeats elements or shares them with an operand, AutogradError where gradients cannot follow.
 */
export function changeInPlace(
  name: string,
  rule: Differentiable,
  given: readonly Tensor[],
  attributes: unknown,
  sharing: SharingRules,
  write: (inputs: readonly Tensor[]) => void,
): Tensor {
  const x = given[0]!;
  if (!sharing.repeats) checkNoRepeats(name, x);
  let inputs = given;
  for (let i = 1; i < given.length; i++) {
    const operand = given[i]!;
    const read = readable(name, x, operand, sharing);
    if (read !== operand) inputs = inputs.with(i, read);
  }
  const commit = tape === null ? null : tape.prepareInPlace(name, rule, given, attributes);
  write(inputs);
  commit?.();
  x.storage.version++;
  x.storage.lastWriter = name;
  return x;
}
