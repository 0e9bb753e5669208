/** Maps and folds over the same rows give the bits of the CPU device on any number of threads, and write nothing else. */
import { describe, expect, test } from "vitest";
import {
  bool,
  contiguousStrides,
  type DType,
  elementCount,
  float32,
  float64,
  int32,
  uint8,
} from "../../src/base/index.ts";
import { chooseInstructionSet } from "../../src/codegen/wasm/emission.ts";
import { ProgramModule } from "../../src/codegen/wasm/program/program-module.ts";
import { emitRowParts } from "../../src/codegen/wasm/program/rows.ts";
import type { RowsFold, RowsMap, RowsSpec } from "../../src/codegen/wasm/program/rows-spec.ts";
import { cpu } from "../../src/device/cpu/cpu.ts";
import type { View } from "../../src/device/storage.ts";
import * as ir from "../../src/ir/expr.ts";
import { mapKernel, type ReduceKernel } from "../../src/ir/kernel.ts";
import { lower } from "../../src/ir/lower.ts";
import { foldKernel } from "../device/fold-kernels.ts";
import { contiguousLayout, viewOf } from "../device/operands.ts";

const PARAMS = 64;
const params = [3];
const NOISE = 0xff;
/** Room between operands, which lie at multiples of 8 but not always of 16. */
const GAP = 40;

function bytesOf({ storage: { data, base, length }, dtype: { bytes } }: View): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset + base * bytes, length * bytes);
}

function foldOf(kernel: ReduceKernel, inputs: number[], output: number | null): RowsFold {
  const roots = [kernel.element, kernel.combine, kernel.identity].map(lower);
  return { kind: "fold", kernel, set: chooseInstructionSet("fold", roots), inputs, outputs: [output] };
}

function mapOf(roots: ir.Expr[], isWide: boolean, inputs: number[], outputs: (number | null)[]): RowsMap {
  return { kind: "map", name: "map", roots: roots.map(lower), isWide, inputs, outputs };
}

/** x, whose rows lie in any order; w for each column; s for each row; c for all. */
interface Inputs {
  readonly outer: readonly number[];
  readonly x: View;
  readonly w: View;
  readonly s: View;
  readonly c: View;
}

/** Any values that sums in every dtype are made of, and some that a map makes different. */
function inputsOf(dtype: DType, outer: readonly number[], length: number): Inputs {
  const value = (i: number): number =>
    dtype.isFloatingPoint ? Math.fround(Math.sin(i * 1.7) * 5) : (i * 7) % 11;
  const view = (shape: number[], strides: readonly number[], shift: number): View => {
    const size = strides.reduce((n, stride, d) => n + (shape[d]! - 1) * stride, 1);
    const values = Array.from({ length: size }, (_, i) => value(i + shift));
    return viewOf(cpu, dtype, { shape, strides, offset: 0, length: size }, values);
  };
  const shape = [...outer, length];
  const narrow = outer.map(() => 1);
  // The axes of the rows from the last to the first in memory, with a gap behind each row.
  let pitch = length + 3;
  const strides = outer.map((size) => (pitch *= size) / size);
  return {
    outer,
    x: view(shape, [...strides, 1], 0),
    w: view([...narrow, length], [...narrow.map(() => 0), 1], 100),
    s: view([...outer, 1], [...contiguousStrides(outer), 0], 200),
    c: view([...narrow, 1], [...narrow.map(() => 0), 0], 300),
  };
}

