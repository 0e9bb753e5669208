/**
 * Memory for tensors, freed by the garbage collector. A typed array of more than 64 bytes costs half a microsecond
 * to make, so small tensors are cut from slabs; a slab lives as long as any tensor on it.
 */
import { DeviceError, type DType, dtypes, type TypedArray } from "../../base/index.ts";
import type { Device } from "../device.ts";
import { Storage } from "../storage.ts";

const SLAB_BYTES = 16384;

/** Larger tensors get memory of their own: cutting them from slabs would waste the rest of too many. */
const LARGEST_CUT = SLAB_BYTES / 4;

/** V8 keeps typed arrays of up to 64 bytes among its own objects, which is as cheap as cutting a slab. */
const LARGEST_INLINE = 64;

/** Cuts begin at multiples of so many bytes, which keeps block copies fast. */
const ALIGNMENT = 16;

interface Slab {
  data: TypedArray;
  /** Elements cut off so far. */
  used: number;
}

/** The slab in use, by dtype.index. */
const slabs: Slab[] = dtypes.map((dtype) => ({ data: new dtype.Array(0), used: 0 }));

/** A storage of zeros. */
export function allocate(device: Device, dtype: DType, count: number): Storage {
  const bytes = count * dtype.bytes;
  if (bytes <= LARGEST_INLINE || bytes > LARGEST_CUT) return allocateRetained(device, dtype, count);
  const slab = slabs[dtype.index]!;
  if (slab.used + count > slab.data.length) {
    slab.data = new dtype.Array(SLAB_BYTES / dtype.bytes);
    slab.used = 0;
  }
  const base = slab.used;
  const unit = ALIGNMENT / dtype.bytes;
  slab.used = base + Math.ceil(count / unit) * unit;
  return new Storage(device, slab.data, base, count);
}

/** A storage of zeros with memory of its own, which pins no slab. */
export function allocateRetained(device: Device, dtype: DType, count: number): Storage {
  return new Storage(
    device,
    orOutOfMemory(dtype, count, () => new dtype.Array(count)),
    0,
    count,
  );
}

/** The engine's own errors name no tensor. */
function orOutOfMemory(dtype: DType, count: number, make: () => TypedArray): TypedArray {
  try {
    return make();
  } catch (cause) {
    const size = ((count * dtype.bytes) / 2 ** 30).toFixed(1);
    throw new DeviceError(
      `out of memory: ${count} elements of ${dtype} need ${size} GiB, which the engine does not give; take smaller sizes, or fewer at a time`,
      { cause },
    );
  }
}

/** Up to so many elements, a loop is quicker than making a view for a copy. */
const FEW = 16;

/** A storage with the elements of another one. */
export function allocateCopy(device: Device, dtype: DType, { data, base, length }: Storage): Storage {
  // An array made as a copy is not filled with zeros first.
  if (length * dtype.bytes > LARGEST_CUT)
    return new Storage(
      device,
      orOutOfMemory(dtype, length, () => new dtype.Array(data.subarray(base, base + length) as never)),
      0,
      length,
    );
  const copy = allocate(device, dtype, length);
  if (length > FEW)
    (copy.data as Float32Array).set(data.subarray(base, base + length) as Float32Array, copy.base);
  else for (let i = 0; i < length; i++) copy.data[copy.base + i] = data[base + i]!;
  return copy;
}
