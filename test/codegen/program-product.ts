/** Runs products of compiled programs in a memory of their own, beside those of the eager device. */
import { type DType, float32 } from "../../src/base/index.ts";
import { float32Lanes, float64Lanes } from "../../src/codegen/wasm/matmul-lanes.ts";
import { emitProduct, type ProductSpec } from "../../src/codegen/wasm/program/product.ts";
import { ProgramModule } from "../../src/codegen/wasm/program/program-module.ts";
import { settings } from "../../src/device/cpu/settings.ts";
import type { View } from "../../src/device/storage.ts";

export type Floats = Float32Array | Float64Array;

export interface Operands {
  readonly a: View;
  readonly b: View;
  readonly bias: View | null;
}

/** The spec of a product of views. Strides along dimensions of size 1 mean nothing: here they are 0. */
export function specOf({ a, b, bias }: Operands, options: Partial<ProductSpec> = {}): ProductSpec {
  const stride = ({ shape, strides }: View, d: number): number => (shape[d] === 1 ? 0 : strides[d]!);
  return {
    lanes: a.dtype === float32 ? float32Lanes : float64Lanes,
    M: a.shape[0]!,
    N: b.shape[1]!,
    K: a.shape[1]!,
    aRow: stride(a, 0),
    aColumn: stride(a, 1),
    bRow: stride(b, 0),
    bColumn: stride(b, 1),
    bias: bias && { row: stride(bias, 0), column: stride(bias, 1) },
    cRow: b.shape[1]!,
    fused: !settings.deterministic && settings.relaxedFma,
    threads: false,
    ...options,
  };
}

/** The elements of a storage from the first to the last that a view shows. */
function covered({ shape, strides, offset, storage }: View): Floats {
  const start = storage.base + offset;
  const span = shape.includes(0) ? 0 : shape.reduce((sum, size, d) => sum + (size - 1) * strides[d]!, 1);
  return storage.data.subarray(start, start + span) as Floats;
}

const PAGE = 65536;
/** Elements around the result, which must stay as they are. */
const GUARDS = 64;
const GUARD = 77;

/**
 * Runs the product, one thread after the other (or only one of them), and gives the memory of the result: `GUARD` where nothing was written.
 * Nothing lies behind operand `last` (of a, b and the bias), so that reading too far would trap.
 */
export function runCompiled(
  spec: ProductSpec,
  { a, b, bias }: Operands,
  {
    threads = 1,
    only = null,
    last = 0,
    initial,
  }: { threads?: number; only?: number | null; last?: number; initial?: Floats } = {},
): { result: Floats; guards: Floats } {
  const dtype: DType = a.dtype;
  const program = new ProgramModule();
  const number = emitProduct(program, spec);
  const scratchBytes = program.scratchBytes + 16;
  const size = spec.M === 0 ? 0 : (spec.M - 1) * spec.cRow + spec.N;
  const cBytes = (size + 2 * GUARDS) * dtype.bytes;
  const operands = [a, b, bias].map((view) => (view === null ? new dtype.Array(0) : covered(view)));
  const used = operands.reduce((sum, data) => sum + data.byteLength, cBytes + threads * scratchBytes);
  const pages = Math.ceil(used / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages });

  let end = pages * PAGE;
  const addresses: number[] = [];
  for (let i = 0; i < 3; i++) {
    const operand = (last + i) % 3;
    const data = operands[operand]!;
    addresses[operand] = end -= data.byteLength;
    new dtype.Array(memory.buffer, end, data.length).set(data as never);
  }
  end -= cBytes;
  const around = new dtype.Array(memory.buffer, end, size + 2 * GUARDS) as Floats;
  around.fill(GUARD);
  const result = around.subarray(GUARDS, GUARDS + size);
  if (initial !== undefined) result.set(initial);

  const module = new WebAssembly.Module(program.module.encode());
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const run = Object.values(exports)[number] as (...numbers: number[]) => void;
  const [aAt, bAt, biasAt] = addresses as [number, number, number];
  for (let thread = 0; thread < threads; thread++) {
    if (only !== null && thread !== only) continue;
    const scratch = (end - scratchBytes * (thread + 1) + 15) & ~15;
    run(aAt, bAt, biasAt, end + GUARDS * dtype.bytes, thread, threads, scratch);
  }
  const guards = around.filter((_, i) => i < GUARDS || i >= GUARDS + size) as Floats;
  return { result: result.slice(), guards };
}

/** The bits of an array, by which -0 is not 0. */
export function bits(data: Floats): Uint32Array {
  return new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4);
}
