/** Normalising rows. */
import {
  count,
  either,
  flag,
  listOf,
  number,
  optional,
  required,
  signature,
} from "../base/arguments/index.ts";
import type { Shape } from "../base/index.ts";
import { layerNorm } from "../ops/normalization.ts";
import { ones, type Tensor, zeros } from "../tensor/index.ts";
import type { PartKinds } from "./holder.ts";
import { ones_, zeros_ } from "./init/index.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { type PlacementOptions, placed, placement } from "./placement.ts";
import { pythonBool, pythonFloat, pythonTuple } from "./python-text.ts";

/** Options of `LayerNorm`. */
export interface LayerNormOptions extends PlacementOptions {
  /** Added to the variance, so that nothing is divided by 0; 1e-5 unless said. */
  eps?: number;
  /** Whether there are a weight and a bias; true unless said. */
  elementwiseAffine?: boolean;
  /** Whether there is a bias beside the weight; true unless said. */
  bias?: boolean;
}

const layerNormParameters = signature(
  "LayerNorm",
  required("normalizedShape", either(count, listOf(count, "sizes"))),
  optional("eps", number, 1e-5),
  optional("elementwiseAffine", flag, true),
  optional("bias", flag, true),
  placement,
);

/**
 * Layer normalisation: y = (x - mean) / sqrt(var + eps) * weight + bias, with mean and (biased) variance over the last
 * dimensions. Shapes: [..., ...normalizedShape] -> the same; `weight` (1 at first) and `bias` (0 at first) have the normalized
 * shape, or are null.
 *
 * @throws ShapeError where the input does not end in the normalized shape.
 * Source: Ba et al. 2016; https://pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html
 *
 * @example
 * const norm = new torch.nn.LayerNorm(3, { elementwiseAffine: false });
 * norm.forward(torch.tensor([[1, 2, 3], [0, 0, 9]])); // tensor([[-1.2247, 0.0000, 1.2247], [-0.7071, -0.7071, 1.4142]])
 */
export class LayerNorm extends Module {
  /** The sizes of the last dimensions, over which is normalized. */
  readonly normalizedShape: Shape;
  /** Added to the variance, so that nothing is divided by 0. */
  readonly eps: number;
  /** Whether there are a weight and maybe a bias. */
  readonly elementwiseAffine: boolean;
  /** The factor of each element, of the normalized shape, or null. */
  declare weight: Parameter | null;
  /** What is added to each element, of the normalized shape, or null. */
  declare bias: Parameter | null;

  protected static get partKinds(): PartKinds {
    return { weight: "parameter", bias: "parameter" };
  }

  constructor(
    normalizedShape: number | Shape,
    eps?: number,
    elementwiseAffine?: boolean,
    bias?: boolean,
    options?: PlacementOptions,
  );
  constructor(normalizedShape: number | Shape, options?: LayerNormOptions);
  constructor(...given: unknown[]) {
    super();
    const all = layerNormParameters.named(given);
    const { normalizedShape } = all;
    const shape = typeof normalizedShape === "number" ? [normalizedShape] : [...normalizedShape];
    this.normalizedShape = shape;
    this.eps = all.eps;
    this.elementwiseAffine = all.elementwiseAffine;
    if (!all.elementwiseAffine) return;
    this.weight = new Parameter(ones(shape, placed(all)));
    if (all.bias) this.bias = new Parameter(zeros(shape, placed(all)));
  }

  /** Sets the weight to 1 and the bias to 0. */
  resetParameters(): void {
    if (this.weight !== null) ones_(this.weight);
    if (this.bias !== null) zeros_(this.bias);
  }

  override forward(x: Tensor): Tensor {
    return layerNorm(x, this.normalizedShape, this.weight, this.bias, this.eps);
  }

  override extraRepr(): string {
    const affine = pythonBool(this.elementwiseAffine);
    const bias = pythonBool(this.bias !== null);
    return `${pythonTuple(this.normalizedShape)}, eps=${pythonFloat(this.eps)}, elementwise_affine=${affine}, bias=${bias}`;
  }
}
