/** Pooling: every window of the last dimensions becomes one element. */
import { required, signature } from "../base/arguments/index.ts";
import { checkShape, DTypeError, formatShape, type Shape, ShapeError, ValueError } from "../base/index.ts";
import { toDtype } from "./conversion.ts";
import { indexSelect } from "./gathering.ts";
import type { Tensor } from "./handle.ts";
import { cat } from "./joining.ts";
import { tensor } from "./kinds.ts";
import { add, div, floorDivide, mul } from "./pointwise/index.ts";
import { largestOf, type Slide, sumsOf } from "./pooling-rules.ts";
import { mean } from "./reductions.ts";
import { slice } from "./slicing.ts";
import { surround } from "./surround.ts";
import { ValuesAndIndices } from "./values-and-indices.ts";
import { checkWindows, type PerDimension, perDimension, placesOf, reach, type Window } from "./window.ts";
import { avgPoolParameters, maxPoolParameters, type OutputSize, outputSize } from "./window-parameters.ts";

/** Options that all pooling has. */
export interface PoolOptions {
  /** From one window to the next; the window's size unless said. */
  stride?: PerDimension | null;
  /** Elements before and behind that count as -Infinity (max) or 0 (average); 0 unless said. */
  padding?: PerDimension;
  /** Whether windows may reach beyond the end, if they begin before it; false unless said. */
  ceilMode?: boolean;
}

/** Options of max pooling. */
export interface MaxPoolOptions extends PoolOptions {
  /** From one element of a window to the next; 1 unless said. */
  dilation?: PerDimension;
  /** Gives `{ values, indices }`, with positions in the flattened last dimensions; false unless said. */
  returnIndices?: boolean;
}

/** Options of average pooling. */
export interface AvgPoolOptions extends PoolOptions {
  /** Whether padding counts in the mean; true unless said. */
  countIncludePad?: boolean;
  /** What the sum is divided by, in the place of the number of elements. */
  divisorOverride?: number | null;
}

const adaptiveAvgPool2dParameters = signature(
  "adaptiveAvgPool2d",
  required("x", tensor),
  required("outputSize", outputSize),
);

/** A window over x with padding around it. */
interface Padded {
  /** The window as the options give it, and the padding. */
  readonly window: Window;
  readonly padding: Shape;
  /** The window without what never meets x. */
  readonly slide: Slide;
  /** What is put before and behind: so much that the first and the last window are within. */
  readonly before: Shape;
  readonly after: Shape;
}

/** How the window slides over x, of `rank` dimensions behind a channel and maybe a batch. */
function slideOver(
  where: string,
  x: Tensor,
  rank: number,
  kernelSize: PerDimension,
  options: Required<PoolOptions> & { dilation: PerDimension },
): Padded {
  if (!x.dtype.isFloatingPoint) {
    throw new DTypeError(
      `${where}: needs a floating-point tensor, got ${x.dtype}; convert it with .to(torch.float32)`,
    );
  }
  const lead = x.shape.length - rank;
  if (lead !== 1 && lead !== 2) {
    throw new ShapeError(
      `${where}: expected an input of ${rank + 2} dimensions, [batch, channels, ...], or of ${rank + 1} without a batch; got shape ${formatShape(x.shape)}`,
    );
  }
  const kernel = perDimension(where, "kernelSize", kernelSize, rank, 1);
  const window: Window = {
    kernel,
    stride: perDimension(where, "stride", options.stride ?? kernel, rank, 1),
    dilation: perDimension(where, "dilation", options.dilation, rank, 1),
  };
  const padding = perDimension(where, "padding", options.padding, rank, 0);
  if (padding.some((size, d) => 2 * size > reach(window, d))) {
    throw new ValueError(
      `${where}: padding ${formatShape(padding)} is more than half of the window ${formatShape(kernel)}`,
    );
  }
  const twice = padding.map((size) => 2 * size);
  const sizes = x.shape.slice(lead);
  const counts = sizes.map((size, d) => {
    const steps = (size + twice[d]! - reach(window, d)) / window.stride[d]!;
    if (!options.ceilMode) return Math.floor(steps) + 1;
    const count = Math.ceil(steps) + 1;
    // A window must begin within the input or the padding before it.
    return (count - 1) * window.stride[d]! >= size + padding[d]! ? count - 1 : count;
  });
  if (!options.ceilMode || counts.some((count) => count < 1)) checkWindows(where, x.shape, twice, window);
  return { window, padding, ...trimmed(x.shape, window, padding, counts) };
}

