/** Random tensors: PyTorch's streams, from `torch.manualSeed` on. */
import {
  count,
  either,
  keyword,
  number,
  optional,
  required,
  several,
  shape,
  signature,
  whole,
} from "../base/arguments/index.ts";
import {
  broadcastShapes,
  DTypeError,
  getDefaultDtype,
  int32,
  type Shape,
  ShapeError,
  ValueError,
} from "../base/index.ts";
import { checkValues } from "../ops/check-values.ts";
import { tensor } from "../ops/kinds.ts";
import { ge } from "../ops/pointwise/index.ts";
import { all } from "../ops/reductions.ts";
import { fillRandperm } from "../random/index.ts";
import { creation, likeOptions, newTensor, type TensorOptions } from "./creation.ts";
import { drawBernoulli, drawNormal, drawUniform, drawWhole, overwrite, requireFloat } from "./fill-random.ts";
import { type GeneratorOption, generatorKind } from "./generator-option.ts";
import type { Tensor } from "./tensor.ts";

/** Options of every function that makes a random tensor. */
export interface RandomOptions extends TensorOptions, GeneratorOption {}

const generator = /* @__PURE__ */ keyword("generator", generatorKind);
const sizes = /* @__PURE__ */ several("shape", shape);
const x = /* @__PURE__ */ required("x", tensor);
const randParameters = signature("rand", sizes, creation, generator);
const randnParameters = signature("randn", sizes, creation, generator);
const randLikeParameters = signature("randLike", x, creation, generator);
const randnLikeParameters = signature("randnLike", x, creation, generator);
const normalParameters = signature(
  "normal",
  required("mean", either(number, tensor)),
  optional("std", either(number, tensor), 1),
  optional("shape", shape),
  creation,
  generator,
);
const randintBelow = signature(
  "randint",
  required("high", whole),
  required("shape", shape),
  creation,
  generator,
);
const randintBetween = signature(
  "randint",
  required("low", whole),
  required("high", whole),
  required("shape", shape),
  creation,
  generator,
);
const randpermParameters = signature("randperm", required("n", count), creation, generator);
const bernoulliParameters = signature("bernoulli", required("p", tensor), generator);

/** Creates memory, fills it, and only then marks it as wanting gradients. */
function create(where: string, shape: Shape, options: RandomOptions, fill: (x: Tensor) => void): Tensor {
  const made = newTensor(where, shape, options);
  fill(made);
  if (options.requiresGrad) made.requiresGrad = true;
  return made;
}

function uniform(where: string, shape: Shape, options: RandomOptions): Tensor {
  requireFloat(where, { dtype: options.dtype ?? getDefaultDtype() });
  return create(where, shape, options, (made) => drawUniform(where, made, 0, 1, options.generator));
}

function standardNormal(where: string, shape: Shape, options: RandomOptions): Tensor {
  requireFloat(where, { dtype: options.dtype ?? getDefaultDtype() });
  return create(where, shape, options, (made) => drawNormal(where, made, 0, 1, options.generator));
}

/**
 * Uniform numbers on [0, 1).
 *
 * @throws DTypeError unless the dtype is floating point.
 * Source: https://pytorch.org/docs/stable/generated/torch.rand.html
 *
 * @example
 * torch.manualSeed(777);
 * torch.rand([3]); // tensor([0.0819, 0.4911, 0.4033])
 */
export function rand(shape: Shape, options?: RandomOptions): Tensor;
export function rand(...shape: number[]): Tensor;
export function rand(...shapeAndOptions: [...shape: number[], options: RandomOptions]): Tensor;
export function rand(...given: unknown[]): Tensor {
  const { shape, ...options } = randParameters.named(given);
  return uniform("rand", shape, options);
}

/**
 * Numbers from the standard normal distribution, of mean 0 and variance 1.
 *
 * @throws DTypeError unless the dtype is floating point.
 * Source: https://pytorch.org/docs/stable/generated/torch.randn.html
 *
 * @example
 * torch.manualSeed(777);
 * torch.randn([2, 2]); // tensor([[-0.4015, -0.5934], [1.6885, 0.5554]])
 */
export function randn(shape: Shape, options?: RandomOptions): Tensor;
export function randn(...shape: number[]): Tensor;
export function randn(...shapeAndOptions: [...shape: number[], options: RandomOptions]): Tensor;
export function randn(...given: unknown[]): Tensor {
  const { shape, ...options } = randnParameters.named(given);
  return standardNormal("randn", shape, options);
}

/**
 * Normal numbers of the given mean and standard deviation: numbers for all elements of `shape`, or tensors that give each
 * element its own, and the result its shape.
 *
 * @throws DTypeError unless the dtype is floating point; ValueError for a negative deviation.
 * Source: https://pytorch.org/docs/stable/generated/torch.normal.html
 *
 * @example
 * torch.manualSeed(777);
 * torch.normal(10, 2, [3]); // tensor([9.1970, 8.8133, 13.3770])
 */
