/** Pooling layers: every window becomes one element. */
import { required, signature } from "../base/arguments/index.ts";
import {
  type AvgPoolOptions,
  adaptiveAvgPool2d,
  avgPool1d,
  avgPool2d,
  type MaxPoolOptions,
  maxPool1d,
  maxPool2d,
} from "../ops/pooling.ts";
import { type PerDimension, perDimension } from "../ops/window.ts";
import {
  avgPoolParameters,
  maxPoolParameters,
  type OutputSize,
  outputSize,
} from "../ops/window-parameters.ts";
import type { Tensor } from "../tensor/index.ts";
import type { PartKinds } from "./holder.ts";
import { Module } from "./module.ts";
import { pythonBool, pythonTuple } from "./python-text.ts";

/** A number or a tuple, as it was given. */
function asGiven(value: PerDimension): string {
  return typeof value === "number" ? String(value) : pythonTuple(value);
}

/** What the poolings with a given window have in common. */
abstract class Pool extends Module {
  readonly kernelSize: PerDimension;
  readonly stride: PerDimension;
  readonly padding: PerDimension;

  constructor(rank: number, all: Pick<Constructed, "kernelSize" | "stride" | "padding">) {
    super();
    const { name } = this.constructor;
    this.kernelSize = all.kernelSize;
    this.stride = all.stride ?? all.kernelSize;
    this.padding = all.padding;
    perDimension(name, "kernelSize", this.kernelSize, rank, 1);
    perDimension(name, "stride", this.stride, rank, 1);
    perDimension(name, "padding", this.padding, rank, 0);
  }

  override extraRepr(): string {
    const { kernelSize, stride, padding } = this;
    return `kernel_size=${asGiven(kernelSize)}, stride=${asGiven(stride)}, padding=${asGiven(padding)}`;
  }
}

/* @__NO_SIDE_EFFECTS__ */
function maxPoolLayer(name: string) {
  return signature(name, maxPoolParameters);
}

type Constructed = ReturnType<ReturnType<typeof maxPoolLayer>["named"]>;

abstract class MaxPool extends Pool {
  readonly dilation: PerDimension;
  readonly ceilMode: boolean;
  readonly #returnIndices: boolean;
  readonly #apply: typeof maxPool2d;

  protected static get isFamily(): boolean {
    return true;
  }

  constructor(apply: typeof maxPool2d, rank: number, all: Constructed) {
    super(rank, all);
    this.dilation = all.dilation;
    this.ceilMode = all.ceilMode;
    this.#returnIndices = all.returnIndices;
    this.#apply = apply;
  }

  override forward(x: Tensor): Tensor {
    const { kernelSize, stride, padding, dilation, ceilMode } = this;
    const options = { stride, padding, dilation, ceilMode, returnIndices: this.#returnIndices };
    // Users who ask for positions know that they get both.
    return this.#apply(x, kernelSize, options) as Tensor;
  }

  override extraRepr(): string {
    const ceilMode = pythonBool(this.ceilMode);
    return `${super.extraRepr()}, dilation=${asGiven(this.dilation)}, ceil_mode=${ceilMode}`;
  }
}

const maxPool1dParameters = maxPoolLayer("MaxPool1d");
const maxPool2dParameters = maxPoolLayer("MaxPool2d");

/**
 * The largest element of every window of [B, C, T] (or [C, T]), see `maxPool1d`, which gives the positions, too.
 *
 * @throws ValueError for sizes that are out of range.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html
 *
 * @example
 * new torch.nn.MaxPool1d(2).forward(torch.tensor([[1, 3, 2, 0]])); // tensor([[3., 2.]])
 */
export class MaxPool1d extends MaxPool {
  constructor(
    kernelSize: PerDimension,
    stride?: PerDimension | null,
    padding?: PerDimension,
    dilation?: PerDimension,
    ceilMode?: boolean,
  );
  constructor(kernelSize: PerDimension, options?: MaxPoolOptions);
  constructor(...given: unknown[]) {
    super(maxPool1d, 1, maxPool1dParameters.named(given));
  }
}

/**
 * The largest element of every window of [B, C, H, W] (or [C, H, W]), see `maxPool2d`, which gives the positions, too.
 *
 * @throws ValueError for sizes that are out of range.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html
 *
 * @example
 * new torch.nn.MaxPool2d(2).forward(torch.rand([4, 16, 28, 28])).shape; // [4, 16, 14, 14]
 */
export class MaxPool2d extends MaxPool {
  constructor(
    kernelSize: PerDimension,
    stride?: PerDimension | null,
    padding?: PerDimension,
    dilation?: PerDimension,
    ceilMode?: boolean,
  );
  constructor(kernelSize: PerDimension, options?: MaxPoolOptions);
  constructor(...given: unknown[]) {
    super(maxPool2d, 2, maxPool2dParameters.named(given));
  }
}

type AvgFlags = Required<Omit<AvgPoolOptions, "stride" | "padding">>;

abstract class AvgPool extends Pool implements AvgFlags {
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;
  readonly divisorOverride: number | null;
  readonly #apply: typeof avgPool2d;

