/**
 * What the machine can do in vectors of 128 bits: multiply and add in registers alone, as many floating-point operations
 * as the matrix product of the workload has, and nothing else.
 */
import { ModuleBuilder } from "../../src/codegen/wasm/assembler.ts";
import {
  begin,
  clear,
  declare,
  float32Lanes,
  multiplyAdd,
  repeat,
} from "../../src/codegen/wasm/matmul-lanes.ts";
import { hasFusedMultiplyAdd } from "../../src/codegen/wasm/relaxed-simd.ts";
import type { Open } from "./peer.ts";

/**
 * Independent sums, so that no operation waits for the one before: processors of today have a latency of 4 cycles and two
 * units. With the two factors that leaves some of the 16 registers.
 */
const SUMS = 12;
/** Multiplications and additions in a turn of the loop: four lanes each. */
const TURN_FLOPS = 2 * 4 * SUMS;

/** `(turns)`: the loop. */
function loop(fused: boolean): (turns: number) => void {
  const { f, params } = begin(1);
  const sums = declare(f, "v128", SUMS);
  const [x, y] = declare(f, "v128", 2) as [number, number];
  clear(f, sums);
  f.f32(0.5).op("f32x4.splat").set(x).f32(0.25).op("f32x4.splat").set(y);
  repeat(f, params[0]!, () => {
    for (const sum of sums) multiplyAdd(f, { lanes: float32Lanes, fused }, sum, x, y);
  });
  // The sums must be seen, or the engine would leave them out.
  f.i32(0);
  for (const [i, sum] of sums.entries()) {
    f.get(sum);
    if (i > 0) f.op("f32x4.add");
  }
  f.memory("v128.store");
  const module = new ModuleBuilder();
  module.add("run", f);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const compiled = new WebAssembly.Module(module.encode());
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports.run as (turns: number) => void;
}

export const open: Open = () => {
  const fused = hasFusedMultiplyAdd();
  const run = loop(fused);
  return {
    title: `128-bit ${fused ? "fused " : ""}multiply and add in registers`,
    prepare: {
      matmul: ({ n }) => {
        const turns = Math.ceil((2 * n ** 3) / TURN_FLOPS);
        return { run: () => run(turns), check: () => [] };
      },
    },
  };
};
