/**
 * The memory that kernels work in. Tensors live in ordinary JavaScript memory, which the garbage collector frees;
 * a kernel call copies its operands in here and its results out. The size is fixed: growing a WebAssembly memory
 * would detach the views below.
 */
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

/** Byte address of region number `index`, a multiple of 64. */
export function regionAddress(index: number): number {
  return 1024 + index * REGION_STRIDE;
}