export function normal(mean: number, std: number, shape: Shape, options?: RandomOptions): Tensor;
export function normal(mean: Tensor, std?: Tensor | number, options?: GeneratorOption): Tensor;
export function normal(mean: number, std: Tensor, options?: GeneratorOption): Tensor;
export function normal(...given: unknown[]): Tensor {
  const { mean, std, shape, ...options } = normalParameters.named(given);
  if (typeof mean === "number" && typeof std === "number") {
    if (shape === undefined) throw new ShapeError("normal: needs a shape where mean and std are numbers");
    requireFloat("normal", { dtype: options.dtype ?? getDefaultDtype() });
    return create("normal", shape, options, (made) =>
      drawNormal("normal", made, mean, std, options.generator),
    );
  }
  return normalAround(mean, std, options);
}

/** Each element with a mean, a deviation, or both of its own. */
function normalAround(mean: Tensor | number, std: Tensor | number, options: RandomOptions): Tensor {
  const own = [mean, std].filter((value) => typeof value !== "number");
  for (const value of own) requireFloat("normal", value);
  const shape = own.map((value) => value.shape).reduce((a, b) => broadcastShapes("normal", a, b));
  const { dtype, device } = own[0]!;
  const made = newTensor("normal", shape, { dtype, device });
  if (typeof std === "number") return drawNormal("normal", made, 0, std, options.generator).add_(mean);
  checkValues(all(ge(std, 0)), () => new ValueError("normal: every element of std must be at least 0"));
  return drawNormal("normal", made, 0, 1, options.generator).mul_(std).add_(mean);
}

/**
 * Whole numbers on [0, high) or [low, high): randint(high, shape) or randint(low, high, shape); int32 unless
 * said.
 *
 * @throws ValueError for an empty range.
 * Source: https://pytorch.org/docs/stable/generated/torch.randint.html
 *
 * @example
 * torch.manualSeed(777);
 * torch.randint(10, [5]); // tensor([5, 9, 1, 8, 5])
 */
export function randint(high: number, shape: Shape, options?: RandomOptions): Tensor;
export function randint(low: number, high: number, shape: Shape, options?: RandomOptions): Tensor;
export function randint(...given: unknown[]): Tensor {
  const { low, high, shape, ...options } =
    typeof given[1] === "number" ? randintBetween.named(given) : { low: 0, ...randintBelow.named(given) };
  return create("randint", shape, { ...options, dtype: options.dtype ?? int32 }, (made) =>
    drawWhole("randint", made, low, high, options.generator),
  );
}

/**
 * 0 to n - 1 in random order; int32 unless said.
 *
 * @throws ValueError unless n is a whole number of at least 0; DTypeError unless the dtype is int32 or
 * int64.
 * Source: https://pytorch.org/docs/stable/generated/torch.randperm.html
 *
 * @example
 * torch.manualSeed(777);
 * torch.randperm(5); // tensor([0, 4, 3, 2, 1])
 */
export function randperm(n: number, options?: RandomOptions): Tensor;
export function randperm(...given: unknown[]): Tensor {
  const { n, dtype = int32, ...options } = randpermParameters.named(given);
  if (dtype.kind !== "int" || dtype.bytes < 4) {
    throw new DTypeError(`randperm: the dtype must be int32 or int64, got ${dtype}`);
  }
  return create("randperm", [n], { ...options, dtype }, (made) =>
    overwrite("randperm", made, options.generator, (out, source) =>
      fillRandperm(out as Int32Array | BigInt64Array, source),
    ),
  );
}

/**
 * 1 with the probability that the element of `p` says, else 0; in the dtype of `p`.
 *
 * @throws DTypeError unless `p` is floating point; ValueError for a probability outside [0, 1].
 * Source: https://pytorch.org/docs/stable/generated/torch.bernoulli.html
 *
 * @example
 * torch.manualSeed(777);
 * torch.bernoulli(torch.full([5], 0.5)); // tensor([1., 1., 1., 1., 0.])
 */
export function bernoulli(p: Tensor, options?: GeneratorOption): Tensor;
export function bernoulli(...given: unknown[]): Tensor {
  const [p, source] = bernoulliParameters.read(given);
  requireFloat("bernoulli", p);
  return create("bernoulli", p.shape, { dtype: p.dtype }, (made) =>
    drawBernoulli("bernoulli", made, p, source),
  );
}

/**
 * Uniform numbers on [0, 1) in the shape, dtype and device of `x`.
 *
 * @throws DTypeError unless the dtype is floating point.
 * Source: https://pytorch.org/docs/stable/generated/torch.rand_like.html
 *
 * @example
 * torch.randLike(torch.zeros([2, 3])).shape; // [2, 3]
 */
export function randLike(x: Tensor, options?: RandomOptions): Tensor;
export function randLike(...given: unknown[]): Tensor {
  const { x, generator, ...options } = randLikeParameters.named(given);
  return uniform("randLike", x.shape, { ...likeOptions(x, options), generator });
}

/**
 * Standard normal numbers in the shape, dtype and device of `x`.
 *
 * @throws DTypeError unless the dtype is floating point.
 * Source: https://pytorch.org/docs/stable/generated/torch.randn_like.html
 *
 * @example
 * torch.randnLike(torch.zeros([2, 3])).shape; // [2, 3]
 */
export function randnLike(x: Tensor, options?: RandomOptions): Tensor;
export function randnLike(...given: unknown[]): Tensor {
  const { x, generator, ...options } = randnLikeParameters.named(given);
  return standardNormal("randnLike", x.shape, { ...likeOptions(x, options), generator });
}
