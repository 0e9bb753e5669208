/** Convolutions over one, two or three dimensions. */
import { nullable, optional, required, signature } from "../base/arguments/index.ts";
import { bool, DTypeError, formatShape, type Shape, ShapeError, ValueError } from "../base/index.ts";
import { toDtype } from "./conversion.ts";
import { Convolution } from "./convolution-rules.ts";
import type { Tensor } from "./handle.ts";
import { tensor } from "./kinds.ts";
import { reshape } from "./reshaping.ts";
import { checkWindows, type PerDimension, perDimension, reach } from "./window.ts";
import { slidingParameters } from "./window-parameters.ts";

/** Options of a convolution. */
export interface ConvolutionOptions {
  /** From one window to the next; 1 unless said. */
  stride?: PerDimension;
  /**
   * Zeros before and behind; 0 unless said. "same": as many as give an output of the input's size (one more behind, if they
   * are odd); "valid": none.
   */
  padding?: PerDimension | "same" | "valid";
  /** From one element of the weight to the next, in the input; 1 unless said. */
  dilation?: PerDimension;
  /** Into how many groups the channels are divided, each with its own part of the weight; 1 unless said. */
  groups?: number;
}

/** What padding adds before and behind each dimension. */
function paddings(
  where: string,
  padding: PerDimension | "same" | "valid",
  kernel: Shape,
  stride: Shape,
  dilation: Shape,
): { before: Shape; after: Shape } {
  if (padding === "same") {
    if (stride.some((step) => step !== 1)) {
      throw new ValueError(`${where}: padding "same" needs a stride of 1, got ${formatShape(stride)}`);
    }
    const total = kernel.map((_, d) => reach({ kernel, stride, dilation }, d) - 1);
    const before = total.map((size) => Math.floor(size / 2));
    return { before, after: total.map((size, d) => size - before[d]!) };
  }
  const both =
    padding === "valid" ? kernel.map(() => 0) : perDimension(where, "padding", padding, kernel.length, 0);
  return { before: both, after: both };
}

/** Throws where x [B, C, sizes...], weight and bias do not go together. */
function checkOperands(where: string, x: Tensor, weight: Tensor, bias: Tensor | null, groups: number): void {
  const names = `an input of shape ${formatShape(x.shape)} and a weight of shape ${formatShape(weight.shape)}`;
  if (x.dtype === bool || x.dtype !== weight.dtype) {
    throw new DTypeError(
      `${where}: input and weight must have one dtype, not torch.bool; got ${x.dtype} and ${weight.dtype}`,
    );
  }
  const [out, inGroup] = weight.shape as [number, number];
  if (out % groups !== 0) {
    throw new ShapeError(
      `${where}: ${names}: the ${out} output channels cannot be divided into ${groups} groups`,
    );
  }
  if (x.shape[1] !== inGroup * groups) {
    const many = groups === 1 ? "" : ` (${inGroup} for each of ${groups} groups)`;
    throw new ShapeError(
      `${where}: ${names} do not fit: the weight takes ${inGroup * groups} channels${many}, the input has ${x.shape[1]}`,
    );
  }
  if (bias !== null && (bias.shape.length !== 1 || bias.shape[0] !== out)) {
    throw new ShapeError(
      `${where}: the bias has shape ${formatShape(bias.shape)}, expected [${out}] for a weight of shape ${formatShape(weight.shape)}`,
    );
  }
}

/** A convolution as users call it. */
interface ConvolutionOp {
  (
    x: Tensor,
    weight: Tensor,
    bias?: Tensor | null,
    stride?: PerDimension,
    padding?: PerDimension | "same" | "valid",
    dilation?: PerDimension,
    groups?: number,
  ): Tensor;
  (x: Tensor, weight: Tensor, options: ConvolutionOptions & { bias?: Tensor | null }): Tensor;
  (x: Tensor, weight: Tensor, bias: Tensor | null, options?: ConvolutionOptions): Tensor;
}

