/** Windows that slide over the last dimensions of a tensor: their options, how many there are, and views of them. */
import {
  contiguousStrides,
  describe,
  formatShape,
  type Shape,
  ShapeError,
  sameShape,
  ValueError,
} from "../base/index.ts";
import { execute } from "./executor.ts";
import type { Tensor } from "./handle.ts";

/** A whole number for every sliding dimension, or one for each. */
export type PerDimension = number | readonly number[];

/** What one value, or one for each of `rank` dimensions, says for each. Throws a ValueError below `least`. */
export function perDimension(
  where: string,
  name: string,
  value: PerDimension,
  rank: number,
  least: number,
): readonly number[] {
  const list = typeof value === "number" ? new Array<number>(rank).fill(value) : value;
  if (!Array.isArray(list) || list.length !== rank || !list.every((n) => Number.isInteger(n) && n >= least)) {
    const many = rank === 1 ? "" : `, or an array of ${rank}`;
    const given = Array.isArray(value) ? formatShape(value) : describe(value);
    throw new ValueError(
      `${where}: ${name} must be a whole number of at least ${least}${many}; got ${given}`,
    );
  }
  return list;
}

/** The window and its way, a number for each sliding dimension: element i of window o is x[o * stride + i * dilation]. */
export interface Window {
  readonly kernel: Shape;
  readonly stride: Shape;
  readonly dilation: Shape;
}

/** How far a window reaches along dimension d. */
export function reach({ kernel, dilation }: Window, d: number): number {
  return (kernel[d]! - 1) * dilation[d]! + 1;
}

/** How many windows fit into each of the last dimensions of `shape`, which are `padding` longer in all. */
export function windowCounts(shape: Shape, padding: Shape, window: Window): number[] {
  const lead = shape.length - window.kernel.length;
  return window.kernel.map((_, d) =>
    Math.floor((shape[lead + d]! + padding[d]! - reach(window, d)) / window.stride[d]! + 1),
  );
}

/** Throws a ShapeError where a window is larger than the padded input. */
export function checkWindows(where: string, shape: Shape, padding: Shape, window: Window): void {
  const sizes = shape.slice(shape.length - padding.length).map((size, d) => size + padding[d]!);
  const reaches = sizes.map((_, d) => reach(window, d));
  if (reaches.some((size, d) => size > sizes[d]!)) {
    throw new ShapeError(
      `${where}: a window of ${formatShape(reaches)} does not fit into an input of shape ${formatShape(shape)}, ${formatShape(sizes)} with padding`,
    );
  }
}

/**
 * x with `before` and `after` more elements along the last dimensions, of value `value`: outside of any tape. x itself
 * where there are none.
 */
export function padded(x: Tensor, before: Shape, after: Shape, value: number | bigint): Tensor {
  if (before.every((size, d) => size === 0 && after[d] === 0)) return x;
  const lead = x.shape.length - before.length;
  const shape = x.shape.map((size, d) => (d < lead ? size : size + before[d - lead]! + after[d - lead]!));
  const output = execute.zeros(shape, x.dtype, x);
  if (Number(value) !== 0) execute.copyInto(output, execute.scalar(value, x.dtype, x));
  const start = before.reduce((at, size, d) => at + size * output.strides[lead + d]!, output.offset);
  if (x.numel() > 0) execute.copyInto(execute.view(output, x.shape, output.strides, start), x);
  return output;
}

/** The elements of x [..., sizes] at one place in every window: a view of shape [..., counts]. */
export function tap(x: Tensor, { stride, dilation }: Window, counts: Shape, place: Shape): Tensor {
  const lead = x.shape.length - counts.length;
  const strides = x.strides.map((step, d) => (d < lead ? step : step * stride[d - lead]!));
  const at = place.reduce((offset, i, d) => offset + i * dilation[d]! * x.strides[lead + d]!, x.offset);
  return execute.view(x, [...x.shape.slice(0, lead), ...counts], strides, at);
}

/** Every index of a shape, in row-major order. */
export function placesOf(shape: Shape): Shape[] {
  return shape.reduce<Shape[]>(
    (places, size) => places.flatMap((place) => Array.from({ length: size }, (_, i) => [...place, i])),
    [[]],
  );
}

/** A contiguous result in another shape, outside of any tape. */
export function reshaped(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : execute.view(x, shape, contiguousStrides(shape), x.offset);
}
