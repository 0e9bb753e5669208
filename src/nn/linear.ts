/** The fully connected layer. */
import { count, flag, optional, required, signature } from "../base/arguments/index.ts";
import { linear } from "../ops/matmul.ts";
import { newTensor } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/index.ts";
import type { PartKinds } from "./holder.ts";
import { kaimingUniform_, uniform_ } from "./init/index.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { type PlacementOptions, placement } from "./placement.ts";
import { pythonBool } from "./python-text.ts";

/** Options of `Linear`. */
export interface LinearOptions extends PlacementOptions {
  /** Whether to add a bias; true unless said. */
  bias?: boolean;
}

const linearParameters = signature(
  "Linear",
  required("inFeatures", count),
  required("outFeatures", count),
  optional("bias", flag, true),
  placement,
);

/**
 * Affine map: y = x W^T + b. Shapes: [..., inFeatures] -> [..., outFeatures]; `weight` [outFeatures, inFeatures], `bias`
 * [outFeatures] or null. Both start uniform on [-1/sqrt(inFeatures), 1/sqrt(inFeatures)), with PyTorch's numbers.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.Linear.html
 *
 * @example
 * const layer = new torch.nn.Linear(2, 10);
 * layer.forward(torch.rand([4, 2])).shape; // [4, 10]
 */
export class Linear extends Module {
  /** The size of the last dimension of the input. */
  readonly inFeatures: number;
  /** The size of the last dimension of the result. */
  readonly outFeatures: number;
  /** W: [outFeatures, inFeatures]. */
  declare weight: Parameter;
  /** b: [outFeatures], or null. */
  declare bias: Parameter | null;

  protected static get partKinds(): PartKinds {
    return { weight: "parameter", bias: "parameter" };
  }

  constructor(inFeatures: number, outFeatures: number, bias?: boolean, options?: PlacementOptions);
  constructor(inFeatures: number, outFeatures: number, options?: LinearOptions);
  constructor(...given: unknown[]) {
    super();
    const { inFeatures, outFeatures, bias, ...place } = linearParameters.named(given);
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.weight = new Parameter(newTensor("Linear", [outFeatures, inFeatures], place));
    this.bias = bias ? new Parameter(newTensor("Linear", [outFeatures], place)) : null;
    this.resetParameters();
  }

  /** Draws the initial weight, then the initial bias. */
  resetParameters(): void {
    // U(-1/sqrt(in), 1/sqrt(in)), by PyTorch's way to it, which decides the last bit.
    kaimingUniform_(this.weight, { a: Math.sqrt(5) });
    if (this.bias === null) return;
    const bound = this.inFeatures > 0 ? 1 / Math.sqrt(this.inFeatures) : 0;
    uniform_(this.bias, -bound, bound);
  }

  override forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }

  override extraRepr(): string {
    return `in_features=${this.inFeatures}, out_features=${this.outFeatures}, bias=${pythonBool(this.bias !== null)}`;
  }
}
