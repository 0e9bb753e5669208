/** Reading and adding by index, in plain TypeScript over the tensors' own memory. */
import { type DType, dtypes, elementCount, int64, type TypedArray } from "../../base/index.ts";
import type { View } from "../storage.ts";
import { copyTile } from "./copy-tile.ts";
import { BLOCK_BYTES, i32, regionAddress, scratch } from "./scratch.ts";
import { Walk } from "./walk.ts";

const walk = new Walk();

/** Indices read at a time. */
const BLOCK = BLOCK_BYTES / int64.bytes;

/** What to do with a row: `width` elements from `indexed` on in the view with the index, from `plain` on in the other. */
type Visit = (indexed: number, indexedStep: number, plain: number, plainStep: number, width: number) => void;

/**
 * Visits every element of the index: at place (i, j, k) it pairs `indexed` at (i, index[i, j, k], k), for dim 1, with
 * `plain` at (i, j, k). Where one index serves a whole row (an index that was expanded, as for an embedding), the
 * row is one visit.
 */
function visitRows(index: View, indexed: View, plain: View, dim: number, visit: Visit): void {
  const last = index.shape.length - 1;
  const byRow = last > dim && index.strides[last] === 0;
  const width = byRow ? index.shape[last]! : 1;
  const shape = byRow ? index.shape.slice(0, -1) : index.shape;
  const total = elementCount(shape);
  if (total * width === 0) return;
  const indexedStep = byRow ? indexed.strides[last]! : 1;
  const plainStep = byRow ? plain.strides[last]! : 1;
  const alongDim = indexed.strides[dim] ?? 0;
  const indexedStrides = shape.map((_, d) => (d === dim ? 0 : indexed.strides[d]!));

  walk.begin(shape);
  walk.add({ ...viewFields(index), shape, strides: index.strides.slice(0, shape.length) }, shape);
  walk.merge(null);
  // Indices are read as their low 32 bits, which spares a BigInt for each: no tensor has more elements.
  const words = index.dtype.bytes / i32.BYTES_PER_ELEMENT;
  const region = regionAddress(0) / i32.BYTES_PER_ELEMENT;
  const digits = new Array<number>(shape.length).fill(0);
  let indexedAt = indexed.storage.base + indexed.offset;
  let plainAt = plain.storage.base + plain.offset;
  for (let from = 0; from < total; from += BLOCK) {
    const n = Math.min(BLOCK, total - from);
    walk.read(0, scratch[index.dtype.index]!, regionAddress(0) / index.dtype.bytes, from, n);
    for (let i = 0; i < n; i++) {
      const position = i32[region + i * words]! >>> 0;
      visit(indexedAt + position * alongDim, indexedStep, plainAt, plainStep, width);
      for (let d = shape.length - 1; d >= 0; d--) {
        indexedAt += indexedStrides[d]!;
        plainAt += plain.strides[d]!;
        if (++digits[d]! < shape[d]!) break;
        indexedAt -= shape[d]! * indexedStrides[d]!;
        plainAt -= shape[d]! * plain.strides[d]!;
        digits[d] = 0;
      }
    }
  }
  walk.end();
}

/** The fields of a view that a walk reads, whatever else the object is. */
function viewFields({ storage, dtype, shape, strides, offset, dense }: View): View {
  return { storage, dtype, shape, strides, offset, dense };
}

/** See Device.gather. The caller has checked that the indices lie in the tensor. */
export function gather(output: View, x: View, index: View, dim: number): void {
  const { dtype } = x;
  const target = output.storage.data;
  const source = x.storage.data;
  visitRows(index, x, output, dim, (from, fromStep, to, toStep, width) => {
    copyTile(dtype, target, to, 0, toStep, source, from, 0, fromStep, 1, width);
  });
}

/** dst[d + j dStep] += src[s + j sStep] for j < n. One function for each kind of array, as in copy-tile.ts. */
type AddRow<A extends TypedArray> = (
  dst: A,
  d: number,
  dStep: number,
  src: A,
  s: number,
  sStep: number,
  n: number,
) => void;

const addFloat32: AddRow<Float32Array> = (dst, d, dStep, src, s, sStep, n) => {
  for (let j = 0; j < n; j++, d += dStep, s += sStep) dst[d]! += src[s]!;
};

const addFloat64: AddRow<Float64Array> = (dst, d, dStep, src, s, sStep, n) => {
  for (let j = 0; j < n; j++, d += dStep, s += sStep) dst[d]! += src[s]!;
};

const addInt32: AddRow<Int32Array> = (dst, d, dStep, src, s, sStep, n) => {
  for (let j = 0; j < n; j++, d += dStep, s += sStep) dst[d]! += src[s]!;
};

const addInt64: AddRow<BigInt64Array> = (dst, d, dStep, src, s, sStep, n) => {
  for (let j = 0; j < n; j++, d += dStep, s += sStep) dst[d]! += src[s]!;
};

const addByte: AddRow<Uint8Array> = (dst, d, dStep, src, s, sStep, n) => {
  for (let j = 0; j < n; j++, d += dStep, s += sStep) dst[d]! += src[s]!;
};

/** The sum of truth values is whether any is true. */
const addBool: AddRow<Uint8Array> = (dst, d, dStep, src, s, sStep, n) => {
  for (let j = 0; j < n; j++, d += dStep, s += sStep) dst[d]! |= src[s]!;
};

const adders = dtypes.map((dtype: DType) => {
  const add = {
    bool: addBool,
    uint8: addByte,
    int32: addInt32,
    int64: addInt64,
    float32: addFloat32,
    float64: addFloat64,
  }[dtype.name];
  return add as AddRow<TypedArray>;
});

/** See Device.scatterAdd. The caller has checked that the indices lie in the tensor. */
export function scatterAdd(output: View, index: View, source: View, dim: number): void {
  const add = adders[output.dtype.index]!;
  const target = output.storage.data;
  const from = source.storage.data;
  visitRows(index, output, source, dim, (to, toStep, at, atStep, width) => {
    add(target, to, toStep, from, at, atStep, width);
  });
}
