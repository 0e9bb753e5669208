/** Seeing through a copy: a view of what a loop wrote, as a view of what it read. */
import { broadcastStrides, contiguousStrides, elementCount, type Shape } from "../base/index.ts";
import type { Ref } from "./graph.ts";

/** For each dimension of a view, how far one step in it moves along each dimension of what is viewed. */
interface Steps {
  readonly start: readonly number[];
  readonly along: readonly (readonly number[])[];
}

/** What steps in a view are in the indices of `shape`, whose elements lie in row-major order; null if some step carries. */
function stepsOf(shape: Shape, view: Pick<Ref, "shape" | "strides" | "offset">): Steps | null {
  const dense = contiguousStrides(shape);
  const split = (distance: number): number[] => {
    let rest = distance;
    return dense.map((stride, i) => {
      if (shape[i] === 1) return 0;
      const count = Math.floor(rest / stride);
      rest -= count * stride;
      return count;
    });
  };
  if (view.strides.some((stride) => stride < 0)) return null;
  const start = split(view.offset);
  const along = view.strides.map((stride, d) => (view.shape[d] === 1 ? shape.map(() => 0) : split(stride)));
  for (const [i, size] of shape.entries()) {
    let last = start[i]!;
    for (const [d, own] of along.entries()) last += own[i]! * (view.shape[d]! - 1);
    if (last >= size) return null;
  }
  return { start, along };
}

/** Joins neighbouring dimensions of `shape` that all refs walk through evenly; the refs have that shape. */
function joined(shape: Shape, strides: readonly Shape[]): { shape: number[]; strides: number[][] } {
  const sizes: number[] = [];
  const steps = strides.map((): number[] => []);
  for (const [d, size] of shape.entries()) {
    if (size === 1) continue;
    const last = sizes.length - 1;
    if (last >= 0 && steps.every((own, i) => own[last] === strides[i]![d]! * size)) sizes[last]! *= size;
    else sizes.push(size);
    for (const [i, own] of steps.entries()) own[sizes.length - 1] = strides[i]![d]!;
  }
  return { shape: sizes, strides: steps };
}

/**
 * `inputs` are what a loop over `shape` reads, in that shape or broadcast to it, and what it writes lies in row-major order.
 * Gives the inputs as a view of what is written reads them, in the view's shape; null where that is no view.
 */
export function composeViews(shape: Shape, inputs: readonly Ref[], view: Ref): Ref[] | null {
  const spread = inputs.map((ref) => broadcastStrides(ref.shape, ref.strides, shape));
  const loop = joined(shape, spread);
  if (elementCount(view.shape) === 0) return null;
  const steps = stepsOf(loop.shape, view);
  if (steps === null) return null;
  const walk = (counts: readonly number[], strides: readonly number[]): number =>
    counts.reduce((sum, count, i) => sum + count * strides[i]!, 0);
  return inputs.map(({ value, offset }, i) => {
    const strides = loop.strides[i]!;
    return {
      value,
      shape: view.shape,
      strides: steps.along.map((counts) => walk(counts, strides)),
      offset: offset + walk(steps.start, strides),
    };
  });
}
