/**
 * Copies strided blocks into the scratch memory without gaps. Where elements are used several times, as in overlapping
 * windows, or lie in short rows, the memory around them is copied in whole and brought into order by a kernel.
 */
import type { DType, TypedArray } from "../../base/index.ts";
import { ModuleBuilder } from "../../codegen/wasm/assembler.ts";
import { COPY_RANK, copyStrided } from "../../codegen/wasm/copy-strided.ts";
import { float32Lanes, float64Lanes } from "../../codegen/wasm/matmul-lanes.ts";
import { copyElements } from "./copy-tile.ts";
import { instantiate, MATMUL_BASE, memory, regionAddress, scratch } from "./scratch.ts";

type CopyKernel = (source: number, target: number, ...sizesAndStrides: number[]) => void;

/** Where memory is copied to before it is brought into order: the room of map kernels, none of which runs meanwhile. */
const STAGE = regionAddress(0);
const STAGE_BYTES = MATMUL_BASE - STAGE - 64;

/** How much of what is staged may be used: a quarter at least. */
const LEAST_USE = 4;

/** From so many elements on, a row is copied by itself as quickly as by the kernel. */
const LONG_ROW = 128;

/** By the bytes of an element. Copying changes no bits, so that the lanes of floats serve integers, too. */
const kernels: (CopyKernel | undefined)[] = [];

function kernelFor(bytes: number): CopyKernel {
  let kernel = kernels[bytes];
  if (!kernel) {
    const module = new ModuleBuilder();
    module.add("copy", copyStrided(bytes === 4 ? float32Lanes : float64Lanes));
    kernel = kernels[bytes] = instantiate(module.encode()).copy as CopyKernel;
  }
  return kernel;
}

/** The block at hand: sizes and strides without dimensions of size 1, neighbours joined where they can be. */
const sizes: number[] = [];
const strides: number[] = [];
/** For each dimension: the elements in the block below it, and how far before and behind its first element they lie. */
const counts: number[] = [];
const before: number[] = [];
const behind: number[] = [];

function describe(shape: readonly number[], shapeStrides: readonly number[]): void {
  sizes.length = 0;
  strides.length = 0;
  for (let d = 0; d < shape.length; d++) {
    const last = sizes.length - 1;
    if (shape[d] === 1) continue;
    if (last >= 0 && strides[last] === shape[d]! * shapeStrides[d]!) {
      sizes[last]! *= shape[d]!;
      strides[last] = shapeStrides[d]!;
    } else {
      sizes.push(shape[d]!);
      strides.push(shapeStrides[d]!);
    }
  }
  const rank = sizes.length;
  counts[rank] = 1;
  before[rank] = behind[rank] = 0;
  for (let d = rank - 1; d >= 0; d--) {
    const reach = (sizes[d]! - 1) * strides[d]!;
    counts[d] = counts[d + 1]! * sizes[d]!;
    before[d] = before[d + 1]! - Math.min(reach, 0);
    behind[d] = behind[d + 1]! + Math.max(reach, 0);
  }
}

/**
 * Copies the block of `shape` and `strides` that starts at source[at] to target[to], in row-major order. The target may be
 * the scratch memory as the array of this kind, with 16 bytes of room behind the block, or any other memory.
 */
export function copyBlock(
  dtype: DType,
  target: TypedArray,
  to: number,
  source: TypedArray,
  at: number,
  shape: readonly number[],
  shapeStrides: readonly number[],
): void {
  describe(shape, shapeStrides);
  copyFrom(0, dtype, target, to, source, at);
}

/** Copies the dimensions from d on. */
function copyFrom(
  d: number,
  dtype: DType,
  target: TypedArray,
  to: number,
  source: TypedArray,
  at: number,
): void {
  const rank = sizes.length;
  const { bytes } = dtype;
  const span = before[d]! + behind[d]! + 1;
  const longRows = strides[rank - 1] === 1 && sizes[rank - 1]! >= LONG_ROW && span >= counts[d]!;
  const stages = !longRows && span * bytes <= STAGE_BYTES && span <= LEAST_USE * counts[d]!;
  if (stages && bytes >= 4 && target.buffer === memory.buffer) {
    const start = at - before[d]!;
    copyElements(dtype, scratch[dtype.index]!, STAGE / bytes, source, start, span);
    order(d, kernelFor(bytes), STAGE + before[d]! * bytes, to * bytes, bytes);
  } else if (rank - d > 1) {
    for (let i = 0; i < sizes[d]!; i++) {
      copyFrom(d + 1, dtype, target, to + i * counts[d + 1]!, source, at + i * strides[d]!);
    }
  } else if (longRows) copyElements(dtype, target, to, source, at, span);
  else for (let i = 0; i < counts[d]!; i++) target[to + i] = source[at + i * (strides[d] ?? 1)]!;
}

/** Runs the kernel over the dimensions from d on, of which it takes the last ones. */
function order(d: number, kernel: CopyKernel, from: number, to: number, bytes: number): void {
  const rank = sizes.length;
  if (rank - d > COPY_RANK) {
    for (let i = 0; i < sizes[d]!; i++) {
      order(d + 1, kernel, from + i * strides[d]! * bytes, to + i * counts[d + 1]! * bytes, bytes);
    }
    return;
  }
  const size = (k: number): number => (k < d ? 1 : sizes[k]!);
  const stride = (k: number): number => (k < d ? 0 : strides[k]! * bytes);
  const [k0, k1, k2, k3] = [rank - 4, rank - 3, rank - 2, rank - 1] as const;
  kernel(from, to, size(k0), size(k1), size(k2), size(k3), stride(k0), stride(k1), stride(k2), stride(k3));
}
