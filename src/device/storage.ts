/**
 * Where the elements of a tensor live: a stretch of a typed array. Views share one storage, and with it the
 * version counter by which autograd notices that a saved value was changed in place.
 */
import type { DType, TypedArray } from "../base/index.ts";
import type { Device } from "./device.ts";

export class Storage {
  /** Counts in-place changes. */
  version = 0;
  /** The in-place op that made the latest change, for the error message. */
  lastWriter: string | null = null;
  /** Set while a gradient passes through that someone else may hold, too: autograd then copies before it keeps it. */
  shared = false;
  /** Set where the array is the user's own, who may write to it at any time: it must stay the tensor's memory. */
  foreign = false;

  constructor(
    readonly device: Device,
    /** The array that holds the elements, maybe shared with other storages (see cpu/slab.ts). */
    public data: TypedArray,
    /** Index in `data` of this storage's first element. */
    public base: number,
    /** Number of elements. */
    readonly length: number,
  ) {
    if (births !== null) births.add(this);
  }

  /** Lives in other memory from now on, to which the elements have been copied. */
  moveTo(data: TypedArray, base: number): void {
    this.data = data;
    this.base = base;
  }
}

/** Notes the storages that are made while a function is traced; null at other times. */
let births: Set<Storage> | null = null;

/** Notes storages in `next` from now on, or no longer with null; gives what was there before. */
export function noteBirths(next: Set<Storage> | null): Set<Storage> | null {
  const before = births;
  births = next;
  return before;
}

/** A storage seen through a shape: what kernels read and write. Every tensor is one. */
export interface View {
  readonly storage: Storage;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** In elements; 0 where a dimension repeats. */
  readonly strides: readonly number[];
  /** In elements, from the start of the storage. */
  readonly offset: number;
  /** Elements in row-major order without gaps. */
  readonly dense: boolean;
}
