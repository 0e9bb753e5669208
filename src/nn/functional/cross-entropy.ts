/** Losses of scores of several classes. */
import { nullable, optional, probability, signature, whole } from "../../base/arguments/index.ts";
import { formatShape, sameShape, ValueError } from "../../base/index.ts";
import * as ir from "../../ir/expr.ts";
import { mapKernel, reduceKernel } from "../../ir/kernel.ts";
import { readAt } from "../../ops/at-index.ts";
import { execute } from "../../ops/executor.ts";
import { tensor } from "../../ops/kinds.ts";
import { perDtype } from "../../ops/per-dtype.ts";
import { add, div, mul, neg } from "../../ops/pointwise/index.ts";
import { PointwiseFunction } from "../../ops/pointwise-function.ts";
import { sum } from "../../ops/reductions.ts";
import { reshape, unsqueeze } from "../../ops/reshaping.ts";
import { logSoftmax } from "../../ops/softmax.ts";
import type { Tensor } from "../../tensor/index.ts";
import { checkClassTarget, checkClassWeight, classDimension, classNumbers } from "./classes.ts";
import {
  checkTargetDtype,
  inputAndTarget,
  type LossOptions,
  type LossReduction,
  reduceLoss,
  reduction,
} from "./reduction.ts";

/** Options of `nllLoss`. */
export interface NLLOptions extends LossOptions {
  /** Factor for the loss of each class, [C]. The mean is then weighted, too. */
  weight?: Tensor | null;
  /** Targets of this class count for nothing; -100 unless said. */
  ignoreIndex?: number;
}

const nllParameters = [
  inputAndTarget,
  /* @__PURE__ */ optional("weight", /* @__PURE__ */ nullable(tensor), null),
  /* @__PURE__ */ optional("ignoreIndex", whole, -100),
  reduction,
] as const;
const nllLossParameters = signature("nllLoss", nllParameters);
const crossEntropyParameters = signature(
  "crossEntropy",
  nllParameters,
  optional("labelSmoothing", probability, 0),
);

/** Class indices as they are used: what is ignored reads class 0, and is masked out afterwards. */
interface Picked {
  readonly target: Tensor;
  readonly ignoreIndex: number;
  readonly classes: Tensor;
  /** The weight of each target's class, 0 where it is ignored; null without weights. */
  readonly weights: Tensor | null;
}

/** t, or 0 where it is the ignored class (param 0). */
const withoutIgnored = perDtype((dtype) => {
  const t = ir.input(0, dtype);
  return mapKernel("nllLoss", [dtype], [ir.select(ir.eq(t, ir.param(0, dtype)), 0, t)]);
});

/** x times param 1, or 0 where the target is the ignored class (param 0). */
const kept = perDtype((dtype) =>
  perDtype((indexType) => {
    const ignored = ir.eq(ir.input(1, indexType), ir.param(0, indexType));
    const scaled = ir.mul(ir.input(0, dtype), ir.param(1, dtype));
    return new PointwiseFunction("nllLoss", [dtype, indexType], ir.select(ignored, 0, scaled), null);
  }),
);

/** How many targets are not the ignored class (param 0). */
const keptCount = perDtype((dtype) =>
  perDtype((indexType) => {
    const counts = ir.ne(ir.input(0, indexType), ir.param(0, indexType));
    return reduceKernel("nllLoss", [indexType], {
      element: ir.cast(counts, dtype),
      combine: ir.add(ir.input(0, dtype), ir.input(1, dtype)),
      identity: ir.constant(0, dtype),
      finish: null,
    });
  }),
);

function keep(
  x: Tensor,
  { target, ignoreIndex }: Pick<Picked, "target" | "ignoreIndex">,
  factor: number,
): Tensor {
  return kept(x.dtype)(target.dtype).apply([x, target], [ignoreIndex, factor]);
}

function pick(where: string, scores: Tensor, given: Tensor, options: Required<NLLOptions>): Picked {
  const { weight, ignoreIndex } = options;
  checkClassTarget(where, scores, given);
  const count = scores.shape[classDimension(where, scores)]!;
  if (weight) checkClassWeight(where, weight, count);
  const target = classNumbers(where, given, count, ignoreIndex);
  const classes = execute.map(withoutIgnored(target.dtype), [target], target.shape, [ignoreIndex]);
  const flat = reshape(classes, [-1]);
  const weights = weight ? reshape(readAt(weight, 0, flat), classes.shape) : null;
  return { target, ignoreIndex, classes, weights: weights && keep(weights, { target, ignoreIndex }, 1) };
}

