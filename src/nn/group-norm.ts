/** Normalising groups of channels. */
import {
  count,
  flag,
  keyword,
  number,
  optional,
  required,
  signature,
  wholeFrom,
} from "../base/arguments/index.ts";
import { ValueError } from "../base/index.ts";
import { groupNorm } from "../ops/normalization.ts";
import { ones, type Tensor, zeros } from "../tensor/index.ts";
import type { PartKinds } from "./holder.ts";
import { ones_, zeros_ } from "./init/index.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { type PlacementOptions, placed, placement } from "./placement.ts";
import { pythonBool, pythonFloat } from "./python-text.ts";

/** Options of `GroupNorm`. */
export interface GroupNormOptions extends PlacementOptions {
  /** Added to the variance, so that nothing is divided by 0; 1e-5 unless said. */
  eps?: number;
  /** Whether there are a weight and a bias; true unless said. */
  affine?: boolean;
  /** Whether there is a bias beside the weight; true unless said. */
  bias?: boolean;
}

const groupNormParameters = signature(
  "GroupNorm",
  required("numGroups", wholeFrom(1)),
  required("numChannels", count),
  optional("eps", number, 1e-5),
  optional("affine", flag, true),
  keyword("bias", flag, true),
  placement,
);

/**
 * Group normalisation: y = (x - mean) / sqrt(var + eps) * weight + bias, with mean and (biased) variance over each of
 * `numGroups` groups of neighbouring channels of a sample. Shapes: [N, numChannels, ...] -> the same; `weight` (1 at first)
 * and `bias` (0 at first) [numChannels], or null.
 *
 * @throws ValueError where the channels cannot be divided into the groups; ShapeError where the input has another number of
 * channels.
 * Source: Wu and He 2018; https://pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html
 *
 * @example
 * const norm = new torch.nn.GroupNorm(2, 4, { affine: false });
 * norm.forward(torch.tensor([[1, 3, 10, 30]])); // tensor([[-1.0000, 1.0000, -1.0000, 1.0000]])
 */
export class GroupNorm extends Module {
  /** How many groups the channels form. */
  readonly numGroups: number;
  /** How many channels there are. */
  readonly numChannels: number;
  /** Added to the variance, so that nothing is divided by 0. */
  readonly eps: number;
  /** Whether there are a weight and a bias. */
  readonly affine: boolean;
  /** The factor of each channel, [numChannels], or null. */
  declare weight: Parameter | null;
  /** What is added to each channel, [numChannels], or null. */
  declare bias: Parameter | null;

  protected static get partKinds(): PartKinds {
    return { weight: "parameter", bias: "parameter" };
  }

  constructor(
    numGroups: number,
    numChannels: number,
    eps?: number,
    affine?: boolean,
    options?: Pick<GroupNormOptions, "bias" | "device" | "dtype">,
  );
  constructor(numGroups: number, numChannels: number, options?: GroupNormOptions);
  constructor(...given: unknown[]) {
    super();
    const all = groupNormParameters.named(given);
    const { numGroups, numChannels } = all;
    this.numGroups = numGroups;
    this.numChannels = numChannels;
    if (numChannels % numGroups !== 0) {
      throw new ValueError(
        `GroupNorm: numChannels must be divisible by numGroups, got ${numChannels} channels and ${numGroups} groups`,
      );
    }
    this.eps = all.eps;
    this.affine = all.affine;
    if (!all.affine) return;
    this.weight = new Parameter(ones([numChannels], placed(all)));
    if (all.bias) this.bias = new Parameter(zeros([numChannels], placed(all)));
  }

  /** Sets the weight to 1 and the bias to 0. */
  resetParameters(): void {
    if (this.weight !== null) ones_(this.weight);
    if (this.bias !== null) zeros_(this.bias);
  }

  override forward(x: Tensor): Tensor {
    return groupNorm(x, this.numGroups, this.weight, this.bias, this.eps);
  }

  override extraRepr(): string {
    const affine = pythonBool(this.affine);
    const bias = pythonBool(this.bias !== null);
    return `${this.numGroups}, ${this.numChannels}, eps=${pythonFloat(this.eps)}, affine=${affine}, bias=${bias}`;
  }
}
