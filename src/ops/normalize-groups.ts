/** The heart of every normalisation: groups of elements brought to mean 0 and variance 1, with its gradient. */
import type { Shape } from "../base/index.ts";
import { type Differentiable, execute, record, tape, withoutTape } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { normalizationFunctions } from "./normalization-functions.ts";
import { mul } from "./pointwise/index.ts";
import { mean, sum } from "./reductions.ts";
import { reshape } from "./reshaping.ts";
import { sumTo } from "./sum-to.ts";

/** Which elements make a group. */
export interface Groups {
  /** The dimensions that a group spans. */
  readonly dims: readonly number[];
  /** The size of a group. */
  readonly count: number;
  readonly eps: number;
  /** The shape in which the weight broadcasts to x. */
  readonly affineShape: Shape;
  /** Whether the elements of a group have one weight in common, rather than each its own. */
  readonly commonWeight: boolean;
}

export interface Statistics {
  readonly average: Tensor;
  /** The sum of the squared distances from the average. */
  readonly squares: Tensor;
  /** r = 1 / sqrt(variance + eps) */
  readonly r: Tensor;
}

function statisticsOf(x: Tensor, { dims, count, eps }: Groups): Statistics {
  const { squares, inverse } = normalizationFunctions(x.dtype);
  const average = mean(x, dims, true);
  const total = squares.apply([x, average], dims);
  return { average, squares: total, r: inverse.apply1(total, [1 / count, eps]) };
}

/** A weight or bias in the shape in which it broadcasts; the number that stands for a missing one is 0-d already. */
export function aligned(x: Tensor, shape: Shape): Tensor {
  return x.shape.length === 0 ? x : reshape(x, shape);
}

/**
 * For y = z w + b with z = (x - mean) r, r = 1 / sqrt(mean (x - mean)^2 + eps), the means over the n elements of a group:
 * dx = r (dy w - mean(dy w) - z mean(dy w z)); dw = sum dy z and db = sum dy, over the elements with that weight.
 */
export const normalizationRule = (name: string): Differentiable => ({
  name,
  saves: () => 0b1111,
  gradient(dy, call) {
    const groups = call.attributes as Groups;
    const { dims, count } = groups;
    const { weighted, moment, gradient } = normalizationFunctions(dy.dtype);
    const x = call.input(0);
    // A derivative of this gradient must see that the statistics depend on x.
    const { average, r } =
      tape === null ? { average: call.input(1), r: call.input(2) } : statisticsOf(x, groups);
    const w = aligned(call.input(3), groups.affineShape);
    const slope = (s: Tensor, t: Tensor): Tensor => gradient.apply([dy, w, x, average, r, s, t], [1 / count]);

    if (groups.commonWeight) {
      const s = sum(dy, dims, true);
      const t = moment.apply([dy, execute.scalar(1, dy.dtype, dy), x, average], dims);
      return [
        call.needs(0) ? slope(mul(s, w), mul(t, w)) : null,
        null,
        null,
        call.needs(3) ? reshape(mul(t, r), call.shapeOf(3)) : null,
        call.needs(4) ? reshape(s, call.shapeOf(4)) : null,
      ];
    }
    const others = x.shape.map((_, d) => d).filter((d) => !dims.includes(d));
    return [
      call.needs(0) ? slope(weighted.apply([dy, w], dims), moment.apply([dy, w, x, average], dims)) : null,
      null,
      null,
      call.needs(3) ? reshape(moment.apply([dy, r, x, average], others), call.shapeOf(3)) : null,
      call.needs(4) ? sumTo(dy, call.shapeOf(4)) : null,
    ];
  },
});

/**
 * (x - mean) r w + b over the groups. Weight and bias, in their own shapes, are what is differentiated; `compute` makes the
 * result from the statistics and from both in the shape in which they broadcast.
 */
export function normalizeGroups(
  rule: Differentiable,
  x: Tensor,
  weight: Tensor | null,
  bias: Tensor | null,
  groups: Groups,
  compute: (statistics: Statistics, w: Tensor, b: Tensor) => Tensor,
): Tensor {
  const w = weight ?? execute.scalar(1, x.dtype, x);
  const b = bias ?? execute.scalar(0, x.dtype, x);
  let saved!: Statistics;
  const y = withoutTape(() => {
    saved = statisticsOf(x, groups);
    return compute(saved, aligned(w, groups.affineShape), aligned(b, groups.affineShape));
  });
  return record(rule, [x, saved.average, saved.r, w, b], y, groups);
}
