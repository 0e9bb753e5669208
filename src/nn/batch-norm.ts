/** Normalising channels over a batch. */
import {
  count,
  flag,
  keyword,
  nullable,
  number,
  optional,
  required,
  signature,
} from "../base/arguments/index.ts";
import { float64, formatShape, int64, ShapeError } from "../base/index.ts";
import { guarded } from "../ops/executor.ts";
import { batchNorm } from "../ops/normalization.ts";
import { add, reciprocal } from "../ops/pointwise/index.ts";
import { ones, type Tensor, zeros } from "../tensor/index.ts";
import type { PartKinds } from "./holder.ts";
import { ones_, zeros_ } from "./init/index.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { type PlacementOptions, placed, placement } from "./placement.ts";
import { pythonBool, pythonFloat } from "./python-text.ts";

/** Options of batch normalization. */
export interface BatchNormOptions extends PlacementOptions {
  /** Added to the variance, so that nothing is divided by 0; 1e-5 unless said. */
  eps?: number;
  /** Share of a batch in the new running statistics, 0.1 unless said; null for the mean over all batches. */
  momentum?: number | null;
  /** Whether there are a weight and a bias; true unless said. */
  affine?: boolean;
  /** Whether to keep running statistics, for evaluation; true unless said. Without them every batch is its own measure. */
  trackRunningStats?: boolean;
  /** Whether there is a bias beside the weight; true unless said. */
  bias?: boolean;
}

/* @__NO_SIDE_EFFECTS__ */
function batchNormParameters(name: string) {
  return signature(
    name,
    required("numFeatures", count),
    optional("eps", number, 1e-5),
    optional("momentum", nullable(number), 0.1),
    optional("affine", flag, true),
    optional("trackRunningStats", flag, true),
    keyword("bias", flag, true),
    placement,
  );
}

/** What the constructors of batch norms take. */
type Constructed = ReturnType<ReturnType<typeof batchNormParameters>["named"]>;

/** What the batch norms have in common; they differ in the shapes that they take. */
abstract class BatchNorm extends Module {
  readonly numFeatures: number;
  readonly eps: number;
  /** May be changed at any time. */
  momentum: number | null;
  readonly affine: boolean;
  readonly trackRunningStats: boolean;
  declare weight: Parameter | null;
  declare bias: Parameter | null;
  declare runningMean: Tensor | null;
  declare runningVar: Tensor | null;
  /** How many batches the running statistics have seen: int64, 0-d. */
  declare numBatchesTracked: Tensor | null;
  /** The numbers of dimensions that an input may have. */
  readonly #ranks: readonly number[];

  protected static get isFamily(): boolean {
    return true;
  }
  protected static get partKinds(): PartKinds {
    return {
      weight: "parameter",
      bias: "parameter",
      runningMean: "buffer",
      runningVar: "buffer",
      numBatchesTracked: "buffer",
    };
  }

  constructor(ranks: readonly number[], all: Constructed) {
    super();
    const { numFeatures, trackRunningStats } = all;
    this.#ranks = ranks;
    this.numFeatures = numFeatures;
    this.eps = all.eps;
    this.momentum = all.momentum;
    this.affine = all.affine;
    this.trackRunningStats = trackRunningStats;
    const place = placed(all);
    if (all.affine) {
      this.weight = new Parameter(ones([numFeatures], place));
      if (all.bias) this.bias = new Parameter(zeros([numFeatures], place));
    }
    if (trackRunningStats) {
      this.runningMean = zeros([numFeatures], place);
      this.runningVar = ones([numFeatures], place);
      this.numBatchesTracked = zeros([], { ...place, dtype: int64 });
    }
  }

  /** Forgets what has been seen: running mean 0, running variance 1, no batches. */
  resetRunningStats(): void {
    if (this.runningMean !== null) zeros_(this.runningMean);
    if (this.runningVar !== null) ones_(this.runningVar);
    if (this.numBatchesTracked !== null) zeros_(this.numBatchesTracked);
  }