/** The function that users call by `name`, over `rank` dimensions. */
function convolution(name: string, rank: number): ConvolutionOp {
  const rules = new Convolution(name);
  const parameters = signature(
    name,
    required("x", tensor),
    required("weight", tensor),
    optional("bias", nullable(tensor), null),
    slidingParameters,
  );
  return (...given: unknown[]) => {
    const [x, weight, bias, stride, padding, dilation, groups] = parameters.read(given);
    const isBatch = x.shape.length === rank + 2;
    if ((!isBatch && x.shape.length !== rank + 1) || weight.shape.length !== rank + 2) {
      throw new ShapeError(
        `${name}: expected an input of ${rank + 2} dimensions, [batch, channels, ...], or of ${rank + 1} without a batch, and a weight of ${rank + 2}; got shapes ${formatShape(x.shape)} and ${formatShape(weight.shape)}`,
      );
    }
    const batch = isBatch ? x : reshape(x, [1, ...x.shape]);
    checkOperands(name, batch, weight, bias, groups);
    const window = {
      kernel: weight.shape.slice(2),
      stride: perDimension(name, "stride", stride, rank, 1),
      dilation: perDimension(name, "dilation", dilation, rank, 1),
    };
    const { before, after } = paddings(name, padding, window.kernel, window.stride, window.dilation);
    const both = before.map((size, d) => size + after[d]!);
    checkWindows(name, x.shape, both, window);
    const y = rules.apply(batch, weight, bias && toDtype(bias, x.dtype), {
      ...window,
      before,
      after,
      groups,
      xShape: batch.shape,
      weightShape: weight.shape,
    });
    return isBatch ? y : reshape(y, y.shape.slice(1));
  };
}

/**
 * Convolution over one dimension: y[b, o, p] = bias[o] + sum over c and i of weight[o, c, i] x[b, c, p stride + i dilation -
 * padding]. Shapes: x [B, C, T] (or [C, T]), weight [O, C / groups, K], bias [O] -> [B, O, T'], with T' = floor((T + 2
 * padding - dilation (K - 1) - 1) / stride) + 1. One dtype, not bool.
 *
 * @throws ShapeError where the shapes do not fit; DTypeError for bool and for mixed dtypes; ValueError for options that
 * are out of range.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.conv1d.html
 *
 * @example
 * const slope = torch.tensor([[[-1, 1]]]);
 * torch.conv1d(torch.tensor([[0, 1, 4, 9]]), slope); // tensor([[1., 3., 5.]])
 */
export const conv1d: ConvolutionOp = /* @__PURE__ */ convolution("conv1d", 1);

/**
 * Convolution over two dimensions: y[b, o, p] = bias[o] + sum over c and i of weight[o, c, i] x[b, c, p stride + i dilation -
 * padding], with p and i pairs. Shapes: x [B, C, H, W] (or [C, H, W]), weight [O, C / groups, KH, KW], bias [O] -> [B,
 * O, H', W'], with H' = floor((H + 2 padding - dilation (KH - 1) - 1) / stride) + 1. One dtype, not bool.
 *
 * @throws ShapeError where the shapes do not fit; DTypeError for bool and for mixed dtypes; ValueError for options that
 * are out of range.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html
 *
 * @example
 * const blur = torch.full([1, 1, 2, 2], 0.25);
 * torch.conv2d(torch.eye(3).reshape([1, 1, 3, 3]), blur).tolist(); // [[[[0.5, 0.25], [0.25, 0.5]]]]
 */
export const conv2d: ConvolutionOp = /* @__PURE__ */ convolution("conv2d", 2);

/**
 * Convolution over three dimensions, as `conv2d`: x [B, C, D, H, W] (or [C, D, H, W]), weight [O, C / groups, KD, KH, KW].
 *
 * @throws ShapeError where the shapes do not fit; DTypeError for bool and for mixed dtypes; ValueError for options that
 * are out of range.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.conv3d.html
 *
 * @example
 * const x = torch.ones([1, 2, 4, 4, 4]);
 * torch.conv3d(x, torch.ones([3, 2, 2, 2, 2])).shape; // [1, 3, 3, 3, 3]
 */
export const conv3d: ConvolutionOp = /* @__PURE__ */ convolution("conv3d", 3);
