/** Losses of probabilities, or their logits, of two classes. */
import { nullable, optional, signature } from "../../base/arguments/index.ts";
import { formatShape, ValueError } from "../../base/index.ts";
import { trace, withoutTape } from "../../ops/executor.ts";
import { tensor } from "../../ops/kinds.ts";
import {
  binaryCrossEntropyTerm,
  binaryCrossEntropyWithLogitsTerm,
  ge,
  le,
  logicalAnd,
} from "../../ops/pointwise/index.ts";
import { all } from "../../ops/reductions.ts";
import type { Tensor } from "../../tensor/index.ts";
import {
  broadcastTo,
  checkTargetDtype,
  checkTargetShape,
  inputAndTarget,
  type LossOptions,
  type LossReduction,
  reduceLoss,
  reduction,
  weighted,
} from "./reduction.ts";

/** Options of `binaryCrossEntropy`. */
export interface BinaryCrossEntropyOptions extends LossOptions {
  /** Factor for each element's loss; broadcasts. */
  weight?: Tensor | null;
}

/** Throws a ValueError at the first element that is no probability, NaN included. */
function checkProbabilities(x: Tensor): void {
  if (trace !== null) {
    const holds = withoutTape(() => all(logicalAnd(ge(x, 0), le(x, 1))));
    trace.check(
      holds,
      () => new ValueError(notProbable(`some element of shape ${formatShape(x.shape)} is not`)),
    );
    return;
  }
  const { data, base } = x.dense ? x.storage : { data: x.toTypedArray(), base: -x.offset };
  const start = base + x.offset;
  const count = x.numel();
  for (let i = 0; i < count; i++) {
    const p = data[start + i]!;
    if (p >= 0 && p <= 1) continue;
    throw new ValueError(notProbable(`element ${i} of shape ${formatShape(x.shape)} is ${p}`));
  }
}

function notProbable(what: string): string {
  return `binaryCrossEntropy: the input must be probabilities between 0 and 1, ${what}; apply a sigmoid, or use binaryCrossEntropyWithLogits`;
}

const weight = /* @__PURE__ */ optional("weight", /* @__PURE__ */ nullable(tensor), null);
const parameters = signature("binaryCrossEntropy", inputAndTarget, weight, reduction);
const logitsParameters = signature(
  "binaryCrossEntropyWithLogits",
  inputAndTarget,
  weight,
  reduction,
  optional("posWeight", nullable(tensor), null),
);

/**
 * Binary cross-entropy of probabilities x against targets t: mean of -w (t ln x + (1 - t) ln(1 - x)), logarithms at least
 * -100. Shapes and dtypes of x and t are equal.
 *
 * @throws ValueError where an input is outside [0, 1] or NaN.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy.html
 */
export function binaryCrossEntropy(
  input: Tensor,
  target: Tensor,
  weight?: Tensor | null,
  reduction?: LossReduction,
): Tensor;
export function binaryCrossEntropy(input: Tensor, target: Tensor, options: BinaryCrossEntropyOptions): Tensor;
export function binaryCrossEntropy(...given: unknown[]): Tensor {
  const [input, target, factors, how] = parameters.read(given);
  checkTargetShape("binaryCrossEntropy", input, target);
  checkTargetDtype("binaryCrossEntropy", input, target);
  checkProbabilities(input);
  const loss = binaryCrossEntropyTerm(input, target);
  return reduceLoss(weighted("binaryCrossEntropy", loss, factors), how);
}

/** Options of `binaryCrossEntropyWithLogits`. */
export interface LogitsOptions extends BinaryCrossEntropyOptions {
  /** Factor for the loss of positive targets; broadcasts. Above 1 it favours recall, below 1 precision. */
  posWeight?: Tensor | null;
}

/**
 * Binary cross-entropy of sigmoid(x) against targets t, from the logits x: exact where the sigmoid would round to 0 or 1.
 * Shapes and dtypes of x and t are equal.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy_with_logits.html
 */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  weight?: Tensor | null,
  reduction?: LossReduction,
  posWeight?: Tensor | null,
): Tensor;
export function binaryCrossEntropyWithLogits(input: Tensor, target: Tensor, options: LogitsOptions): Tensor;
export function binaryCrossEntropyWithLogits(...given: unknown[]): Tensor {
  const where = "binaryCrossEntropyWithLogits";
  const [input, target, factors, how, posWeight] = logitsParameters.read(given);
  checkTargetShape(where, input, target);
  checkTargetDtype(where, input, target);
  const positive = posWeight ? broadcastTo(where, "posWeight", posWeight, input) : 1;
  const loss = binaryCrossEntropyWithLogitsTerm(input, target, positive);
  return reduceLoss(weighted(where, loss, factors), how);
}
