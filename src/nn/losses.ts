/** Losses as modules: the functions of nn/functional with their options kept. */
import {
  nonNegative,
  nullable,
  optional,
  positive,
  probability,
  signature,
  whole,
} from "../base/arguments/index.ts";
import { tensor } from "../ops/kinds.ts";
import type { Tensor } from "../tensor/index.ts";
import {
  type BinaryCrossEntropyOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  type LogitsOptions,
} from "./functional/binary-cross-entropy.ts";
import {
  type CrossEntropyOptions,
  crossEntropy,
  type NLLOptions,
  nllLoss,
} from "./functional/cross-entropy.ts";
import { type LossOptions, type LossReduction, reduction } from "./functional/reduction.ts";
import {
  type HuberOptions,
  huberLoss,
  l1Loss,
  mseLoss,
  type SmoothL1Options,
  smoothL1Loss,
} from "./functional/regression.ts";
import type { PartKinds } from "./holder.ts";
import { Module } from "./module.ts";

const factors = /* @__PURE__ */ optional("weight", /* @__PURE__ */ nullable(tensor), null);

/** What losses have in common: input, target, and how the losses of the elements become one. */
export abstract class Loss extends Module {
  protected static get isFamily(): boolean {
    return true;
  }

  constructor(readonly reduction: LossReduction) {
    super();
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

const bceParameters = signature("BCELoss", factors, reduction);

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
  constructor(weight?: Tensor | null, reduction?: LossReduction);
  constructor(options: BinaryCrossEntropyOptions);
  constructor(...given: unknown[]) {
    super(bceParameters.named(given));
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropy(input, target, this.weight, this.reduction);
  }
}

const bceWithLogitsParameters = signature(
  "BCEWithLogitsLoss",
  factors,
  reduction,
  optional("posWeight", nullable(tensor), null),
);

/**
 * Binary cross-entropy of logits: that of sigmoid(x), exact also where the sigmoid rounds to 0 or 1. Options: `weight`,
 * `posWeight`, `reduction`.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
 */
export class BCEWithLogitsLoss extends WeightedLoss {
  /** The weight of positive targets. */
  declare posWeight: Tensor | null;

  protected static override get partKinds(): PartKinds {
    return { posWeight: "buffer" };
  }

  constructor(weight?: Tensor | null, reduction?: LossReduction, posWeight?: Tensor | null);
  constructor(options: LogitsOptions);
  constructor(...given: unknown[]) {
    const all = bceWithLogitsParameters.named(given);
    super(all);
    this.posWeight = all.posWeight;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropyWithLogits(input, target, this.weight, this.reduction, this.posWeight);
  }
}

const mseParameters = signature("MSELoss", reduction);
const l1Parameters = signature("L1Loss", reduction);
const smoothL1Parameters = signature("SmoothL1Loss", reduction, optional("beta", nonNegative, 1));
const huberParameters = signature("HuberLoss", reduction, optional("delta", positive, 1));

/** Mean squared error: mean of (x - t)^2. Option: `reduction`. */
export class MSELoss extends Loss {
  constructor(reduction?: LossReduction);
  constructor(options: LossOptions);
  constructor(...given: unknown[]) {
    super(mseParameters.read(given)[0]);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, this.reduction);
  }
}

/** Mean absolute error: mean of |x - t|. Option: `reduction`. */
export class L1Loss extends Loss {
  constructor(reduction?: LossReduction);
  constructor(options: LossOptions);
  constructor(...given: unknown[]) {
    super(l1Parameters.read(given)[0]);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return l1Loss(input, target, this.reduction);
  }
}

/** (x - t)^2 / (2 beta) where |x - t| < beta, else |x - t| - beta / 2. Options: `beta`, `reduction`. */
export class SmoothL1Loss extends Loss {
  /** Where the quadratic part ends. */
  readonly beta: number;

  constructor(reduction?: LossReduction, beta?: number);
  constructor(options: SmoothL1Options);
  constructor(...given: unknown[]) {
    const [how, beta] = smoothL1Parameters.read(given);
    super(how);
    this.beta = beta;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return smoothL1Loss(input, target, this.reduction, this.beta);
  }
}

/** (x - t)^2 / 2 where |x - t| < delta, else delta (|x - t| - delta / 2). Options: `delta`, `reduction`. */
export class HuberLoss extends Loss {
  /** Where the quadratic part ends. */
  readonly delta: number;

  constructor(reduction?: LossReduction, delta?: number);
  constructor(options: HuberOptions);
  constructor(...given: unknown[]) {
    const [how, delta] = huberParameters.read(given);
    super(how);
    this.delta = delta;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return huberLoss(input, target, this.reduction, this.delta);
  }
}

const ofClasses = [factors, /* @__PURE__ */ optional("ignoreIndex", whole, -100), reduction] as const;
const nllParameters = signature("NLLLoss", ofClasses);

/**
 * Negative log-likelihood of log-probabilities: mean of -w[t] x[t]. Options: `weight` [C], `ignoreIndex`, `reduction`.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html
 */
export class NLLLoss extends WeightedLoss {
  /** The class number that does not count. */
  readonly ignoreIndex: number;

  constructor(weight?: Tensor | null, ignoreIndex?: number, reduction?: LossReduction);
  constructor(options: NLLOptions);
  constructor(...given: unknown[]) {
    const all = nllParameters.named(given);
    super(all);
    this.ignoreIndex = all.ignoreIndex;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return nllLoss(input, target, this.weight, this.ignoreIndex, this.reduction);
  }
}

const crossEntropyParameters = signature(
  "CrossEntropyLoss",
  ofClasses,
  optional("labelSmoothing", probability, 0),
);

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
  /** The class number that does not count. */
  readonly ignoreIndex: number;
  /** How much of each target is spread over all classes. */
  readonly labelSmoothing: number;

  constructor(
    weight?: Tensor | null,
    ignoreIndex?: number,
    reduction?: LossReduction,
    labelSmoothing?: number,
  );
  constructor(options: CrossEntropyOptions);
  constructor(...given: unknown[]) {
    const all = crossEntropyParameters.named(given);
    super(all);
    this.ignoreIndex = all.ignoreIndex;
    this.labelSmoothing = all.labelSmoothing;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignoreIndex, labelSmoothing } = this;
    return crossEntropy(input, target, weight, ignoreIndex, this.reduction, labelSmoothing);
  }
}
