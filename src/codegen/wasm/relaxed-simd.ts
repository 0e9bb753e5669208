/** What the engine's relaxed SIMD can do. */
import { FunctionBuilder, ModuleBuilder } from "./assembler.ts";

/** A module whose one function gives the first lane of relaxed_madd(a, b, c). */
function probe(): Uint8Array<ArrayBuffer> {
  const body = new FunctionBuilder(["f32", "f32", "f32"], ["f32"]);
  for (const operand of [0, 1, 2]) body.get(operand).op("f32x4.splat");
  body.op("f32x4.relaxed_madd").op("f32x4.extract_lane", 0);
  const module = new ModuleBuilder();
  module.add("madd", body);
  return module.encode();
}

interface Process {
  getBuiltinModule?(name: "node:v8"): { setFlagsFromString(flags: string): void } | undefined;
}

/**
 * Whether relaxed SIMD can be compiled. Node 20 knows it but keeps it behind a flag, which may be set at any time
 * before the first module that needs it. The flag is asked for only where the instructions are missing, and by a
 * way that bundlers and browsers do not see.
 */
function canCompile(module: Uint8Array<ArrayBuffer>): boolean {
  if (WebAssembly.validate(module)) return true;
  const process = (globalThis as { process?: Process }).process;
  if (typeof process?.getBuiltinModule !== "function") return false;
  try {
    process.getBuiltinModule("node:v8")?.setFlagsFromString("--experimental-wasm-relaxed-simd");
  } catch {
    return false;
  }
  return WebAssembly.validate(module);
}

/** Whether relaxed_madd rounds once: it may round twice where the processor has no such instruction. */
function detect(): boolean {
  if (typeof WebAssembly === "undefined") return false;
  const module = probe();
  if (!canCompile(module)) return false;
  // The module imports a memory, as all of ours do, and does not use it.
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { madd } = new WebAssembly.Instance(new WebAssembly.Module(module), { env: { memory } }).exports as {
    madd(a: number, b: number, c: number): number;
  };
  // (1 + 2^-12)^2 - (1 + 2^-11) = 2^-24, which a product rounded to float32 has lost.
  const a = 1 + 2 ** -12;
  return madd(a, a, -(1 + 2 ** -11)) === 2 ** -24;
}

let fuses: boolean | undefined;

/** Whether the engine multiplies and adds with one rounding in one instruction. Looked up once. */
export function hasFusedMultiplyAdd(): boolean {
  fuses ??= detect();
  return fuses;
}