  protected static get isFamily(): boolean {
    return true;
  }

  constructor(
    apply: typeof avgPool2d,
    rank: number,
    all: AvgFlags & Pick<Constructed, "kernelSize" | "stride" | "padding">,
  ) {
    super(rank, all);
    this.ceilMode = all.ceilMode;
    this.countIncludePad = all.countIncludePad;
    this.divisorOverride = all.divisorOverride;
    this.#apply = apply;
  }

  override forward(x: Tensor): Tensor {
    const { kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride } = this;
    return this.#apply(x, kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride);
  }
}

const avgPool1dParameters = signature("AvgPool1d", avgPoolParameters);
const avgPool2dParameters = signature("AvgPool2d", avgPoolParameters);

/**
 * The mean of every window of [B, C, T] (or [C, T]), see `avgPool1d`.
 *
 * @throws ValueError for sizes that are out of range.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.AvgPool1d.html
 *
 * @example
 * new torch.nn.AvgPool1d(2).forward(torch.tensor([[1, 3, 2, 0]])); // tensor([[2., 1.]])
 */
export class AvgPool1d extends AvgPool {
  constructor(
    kernelSize: PerDimension,
    stride?: PerDimension | null,
    padding?: PerDimension,
    ceilMode?: boolean,
    countIncludePad?: boolean,
  );
  constructor(kernelSize: PerDimension, options?: Omit<AvgPoolOptions, "divisorOverride">);
  constructor(...given: unknown[]) {
    super(avgPool1d, 1, avgPool1dParameters.named(given));
  }

  /** PyTorch writes tuples here, however they were given. */
  override extraRepr(): string {
    const tuple = (value: PerDimension): string => pythonTuple([value].flat());
    const { kernelSize, stride, padding } = this;
    return `kernel_size=${tuple(kernelSize)}, stride=${tuple(stride)}, padding=${tuple(padding)}`;
  }
}

/**
 * The mean of every window of [B, C, H, W] (or [C, H, W]), see `avgPool2d`.
 *
 * @throws ValueError for sizes that are out of range.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html
 *
 * @example
 * new torch.nn.AvgPool2d(2).forward(torch.rand([4, 16, 28, 28])).shape; // [4, 16, 14, 14]
 */
export class AvgPool2d extends AvgPool {
  constructor(
    kernelSize: PerDimension,
    stride?: PerDimension | null,
    padding?: PerDimension,
    ceilMode?: boolean,
    countIncludePad?: boolean,
    divisorOverride?: number | null,
  );
  constructor(kernelSize: PerDimension, options?: AvgPoolOptions);
  constructor(...given: unknown[]) {
    super(avgPool2d, 2, avgPool2dParameters.named(given));
  }
}

const adaptiveAvgPool2dParameters = signature("AdaptiveAvgPool2d", required("outputSize", outputSize));

/**
 * Means over H and W in `outputSize` windows, of sizes as equal as may be, see `adaptiveAvgPool2d`: [B, C, H, W] (or [C, H,
 * W]) -> [B, C, ...outputSize].
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html
 *
 * @example
 * new torch.nn.AdaptiveAvgPool2d(1).forward(torch.rand([4, 16, 7, 7])).shape; // [4, 16, 1, 1]
 */
export class AdaptiveAvgPool2d extends Module {
  protected static get partKinds(): PartKinds {
    return {};
  }

  /** The size of the result; null keeps that of the input. */
  readonly outputSize: OutputSize;

  constructor(outputSize: OutputSize);
  constructor(...given: unknown[]) {
    super();
    [this.outputSize] = adaptiveAvgPool2dParameters.read(given);
  }

  override forward(x: Tensor): Tensor {
    return adaptiveAvgPool2d(x, this.outputSize);
  }

  override extraRepr(): string {
    const { outputSize } = this;
    if (typeof outputSize === "number") return `output_size=${outputSize}`;
    return `output_size=(${outputSize.map((size) => size ?? "None").join(", ")})`;
  }
}
