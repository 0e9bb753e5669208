/** Leaving out elements at random. */
import { describe, ValueError } from "../../base/index.ts";
import { mul } from "../../ops/pointwise/index.ts";
import type { Generator } from "../../random/index.ts";
import { emptyLike, type Tensor } from "../../tensor/index.ts";

export interface DropoutOptions {
  /** Without it, x is given back; true unless said. */
  training?: boolean;
  /** Overwrites x; false unless said. */
  inplace?: boolean;
  generator?: Generator;
}

/** Gives `p` back, or throws a ValueError that names `where`. */
export function checkProbability(where: string, p: number): number {
  if (!(p >= 0 && p <= 1)) {
    throw new ValueError(`${where}: the probability p must be between 0 and 1, got ${describe(p)}`);
  }
  return p;
}

/**
 * Sets each element to 0 with probability p and divides the others by 1 - p: y = x m / (1 - p), m from the Bernoulli
 * distribution of 1 - p.
 *
 * @throws ValueError where p is not a probability.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout.html
 */
export function dropout(x: Tensor, p = 0.5, options: DropoutOptions = {}): Tensor {
  const { training = true, inplace = false, generator } = options;
  checkProbability("dropout", p);
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