  /** Forgets what has been seen and learnt: also weight 1 and bias 0. */
  resetParameters(): void {
    this.resetRunningStats();
    if (this.weight !== null) ones_(this.weight);
    if (this.bias !== null) zeros_(this.bias);
  }

  override forward(x: Tensor): Tensor {
    if (!this.#ranks.includes(x.shape.length)) {
      throw new ShapeError(
        `${this.constructor.name}: expected an input of ${this.#ranks.join(" or ")} dimensions, [batch, ${this.numFeatures}, ...], got shape ${formatShape(x.shape)}`,
      );
    }
    const { training, runningMean, runningVar, weight, bias, eps } = this;
    const count = training ? this.numBatchesTracked : null;
    const y = batchNorm(x, runningMean, runningVar, {
      weight,
      bias,
      eps,
      training: training || runningMean === null,
      // The mean over all batches gives the latest of n the weight 1 / n.
      momentum: guarded(() => this.momentum) ?? (count ? reciprocal(add(count, 1).to(float64)) : 0),
    });
    count?.add_(1);
    return y;
  }

  override extraRepr(): string {
    const momentum = this.momentum === null ? "None" : pythonFloat(this.momentum);
    const affine = pythonBool(this.affine);
    const bias = pythonBool(this.bias !== null);
    const track = pythonBool(this.trackRunningStats);
    return `${this.numFeatures}, eps=${pythonFloat(this.eps)}, momentum=${momentum}, affine=${affine}, bias=${bias}, track_running_stats=${track}`;
  }
}

const batchNorm1dParameters = batchNormParameters("BatchNorm1d");
const batchNorm2dParameters = batchNormParameters("BatchNorm2d");

/**
 * Batch normalisation of features: y = (x - mean) / sqrt(var + eps) * weight + bias for each channel. In training, mean and
 * (biased) variance are those of the batch, and the running ones move towards them (the variance with Bessel's correction); in
 * evaluation they are the running ones. Shapes: [N, C] or [N, C, L] -> the same; `weight` (1 at first), `bias` (0 at first),
 * `runningMean` and `runningVar` [C], or null.
 *
 * @throws ShapeError for other shapes, and in training for a batch with one value a channel.
 * Source: Ioffe and Szegedy 2015; https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html
 *
 * @example
 * const norm = new torch.nn.BatchNorm1d(2, { affine: false });
 * norm.forward(torch.tensor([[1, 10], [3, 30]])); // tensor([[-1.0000, -1.0000], [1.0000, 1.0000]])
 * norm.runningMean; // tensor([0.2000, 2.0000])
 */
export class BatchNorm1d extends BatchNorm {
  constructor(
    numFeatures: number,
    eps?: number,
    momentum?: number | null,
    affine?: boolean,
    trackRunningStats?: boolean,
    options?: Pick<BatchNormOptions, "bias" | "device" | "dtype">,
  );
  constructor(numFeatures: number, options?: BatchNormOptions);
  constructor(...given: unknown[]) {
    super([2, 3], batchNorm1dParameters.named(given));
  }
}

/**
 * As `BatchNorm1d`, for images: [N, C, H, W] -> the same.
 *
 * @throws ShapeError for other shapes, and in training for a batch with one value a channel.
 * Source: Ioffe and Szegedy 2015; https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html
 *
 * @example
 * const norm = new torch.nn.BatchNorm2d(3);
 * norm.forward(torch.rand([4, 3, 5, 5])).shape; // [4, 3, 5, 5]
 */
export class BatchNorm2d extends BatchNorm {
  constructor(
    numFeatures: number,
    eps?: number,
    momentum?: number | null,
    affine?: boolean,
    trackRunningStats?: boolean,
    options?: Pick<BatchNormOptions, "bias" | "device" | "dtype">,
  );
  constructor(numFeatures: number, options?: BatchNormOptions);
  constructor(...given: unknown[]) {
    super([4], batchNorm2dParameters.named(given));
  }
}
