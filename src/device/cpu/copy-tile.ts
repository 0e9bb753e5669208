/**
 * The innermost loops of every copy. JavaScript engines keep one type profile for a function, so a loop that saw
 * several kinds of array would be slow for all of them: hence one function, with the same loop, for each kind.
 */
import { type DType, dtypes, float32, type TypedArray } from "../../base/index.ts";

/** Up to so many elements a loop is faster than making a subarray and calling `set` (measured: 64 to 90). */
const LOOP_LIMIT = 64;

/** Up to so many elements a loop is faster than `set` of a whole array. */
const WHOLE_LIMIT = 24;

/** dst[d + i dOuter + j dInner] = src[s + i sOuter + j sInner] for i < outer, j < inner. */
type Tile<A extends TypedArray> = (
  dst: A,
  d: number,
  dOuter: number,
  dInner: number,
  src: A,
  s: number,
  sOuter: number,
  sInner: number,
  outer: number,
  inner: number,
) => void;

const float32Tile: Tile<Float32Array> = (dst, d, dOuter, dInner, src, s, sOuter, sInner, outer, inner) => {
  for (let i = 0; i < outer; i++) {
    for (let j = 0, x = d + i * dOuter, y = s + i * sOuter; j < inner; j++, x += dInner, y += sInner) {
      dst[x] = src[y]!;
    }
  }
};

const float64Tile: Tile<Float64Array> = (dst, d, dOuter, dInner, src, s, sOuter, sInner, outer, inner) => {
  for (let i = 0; i < outer; i++) {
    for (let j = 0, x = d + i * dOuter, y = s + i * sOuter; j < inner; j++, x += dInner, y += sInner) {
      dst[x] = src[y]!;
    }
  }
};

const int32Tile: Tile<Int32Array> = (dst, d, dOuter, dInner, src, s, sOuter, sInner, outer, inner) => {
  for (let i = 0; i < outer; i++) {
    for (let j = 0, x = d + i * dOuter, y = s + i * sOuter; j < inner; j++, x += dInner, y += sInner) {
      dst[x] = src[y]!;
    }
  }
};

const int64Tile: Tile<BigInt64Array> = (dst, d, dOuter, dInner, src, s, sOuter, sInner, outer, inner) => {
  for (let i = 0; i < outer; i++) {
    for (let j = 0, x = d + i * dOuter, y = s + i * sOuter; j < inner; j++, x += dInner, y += sInner) {
      dst[x] = src[y]!;
    }
  }
};

const byteTile: Tile<Uint8Array> = (dst, d, dOuter, dInner, src, s, sOuter, sInner, outer, inner) => {
  for (let i = 0; i < outer; i++) {
    for (let j = 0, x = d + i * dOuter, y = s + i * sOuter; j < inner; j++, x += dInner, y += sInner) {
      dst[x] = src[y]!;
    }
  }
};

/** By dtype.index. The arrays that a caller hands over are of that dtype. */
const tiles = dtypes.map((dtype) => {
  const tile = {
    bool: byteTile,
    uint8: byteTile,
    int32: int32Tile,
    int64: int64Tile,
    float32: float32Tile,
    float64: float64Tile,
  }[dtype.name];
  return tile as Tile<TypedArray>;
});

/** From so many elements on, one element in many places is written by `fillFloat32`. */
const LEAST_FILL = 5;

/** Elements of a row that are copied before the next row is begun, where rows lie closer together than columns. */
const STRIP = 64;

/** Copies a tile, see `Tile`, in the way that suits its strides. */
export function copyTile(
  dtype: DType,
  dst: TypedArray,
  d: number,
  dOuter: number,
  dInner: number,
  src: TypedArray,
  s: number,
  sOuter: number,
  sInner: number,
  outer: number,
  inner: number,
): void {
  const tile = tiles[dtype.index]!;
  if (sInner === 0 && dInner === 1 && inner >= LEAST_FILL && inner <= LOOP_LIMIT && dtype === float32) {
    for (let i = 0; i < outer; i++) {
      fillFloat32(dst as Float32Array, d + i * dOuter, (src as Float32Array)[s + i * sOuter]!, inner);
    }
  } else if (inner > LOOP_LIMIT && dInner === 1 && (sInner === 0 || sInner === 1)) {
    for (let i = 0; i < outer; i++) {
      if (sInner === 1) setElements(dst, d + i * dOuter, src, s + i * sOuter, inner);
      else fillElements(dst, d + i * dOuter, src[s + i * sOuter]!, inner);
    }
  } else if (outer > 1 && inner > STRIP && sInner > sOuter) {
    // A transposed read: in strips, so that the cache lines of one row still serve the next.
    for (let j = 0; j < inner; j += STRIP) {
      const width = Math.min(STRIP, inner - j);
      tile(dst, d + j * dInner, dOuter, dInner, src, s + j * sInner, sOuter, sInner, outer, width);
    }
  } else {
    tile(dst, d, dOuter, dInner, src, s, sOuter, sInner, outer, inner);
  }
}

