/** Layer, group and batch normalisation. They differ in which elements share a mean and a variance. */
import {
  either,
  flag,
  nullable,
  number,
  optional,
  required,
  shape,
  signature,
  wholeFrom,
} from "../base/arguments/index.ts";
import {
  DTypeError,
  describe,
  elementCount,
  float64,
  formatShape,
  type Shape,
  ShapeError,
  sameShape,
  ValueError,
} from "../base/index.ts";
import { execute } from "./executor.ts";
import { isTensor, type Tensor } from "./handle.ts";
import { tensor } from "./kinds.ts";
import { normalizationFunctions } from "./normalization-functions.ts";
import { aligned, type Groups, normalizationRule, normalizeGroups } from "./normalize-groups.ts";
import { mul } from "./pointwise/index.ts";
import { reshape } from "./reshaping.ts";

/** Options of every normalisation. */
export interface NormalizationOptions {
  /** Factors of the normalised elements; none unless given. */
  weight?: Tensor | null;
  /** What is added after that; nothing unless given. */
  bias?: Tensor | null;
  /** Added to the variance, so that nothing is divided by 0; 1e-5 unless said. */
  eps?: number;
}

const layerNormRule = /* @__PURE__ */ normalizationRule("layerNorm");
const batchNormRule = /* @__PURE__ */ normalizationRule("batchNorm");

const affine = [
  /* @__PURE__ */ optional("weight", /* @__PURE__ */ nullable(tensor), null),
  /* @__PURE__ */ optional("bias", /* @__PURE__ */ nullable(tensor), null),
] as const;

const layerNormParameters = signature(
  "layerNorm",
  required("x", tensor),
  required("normalizedShape", shape),
  affine,
  optional("eps", number, 1e-5),
);

const groupNormParameters = signature(
  "groupNorm",
  required("x", tensor),
  required("numGroups", wholeFrom(1)),
  affine,
  optional("eps", number, 1e-5),
);

const batchNormParameters = signature(
  "batchNorm",
  required("x", tensor),
  required("runningMean", nullable(tensor)),
  required("runningVar", nullable(tensor)),
  affine,
  optional("training", flag, false),
  optional("momentum", either(number, tensor), 0.1),
  optional("eps", number, 1e-5),
);

function checkInput(name: string, x: Tensor): void {
  if (x.dtype.isFloatingPoint) return;
  throw new DTypeError(
    `${name}: needs a floating-point tensor, got ${x.dtype}; convert it with .to(torch.float32)`,
  );
}

/** Throws unless `parameter`, if there is one, has this shape and the dtype of x. */
function checkParameter(name: string, what: string, parameter: Tensor | null, x: Tensor, shape: Shape): void {
  if (parameter === null) return;
  if (!sameShape(parameter.shape, shape)) {
    throw new ShapeError(
      `${name}: the ${what} has shape ${formatShape(parameter.shape)}, expected ${formatShape(shape)} for an input of shape ${formatShape(x.shape)}`,
    );
  }
  if (parameter.dtype !== x.dtype) {
    throw new DTypeError(
      `${name}: the ${what} is ${parameter.dtype} and the input ${x.dtype}; convert one with .to(dtype)`,
    );
  }
}

/**
 * Normalises over the last dimensions: y = (x - mean) / sqrt(var + eps) * weight + bias, with mean and (biased) variance
 * over the dimensions of `normalizedShape`, which are the last ones of x; weight and bias have that shape. Floating point.
 *
 * @throws ShapeError where x does not end in `normalizedShape`, or the weight or bias has another shape; DTypeError unless
 * all are of one floating-point dtype.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.layer_norm.html
 *
 * @example
 * torch.layerNorm(torch.tensor([[1, 2, 3], [0, 0, 9]]), [3]); // tensor([[-1.2247, 0.0000, 1.2247], [-0.7071, -0.7071, 1.4142]])
 */
