/**
 * The memory that kernels work in. Tensors live in ordinary JavaScript memory, which the garbage collector frees;
 * a kernel call copies its operands in here and its results out. The size is fixed: growing a WebAssembly memory
 * would detach the views below.
 */
import { dtypes, type TypedArray } from "../../base/index.ts";
import type { Layout } from "../../codegen/wasm/emission.ts";

const PAGE = 65536;

/** Bytes of one operand that a map or reduce kernel works on at a time. */
export const BLOCK_BYTES = 16384;

/** How many operands (inputs and outputs together) a map or reduce kernel may have. */
export const REGION_COUNT = 24;

/**
 * Distance between regions. The odd 320 bytes keep equal offsets in different regions from falling on the same
 * address modulo 4096, which would make loads wait for unrelated stores; they are also room to read past the end.
 */
const REGION_STRIDE = BLOCK_BYTES + 320;

/** Where the params of a kernel lie, as float64: below the regions. */
const PARAMS_ADDRESS = 64;

/** Where the matrix product keeps its panels: everything from here on. */
export const MATMUL_BASE = 8 * PAGE;
export const MATMUL_BYTES = 88 * PAGE;

export const memory = new WebAssembly.Memory({
  initial: (MATMUL_BASE + MATMUL_BYTES) / PAGE,
  maximum: (MATMUL_BASE + MATMUL_BYTES) / PAGE,
});

/** The scratch memory as each element type. */
export const f32 = new Float32Array(memory.buffer);
export const f64 = new Float64Array(memory.buffer);
export const i32 = new Int32Array(memory.buffer);
export const i64 = new BigInt64Array(memory.buffer);
export const u8 = new Uint8Array(memory.buffer);

/** The scratch memory as each dtype, by `dtype.index`. */
export const scratch: readonly TypedArray[] = dtypes.map((dtype) => {
  return { bool: u8, uint8: u8, int32: i32, int64: i64, float32: f32, float64: f64 }[dtype.name];
});

/** Byte address of region number `index`, a multiple of 64. */
export function regionAddress(index: number): number {
  return 1024 + index * REGION_STRIDE;
}

export const layout: Layout = { region: regionAddress, params: PARAMS_ADDRESS };

/** Hands the params of a kernel over. They lie in memory and are no arguments: so all kernels have one signature. */
export function writeParams(params: readonly number[], count: number): void {
  for (let i = 0; i < count; i++) f64[PARAMS_ADDRESS / 8 + i] = params[i]!;
}

/** The functions of a module that works in the scratch memory. */
export function instantiate(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Exports {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports;
}
