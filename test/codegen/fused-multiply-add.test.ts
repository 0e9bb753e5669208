/** The fused multiply-add in both ways, the instruction and the arithmetic that stands in for it. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { fma32 } from "../../src/base/index.ts";
import { FunctionBuilder, ModuleBuilder } from "../../src/codegen/wasm/assembler.ts";
import { fusedMultiplyAdd } from "../../src/codegen/wasm/fused-multiply-add.ts";
import * as relaxedSimd from "../../src/codegen/wasm/relaxed-simd.ts";

vi.mock("../../src/codegen/wasm/relaxed-simd.ts", async (original) => {
  const actual = await original<typeof relaxedSimd>();
  return { ...actual, hasFusedMultiplyAdd: vi.fn(actual.hasFusedMultiplyAdd) };
});

afterEach(() => vi.mocked(relaxedSimd.hasFusedMultiplyAdd).mockReset());

type Compiled = (a: number, b: number, c: number) => number;

/** Lane `lane` of the four: the arithmetic works on them in halves. */
function compile(lane: number): Compiled {
  const body = new FunctionBuilder(["f32", "f32", "f32"], ["f32"]);
  const lanes = [0, 1, 2].map((operand) => {
    const local = body.local("v128");
    body.get(operand).op("f32x4.splat").set(local);
    return local;
  });
  fusedMultiplyAdd(body, lanes[0]!, lanes[1]!, lanes[2]!);
  body.op("f32x4.extract_lane", lane);
  const module = new ModuleBuilder();
  module.add("fma", body);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.encode()), { env: { memory } });
  return instance.exports.fma as Compiled;
}

/** Numbers whose products fall on and near the midpoints between two float32. */
function operands(): number[] {
  const near = Array.from({ length: 12 }, (_, i) => 1 + (i * 1365) / 2 ** 23);
  const special = [0, -0, 1, -1, 2 ** -24, -(2 ** -24), 2 ** -126, 2 ** -149, 3e38, -3e38];
  return [...near, ...near.map((x) => -x / 3), ...special, Infinity, -Infinity, Number.NaN].map(Math.fround);
}

describe.each([true, false])("with the instruction: %s", (native) => {
  it.each([0, 3])("rounds once in lane %i", (lane) => {
    const has = relaxedSimd.hasFusedMultiplyAdd;
    if (native) vi.mocked(has).mockReset();
    else vi.mocked(has).mockReturnValue(false);
    const compiled = compile(lane);
    const values = operands();
    const wrong: string[] = [];
    for (const a of values) {
      for (const b of values) {
        for (const c of values) {
          const [found, expected] = [compiled(a, b, c), fma32(a, b, c)];
          if (!Object.is(found, expected)) wrong.push(`${a} * ${b} + ${c} = ${found}, not ${expected}`);
        }
      }
    }
    expect(wrong.slice(0, 5)).toEqual([]);
  });
});