export function layerNorm(
  x: Tensor,
  normalizedShape: Shape,
  weight?: Tensor | null,
  bias?: Tensor | null,
  eps?: number,
): Tensor;
export function layerNorm(x: Tensor, normalizedShape: Shape, options?: NormalizationOptions): Tensor;
export function layerNorm(...given: unknown[]): Tensor {
  const [x, normalizedShape, weight, bias, eps] = layerNormParameters.read(given);
  checkInput("layerNorm", x);
  const lead = x.shape.length - normalizedShape.length;
  if (normalizedShape.length === 0 || lead < 0 || !sameShape(x.shape.slice(lead), normalizedShape)) {
    throw new ShapeError(
      `layerNorm: an input of shape ${formatShape(x.shape)} does not end in the normalized shape ${formatShape(normalizedShape)}`,
    );
  }
  checkParameter("layerNorm", "weight", weight, x, normalizedShape);
  checkParameter("layerNorm", "bias", bias, x, normalizedShape);
  const groups: Groups = {
    dims: normalizedShape.map((_, d) => lead + d),
    count: elementCount(normalizedShape),
    eps,
    affineShape: normalizedShape,
    commonWeight: false,
  };
  const { standardized } = normalizationFunctions(x.dtype);
  return normalizeGroups(layerNormRule, x, weight, bias, groups, ({ average, r }, w, b) =>
    standardized.apply([x, average, r, w, b]),
  );
}

/** Throws where a group is a single element: its variance is 0, whatever x is. */
function checkCount(name: string, x: Tensor, count: number): void {
  if (count !== 1) return;
  throw new ShapeError(
    `${name}: an input of shape ${formatShape(x.shape)} has one value to normalise at a time, which tells no variance; more are needed (a larger batch?)`,
  );
}

/** The number of channels of [N, C, ...]. */
function checkChannels(name: string, x: Tensor): number {
  checkInput(name, x);
  if (x.shape.length >= 2) return x.shape[1]!;
  throw new ShapeError(
    `${name}: expected an input of shape [batch, channels, ...], got ${formatShape(x.shape)}`,
  );
}

/** The shape in which one number for each channel broadcasts to [N, C, ...]. */
function perChannel({ shape }: Tensor): Shape {
  return shape.slice(1).map((size, d) => (d === 0 ? size : 1));
}

/**
 * Normalises each sample's channels in `numGroups` groups of neighbours: y = (x - mean) / sqrt(var + eps) * weight + bias,
 * with mean and (biased) variance over a group and all its places. Shapes: x [N, C, ...], weight and bias [C]. Floating point.
 *
 * @throws ShapeError where x has no channels, their number is no multiple of `numGroups`, a group is a single element, or the
 * weight or bias has another shape; DTypeError unless all are of one floating-point dtype.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.group_norm.html
 *
 * @example
 * torch.groupNorm(torch.tensor([[1, 3, 10, 30]]), 2); // tensor([[-1.0000, 1.0000, -1.0000, 1.0000]])
 */
export function groupNorm(
  x: Tensor,
  numGroups: number,
  weight?: Tensor | null,
  bias?: Tensor | null,
  eps?: number,
): Tensor;
export function groupNorm(x: Tensor, numGroups: number, options?: NormalizationOptions): Tensor;
export function groupNorm(...given: unknown[]): Tensor {
  const [x, numGroups, weight, bias, eps] = groupNormParameters.read(given);
  const channels = checkChannels("groupNorm", x);
  if (elementCount(x.shape.slice(1)) === 0) {
    throw new ShapeError(`groupNorm: samples of an input of shape ${formatShape(x.shape)} have no elements`);
  }
  if (!Number.isInteger(numGroups) || numGroups < 1 || channels % numGroups !== 0) {
    throw new ShapeError(
      `groupNorm: numGroups must divide the ${channels} channels of an input of shape ${formatShape(x.shape)}, got ${describe(numGroups)}`,
    );
  }
  checkParameter("groupNorm", "weight", weight, x, [channels]);
  checkParameter("groupNorm", "bias", bias, x, [channels]);
  const count = elementCount(x.shape.slice(1)) / numGroups;
  checkCount("groupNorm", x, x.shape[0]! * count);
  const rows = layerNorm(reshape(x, [x.shape[0]!, numGroups, count]), [count], null, null, eps);
  const y = reshape(rows, x.shape);
  if (weight === null && bias === null) return y;
  const w = weight ?? execute.scalar(1, x.dtype, x);
  const b = bias ?? execute.scalar(0, x.dtype, x);
  const shape = perChannel(x);
  return normalizationFunctions(x.dtype).affine.apply([y, aligned(w, shape), aligned(b, shape)]);
}