/** dst[d + i] = src[s + i] for i < n, arrays of one kind. */
export function copyElements(
  dtype: DType,
  dst: TypedArray,
  d: number,
  src: TypedArray,
  s: number,
  n: number,
): void {
  if (n > LOOP_LIMIT) setElements(dst, d, src, s, n);
  else tiles[dtype.index]!(dst, d, 0, 1, src, s, 0, 1, 1, n);
}

/**
 * As copyElements, for the dtype that most of the work is in. Indices are kept in 32 bits (`| 0`), which spares a check
 * for overflow with every element; together with the unrolling that makes it 1.6 times as fast as the plain loop.
 */
export function copyFloat32(dst: Float32Array, d: number, src: Float32Array, s: number, n: number): void {
  if (n > WHOLE_LIMIT && src.length === n) {
    dst.set(src, d);
    return;
  }
  if (n > LOOP_LIMIT || (d | 0) !== d || (s | 0) !== s) {
    dst.set(src.subarray(s, s + n), d);
    return;
  }
  const end = (s + n) | 0;
  const endOfEights = (end - 7) | 0;
  while (s < endOfEights) {
    dst[d] = src[s]!;
    dst[(d + 1) | 0] = src[(s + 1) | 0]!;
    dst[(d + 2) | 0] = src[(s + 2) | 0]!;
    dst[(d + 3) | 0] = src[(s + 3) | 0]!;
    dst[(d + 4) | 0] = src[(s + 4) | 0]!;
    dst[(d + 5) | 0] = src[(s + 5) | 0]!;
    dst[(d + 6) | 0] = src[(s + 6) | 0]!;
    dst[(d + 7) | 0] = src[(s + 7) | 0]!;
    s = (s + 8) | 0;
    d = (d + 8) | 0;
  }
  if (s < ((end - 3) | 0)) {
    dst[d] = src[s]!;
    dst[(d + 1) | 0] = src[(s + 1) | 0]!;
    dst[(d + 2) | 0] = src[(s + 2) | 0]!;
    dst[(d + 3) | 0] = src[(s + 3) | 0]!;
    s = (s + 4) | 0;
    d = (d + 4) | 0;
  }
  while (s < end) {
    dst[d] = src[s]!;
    s = (s + 1) | 0;
    d = (d + 1) | 0;
  }
}

/** dst[d + i] = value for i < n, unrolled as copyFloat32: up to twice as fast as the loop or, for short rows, as `fill`. */
function fillFloat32(dst: Float32Array, d: number, value: number, n: number): void {
  const end = (d + n) | 0;
  if (end !== d + n) {
    dst.fill(value, d, d + n);
    return;
  }
  const endOfEights = (end - 7) | 0;
  while (d < endOfEights) {
    dst[d] = value;
    dst[(d + 1) | 0] = value;
    dst[(d + 2) | 0] = value;
    dst[(d + 3) | 0] = value;
    dst[(d + 4) | 0] = value;
    dst[(d + 5) | 0] = value;
    dst[(d + 6) | 0] = value;
    dst[(d + 7) | 0] = value;
    d = (d + 8) | 0;
  }
  while (d < end) {
    dst[d] = value;
    d = (d + 1) | 0;
  }
}

function setElements(dst: TypedArray, d: number, src: TypedArray, s: number, n: number): void {
  // The kinds agree; the type system cannot know.
  (dst as Float32Array).set((src as Float32Array).subarray(s, s + n), d);
}

/** dst[d + i] = value for i < n; the value is a bigint just where the array holds bigints. */
export function fillElements(dst: TypedArray, d: number, value: number | bigint, n: number): void {
  (dst as Float32Array).fill(value as number, d, d + n);
}
