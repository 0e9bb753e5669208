/** The three products of a convolution, each a contraction of windows: nothing here is recorded. */
import type { Shape } from "../base/index.ts";
import { execute } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { phasesOf } from "./phases.ts";
import { padded, placesOf, reshaped, type Window, windowCounts } from "./window.ts";

/** How a weight [O, C / groups, kernel...] slides over x [B, C, sizes...], and the shapes of both. */
export interface Sliding extends Window {
  /** Zeros before and behind each dimension. */
  readonly before: Shape;
  readonly after: Shape;
  readonly groups: number;
  readonly xShape: Shape;
  readonly weightShape: Shape;
}

/** The same view with dimension `dim` split into groups, which come first. */
function grouped(x: Tensor, dim: number, groups: number): Tensor {
  const { shape, strides, offset } = x;
  const size = shape[dim]! / groups;
  const split = (all: Shape, ...parts: number[]): Shape => [
    ...all.slice(0, dim),
    ...parts,
    ...all.slice(dim + 1),
  ];
  return execute.view(
    x,
    split(shape, groups, size),
    split(strides, strides[dim]! * size, strides[dim]!),
    offset,
  );
}

function ordered(x: Tensor, order: Shape): Tensor {
  return execute.view(
    x,
    order.map((d) => x.shape[d]!),
    order.map((d) => x.strides[d]!),
    x.offset,
  );
}

/** The numbers from `first` on, `count` of them. */
function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

/** Windows of x [B, groups, C, sizes...], the first of which begins at `start`: [B, groups, C, kernel..., counts...]. */
function windows(
  x: Tensor,
  kernel: Shape,
  dilation: Shape,
  counts: Shape,
  stride: Shape,
  start: Shape,
): Tensor {
  const steps = x.strides.slice(3);
  return execute.view(
    x,
    [...x.shape.slice(0, 3), ...kernel, ...counts],
    [
      ...x.strides.slice(0, 3),
      ...steps.map((step, d) => step * dilation[d]!),
      ...steps.map((step, d) => step * stride[d]!),
    ],
    steps.reduce((at, step, d) => at + step * start[d]!, x.offset),
  );
}

/** The windows [B, groups, C, kernel..., counts...] that the weight meets in x. */
function windowsOf(x: Tensor, sliding: Sliding): Tensor {
  const { before, after, groups, kernel, dilation, stride, xShape } = sliding;
  const source = grouped(padded(x, before, after, 0), 1, groups);
  const padding = before.map((size, d) => size + after[d]!);
  const counts = windowCounts(xShape, padding, sliding);
  return windows(
    source,
    kernel,
    dilation,
    counts,
    stride,
    kernel.map(() => 0),
  );
}

/** The weight [groups, O, C, kernel...] as it is used for every element of the batch. */
function forEach(weight: Tensor, B: number): Tensor {
  return execute.view(weight, [B, ...weight.shape], [0, ...weight.strides], weight.offset);
}

/** y[b, o, p] = sum over c and i of weight[o, c, i] x[b, c, p stride + i dilation - before], c within the group of o. */
export function products(x: Tensor, weight: Tensor, sliding: Sliding): Tensor {
  const rank = sliding.kernel.length;
  const b = windowsOf(x, sliding);
  const a = forEach(grouped(weight, 0, sliding.groups), b.shape[0]!);
  const y = execute.contract(a, b, { batch: 2, m: 1, k: 1 + rank, n: rank });
  return reshaped(y, [b.shape[0]!, weight.shape[0]!, ...y.shape.slice(3)]);
}

/** dweight[o, c, i] = sum over b and p of dy[b, o, p] x[b, c, p stride + i dilation - before] */
export function productsWithWindows(dy: Tensor, x: Tensor, sliding: Sliding): Tensor {
  const rank = sliding.kernel.length;
  const a = ordered(grouped(dy, 1, sliding.groups), [1, 2, 0, ...range(3, rank)]);
  const b = ordered(windowsOf(x, sliding), [1, 0, ...range(3 + rank, rank), 2, ...range(3, rank)]);
  const dw = execute.contract(a, b, { batch: 1, m: 1, k: 1 + rank, n: 1 + rank });
  return reshaped(dw, sliding.weightShape);
}

/**
 * dx[b, c, q] = sum over o, and over i and p with p stride + i dilation - before = q, of weight[o, c, i] dy[b, o, p].
 *
 * The positions q that leave one remainder when divided by the stride meet the same elements i of the weight, and
 * neighbours meet neighbouring p: for each remainder this is a convolution of dy with those elements in reverse.
 */
export function productsWithReversed(dy: Tensor, weight: Tensor, sliding: Sliding): Tensor {
  const { groups, stride, xShape } = sliding;
  const rank = stride.length;
  const counts = dy.shape.slice(2);
  const phases = stride.map((_, d) => phasesOf(sliding, d, counts[d]!));
  const source = grouped(
    padded(
      dy,
      phases.map(({ before }) => before),
      phases.map(({ after }) => after),
      0,
    ),
    1,
    groups,
  );
  const split = grouped(weight, 0, groups);
  const isWhole = phases.every(({ all }) => all.length === 1 && all[0]!.taps > 0);
  let dx: Tensor | null = isWhole ? null : execute.zeros(xShape, dy.dtype, dy);
  for (const place of placesOf(phases.map(({ all }) => all.length))) {
    const phase = place.map((i, d) => phases[d]!.all[i]!);
    if (phase.some(({ taps }) => taps === 0)) continue;
    const b = windows(
      source,
      phase.map(({ taps }) => taps),
      phases.map(({ step }) => step),
      phase.map(({ count }) => count),
      phase.map(() => 1),
      phase.map(({ start }) => start),
    );
    const steps = split.strides.slice(3);
    const reversed = execute.view(
      split,
      [...split.shape.slice(0, 3), ...phase.map(({ taps }) => taps)],
      [...split.strides.slice(0, 3), ...steps.map((step, d) => -step * phases[d]!.tapStep)],
      steps.reduce((at, step, d) => at + step * phase[d]!.lastTap, split.offset),
    );
    const a = ordered(forEach(reversed, b.shape[0]!), [0, 1, 3, 2, ...range(4, rank)]);
    const part = execute.contract(a, b, { batch: 2, m: 1, k: 1 + rank, n: rank });
    const shape = [xShape[0]!, xShape[1]!, ...phase.map(({ count }) => count)];
    if (dx === null) return reshaped(part, shape);
    const at = phase.reduce((offset, { first }, d) => offset + first * dx!.strides[2 + d]!, dx.offset);
    const strides = dx.strides.map((step, d) => (d < 2 ? step : step * stride[d - 2]!));
    execute.copyInto(execute.view(dx, shape, strides, at), reshaped(part, shape));
  }
  dx ??= execute.zeros(xShape, dy.dtype, dy);
  return dx;
}
