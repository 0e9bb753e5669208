/** Checks and selections by class number. */

import {
  DTypeError,
  describe,
  formatShape,
  IndexError,
  int32,
  int64,
  ShapeError,
  sameShape,
  uint8,
} from "../../base/index.ts";
import * as ir from "../../ir/expr.ts";
import { allTrue, checkValues } from "../../ops/check-values.ts";
import { execute } from "../../ops/executor.ts";
import { isTensor } from "../../ops/handle.ts";
import { perDtype } from "../../ops/per-dtype.ts";
import type { Tensor } from "../../tensor/index.ts";

/** The dimension of scores that counts the classes: [C] or [N, C, ...]. */
export function classDimension(where: string, scores: Tensor): 0 | 1 {
  if (!isTensor(scores))
    throw new DTypeError(`${where}: the input must be a tensor, got ${describe(scores)}`);
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

/** Throws unless `target` has whole numbers in the shape of the scores without their classes. */
export function checkClassIndices(where: string, scores: Tensor, target: Tensor): void {
  const dim = classDimension(where, scores);
  if (!isTensor(target))
    throw new DTypeError(`${where}: the target must be a tensor, got ${describe(target)}`);
  const expected = scores.shape.filter((_, d) => d !== dim);
  if (target.dtype !== int64 && target.dtype !== int32 && target.dtype !== uint8) {
    const probabilities =
      where === "crossEntropy"
        ? `, or class probabilities in the input's shape ${formatShape(scores.shape)}`
        : "";
    throw new DTypeError(
      `${where}: the target is ${target.dtype} of shape ${formatShape(target.shape)}; expected class indices, target.to(torch.int64), of shape ${formatShape(expected)}${probabilities}`,
    );
  }
  if (!sameShape(target.shape, expected)) {
    throw new ShapeError(
      `${where}: the input has shape ${formatShape(scores.shape)}, so that class indices must have shape ${formatShape(expected)}; the target has ${formatShape(target.shape)}`,
    );
  }
}

/** Whether each target is the ignored class (param 0) or lies in [0, param 1). */
const known = perDtype((dtype) => {
  const t = ir.input(0, dtype);
  const isClass = ir.and(ir.ge(t, 0), ir.lt(t, ir.param(1, dtype)));
  return allTrue("class check", dtype, ir.or(ir.eq(t, ir.param(0, dtype)), isClass));
});

/** Throws an IndexError at the first class number outside [0, classes) that is not `ignoreIndex`. */
export function checkClasses(where: string, x: Tensor, classes: number, ignoreIndex = 0): void {
  const dims = x.shape.map((_, d) => d);
  const holds = execute.reduce(known(x.dtype), [x], x.shape, dims, [], [ignoreIndex, classes]);
  checkValues(holds, (mayRead) => {
    const allowed = `but there are ${classes} classes: 0 to ${classes - 1}`;
    if (!mayRead) return new IndexError(`${where}: a class number is out of range, ${allowed}`);
    const values = Array.from(x.toTypedArray(), Number);
    const wrong = values.findIndex((value) => value !== ignoreIndex && !(value >= 0 && value < classes));
    return new IndexError(`${where}: element ${wrong} is class ${values[wrong]}, ${allowed}`);
  });
}
