/** One operand of a contraction: parts of it as matrices, used as they lie or brought into order first. */
import { elementCount, type TypedArray } from "../../base/index.ts";
import { Storage, type View } from "../storage.ts";
import { copyBlock } from "./copy-block.ts";
import { mergedStride, offsetOf, type Part } from "./dimension-parts.ts";
import { scratch } from "./scratch.ts";

/** A view that serves as a place to compute in. */
export function viewOfMemory(like: View, data: TypedArray): View {
  const storage = new Storage(like.storage.device, data, 0, data.length);
  return { storage, dtype: like.dtype, shape: [data.length], strides: [1], offset: 0, dense: true };
}

export class Side {
  /** Whether the whole is no matrix of two strides. */
  readonly isScattered: boolean;
  /** The part at hand: its memory, where it begins, and its strides along the free and the summed dimensions. */
  view: View;
  at = 0;
  freeStride = 0;
  kStride = 0;
  readonly #ordered: View;
  /** What has been brought into order last. */
  #from = -1;
  #free: Part | null = null;
  #k: Part | null = null;

  constructor(
    readonly source: View,
    /** The dimensions that this operand alone has, */
    freeSizes: readonly number[],
    readonly freeStrides: readonly number[],
    /** and those that are summed. */
    kSizes: readonly number[],
    readonly kStrides: readonly number[],
    /** Where in the scratch memory parts are brought into order. */
    readonly region: { readonly at: number; readonly bytes: number },
  ) {
    this.isScattered =
      mergedStride(freeSizes, freeStrides) === null || mergedStride(kSizes, kStrides) === null;
    this.view = source;
    this.#ordered = viewOfMemory(source, scratch[source.dtype.index]!);
  }

  /** How many elements may be brought into order at a time. */
  get room(): number {
    return Math.floor(this.region.bytes / this.source.dtype.bytes);
  }

  /** Makes a part of the matrix that starts at position `start` of the data the one at hand. */
  take(start: number, free: Part, k: Part): void {
    const { source, freeStrides, kStrides } = this;
    const from = start + offsetOf(free.start, freeStrides) + offsetOf(k.start, kStrides);
    const freeStride = mergedStride(free.sizes, freeStrides);
    const kStride = mergedStride(k.sizes, kStrides);
    if (freeStride !== null && kStride !== null) {
      this.view = source;
      this.at = from;
      this.freeStride = freeStride;
      this.kStride = kStride;
      return;
    }
    const alongK = runsAlong(k.sizes, kStrides, free.sizes, freeStrides);
    this.freeStride = alongK ? k.count : 1;
    this.kStride = alongK ? 1 : free.count;
    if (this.#from === from && this.#free === free && this.#k === k) return;
    const { dtype } = source;
    const count = free.count * k.count;
    // A part of one k alone may be too large for the region.
    const fits = count <= this.room;
    this.view = fits ? this.#ordered : viewOfMemory(source, new dtype.Array(count));
    this.at = fits ? this.region.at / dtype.bytes : 0;
    const sizes = alongK ? [...free.sizes, ...k.sizes] : [...k.sizes, ...free.sizes];
    const strides = alongK ? [...freeStrides, ...kStrides] : [...kStrides, ...freeStrides];
    copyBlock(dtype, this.view.storage.data, this.at, source.storage.data, from, sizes, strides);
    this.#from = from;
    this.#free = free;
    this.#k = k;
  }
}

/** Whether rows along the first dimensions are easier to copy than rows along the second: they are closer, or longer. */
function runsAlong(
  sizes: readonly number[],
  strides: readonly number[],
  otherSizes: readonly number[],
  otherStrides: readonly number[],
): boolean {
  if (elementCount(sizes) === 1 || elementCount(otherSizes) === 1) return elementCount(otherSizes) === 1;
  const d = sizes.findLastIndex((size) => size > 1);
  const e = otherSizes.findLastIndex((size) => size > 1);
  const [step, otherStep] = [Math.abs(strides[d]!), Math.abs(otherStrides[e]!)];
  return step === otherStep ? sizes[d]! >= otherSizes[e]! : step < otherStep;
}