/** The mean over what counts, the sum, or each target's loss. */
function reducePicked(loss: Tensor, { target, ignoreIndex, weights }: Picked, how: LossReduction): Tensor {
  if (how !== "mean") return reduceLoss(loss, how);
  if (weights) return div(sum(loss), sum(weights));
  const dims = target.shape.map((_, d) => d);
  const counter = keptCount(loss.dtype)(target.dtype);
  return div(sum(loss), execute.reduce(counter, [target], target.shape, dims, [], [ignoreIndex]));
}

/** -w[t] logP[t] for each target, 0 where it is ignored. */
function pickedLoss(logProbabilities: Tensor, picked: Picked, dim: number): Tensor {
  const { classes, weights } = picked;
  const found = reshape(readAt(logProbabilities, dim, unsqueeze(classes, dim)), classes.shape);
  const loss = keep(found, picked, -1);
  return weights ? mul(loss, weights) : loss;
}

/**
 * Negative log-likelihood: mean of -w[t] x[t], x the log-probabilities of the classes (as `logSoftmax` gives them) and t the
 * right class. Shapes: x [C], [N, C] or [N, C, d1, ...]; t without the C, whole numbers.
 *
 * @throws IndexError where a target is no class; DTypeError for bool; ShapeError for another shape.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.nll_loss.html
 */
export function nllLoss(
  input: Tensor,
  target: Tensor,
  weight?: Tensor | null,
  ignoreIndex?: number,
  reduction?: LossReduction,
): Tensor;
export function nllLoss(input: Tensor, target: Tensor, options: NLLOptions): Tensor;
export function nllLoss(...given: unknown[]): Tensor {
  const { input, target, ...options } = nllLossParameters.named(given);
  const picked = pick("nllLoss", input, target, options);
  const loss = pickedLoss(input, picked, classDimension("nllLoss", input));
  return reducePicked(loss, picked, options.reduction);
}

/** Options of `crossEntropy`. */
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
function ofProbabilities(
  input: Tensor,
  target: Tensor,
  dim: number,
  options: Required<CrossEntropyOptions>,
): Tensor {
  const { weight, labelSmoothing, reduction } = options;
  const count = input.shape[dim]!;
  checkTargetDtype("crossEntropy", input, target);
  if (weight) checkClassWeight("crossEntropy", weight, count);
  const smooth = labelSmoothing > 0 ? add(mul(target, 1 - labelSmoothing), labelSmoothing / count) : target;
  let terms = mul(logSoftmax(input, dim), smooth);
  if (weight) terms = mul(terms, alongClasses(weight, input, dim));
  return reduceLoss(neg(sum(terms, dim)), reduction);
}

/**
 * Cross-entropy of scores (logits) x: mean of -w[t] ln softmax(x)[t]. Shapes: x [C], [N, C] or [N, C, d1, ...]; the target is
 * either the right classes, whole numbers in the shape without the C, or probabilities of all classes: floats in the shape
 * and dtype of x.
 *
 * @throws IndexError where a target is no class; DTypeError for bool; ShapeError for another shape; ValueError for an
 * `ignoreIndex` beside probabilities.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.cross_entropy.html
 *
 * @example
 * const scores = torch.tensor([[2, 0, 1]]);
 * torch.nn.functional.crossEntropy(scores, torch.tensor([0])); // tensor(0.4076)
 */
export function crossEntropy(
  input: Tensor,
  target: Tensor,
  weight?: Tensor | null,
  ignoreIndex?: number,
  reduction?: LossReduction,
  labelSmoothing?: number,
): Tensor;
export function crossEntropy(input: Tensor, target: Tensor, options: CrossEntropyOptions): Tensor;
export function crossEntropy(...given: unknown[]): Tensor {
  const { input, target, ...options } = crossEntropyParameters.named(given);
  const { weight, labelSmoothing, reduction } = options;
  const dim = classDimension("crossEntropy", input);
  const sameSizes = target?.shape !== undefined && sameShape(input.shape, target.shape);
  if (sameSizes && target.dtype.isFloatingPoint) {
    if (options.ignoreIndex >= 0) {
      throw new ValueError(
        `crossEntropy: ignoreIndex is for targets of class numbers; this target of shape ${formatShape(target.shape)} holds probabilities`,
      );
    }
    return ofProbabilities(input, target, dim, options);
  }
  const picked = pick("crossEntropy", input, target, options);
  const logProbabilities = logSoftmax(input, dim);
  const hard = pickedLoss(logProbabilities, picked, dim);
  const loss = reducePicked(hard, picked, reduction);
  if (labelSmoothing === 0) return loss;
  // (1 - s) of the loss of the right class, and s of the mean loss over all classes.
  const terms = weight ? mul(logProbabilities, alongClasses(weight, input, dim)) : logProbabilities;
  const spread = keep(sum(terms, dim), picked, -1);
  const evenly = reducePicked(spread, picked, reduction);
  return add(mul(loss, 1 - labelSmoothing), mul(evenly, labelSmoothing / input.shape[dim]!));
}
