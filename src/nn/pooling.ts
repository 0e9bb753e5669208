/** Pooling layers: every window becomes one element. */
import {
  type AvgPoolOptions,
  adaptiveAvgPool2d,
  avgPool1d,
  avgPool2d,
  type MaxPoolOptions,
  maxPool1d,
  maxPool2d,
  type PoolOptions,
} from "../ops/pooling.ts";
import { type PerDimension, perDimension } from "../ops/window.ts";
import type { Tensor } from "../tensor/index.ts";
import type { PartKinds } from "./holder.ts";
import { Module } from "./module.ts";
import { readOptions } from "./options.ts";
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

  constructor(rank: number, kernelSize: PerDimension, options: PoolOptions) {
    super();
    const { name } = this.constructor;
    this.kernelSize = kernelSize;
    this.stride = options.stride ?? kernelSize;
    this.padding = options.padding ?? 0;
    perDimension(name, "kernelSize", kernelSize, rank, 1);
    perDimension(name, "stride", this.stride, rank, 1);
    perDimension(name, "padding", this.padding, rank, 0);
  }

  override extraRepr(): string {
    const { kernelSize, stride, padding } = this;
    return `kernel_size=${asGiven(kernelSize)}, stride=${asGiven(stride)}, padding=${asGiven(padding)}`;
  }
}

type MaxOptions = Omit<MaxPoolOptions, "returnIndices">;

abstract class MaxPool extends Pool {
  readonly dilation: PerDimension;
  readonly ceilMode: boolean;
  readonly #apply: typeof maxPool2d;

  protected static get isFamily(): boolean {
    return true;
  }

  constructor(apply: typeof maxPool2d, rank: number, kernelSize: PerDimension, options: MaxOptions = {}) {
    const { stride, padding, dilation = 1, ...others } = options;
    super(rank, kernelSize, { stride, padding });
    this.dilation = dilation;
    this.ceilMode = readOptions(this.constructor.name, { ceilMode: false }, others).ceilMode;
    this.#apply = apply;
  }

  override forward(x: Tensor): Tensor {
    return this.#apply(x, this.kernelSize, this);
  }

  override extraRepr(): string {
    const ceilMode = pythonBool(this.ceilMode);
    return `${super.extraRepr()}, dilation=${asGiven(this.dilation)}, ceil_mode=${ceilMode}`;
  }
}

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
  constructor(kernelSize: PerDimension, options?: MaxOptions) {
    super(maxPool1d, 1, kernelSize, options);
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
  constructor(kernelSize: PerDimension, options?: MaxOptions) {
    super(maxPool2d, 2, kernelSize, options);
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

  constructor(apply: typeof avgPool2d, rank: number, kernelSize: PerDimension, options: AvgPoolOptions = {}) {
    const { stride, padding, ...others } = options;
    super(rank, kernelSize, { stride, padding });
    const defaults: AvgFlags = { ceilMode: false, countIncludePad: true, divisorOverride: null };
    const flags = readOptions(this.constructor.name, defaults, others);
    this.ceilMode = flags.ceilMode;
    this.countIncludePad = flags.countIncludePad;
    this.divisorOverride = flags.divisorOverride;
    this.#apply = apply;
  }

  override forward(x: Tensor): Tensor {
    return this.#apply(x, this.kernelSize, this);
  }
}

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
  constructor(kernelSize: PerDimension, options?: Omit<AvgPoolOptions, "divisorOverride">) {
    super(avgPool1d, 1, kernelSize, options);
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
  constructor(kernelSize: PerDimension, options?: AvgPoolOptions) {
    super(avgPool2d, 2, kernelSize, options);
  }
}

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

  constructor(readonly outputSize: number | readonly (number | null)[]) {
    super();
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