/**
 * The elements of the windows that meet the input in some place: element i of window p is at p stride + i dilation -
 * padding. A window may be far larger than what it slides over.
 */
function trimmed(
  shape: Shape,
  { kernel, stride, dilation }: Window,
  padding: Shape,
  counts: Shape,
): Pick<Padded, "slide" | "before" | "after"> {
  const lead = shape.length - kernel.length;
  const first = kernel.map((_, d) =>
    Math.max(0, Math.floor((padding[d]! - (counts[d]! - 1) * stride[d]!) / dilation[d]!)),
  );
  const last = kernel.map((size, d) =>
    Math.min(size - 1, Math.floor((padding[d]! + shape[lead + d]! - 1) / dilation[d]!)),
  );
  // At least one element, also where all windows lie in the padding.
  const window: Window = { kernel: last.map((i, d) => Math.max(1, i - first[d]! + 1)), stride, dilation };
  const before = padding.map((size, d) => size - first[d]! * dilation[d]!);
  const after = counts.map((count, d) =>
    Math.max(0, (count - 1) * stride[d]! + reach(window, d) - shape[lead + d]! - before[d]!),
  );
  const wide = shape.map((size, d) => (d < lead ? size : size + before[d - lead]! + after[d - lead]!));
  return { slide: { ...window, shape: wide, counts }, before, after };
}

/** The forms of a max pooling. */
export interface MaxPool {
  /** The largest elements. */
  (
    x: Tensor,
    kernelSize: PerDimension,
    stride?: PerDimension | null,
    padding?: PerDimension,
    dilation?: PerDimension,
    ceilMode?: boolean,
  ): Tensor;
  /** The largest elements with their positions. */
  (x: Tensor, kernelSize: PerDimension, options: MaxPoolOptions & { returnIndices: true }): ValuesAndIndices;
  /** The largest elements. */
  (x: Tensor, kernelSize: PerDimension, options?: MaxPoolOptions): Tensor;
}

function maxPool(name: string, rank: number): MaxPool {
  const parameters = signature(name, required("x", tensor), maxPoolParameters);
  const apply = (...given: unknown[]): Tensor | ValuesAndIndices => {
    const { x, kernelSize, returnIndices, ...options } = parameters.named(given);
    const { slide, before, after } = slideOver(name, x, rank, kernelSize, options);
    const source = surround(x, before, after, -Infinity);
    const { values, places } = largestOf(source, slide, returnIndices);
    if (!returnIndices) return values;
    return new ValuesAndIndices(values, indicesOf(places!, slide, before, x.shape));
  };
  return apply as MaxPool;
}

/** Positions in the flattened last dimensions of `shape` from numbers within the windows. */
function indicesOf(
  places: Tensor,
  { kernel, stride, dilation, counts }: Slide,
  before: Shape,
  shape: Shape,
): Tensor {
  const sizes = shape.slice(shape.length - counts.length);
  const flat = (index: Shape): number => index.reduce((at, i, d) => at * sizes[d]! + i, 0);
  // Where each window begins, maybe before the input.
  const starts = placesOf(counts).map((place) => flat(place.map((o, d) => o * stride[d]! - before[d]!)));
  const base = places.newTensor(BigInt64Array.from(starts, BigInt), counts);
  const number = toDtype(places, base.dtype);
  // Number n is in row n / width of the window; from there on, one row further is `line` elements minus that row.
  const width = kernel.at(-1)!;
  const step = dilation.at(-1)!;
  const line = counts.length > 1 ? dilation[0]! * sizes[1]! : 0;
  const rows = mul(floorDivide(number, width), line - width * step);
  return add(add(base, mul(number, step)), rows);
}

