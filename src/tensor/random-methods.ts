/** Methods that fill a tensor with random numbers, overwriting it. */
import { either, keyword, number, optional, required, signature } from "../base/arguments/index.ts";
import { tensor } from "../ops/kinds.ts";
import { drawBernoulli, drawExponential, drawNormal, drawUniform, drawWhole } from "./fill-random.ts";
import { type GeneratorOption, generatorKind, integerKind } from "./generator-option.ts";
import type { Tensor } from "./tensor.ts";

const x = /* @__PURE__ */ required("x", tensor);
const generator = /* @__PURE__ */ keyword("generator", generatorKind);
const normalParameters = signature(
  "normal_",
  x,
  optional("mean", number, 0),
  optional("std", number, 1),
  generator,
);
const uniformParameters = signature(
  "uniform_",
  x,
  optional("from", number, 0),
  optional("to", number, 1),
  generator,
);
const bernoulliParameters = signature("bernoulli_", x, optional("p", either(number, tensor), 0.5), generator);
const exponentialParameters = signature("exponential_", x, optional("rate", number, 1), generator);
const randomParameters = signature(
  "random_",
  x,
  optional("from", integerKind),
  optional("to", integerKind),
  generator,
);

/**
 * Fills the tensor from the normal distribution of the given mean and standard deviation.
 *
 * @throws DTypeError unless floating point; AutogradError for a leaf that requires gradients.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.normal_.html
 *
 * @example
 * torch.manualSeed(777);
 * torch.empty([3]).normal_(); // tensor([-0.4015, -0.5934, 1.6885])
 */
export function normal_(x: Tensor, mean?: number, std?: number, options?: GeneratorOption): Tensor;
export function normal_(x: Tensor, options: GeneratorOption & { mean?: number; std?: number }): Tensor;
export function normal_(...given: unknown[]): Tensor {
  return drawNormal("normal_", ...normalParameters.read(given));
}

/**
 * Fills the tensor from the uniform distribution on [from, to).
 *
 * @throws DTypeError unless floating point; AutogradError for a leaf that requires gradients.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.uniform_.html
 *
 * @example
 * torch.manualSeed(777);
 * torch.empty([3]).uniform_(-1, 1); // tensor([-0.8362, -0.0177, -0.1934])
 */
export function uniform_(x: Tensor, from?: number, to?: number, options?: GeneratorOption): Tensor;
export function uniform_(x: Tensor, options: GeneratorOption & { from?: number; to?: number }): Tensor;
export function uniform_(...given: unknown[]): Tensor {
  return drawUniform("uniform_", ...uniformParameters.read(given));
}

/**
 * Fills the tensor with 1 at probability `p`, else 0. `p` may be a tensor of the same shape.
 *
 * @throws ValueError for a probability outside [0, 1].
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.bernoulli_.html
 *
 * @example
 * torch.manualSeed(777);
 * torch.empty([5]).bernoulli_(0.5); // tensor([0., 1., 1., 0., 0.])
 */
export function bernoulli_(x: Tensor, p?: number | Tensor, options?: GeneratorOption): Tensor;
export function bernoulli_(x: Tensor, options: GeneratorOption & { p?: number | Tensor }): Tensor;
export function bernoulli_(...given: unknown[]): Tensor {
  return drawBernoulli("bernoulli_", ...bernoulliParameters.read(given));
}

/**
 * Fills the tensor from the exponential distribution: density rate * exp(-rate x).
 *
 * @throws DTypeError unless floating point; AutogradError for a leaf that requires gradients.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.exponential_.html
 *
 * @example
 * torch.manualSeed(777);
 * torch.empty([3]).exponential_(); // tensor([1.0651, 0.2566, 0.0519])
 */
export function exponential_(x: Tensor, rate?: number, options?: GeneratorOption): Tensor;
export function exponential_(x: Tensor, options: GeneratorOption & { rate?: number }): Tensor;
export function exponential_(...given: unknown[]): Tensor {
  return drawExponential("exponential_", ...exponentialParameters.read(given));
}

/**
 * Fills the tensor with whole numbers on [from, to), or [0, from); without bounds, on all that the dtype
 * holds exactly.
 *
 * @throws ValueError for an empty range.
 * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.random_.html
 *
 * @example
 * torch.manualSeed(777);
 * torch.empty([4]).random_(0, 10); // tensor([5., 9., 1., 8.])
 */
export function random_(
  x: Tensor,
  from?: number | bigint,
  to?: number | bigint,
  options?: GeneratorOption,
): Tensor;
export function random_(
  x: Tensor,
  options: GeneratorOption & { from?: number | bigint; to?: number | bigint },
): Tensor;
export function random_(...given: unknown[]): Tensor {
  return drawWhole("random_", ...randomParameters.read(given));
}
