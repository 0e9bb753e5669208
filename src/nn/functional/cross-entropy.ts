/** Losses of scores of several classes. */
import { int32, sameShape, uint8, ValueError } from "../../base/index.ts";
import { gather, take } from "../../ops/indexing.ts";
import { add, where as choose, div, eq, mul, neg } from "../../ops/pointwise/index.ts";
import { describe } from "../../ops/pointwise-op.ts";
import { sum } from "../../ops/reductions.ts";
import { reshape, unsqueeze } from "../../ops/reshaping.ts";
import { logSoftmax } from "../../ops/softmax.ts";
import type { Tensor } from "../../tensor/index.ts";
import { checkClassIndices, checkClassWeight, classDimension, countIgnored } from "./classes.ts";
import { checkTargetDtype, type LossOptions, type LossReduction, reduceLoss } from "./reduction.ts";

export interface NLLOptions extends LossOptions {
  /** Factor for the loss of each class, [C]. The mean is then weighted, too. */
  weight?: Tensor | null;
  /** Targets of this class count for nothing; -100 unless said. */
  ignoreIndex?: number;
}

/** Class indices as they are used: what is ignored reads class 0, and is masked out afterwards. */
interface Picked {
  readonly classes: Tensor;
  /** Where targets are ignored; null if none is. */
  readonly ignored: Tensor | null;
  /** The weight of each target's class, 0 where it is ignored; null without weights. */
  readonly weights: Tensor | null;
  /** What the mean divides by: the number of targets that count, or the sum of their weights. */
  readonly divisor: Tensor | number;
}

function pick(where: string, scores: Tensor, target: Tensor, options: NLLOptions): Picked {
  const { weight, ignoreIndex = -100 } = options;
  checkClassIndices(where, scores, target);
  const count = scores.shape[classDimension(where, scores)]!;
  if (weight) checkClassWeight(where, weight, count);
  const skipped = countIgnored(where, target, count, ignoreIndex);
  const indices = target.dtype === uint8 ? target.to(int32) : target;
  const ignored = skipped > 0 ? eq(indices, ignoreIndex) : null;
  const classes = ignored ? choose(ignored, 0, indices) : indices;
  let weights = weight ? take(weight, classes) : null;
  if (weights && ignored) weights = choose(ignored, 0, weights);
  return { classes, ignored, weights, divisor: weights ? sum(weights) : target.numel() - skipped };
}

/** The mean over what counts, the sum, or each target's loss. */
function reducePicked(
  where: string,
  loss: Tensor,
  picked: Picked,
  reduction: LossReduction = "mean",
): Tensor {
  const plain = picked.ignored === null && picked.weights === null;
  if (plain || reduction !== "mean") return reduceLoss(where, loss, reduction);
  return div(sum(loss), picked.divisor);
}

/** -w[t] logP[t] for each target, 0 where it is ignored. */
function pickedLoss(logProbabilities: Tensor, picked: Picked, dim: number): Tensor {
  const { classes, ignored, weights } = picked;
  const found = reshape(gather(logProbabilities, dim, unsqueeze(classes, dim)), classes.shape);
  const loss = weights ? neg(mul(found, weights)) : neg(found);
  return ignored ? choose(ignored, 0, loss) : loss;
}

/**
 * Negative log-likelihood: mean of -w[t] x[t], x the log-probabilities of the classes (as `logSoftmax` gives them) and t the
 * right class. Shapes: x [C], [N, C] or [N, C, d1, ...]; t without the C, int64, int32 or uint8.
 *
 * @throws IndexError where a target is no class.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.nll_loss.html
 */
export function nllLoss(input: Tensor, target: Tensor, options: NLLOptions = {}): Tensor {
  const picked = pick("nllLoss", input, target, options);
  const loss = pickedLoss(input, picked, classDimension("nllLoss", input));
  return reducePicked("nllLoss", loss, picked, options.reduction);
}

export interface CrossEntropyOptions extends NLLOptions {
  /** Share of the target that is spread evenly over all classes, 0 to 1; 0 unless said. */
  labelSmoothing?: number;
}

/** Weights of the classes in the rank of the scores, so that they broadcast. */
function alongClasses(weight: Tensor, scores: Tensor, dim: number): Tensor {
  return reshape(
    weight,
    scores.shape.map((_, d) => (d === dim ? -1 : 1)),
  );
}

/** For targets that are probabilities of all classes: -sum over the classes of w t ln softmax(x). */
function ofProbabilities(input: Tensor, target: Tensor, dim: number, options: CrossEntropyOptions): Tensor {
  const { weight, labelSmoothing = 0, reduction } = options;
  const count = input.shape[dim]!;
  checkTargetDtype("crossEntropy", input, target);
  if (weight) checkClassWeight("crossEntropy", weight, count);
  const smooth = labelSmoothing > 0 ? add(mul(target, 1 - labelSmoothing), labelSmoothing / count) : target;
  let terms = mul(logSoftmax(input, dim), smooth);
  if (weight) terms = mul(terms, alongClasses(weight, input, dim));
  return reduceLoss("crossEntropy", neg(sum(terms, dim)), reduction);
}

/**
 * Cross-entropy of scores (logits) x: mean of -w[t] ln softmax(x)[t]. Shapes: x [C], [N, C] or [N, C, d1, ...]; the target is
 * either the right classes, in the shape without the C (int64, int32 or uint8), or probabilities of all classes, in the
 * shape and dtype of x.
 *
 * @throws IndexError where a target is no class.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.cross_entropy.html
 *
 * @example
 * const scores = torch.tensor([[2, 0, 1]]);
 * torch.nn.functional.crossEntropy(scores, torch.tensor([0], { dtype: torch.int64 })); // tensor(0.4076)
 */
export function crossEntropy(input: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const { weight, labelSmoothing = 0, reduction } = options;
  const dim = classDimension("crossEntropy", input);
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new ValueError(
      `crossEntropy: labelSmoothing must be between 0 and 1, got ${describe(labelSmoothing)}`,
    );
  }
  const sameSizes = target?.shape !== undefined && sameShape(input.shape, target.shape);
  if (sameSizes && target.dtype.isFloatingPoint) return ofProbabilities(input, target, dim, options);
  const picked = pick("crossEntropy", input, target, options);
  const logProbabilities = logSoftmax(input, dim);
  const hard = pickedLoss(logProbabilities, picked, dim);
  const loss = reducePicked("crossEntropy", hard, picked, reduction);
  if (labelSmoothing === 0) return loss;
  // (1 - s) of the loss of the right class, and s of the mean loss over all classes.
  const terms = weight ? mul(logProbabilities, alongClasses(weight, input, dim)) : logProbabilities;
  const spread = neg(sum(terms, dim));
  const counted = picked.ignored ? choose(picked.ignored, 0, spread) : spread;
  const evenly = reducePicked("crossEntropy", counted, picked, reduction);
  return add(mul(loss, 1 - labelSmoothing), mul(evenly, labelSmoothing / input.shape[dim]!));
}