/** What a program of five parts gives: one value between maps, one between folds, and of each kind an output. */
function expectRows(dtype: DType, outer: readonly number[], length: number, parallel: boolean): void {
  const { x, w, s, c } = inputsOf(dtype, outer, length);
  const [a, b] = [ir.input(0, dtype), ir.input(1, dtype)];
  const third = ir.input(2, dtype);
  const shape = [...outer, length];
  const kept = [...outer, 1];
  const made = (type: DType, sizes: readonly number[]): View =>
    viewOf(cpu, type, contiguousLayout(sizes), []);
  const smallest = dtype.kind === "float" ? Number.NEGATIVE_INFINITY : dtype === uint8 ? 0 : -(2 ** 31);
  const max = foldKernel("max", [dtype], a, ir.max, smallest);
  const sum = foldKernel("sum", [dtype, dtype], ir.mul(a, b), ir.add, 0, (x) =>
    ir.mul(x, ir.param(0, dtype)),
  );

  // Part by part on the device.
  const shifted = made(dtype, shape);
  cpu.map(mapKernel("shifted", [dtype, dtype], [ir.add(a, b)]), [shifted], [x, w], []);
  const top = made(dtype, kept);
  cpu.reduce(max, top, [shifted], shape, [outer.length], []);
  const scaled = made(dtype, kept);
  cpu.map(
    mapKernel("scaled", [dtype, dtype, dtype], [ir.add(ir.mul(a, b), third)]),
    [scaled],
    [top, s, c],
    [],
  );
  const [difference, isTop] = [made(dtype, shape), made(bool, shape)];
  const wide = [ir.sub(a, b), ir.eq(a, third)];
  cpu.map(mapKernel("wide", [dtype, dtype, dtype], wide), [difference, isTop], [shifted, scaled, top], []);
  const total = made(dtype, kept);
  cpu.reduce(sum, total, [difference, w], shape, [outer.length], params);

  const expected = [top, difference, isTop, total];
  const program = new ProgramModule();
  let used = 256;
  const take = (bytes: number): number => {
    const address = used;
    used += Math.ceil(bytes / 8) * 8 + GAP;
    return address;
  };
  const stridesOver = (view: View): number[] =>
    shape.map((_, d) => (view.shape[d] === 1 ? 0 : view.strides[d]!));
  const located = (view: View) => ({
    dtype: view.dtype,
    address: take(bytesOf(view).length),
    strides: stridesOver(view),
  });
  const inputs = [x, w, s, c].map(located);
  const outputs = expected.map(located);
  const spec: RowsSpec = {
    outer,
    length,
    inputs,
    outputs,
    parts: [
      mapOf([ir.add(a, b)], true, [0, 1], [null]),
      foldOf(max, [4], 0),
      mapOf([ir.add(ir.mul(a, b), third)], false, [5, 2, 3], [null]),
      mapOf(wide, true, [4, 6, 5], [1, 2]),
      foldOf(sum, [7, 1], 3),
    ],
    params: PARAMS,
    parallel,
  };
  program.module.add("stage", emitRowParts(program, spec));
  const scratchBytes = Math.ceil(program.scratchBytes / 16) * 16;
  const scratch = take(3 * scratchBytes);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(used / 65536) });
  const bytes = new Uint8Array(memory.buffer).fill(NOISE);
  for (const [i, view] of [x, w, s, c].entries()) bytes.set(bytesOf(view), inputs[i]!.address);
  new Float64Array(memory.buffer, PARAMS, params.length).set(params);
  const outside = (): Buffer => {
    const copy = Buffer.from(bytes);
    for (const [i, { address }] of outputs.entries())
      copy.fill(0, address, address + bytesOf(expected[i]!).length);
    return copy.fill(0, scratch, scratch + 3 * scratchBytes);
  };
  const before = outside();
  const module = new WebAssembly.Module(program.module.encode());
  const { stage } = new WebAssembly.Instance(module, { env: { memory } }).exports as {
    stage(thread: number, threads: number, scratch: number): void;
  };
  const where = `${dtype} [${shape}]`;
  for (const threads of parallel ? [1, 2, 3] : [1]) {
    for (const [i, { address }] of outputs.entries())
      bytes.fill(NOISE, address, address + bytesOf(expected[i]!).length);
    for (let thread = threads - 1; thread >= 0; thread--)
      stage(thread, threads, scratch + thread * scratchBytes);
    for (const [i, { address }] of outputs.entries()) {
      const wanted = Buffer.from(bytesOf(expected[i]!));
      const found = Buffer.from(bytes.subarray(address, address + wanted.length));
      const at = wanted.equals(found) ? -1 : wanted.findIndex((byte, k) => byte !== found[k]);
      expect(at, `${where}, ${threads} threads, output ${i} of ${wanted.length} bytes: wrong byte`).toBe(-1);
    }
    const after = outside();
    const changed = before.equals(after) ? -1 : before.findIndex((byte, i) => byte !== after[i]);
    expect(changed, `${where}, ${threads} threads, outputs at ${outputs.map(({ address }) => address)}`).toBe(
      -1,
    );
  }
}

describe.each([float32, float64, int32, uint8])("%s", (dtype) => {
  test.each([2, 3, 4, 5, 10, 17, 64, 100, 1024, 2047])("rows of %i", (length) => {
    const counts = [1, 2, 7, 64, 1000].filter((rows) => rows * length <= 70_000);
    for (const rows of counts) {
      expectRows(dtype, [rows], length, false);
      expectRows(dtype, [rows], length, true);
    }
  });

  test("rows along several axes", () => {
    for (const outer of [[], [2, 3], [3, 1, 70], [70, 3], [2, 5, 7]]) {
      for (const length of [3, 10, 64]) {
        expect(elementCount(outer)).toBeGreaterThan(0);
        expectRows(dtype, outer, length, true);
      }
    }
  });
});
