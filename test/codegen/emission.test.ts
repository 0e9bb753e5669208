import { describe, expect, test } from "vitest";
import { bool, float32, float64, int32, int64, uint8, XorchError } from "../../src/base/index.ts";
import { chooseInstructionSet, mayTrap } from "../../src/codegen/wasm/emission.ts";
import { emitMap } from "../../src/codegen/wasm/emit-map.ts";
import { opcodes } from "../../src/codegen/wasm/opcodes.ts";
import * as ir from "../../src/ir/expr.ts";
import { mapKernel } from "../../src/ir/kernel.ts";
import { lower } from "../../src/ir/lower.ts";

const x = ir.input(0, float32);
const y = ir.input(1, float32);
const n = ir.input(0, int32);
const layout = { region: (index: number) => 1024 + 4096 * index, params: 64 };

function lanesOf(...roots: ir.Expr[]): number {
  return chooseInstructionSet("test", roots).lanes;
}

describe("the widest lanes that hold every node", () => {
  test("four of 32 bits", () => {
    expect(lanesOf(ir.add(x, y))).toBe(4);
    expect(lanesOf(ir.select(ir.gt(x, y), x, 0))).toBe(4);
    expect(lanesOf(ir.select(ir.input(2, bool), x, 0))).toBe(4);
    expect(lanesOf(ir.cast(ir.input(2, uint8), float32))).toBe(4);
    expect(lanesOf(ir.shl(n, 3))).toBe(4);
    expect(lanesOf(lower(ir.exp(x)))).toBe(4);
  });

  test("two of 64 bits", () => {
    expect(lanesOf(lower(ir.exp(ir.input(0, float64))))).toBe(2);
    expect(lanesOf(ir.cast(ir.input(0, int64), float64))).toBe(2);
    expect(lanesOf(ir.cast(ir.input(0, bool), int64))).toBe(2);
  });

  test("one where widths are mixed, or an instruction is missing", () => {
    expect(lanesOf(ir.cast(x, float64))).toBe(1);
    expect(lanesOf(ir.cast(ir.input(0, int64), float32))).toBe(1);
    expect(lanesOf(ir.div(n, 3))).toBe(1);
    expect(lanesOf(ir.rem(n, 3))).toBe(1);
    expect(lanesOf(ir.shl(n, ir.input(1, int32)))).toBe(1);
    expect(lanesOf(ir.add(x, y), ir.input(2, float64))).toBe(1);
  });

  test("a primitive that a dtype does not have is an error that names both", () => {
    const kernel = mapKernel("broken", [int32], [ir.sqrt(n)]);
    expect(() => emitMap(kernel, 0, layout)).toThrow(XorchError);
    expect(() => emitMap(kernel, 0, layout)).toThrow("broken: the primitive sqrt does not take torch.int32");
    expect(() => lanesOf(ir.not(x))).toThrow("not does not take torch.float32");
    expect(() => lanesOf(ir.exp(x))).toThrow(XorchError);
  });
});

test("only divisions of integers may trap", () => {
  expect(mayTrap([ir.div(x, y)])).toBe(false);
  expect(mayTrap([ir.div(n, 3)])).toBe(true);
  expect(mayTrap([ir.add(ir.rem(n, 3), 1)])).toBe(true);
});

describe("emitMap", () => {
  /** How often the bytes of an instruction stand in a module. */
  const count = (module: Uint8Array, name: keyof typeof opcodes): number => {
    const [first, second] = [opcodes[name] >> 12, opcodes[name] & 0xfff];
    // Second bytes from 128 on are written as two: LEB128.
    const wanted = second > 127 ? [first, (second & 127) | 128, second >> 7] : [first, second];
    let found = 0;
    for (let i = 0; i < module.length; i++) if (wanted.every((byte, k) => module[i + k] === byte)) found++;
    return found;
  };

  test("makes valid modules", () => {
    for (const kernel of [
      mapKernel("nothing to read", [], [ir.constant(1.5, float32), ir.param(0, int64)]),
      mapKernel("an input that is not read", [float32, int64], [ir.mul(x, 2)]),
      mapKernel(
        "many",
        [float32, float32],
        [ir.add(x, y), ir.mul(x, y), ir.gt(x, y), ir.and(ir.gt(x, y), ir.gt(y, x))],
      ),
    ]) {
      for (const repeated of [0, 1, 2, 3])
        expect(WebAssembly.validate(emitMap(kernel, repeated, layout))).toBe(true);
    }
  });

  test("computes and loads common parts once", () => {
    const part = ir.sqrt(ir.add(x, y));
    const module = emitMap(mapKernel("once", [float32, float32], [ir.mul(part, part), part]), 0, layout);
    expect(count(module, "f32x4.sqrt")).toBe(1);
    expect(count(module, "v128.load")).toBe(2);
  });

  test("computes before the loop what is the same in every turn", () => {
    const scale = ir.sqrt(ir.add(ir.param(0, float32), 1));
    const kernel = mapKernel("hoist", [float32, float32], [ir.mul(ir.add(x, y), scale)]);
    const module = emitMap(kernel, 0b10, layout);
    // The loop's own opcode and block type.
    const start = module.findIndex((byte, i) => byte === opcodes.loop && module[i + 1] === 0x40);
    const [before, inside] = [module.slice(0, start), module.slice(start)];
    expect(start).toBeGreaterThan(0);
    expect(count(before, "f32x4.sqrt")).toBe(1);
    expect(count(inside, "f32x4.sqrt")).toBe(0);
    // The repeated input is loaded as a scalar before it.
    expect(count(inside, "v128.load")).toBe(1);
    expect(count(before, "v128.load")).toBe(0);
  });
});