/**
 * The largest element of every window of x [B, C, T] (or [C, T]): y[p] = max over i of x[p stride + i dilation - padding].
 * NaN wins; the gradient goes to the first of equals. `returnIndices` gives the positions along T, too.
 *
 * @throws DTypeError unless floating point; ShapeError where a window does not fit; ValueError for options that are out of
 * range.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.max_pool1d.html
 *
 * @example
 * torch.maxPool1d(torch.tensor([[1, 3, 2, 0]]), 2); // tensor([[3., 2.]])
 */
export const maxPool1d: MaxPool = /* @__PURE__ */ maxPool("maxPool1d", 1);

/**
 * The largest element of every window of x [B, C, H, W] (or [C, H, W]): y[p] = max over i of x[p stride + i dilation -
 * padding], with p and i pairs. NaN wins; the gradient goes to the first of equals. `returnIndices` gives the positions in
 * the flattened H, W, too.
 *
 * @throws DTypeError unless floating point; ShapeError where a window does not fit; ValueError for options that are out of
 * range.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.max_pool2d.html
 *
 * @example
 * const x = torch.arange(16, { dtype: torch.float32 }).reshape([1, 4, 4]);
 * torch.maxPool2d(x, 2); // tensor([[[5., 7.], [13., 15.]]])
 * torch.maxPool2d(x, 2, { returnIndices: true }).indices.tolist(); // [[[5, 7], [13, 15]]]
 */
export const maxPool2d: MaxPool = /* @__PURE__ */ maxPool("maxPool2d", 2);

/** A mean over windows. */
interface AvgPool {
  (
    x: Tensor,
    kernelSize: PerDimension,
    stride?: PerDimension | null,
    padding?: PerDimension,
    ceilMode?: boolean,
    countIncludePad?: boolean,
    divisorOverride?: number | null,
  ): Tensor;
  (x: Tensor, kernelSize: PerDimension, options?: AvgPoolOptions): Tensor;
}

function avgPool(name: string, rank: number): AvgPool {
  const parameters = signature(name, required("x", tensor), avgPoolParameters);
  return (...given: unknown[]) => {
    const { x, kernelSize, countIncludePad, divisorOverride, ...options } = parameters.named(given);
    if (divisorOverride === 0) throw new ValueError(`${name}: divisorOverride must not be 0`);
    const { window, padding, slide, before, after } = slideOver(name, x, rank, kernelSize, {
      ...options,
      dilation: 1,
    });
    const sums = sumsOf(surround(x, before, after, 0), slide);
    if (divisorOverride !== null) return div(sums, divisorOverride);
    // How many elements a window has along each dimension: what reaches beyond the padding does not count.
    const lengths = slide.counts.map((count, d) => {
      const size = x.shape[x.shape.length - rank + d]!;
      const [low, high] = countIncludePad ? [-padding[d]!, size + padding[d]!] : [0, size];
      return Array.from({ length: count }, (_, p) => {
        const start = p * slide.stride[d]! - padding[d]!;
        return Math.min(start + window.kernel[d]!, high) - Math.max(start, low);
      });
    });
    const divisors = placesOf(slide.counts).map((place) =>
      place.reduce((product, p, d) => product * lengths[d]![p]!, 1),
    );
    const isUniform = divisors.every((divisor) => divisor === divisors[0]);
    if (isUniform) return div(sums, divisors[0] ?? 1);
    return div(sums, toDtype(x.newTensor(Float64Array.from(divisors), slide.counts), x.dtype));
  };
}

