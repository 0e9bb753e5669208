/**
 * Takes stretches of the memory of compiled programs, and gives them back when the garbage collector frees who holds
 * them: storages that live there, and programs.
 */
import { type DType, dtypes, type TypedArray } from "../../base/index.ts";
import type { Device } from "../device.ts";
import { Storage } from "../storage.ts";
import { ARENA_BASE, grow, isShared, programMemory } from "./arena-memory.ts";

const PAGE = 65536;

/** The memory grows by at least so much, and by a quarter: every growth costs a system call. */
const LEAST_GROWTH = 4 * 2 ** 20;

/** Stretches begin and end at multiples of a cache line: there is room for whole vectors. */
const ALIGNMENT = 64;

interface Stretch {
  readonly address: number;
  readonly bytes: number;
}

/** Free stretches by increasing address; neighbours are joined. */
const free: { address: number; bytes: number }[] = [];

/** End of the memory that has been given out so far. */
let end = ARENA_BASE;

/** Storages that live in the memory: an unshared memory takes their views away when it grows. */
const residents = new Set<WeakRef<Storage>>();
const isResident = new WeakSet<Storage>();

let views: readonly TypedArray[] = [];

/** The whole memory as each dtype, by `dtype.index`. */
export function memoryViews(): readonly TypedArray[] {
  const { buffer } = programMemory();
  if (views[0]?.buffer !== buffer) views = dtypes.map((dtype) => new dtype.Array(buffer as ArrayBuffer));
  return views;
}

/** The address of `bytes` free bytes, a multiple of 64. Their contents are whatever was there before. */
export function takeStretch(bytes: number): Stretch {
  const size = Math.max(1, Math.ceil(bytes / ALIGNMENT)) * ALIGNMENT;
  let best = -1;
  for (const [i, stretch] of free.entries()) {
    if (stretch.bytes >= size && (best < 0 || stretch.bytes < free[best]!.bytes)) best = i;
  }
  if (best >= 0) {
    const stretch = free[best]!;
    const { address } = stretch;
    stretch.address += size;
    stretch.bytes -= size;
    if (stretch.bytes === 0) free.splice(best, 1);
    return { address, bytes: size };
  }
  const address = end;
  // Kernels may read a vector past the end of the last stretch.
  const missing = address + size + ALIGNMENT - programMemory().buffer.byteLength;
  if (missing > 0) {
    const growth = Math.max(missing, LEAST_GROWTH, programMemory().buffer.byteLength / 4);
    growBy(Math.ceil(growth / PAGE), Math.ceil(missing / PAGE));
  }
  end = address + size;
  return { address, bytes: size };
}

/** Grows by `wanted` pages or, where there are not so many, by as many as are needed. */
function growBy(wanted: number, needed: number): void {
  try {
    grow(wanted);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    grow(needed);
  }
  if (isShared()) return;
  for (const reference of residents) {
    const storage = reference.deref();
    if (storage === undefined) residents.delete(reference);
    else storage.moveTo(viewLike(storage.data), storage.base);
  }
}

/** The whole memory in the type of an array. */
function viewLike(data: TypedArray): TypedArray {
  return memoryViews().find((view) => view.constructor === data.constructor)!;
}

function giveBack({ address, bytes }: Stretch): void {
  let at = free.findIndex((stretch) => stretch.address > address);
  if (at < 0) at = free.length;
  free.splice(at, 0, { address, bytes });
  for (const i of [at, at - 1]) {
    const [left, right] = [free[i], free[i + 1]];
    if (left === undefined || right === undefined || left.address + left.bytes !== right.address) continue;
    left.bytes += right.bytes;
    free.splice(i + 1, 1);
  }
}

const registry = /* @__PURE__ */ new FinalizationRegistry<Stretch>(giveBack);

/** `bytes` bytes of the memory for as long as `owner` lives; gives their address. */
export function takeFor(owner: object, bytes: number): number {
  const stretch = takeStretch(bytes);
  registry.register(owner, stretch);
  return stretch.address;
}

/** A storage of zeros in the memory of compiled programs. */
export function allocateResident(device: Device, dtype: DType, count: number): Storage {
  const storage = new Storage(device, new dtype.Array(0), 0, count);
  settle(storage, dtype);
  const elements = storage.data as { fill(value: number | bigint, start: number, end: number): unknown };
  elements.fill(constantZero(dtype), storage.base, storage.base + count);
  return storage;
}

function constantZero(dtype: DType): number | bigint {
  return dtype.name === "int64" ? 0n : 0;
}

/** Moves a storage into the memory of compiled programs; its views see it there from now on. */
export function makeResident(storage: Storage): void {
  if (isResident.has(storage)) return;
  const { data, base, length } = storage;
  settle(storage, dtypes.find((dtype) => dtype.Array === data.constructor)!);
  const target = storage.data as { set(from: TypedArray, at: number): void };
  target.set(data.subarray(base, base + length) as TypedArray, storage.base);
}

function settle(storage: Storage, dtype: DType): void {
  const address = takeFor(storage, storage.length * dtype.bytes);
  storage.moveTo(memoryViews()[dtype.index]!, address / dtype.bytes);
  isResident.add(storage);
  if (!isShared()) residents.add(new WeakRef(storage));
}
