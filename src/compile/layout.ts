/**
 * In which layout a program keeps an argument. What views can be made of a tensor, and which ops copy, depends on its strides,
 * so that a program is for arguments of one layout. Gaps are another matter: of a column of a large matrix, only the elements are
 * copied, in strides from which the same follows.
 */
import { contiguousStrides, elementCount, isContiguous, type Shape } from "../base/index.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** How many elements lie between the first and the last one, with both. */
export function spanOf(shape: Shape, strides: Shape): number {
  if (elementCount(shape) === 0) return 0;
  return strides.reduce((last, stride, d) => last + stride * (shape[d]! - 1), 0) + 1;
}

/**
 * Strides in the same order, of which the same are multiples of each other, with no larger gaps than that needs. Those of
 * elements that overlap stay as they are.
 */
function withoutGaps(shape: Shape, strides: Shape): Shape {
  const moving = [...shape.keys()].filter((d) => shape[d]! > 1 && strides[d] !== 0);
  moving.sort((a, b) => strides[a]! - strides[b]! || b - a);
  const packed = strides.map((stride, d) => (moving.includes(d) ? stride : 0));
  let inner: number | null = null;
  for (const d of moving) {
    const within = moving.slice(0, moving.indexOf(d));
    if (strides[d]! < spanOf(pick(shape, within), pick(strides, within))) return strides;
    const room = spanOf(pick(shape, within), pick(packed, within));
    const evenly = (own: Shape): number => (inner === null ? 1 : own[inner]! * shape[inner]!);
    const isEven = strides[d] === evenly(strides);
    packed[d] = isEven ? evenly(packed) : room === evenly(packed) ? room + 1 : room;
    inner = d;
  }
  // Along dimensions of size 1, strides say nothing: as if there were no gaps.
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] === 1) packed[d] = d + 1 < shape.length ? packed[d + 1]! * Math.max(shape[d + 1]!, 1) : 1;
  }
  return packed;
}

function pick(list: readonly number[], places: readonly number[]): number[] {
  return places.map((place) => list[place]!);
}

/** The strides that a program gives an argument. */
export function keptStrides({ shape, strides, dense }: Tensor): Shape {
  if (dense || isContiguous(shape, strides)) return contiguousStrides(shape);
  return withoutGaps(shape, strides);
}
