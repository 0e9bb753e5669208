/** Copies few elements between two strided layouts, without the preparation that a walk takes. */
import type { DType, TypedArray } from "../../base/index.ts";
import { copyTile } from "./copy-tile.ts";

/** The stride in dimension d of a shape of `rank` dimensions, for a view of `shape` that broadcasts to it. */
export function strideAt(
  shape: readonly number[],
  strides: readonly number[],
  rank: number,
  d: number,
): number {
  const own = d - rank + shape.length;
  return own < 0 || shape[own] === 1 ? 0 : strides[own]!;
}

/**
 * Copies every element of `sizes` from the view of shape `sShape` and strides `sStrides` that starts at src[s] to that
 * of `dShape` and `dStrides` at dst[d]; both broadcast to `sizes`.
 */
export function copyNested(
  dtype: DType,
  sizes: readonly number[],
  dst: TypedArray,
  d: number,
  dShape: readonly number[],
  dStrides: readonly number[],
  src: TypedArray,
  s: number,
  sShape: readonly number[],
  sStrides: readonly number[],
): void {
  const rank = sizes.length;
  const inner = rank > 0 ? sizes[rank - 1]! : 1;
  const outer = rank > 1 ? sizes[rank - 2]! : 1;
  const dInner = strideAt(dShape, dStrides, rank, rank - 1);
  const dOuter = strideAt(dShape, dStrides, rank, rank - 2);
  const sInner = strideAt(sShape, sStrides, rank, rank - 1);
  const sOuter = strideAt(sShape, sStrides, rank, rank - 2);
  let tiles = 1;
  for (let k = 0; k < rank - 2; k++) tiles *= sizes[k]!;
  for (let tile = 0; tile < tiles; tile++) {
    let to = d;
    let from = s;
    for (let k = rank - 3, rest = tile; k >= 0; k--) {
      const digit = rest % sizes[k]!;
      rest = (rest - digit) / sizes[k]!;
      to += digit * strideAt(dShape, dStrides, rank, k);
      from += digit * strideAt(sShape, sStrides, rank, k);
    }
    copyTile(dtype, dst, to, dOuter, dInner, src, from, sOuter, sInner, outer, inner);
  }
}
