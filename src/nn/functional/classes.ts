/** Checks and selections by class number. */
import { DTypeError, formatShape, int32, ShapeError, sameShape, uint8 } from "../../base/index.ts";
import { mayBeWhole, wholeNumbers } from "../../ops/whole-numbers.ts";
import type { Tensor } from "../../tensor/index.ts";

/** The dimension of scores that counts the classes: [C] or [N, C, ...]. */
export function classDimension(where: string, scores: Tensor): 0 | 1 {
  if (!scores.dtype.isFloatingPoint) {
    throw new DTypeError(`${where}: the input must be floating point, got ${scores.dtype}`);
  }
  if (scores.shape.length === 0) {
    throw new ShapeError(`${where}: the input must have shape [classes] or [batch, classes, ...], got []`);
  }
  return scores.shape.length === 1 ? 0 : 1;
}

/** Throws unless `weight` is one factor for each class. */
export function checkClassWeight(where: string, weight: Tensor, classes: number): void {
  if (weight.shape.length !== 1 || weight.shape[0] !== classes) {
    throw new ShapeError(
      `${where}: the weight has shape ${formatShape(weight.shape)}, expected [${classes}]: one factor for each class`,
    );
  }
}

/** The class numbers that a tensor may hold: whole numbers of any dtype but bool. */
function mayBeClasses(x: Tensor): boolean {
  return mayBeWhole(x) || x.dtype === uint8;
}

/** Throws unless `target` has class numbers in the shape of the scores without their classes. */
export function checkClassTarget(where: string, scores: Tensor, target: Tensor): void {
  const dim = classDimension(where, scores);
  const expected = scores.shape.filter((_, d) => d !== dim);
  const probabilities =
    where === "crossEntropy"
      ? `, or class probabilities in the input's shape ${formatShape(scores.shape)}`
      : "";
  if (!mayBeClasses(target)) {
    throw new DTypeError(
      `${where}: the target is ${target.dtype} of shape ${formatShape(target.shape)}; expected class numbers, target.to(torch.int64), of shape ${formatShape(expected)}${probabilities}`,
    );
  }
  if (!sameShape(target.shape, expected)) {
    throw new ShapeError(
      `${where}: the input has shape ${formatShape(scores.shape)}, so that class numbers must have shape ${formatShape(expected)}${probabilities}; the target has ${formatShape(target.shape)}`,
    );
  }
}

/**
 * The elements of x as int64 or int32.
 *
 * @throws DTypeError for bool; IndexError at the first that is no whole number in [0, classes), all of them where `classes` is null, and
 * not `ignoreIndex`.
 */
export function classNumbers(where: string, x: Tensor, classes: number | null, ignoreIndex?: number): Tensor {
  if (!mayBeClasses(x)) {
    throw new DTypeError(`${where}: class numbers must be whole numbers, got ${x.dtype}`);
  }
  return wholeNumbers(where, x.dtype === uint8 ? x.to(int32) : x, {
    from: 0,
    to: classes ?? Number.MAX_SAFE_INTEGER,
    also: ignoreIndex,
    noun: ["a", "class number"],
    range: classes === null ? "for classes: they begin at 0" : `for ${classes} classes, 0 to ${classes - 1}`,
  });
}
