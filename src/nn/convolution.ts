/** Convolution layers. */
import { count, flag, optional, required, signature, wholes } from "../base/arguments/index.ts";
import { ValueError } from "../base/index.ts";
import { type ConvolutionOptions, conv1d, conv2d } from "../ops/convolution.ts";
import { type PerDimension, perDimension } from "../ops/window.ts";
import { slidingParameters } from "../ops/window-parameters.ts";
import { empty, type Tensor } from "../tensor/index.ts";
import type { PartKinds } from "./holder.ts";
import { fans } from "./init/fans.ts";
import { kaimingUniform_, uniform_ } from "./init/index.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { type PlacementOptions, placed, placement } from "./placement.ts";
import { pythonBool, pythonTuple } from "./python-text.ts";

/** Options of the convolution layers. */
export interface ConvOptions extends ConvolutionOptions, PlacementOptions {
  /** Whether to add a bias; true unless said. */
  bias?: boolean;
}

/* @__NO_SIDE_EFFECTS__ */
function convParameters(name: string) {
  return signature(
    name,
    required("inChannels", count),
    required("outChannels", count),
    required("kernelSize", wholes),
    slidingParameters,
    optional("bias", flag, true),
    placement,
  );
}

/** What the constructors of convolutions take. */
type Constructed = ReturnType<ReturnType<typeof convParameters>["named"]>;

/** What the convolutions have in common; they differ in their number of dimensions. */
abstract class Conv extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[] | "same" | "valid";
  readonly dilation: readonly number[];
  readonly groups: number;
  declare weight: Parameter;
  declare bias: Parameter | null;
  readonly #apply: typeof conv2d;

  protected static get isFamily(): boolean {
    return true;
  }
  protected static get partKinds(): PartKinds {
    return { weight: "parameter", bias: "parameter" };
  }

  constructor(apply: typeof conv2d, rank: number, all: Constructed) {
    super();
    const { name } = this.constructor;
    const { inChannels, outChannels, padding, groups } = all;
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = perDimension(name, "kernelSize", all.kernelSize, rank, 1);
    this.stride = perDimension(name, "stride", all.stride, rank, 1);
    this.padding = typeof padding === "string" ? padding : perDimension(name, "padding", padding, rank, 0);
    this.dilation = perDimension(name, "dilation", all.dilation, rank, 1);
    this.groups = groups;
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new ValueError(
        `${name}: ${inChannels} input and ${outChannels} output channels cannot be divided into ${groups} groups`,
      );
    }
    const place = placed(all);
    this.weight = new Parameter(empty([outChannels, inChannels / groups, ...this.kernelSize], place));
    this.bias = all.bias ? new Parameter(empty([outChannels], place)) : null;
    this.#apply = apply;
    this.resetParameters();
  }

  /** Draws the initial weight, then the initial bias. */
  resetParameters(): void {
    // U(-1/sqrt(fan in), 1/sqrt(fan in)), by PyTorch's way to it, which decides the last bit.
    kaimingUniform_(this.weight, { a: Math.sqrt(5) });
    const { fanIn } = fans(this.constructor.name, this.weight);
    if (this.bias === null || fanIn === 0) return;
    const bound = 1 / Math.sqrt(fanIn);
    uniform_(this.bias, -bound, bound);
  }

  override forward(x: Tensor): Tensor {
    return this.#apply(x, this.weight, this.bias, this.stride, this.padding, this.dilation, this.groups);
  }

  override extraRepr(): string {
    const { padding, dilation, groups } = this;
    const parts = [
      `${this.inChannels}, ${this.outChannels}`,
      `kernel_size=${pythonTuple(this.kernelSize)}`,
      `stride=${pythonTuple(this.stride)}`,
    ];
    if (typeof padding === "string") parts.push(`padding=${padding}`);
    else if (padding.some((size) => size !== 0)) parts.push(`padding=${pythonTuple(padding)}`);
    if (dilation.some((step) => step !== 1)) parts.push(`dilation=${pythonTuple(dilation)}`);
    if (groups !== 1) parts.push(`groups=${groups}`);
    if (this.bias === null) parts.push(`bias=${pythonBool(false)}`);
    return parts.join(", ");
  }
}

const conv1dParameters = convParameters("Conv1d");
const conv2dParameters = convParameters("Conv2d");

/**
 * Convolution over one dimension, see `conv1d`. Shapes: [B, inChannels, T] (or without B) -> [B, outChannels, T']; `weight`
 * [outChannels, inChannels / groups, K], `bias` [outChannels] or null. Both start uniform on [-1/sqrt(n), 1/sqrt(n)), n =
 * K inChannels / groups, with PyTorch's numbers.
 *
 * @throws ValueError for sizes that are out of range, and where the groups do not divide the channels.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.Conv1d.html
 *
 * @example
 * const layer = new torch.nn.Conv1d(3, 8, 5, { padding: "same" });
 * layer.forward(torch.rand([2, 3, 20])).shape; // [2, 8, 20]
 */
export class Conv1d extends Conv {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: PerDimension,
    stride?: PerDimension,
    padding?: PerDimension | "same" | "valid",
    dilation?: PerDimension,
    groups?: number,
    bias?: boolean,
    options?: PlacementOptions,
  );
  constructor(inChannels: number, outChannels: number, kernelSize: PerDimension, options?: ConvOptions);
  constructor(...given: unknown[]) {
    super(conv1d, 1, conv1dParameters.named(given));
  }
}

/**
 * Convolution over two dimensions, see `conv2d`. Shapes: [B, inChannels, H, W] (or without B) -> [B, outChannels, H', W'];
 * `weight` [outChannels, inChannels / groups, KH, KW], `bias` [outChannels] or null. Both start uniform on [-1/sqrt(n),
 * 1/sqrt(n)), n = KH KW inChannels / groups, with PyTorch's numbers.
 *
 * @throws ValueError for sizes that are out of range, and where the groups do not divide the channels.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
 *
 * @example
 * const layer = new torch.nn.Conv2d(1, 16, 3, { stride: 2, padding: 1 });
 * layer.forward(torch.rand([4, 1, 28, 28])).shape; // [4, 16, 14, 14]
 */
export class Conv2d extends Conv {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: PerDimension,
    stride?: PerDimension,
    padding?: PerDimension | "same" | "valid",
    dilation?: PerDimension,
    groups?: number,
    bias?: boolean,
    options?: PlacementOptions,
  );
  constructor(inChannels: number, outChannels: number, kernelSize: PerDimension, options?: ConvOptions);
  constructor(...given: unknown[]) {
    super(conv2d, 2, conv2dParameters.named(given));
  }
}