/**
 * The mean of every window of x [B, C, T] (or [C, T]): y[p] = sum over i of x[p stride + i - padding] / K, padding counting
 * as 0. With `countIncludePad: false` only elements of x are counted.
 *
 * @throws DTypeError unless floating point; ShapeError where a window does not fit; ValueError for options that are out of
 * range.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool1d.html
 *
 * @example
 * torch.avgPool1d(torch.tensor([[1, 3, 2, 0]]), 2); // tensor([[2., 1.]])
 */
export const avgPool1d: AvgPool = /* @__PURE__ */ avgPool("avgPool1d", 1);

/**
 * The mean of every window of x [B, C, H, W] (or [C, H, W]): y[p] = sum over i of x[p stride + i - padding] / (KH KW), with p
 * and i pairs, padding counting as 0. With `countIncludePad: false` only elements of x are counted; `divisorOverride`
 * takes the place of the count.
 *
 * @throws DTypeError unless floating point; ShapeError where a window does not fit; ValueError for options that are out of
 * range.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool2d.html
 *
 * @example
 * torch.avgPool2d(torch.ones([1, 3, 3]), 2, { padding: 1 }).tolist(); // [[[0.25, 0.5], [0.5, 1]]]
 */
export const avgPool2d: AvgPool = /* @__PURE__ */ avgPool("avgPool2d", 2);

/**
 * Means over H and W in as many windows as wanted, of sizes as equal as may be: window i of n over a dimension of size S has
 * the elements floor(i S / n) to ceil((i + 1) S / n) - 1. x [B, C, H, W] (or [C, H, W]); `outputSize` is one number, or one
 * for each dimension, null leaving it as it is.
 *
 * @throws DTypeError unless floating point; ShapeError for other ranks; ValueError for a size below 1.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool2d.html
 *
 * @example
 * const x = torch.arange(9, { dtype: torch.float32 }).reshape([1, 3, 3]);
 * torch.adaptiveAvgPool2d(x, 1); // tensor([[[4.]]])
 */
export function adaptiveAvgPool2d(x: Tensor, outputSize: OutputSize): Tensor;
export function adaptiveAvgPool2d(...given: unknown[]): Tensor {
  const [x, outputSize] = adaptiveAvgPool2dParameters.read(given);
  const sizes = x.shape.slice(-2);
  const wanted = Array.isArray(outputSize) ? outputSize.map((size, d) => size ?? sizes[d]!) : outputSize;
  const counts = perDimension("adaptiveAvgPool2d", "outputSize", wanted as PerDimension, 2, 1);
  const kernel = counts.map((count, d) => sizes[d]! / count);
  // Also checks dtype and rank.
  if (kernel.every(Number.isInteger) && counts.some((count) => count > 1)) return avgPool2d(x, kernel);
  slideOver("adaptiveAvgPool2d", x, 2, 1, { stride: 1, padding: 0, dilation: 1, ceilMode: false });
  checkShape("adaptiveAvgPool2d", [...x.shape.slice(0, -2), ...counts]);
  if (counts.every((count) => count === 1)) return mean(x, [-2, -1], true);
  return counts.reduce((pooled, count, d) => meansAlong(pooled, d - 2 + x.shape.length, count), x);
}

/** The means of `count` stretches of a dimension; where there are more than elements, many stretches are the same. */
function meansAlong(x: Tensor, dim: number, count: number): Tensor {
  const size = x.shape[dim]!;
  if (size === count) return x;
  const means: Tensor[] = [];
  const numbers = new BigInt64Array(count);
  let last = "";
  for (let i = 0; i < count; i++) {
    const [start, end] = [Math.floor((i * size) / count), Math.ceil(((i + 1) * size) / count)];
    if (`${start} ${end}` !== last) means.push(mean(slice(x, dim, start, end), dim, true));
    last = `${start} ${end}`;
    numbers[i] = BigInt(means.length - 1);
  }
  const distinct = cat(means, dim);
  return means.length === count ? distinct : indexSelect(distinct, dim, x.newTensor(numbers, [count]));
}
