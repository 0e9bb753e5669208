/** Normal numbers within bounds. */
import { float64, ValueError } from "../../base/index.ts";
import { withoutTape } from "../../ops/executor.ts";
import { type Tensor, tensor } from "../../tensor/index.ts";
import type { GeneratorOption } from "./drawn.ts";

export interface TruncatedNormalOptions extends GeneratorOption {
  /** 0 unless said. */
  mean?: number;
  /** 1 unless said. */
  std?: number;
  /** Lower bound; -2 unless said. */
  a?: number;
  /** Upper bound; 2 unless said. */
  b?: number;
}

/** Of the first guess, below. */
const WINITZKI = 0.147;

/**
 * The inverse of erf, float64. The first guess is off by 2e-3 at most:
 *
 *     sign(y) sqrt(sqrt(s^2 - l / c) - s),  l = ln(1 - y^2), s = 2 / (pi c) + l / 2, c = 0.147
 *
 * and each step of Halley's method on f(x) = erf(x) - y, x <- x - u / (1 + x u) with u = f / f', triples the digits.
 * Source of the guess: S. Winitzki, "A handy approximation for the error function and its inverse", 2008.
 */
function erfinv(y: Tensor): Tensor {
  const l = y.mul(y).neg().log1p();
  const s = l.mul(0.5).add(2 / (Math.PI * WINITZKI));
  let x = s.mul(s).sub(l.div(WINITZKI)).sqrt().sub(s).sqrt().mul(y.sign());
  for (let step = 0; step < 3; step++) {
    // f' = 2 / sqrt(pi) exp(-x^2)
    const u = x
      .erf()
      .sub(y)
      .mul(x.mul(x).exp())
      .mul(Math.sqrt(Math.PI) / 2);
    x = x.sub(u.div(x.mul(u).add(1)));
  }
  // At -1 and 1 the inverse is infinite.
  return y.abs().lt(1).where(x, y.mul(Infinity));
}

/**
 * Normal numbers between `a` and `b`, by the inverse of the distribution function: mean + std sqrt(2) erfinv(u), u uniform
 * between the values of erf at the bounds.
 *
 * Source: https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.trunc_normal_
 */
export function truncNormal_(x: Tensor, options: TruncatedNormalOptions = {}): Tensor {
  const { mean = 0, std = 1, a = -2, b = 2, generator } = options;
  if (!(std > 0) || !(a <= b)) {
    throw new ValueError(`truncNormal_: needs std > 0 and a <= b, got std ${std}, a ${a}, b ${b}`);
  }
  return withoutTape(() => {
    const bounds = tensor([(a - mean) / std, (b - mean) / std], { dtype: float64 });
    // Twice the normal distribution function, less 1; in PyTorch's order of operations.
    const [low, high] = bounds.div(Math.SQRT2).erf().add(1).div(2).mul(2).sub(1).tolist() as [number, number];
    x.uniform_(low, high, { generator });
    x.copy_(erfinv(x.to(float64)));
    return x
      .mul_(std * Math.SQRT2)
      .add_(mean)
      .clamp_(a, b);
  });
}
