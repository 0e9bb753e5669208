/** Choices that change the digits of results, or their speed, and nothing else. */

/** A module whose one function is f32x4.relaxed_madd(v128.const 0, v128.const 0, v128.const 0), dropped. */
const zero = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];
const body = [0x00, ...zero, ...zero, ...zero, 0xfd, 0x85, 0x02, 0x1a, 0x0b];
const relaxedModule = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x0a, body.length + 2, 0x01, body.length, ...body],
]);

interface Process {
  getBuiltinModule?(name: "node:v8"): { setFlagsFromString(flags: string): void } | undefined;
}

/**
 * Whether relaxed SIMD can be compiled. Node 20 knows it but keeps it behind a flag, which may be set at any time
 * before the first module that needs it. The flag is asked for only where the instructions are missing, and by a
 * way that bundlers and browsers do not see.
 */
function detectRelaxedFma(): boolean {
  if (typeof WebAssembly === "undefined") return false;
  if (WebAssembly.validate(relaxedModule)) return true;
  const process = (globalThis as { process?: Process }).process;
  if (typeof process?.getBuiltinModule !== "function") return false;
  try {
    process.getBuiltinModule("node:v8")?.setFlagsFromString("--experimental-wasm-relaxed-simd");
  } catch {
    return false;
  }
  return WebAssembly.validate(relaxedModule);
}

let relaxedFma: boolean | undefined;

export const settings = {
  /** Same digits on every machine: no fused multiply-add, no system BLAS. Small products always keep to this. */
  deterministic: false,

  /** Whether large products may multiply and add with one rounding. True where the engine can, unless set. */
  get relaxedFma(): boolean {
    relaxedFma ??= detectRelaxedFma();
    return relaxedFma;
  },

  set relaxedFma(value: boolean) {
    relaxedFma = value && detectRelaxedFma();
  },
};
