/** Normal numbers within bounds. */
import { keyword, number, optional, required, signature } from "../../base/arguments/index.ts";
import { float64, ValueError } from "../../base/index.ts";
import { withoutTape } from "../../ops/executor.ts";
import { tensor as tensorKind } from "../../ops/kinds.ts";
import { type GeneratorOption, generatorKind } from "../../tensor/generator-option.ts";
import { emptyLike, type Tensor, tensor } from "../../tensor/index.ts";

/** Options of `truncNormal_`. */
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

/**
 * From this probability of a normal number within the bounds on, those outside are simply drawn again.
 * Source: PyTorch 2.15.
 */
const LIKELY = 0.3;

const parameters = signature(
  "truncNormal_",
  required("x", tensorKind),
  optional("mean", number, 0),
  optional("std", number, 1),
  optional("a", number, -2),
  optional("b", number, 2),
  keyword("generator", generatorKind),
);

/** The distribution function at the bounds: (1 + erf(z / sqrt 2)) / 2 for z = (bound - mean) / std. */
function probabilityWithin(mean: number, std: number, a: number, b: number): number {
  const z = tensor([(a - mean) / std, (b - mean) / std], { dtype: float64 });
  const [low, high] = z.div(Math.SQRT2).erf().add(1).div(2).tolist() as [number, number];
  return high - low;
}

type Draw = (x: Tensor) => Tensor;

/** Draws all from the normal distribution, again and again where they lie outside. */
function drawUntilWithin(x: Tensor, draw: Draw, a: number, b: number): void {
  const outside = () => x.lt(a).logicalOr(x.gt(b));
  draw(x);
  for (let mask = outside(); mask.any().item(); mask = outside()) {
    x.copy_(mask.where(draw(emptyLike(x)), x));
  }
}

/**
 * Draws all evenly between the bounds, and keeps each with a probability that is the density there over the
 * highest density between the bounds: where ln u <= ln density - ln highest, u even on [0, 1).
 */
function drawUntilAccepted(
  x: Tensor,
  draw: Draw,
  accept: Draw,
  mean: number,
  std: number,
  mode: number,
): void {
  const highest = -0.5 * ((mode - mean) / std) ** 2;
  const refused = (candidates: Tensor): Tensor => {
    const logDensity = candidates.sub(mean).div_(std).square_().mul_(-0.5).sub_(highest);
    return accept(emptyLike(x)).log_().gt(logDensity);
  };
  draw(x);
  for (let pending = refused(x); pending.any().item(); ) {
    const candidates = draw(emptyLike(x));
    x.copy_(pending.where(candidates, x));
    pending = pending.logicalAnd(refused(candidates));
  }
}

/**
 * Normal numbers between `a` and `b`, by drawing again what is refused: from the normal distribution itself
 * where it has 30% or more of its weight there, else from the even one.
 *
 * @throws ValueError for std <= 0, a > b, and where bounds that hold less than 30% are not finite.
 * Source: https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.trunc_normal_
 */
export function truncNormal_(
  x: Tensor,
  mean?: number,
  std?: number,
  a?: number,
  b?: number,
  options?: GeneratorOption,
): Tensor;
export function truncNormal_(x: Tensor, options: TruncatedNormalOptions): Tensor;
export function truncNormal_(...given: unknown[]): Tensor {
  const [x, mean, std, a, b, generator] = parameters.read(given);
  if (!(std > 0) || !(a <= b) || !Number.isFinite(mean)) {
    throw new ValueError(
      `truncNormal_: needs a finite mean, std > 0 and a <= b, got mean ${mean}, std ${std}, a ${a}, b ${b}`,
    );
  }
  return withoutTape(() => {
    if (probabilityWithin(mean, std, a, b) > LIKELY) {
      drawUntilWithin(x, (y) => y.normal_(mean, std, { generator }), a, b);
      return x;
    }
    if (!Number.isFinite(b - a)) {
      throw new ValueError(
        `truncNormal_: between a = ${a} and b = ${b} lies less than 30% of the distribution of mean ${mean} and std ${std}; then both bounds must be finite`,
      );
    }
    const draw = (y: Tensor): Tensor => y.uniform_(a, b, { generator });
    const accept = (y: Tensor): Tensor => y.uniform_(0, 1, { generator });
    drawUntilAccepted(x, draw, accept, mean, std, Math.max(a, Math.min(mean, b)));
    return x;
  });
}
