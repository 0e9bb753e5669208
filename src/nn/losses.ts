/** Losses as modules: the functions of nn/functional with their options kept. */
import type { Tensor } from "../tensor/index.ts";
import { binaryCrossEntropy, binaryCrossEntropyWithLogits } from "./functional/binary-cross-entropy.ts";
import { crossEntropy, nllLoss } from "./functional/cross-entropy.ts";
import type { LossReduction } from "./functional/reduction.ts";
import { huberLoss, l1Loss, mseLoss, smoothL1Loss } from "./functional/regression.ts";
import type { PartKinds } from "./holder.ts";
import { Module } from "./module.ts";
import { checkChoice, readOptions } from "./options.ts";

const reductions = ["mean", "sum", "none"] as const;
const plain: { reduction: LossReduction } = { reduction: "mean" };
const withWeight: { reduction: LossReduction; weight: Tensor | null } = { ...plain, weight: null };

/** What losses have in common: input, target, and how the losses of the elements become one. */
export abstract class Loss extends Module {
  readonly reduction: LossReduction;

  protected static get isFamily(): boolean {
    return true;
  }

  constructor(reduction: LossReduction) {
    super();
    this.reduction = checkChoice(this.constructor.name, "reduction", reduction, reductions);
  }

  abstract override forward(input: Tensor, target: Tensor): Tensor;
}

/** A loss with a factor for each element or class, which moves and is saved with the module. */
export abstract class WeightedLoss extends Loss {
  declare weight: Tensor | null;

  protected static override get isFamily(): boolean {
    return true;
  }
  protected static get partKinds(): PartKinds {
    return { weight: "buffer" };
  }

  constructor({ reduction, weight }: { reduction: LossReduction; weight: Tensor | null }) {
    super(reduction);
    this.weight = weight;
  }
}

/**
 * Binary cross-entropy of probabilities: mean of -w (t ln x + (1 - t) ln(1 - x)), logarithms at least -100. Options: `weight`,
 * `reduction`.
 *
 * @throws ShapeError where input and target differ in shape, ValueError where an input is outside [0, 1].
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.BCELoss.html
 *
 * @example
 * const criterion = new torch.nn.BCELoss();
 * criterion.forward(torch.tensor([[0.5]]), torch.tensor([[1]])); // tensor(0.6931)
 */
export class BCELoss extends WeightedLoss {
  constructor(options?: Partial<typeof withWeight>) {
    super(readOptions("BCELoss", withWeight, options));
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropy(input, target, this);
  }
}

const withPosWeight: typeof withWeight & { posWeight: Tensor | null } = { ...withWeight, posWeight: null };

/**
 * Binary cross-entropy of logits: that of sigmoid(x), exact also where the sigmoid rounds to 0 or 1. Options: `weight`,
 * `posWeight`, `reduction`.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
 */
export class BCEWithLogitsLoss extends WeightedLoss {
  declare posWeight: Tensor | null;

  protected static override get partKinds(): PartKinds {
    return { posWeight: "buffer" };
  }

  constructor(options?: Partial<typeof withPosWeight>) {
    const all = readOptions("BCEWithLogitsLoss", withPosWeight, options);
    super(all);
    this.posWeight = all.posWeight;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropyWithLogits(input, target, this);
  }
}

/** Mean squared error: mean of (x - t)^2. Option: `reduction`. */
export class MSELoss extends Loss {
  constructor(options?: Partial<typeof plain>) {
    super(readOptions("MSELoss", plain, options).reduction);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, this);
  }
}

/** Mean absolute error: mean of |x - t|. Option: `reduction`. */
export class L1Loss extends Loss {
  constructor(options?: Partial<typeof plain>) {
    super(readOptions("L1Loss", plain, options).reduction);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return l1Loss(input, target, this);
  }
}

/** (x - t)^2 / (2 beta) where |x - t| < beta, else |x - t| - beta / 2. Options: `beta`, `reduction`. */
export class SmoothL1Loss extends Loss {
  readonly beta: number;

  constructor(options?: Partial<typeof plain & { beta: number }>) {
    const { reduction, beta } = readOptions("SmoothL1Loss", { ...plain, beta: 1 }, options);
    super(reduction);
    this.beta = beta;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return smoothL1Loss(input, target, this);
  }
}

/** (x - t)^2 / 2 where |x - t| < delta, else delta (|x - t| - delta / 2). Options: `delta`, `reduction`. */
export class HuberLoss extends Loss {
  readonly delta: number;

  constructor(options?: Partial<typeof plain & { delta: number }>) {
    const { reduction, delta } = readOptions("HuberLoss", { ...plain, delta: 1 }, options);
    super(reduction);
    this.delta = delta;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return huberLoss(input, target, this);
  }
}

const ofClasses = { ...withWeight, ignoreIndex: -100 };

/**
 * Negative log-likelihood of log-probabilities: mean of -w[t] x[t]. Options: `weight` [C], `ignoreIndex`, `reduction`.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html
 */
export class NLLLoss extends WeightedLoss {
  readonly ignoreIndex: number;

  constructor(options?: Partial<typeof ofClasses>) {
    const all = readOptions("NLLLoss", ofClasses, options);
    super(all);
    this.ignoreIndex = all.ignoreIndex;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return nllLoss(input, target, this);
  }
}

const ofScores = { ...ofClasses, labelSmoothing: 0 };

/**
 * Cross-entropy of scores (no softmax before it) against class indices or probabilities. Options: `weight` [C],
 * `ignoreIndex`, `labelSmoothing`, `reduction`.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
 *
 * @example
 * const criterion = new torch.nn.CrossEntropyLoss();
 * criterion.forward(torch.zeros([1, 2]), torch.tensor([0], { dtype: torch.int64 })); // tensor(0.6931)
 */
export class CrossEntropyLoss extends WeightedLoss {
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;

  constructor(options?: Partial<typeof ofScores>) {
    const all = readOptions("CrossEntropyLoss", ofScores, options);
    super(all);
    this.ignoreIndex = all.ignoreIndex;
    this.labelSmoothing = all.labelSmoothing;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return crossEntropy(input, target, this);
  }
}