/** Options of batch normalization. */
export interface BatchNormOptions extends NormalizationOptions {
  /** Normalises with the statistics of this batch, and updates the running ones; false unless said. */
  training?: boolean;
  /** Share of the batch in the new running statistics, a number or a 0-d tensor; 0.1 unless said. */
  momentum?: number | Tensor;
}

/**
 * Normalises each channel: y = (x - mean) / sqrt(var + eps) * weight + bias. In training, mean and (biased) variance are those
 * of the channel in this batch, and the running ones move towards them in place: new = (1 - momentum) old + momentum batch,
 * with Bessel's correction in the variance. Otherwise they are the running ones. Shapes: x [N, C, ...], all others [C].
 *
 * @throws ShapeError where x has no channels, a channel has a single value in training, or another tensor is not [C];
 * ValueError where running statistics are needed and not there; DTypeError unless all are of one floating-point dtype.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.batch_norm.html
 *
 * @example
 * const x = torch.tensor([[1, 10], [3, 30]]);
 * const mean = torch.zeros([2]);
 * torch.batchNorm(x, mean, torch.ones([2]), { training: true }); // tensor([[-1.0000, -1.0000], [1.0000, 1.0000]])
 * mean; // tensor([0.2000, 2.0000])
 */
export function batchNorm(
  x: Tensor,
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  weight?: Tensor | null,
  bias?: Tensor | null,
  training?: boolean,
  momentum?: number | Tensor,
  eps?: number,
): Tensor;
export function batchNorm(
  x: Tensor,
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  options?: BatchNormOptions,
): Tensor;
export function batchNorm(...given: unknown[]): Tensor {
  const [x, runningMean, runningVar, weight, bias, training, momentum, eps] = batchNormParameters.read(given);
  const channels = checkChannels("batchNorm", x);
  checkParameter("batchNorm", "weight", weight, x, [channels]);
  checkParameter("batchNorm", "bias", bias, x, [channels]);
  checkParameter("batchNorm", "running mean", runningMean, x, [channels]);
  checkParameter("batchNorm", "running variance", runningVar, x, [channels]);
  if (training ? !(eps > 0) : !(eps >= 0)) {
    const least = training ? "above 0 in training" : "at least 0";
    throw new ValueError(`batchNorm: eps must be ${least}, got ${eps}`);
  }
  const affineShape = perChannel(x);
  const { centered, inverse, running } = normalizationFunctions(x.dtype);
  if (!training) {
    if (runningMean === null || runningVar === null) {
      throw new ValueError("batchNorm: needs a running mean and variance, except with { training: true }");
    }
    const r = inverse.apply1(runningVar, [1, eps]);
    const scale = weight === null ? r : mul(r, weight);
    const shape = (perChannel: Tensor): Tensor => aligned(perChannel, affineShape);
    const b = bias ?? execute.scalar(0, x.dtype, x);
    return centered.apply([x, shape(runningMean), shape(scale), shape(b)]);
  }
  const dims = x.shape.map((_, d) => d).filter((d) => d !== 1);
  const count = elementCount(dims.map((d) => x.shape[d]!));
  checkCount("batchNorm", x, count);
  const groups: Groups = { dims, count, eps, affineShape, commonWeight: true };
  return normalizeGroups(batchNormRule, x, weight, bias, groups, ({ average, squares, r }, w, b) => {
    const share = isTensor(momentum) ? momentum : execute.scalar(momentum, float64, x);
    const move = (old: Tensor | null, total: Tensor, divisor: number): void => {
      // An empty batch changes nothing.
      if (old !== null && count > 0)
        running.applyInPlace([old, reshape(total, [channels]), share], [divisor]);
    };
    move(runningMean, average, 1);
    move(runningVar, squares, count - 1);
    return centered.apply([x, average, mul(r, w), b]);
  });
}
