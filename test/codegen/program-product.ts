/** Runs products of compiled programs in a memory of their own, next to those of the eager device. */
import { type DType, float32 } from "../../src/base/index.ts";
import { float32Lanes, float64Lanes } from "../../src/codegen/wasm/matmul-lanes.ts";
import { emitProduct, type ProductSpec } from "../../src/codegen/wasm/program/product.ts";
import { ProgramModule } from "../../src/codegen/wasm/program/program-module.ts";
import { matmul } from "../../src/device/cpu/matmul.ts";
import { settings } from "../../src/device/cpu/settings.ts";
import type { View } from "../../src/device/storage.ts";
import { type Case, prepare } from "../device/matmul-cases.ts";

type Product = (
  a: number,
  b: number,
  bias: number,
  c: number,
  thread: number,
  threads: number,
  scratch: number,
) => void;

/** The product's function, and the bytes of scratch memory that it asks for. */
export function compileProduct(
  spec: ProductSpec,
  memory: WebAssembly.Memory,
): { run: Product; scratchBytes: number } {
  const program = new ProgramModule();
  const number = emitProduct(program, spec);
  const module = new WebAssembly.Module(program.module.encode());
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { run: Object.values(exports)[number] as Product, scratchBytes: program.scratchBytes };
}

export function specOf(
  output: View,
  a: View,
  b: View,
  bias: View | null,
  options: Partial<ProductSpec> = {},
): ProductSpec {
  const stride = (d: number): number => (bias === null || bias.shape[d] === 1 ? 0 : bias.strides[d]!);
  return {
    lanes: output.dtype === float32 ? float32Lanes : float64Lanes,
    M: output.shape[0]!,
    N: output.shape[1]!,
    K: a.shape[1]!,
    aRow: a.strides[0]!,
    aColumn: a.strides[1]!,
    bRow: b.strides[0]!,
    bColumn: b.strides[1]!,
    bias: bias && { row: stride(0), column: stride(1) },
    cRow: output.shape[1]!,
    fused: !settings.deterministic && settings.relaxedFma,
    threads: false,
    ...options,
  };
}

const PAGE = 65536;

/**
 * Runs the product of views one thread after the other. The operands lie directly behind each other, the last of them
 * (in turn) at the very end of the memory, where reading too far would trap; elements around the result are 77.
 */
export function runCompiled(
  spec: ProductSpec,
  dtype: DType,
  operands: { a: View; b: View; bias: View | null },
  threads: number,
  initial?: ArrayLike<number>,
): { result: Float32Array | Float64Array; guards: Float32Array | Float64Array } {
  const { M, N, cRow } = spec;
  const bytes = dtype.bytes;
  const views = [operands.a, operands.b, operands.bias];
  // The part of each storage that the view covers.
  const covered = views.map((view) => {
    if (view === null) return null;
    const { shape, strides, offset, storage } = view;
    const start = storage.base + offset;
    const span = shape.reduce((sum, size, d) => sum + (size - 1) * strides[d]!, 1);
    return storage.data.subarray(start, start + Math.max(0, span)) as Float32Array;
  });
  const GUARD = 64;
  const cCount = M === 0 ? 0 : (M - 1) * cRow + N;
  const planned = new ProgramModule();
  emitProduct(planned, spec);
  const sizes = covered.map((part) => (part === null ? 0 : part.length * bytes));
  const cBytes = (cCount + 2 * GUARD) * bytes;
  const scratchBytes = (planned.scratchBytes + 15) & ~15;
  const used = scratchBytes * threads + cBytes + sizes.reduce((x, y) => x + y, 0);
  const pages = Math.ceil(used / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages });
  // From the end: bias, b, a, guard, c, guard, scratch.
  const addresses: number[] = [];
  let end = pages * PAGE;
  for (let i = 2; i >= 0; i--) {
    end -= sizes[i]!;
    addresses[i] = end;
    if (covered[i]) new dtype.Array(memory.buffer, end, covered[i]!.length).set(covered[i] as never);
  }
  end -= cBytes;
  const around = new dtype.Array(memory.buffer, end, cCount + 2 * GUARD) as Float32Array;
  around.fill(77);
  const c = around.subarray(GUARD, GUARD + cCount);
  if (initial !== undefined) c.set(initial);
  const { run } = compileProduct(spec, memory);
  for (let thread = 0; thread < threads; thread++) {
    const scratch = end - scratchBytes * (thread + 1);
    run(addresses[0]!, addresses[1]!, addresses[2]!, end + GUARD * bytes, thread, threads, scratch & ~15);
  }
  const guards = around.filter((_, i) => i < GUARD || i >= GUARD + cCount);
  return { result: c.slice(), guards };
}

/** The digits of a case by the eager device and by a program; NaN guards are the caller's to check. */
export function bothWays(
  product: Case,
  threads = 1,
): {
  eager: Float32Array;
  compiled: Float32Array;
  guards: Float32Array;
} {
  const { output, a, b, bias } = prepare(product);
  matmul(output, a, b, bias);
  const start = output.storage.base + output.offset;
  const eager = output.storage.data.slice(start, start + product.M * product.N) as Float32Array;
  const spec = specOf(output, a, b, bias, { threads: threads > 1 });
  const { result, guards } = runCompiled(spec, output.dtype, { a, b, bias }, threads);
  return { eager, compiled: result as Float32Array, guards: guards as Float32Array };
}
