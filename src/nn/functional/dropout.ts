/** Leaving out elements at random. */
import { flag, keyword, optional, probability, required, signature } from "../../base/arguments/index.ts";
import { tensor } from "../../ops/kinds.ts";
import { mul } from "../../ops/pointwise/index.ts";
import { type GeneratorOption, generatorKind } from "../../tensor/generator-option.ts";
import { emptyLike, type Tensor } from "../../tensor/index.ts";

/** Options of dropout. */
export interface DropoutOptions extends GeneratorOption {
  /** Without it, x is given back; true unless said. */
  training?: boolean;
  /** Overwrites x; false unless said. */
  inplace?: boolean;
}

const dropoutParameters = signature(
  "dropout",
  required("x", tensor),
  optional("p", probability, 0.5),
  optional("training", flag, true),
  optional("inplace", flag, false),
  keyword("generator", generatorKind),
);

/**
 * Sets each element to 0 with probability p and divides the others by 1 - p: y = x m / (1 - p), m from the Bernoulli
 * distribution of 1 - p.
 *
 * @throws ValueError where p is not a probability.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout.html
 */
export function dropout(
  x: Tensor,
  p?: number,
  training?: boolean,
  inplace?: boolean,
  options?: GeneratorOption,
): Tensor;
export function dropout(x: Tensor, options: DropoutOptions & { p?: number }): Tensor;
export function dropout(x: Tensor, p: number, options: DropoutOptions): Tensor;
export function dropout(...given: unknown[]): Tensor {
  const [x, p, training, inplace, generator] = dropoutParameters.read(given);
  if (!training || p === 0 || x.numel() === 0) return x;
  // Everything is left out without a draw, as in PyTorch.
  const mask =
    p === 1
      ? 0
      : emptyLike(x)
          .bernoulli_(1 - p, { generator })
          .div_(1 - p);
  return inplace ? x.mul_(mask) : mul(x, mask);
}
