/** Products in compiled programs have the digits of the eager device, and touch nothing but their operands. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DType, float32, float64 } from "../../src/base/index.ts";
import { emitProduct } from "../../src/codegen/wasm/program/product.ts";
import { ProgramModule } from "../../src/codegen/wasm/program/program-module.ts";
import { matmul } from "../../src/device/cpu/matmul.ts";
import { settings } from "../../src/device/cpu/settings.ts";
import type { View } from "../../src/device/storage.ts";
import { type BiasForm, type Case, prepare } from "../device/matmul-cases.ts";
import {
  elements,
  type Layout,
  layouts,
  matrixView,
  numbers,
  outputView,
  stridedView,
} from "../device/matrix-views.ts";
import { bits, type Floats, runCompiled, specOf } from "./program-product.ts";

beforeEach(() => {
  settings.blas = false;
});

afterEach(() => {
  settings.blas = true;
  settings.deterministic = false;
});

/** Fails unless eager and compiled results of this case have the same bits. */
function expectSame(product: Case, threads = 1): void {
  const { output, a, b, bias } = prepare(product);
  matmul(output, a, b, bias);
  const eager = elements<Floats>(output);
  const operands = { a, b, bias };
  const last = (product.seed ?? 0) % 3;
  const { result, guards } = runCompiled(specOf(operands, { threads: threads > 1 }), operands, {
    threads,
    last,
  });
  const [expected, found] = [bits(eager), bits(result)];
  const wrong = expected.findIndex((word, i) => word !== found[i]);
  if (wrong >= 0) {
    const { M, K, N, aLayout, bLayout, form } = product;
    const i = Math.floor((wrong * 4) / output.dtype.bytes);
    expect.fail(
      `${M} x ${K} x ${N} (${aLayout}, ${bLayout}, ${form}): element ${i} is ${result[i]}, not ${eager[i]}`,
    );
  }
  expect(guards.every((x) => x === 77)).toBe(true);
}

const layout = fc.constantFrom(...layouts);
const forms: readonly BiasForm[] = ["none", "row", "column", "scalar", "full", "stridedFull"];
const biasForm = fc.constantFrom(...forms);

const kinds: [string, DType, boolean][] = [
  ["float32, fused where possible", float32, false],
  ["float32, deterministic", float32, true],
  ["float64, fused where possible", float64, false],
  ["float64, deterministic", float64, true],
];

describe.each(kinds)("products have the digits of eager ones (%s)", (_, dtype, deterministic) => {
  beforeEach(() => {
    settings.deterministic = deterministic;
  });

  it.each([
    ["tiny", 12, 60],
    ["small", 70, 60],
  ])("for any sizes, layouts and bias: %s", (_, most, numRuns) => {
    const size = fc.integer({ min: 1, max: most });
    fc.assert(
      fc.property(
        size,
        size,
        size,
        layout,
        layout,
        biasForm,
        fc.nat(1000),
        fc.integer({ min: 1, max: 3 }),
        (M, N, K, aLayout, bLayout, form, seed, threads) =>
          expectSame({ M, N, K, aLayout, bLayout, form, dtype, seed }, threads),
      ),
      { numRuns },
    );
  });

  const pairs: [Layout, Layout, BiasForm][] = [
    ["rows", "rows", "none"],
    ["rows", "columns", "row"],
    ["columns", "rows", "none"],
    ["columns", "columns", "column"],
    ["slice", "columnSlice", "none"],
    ["strided", "strided", "stridedFull"],
  ];

  it.each([
    { M: 100, K: 300, N: 200, why: "packed panels, several blocks of rows" },
    { M: 257, K: 513, N: 129, why: "every loop ends early" },
    { M: 132, K: 1101, N: 9, why: "k in parts" },
    { M: 9, K: 1101, N: 132, why: "k in parts, eager computes transposed" },
    { M: 64, K: 784, N: 10, why: "narrow" },
    { M: 150, K: 40, N: 300, why: "columns shared by threads" },
    { M: 2, K: 900, N: 301, why: "dot products with two vectors" },
    { M: 301, K: 900, N: 2, why: "dot products with two vectors" },
    { M: 1, K: 700, N: 301, why: "vector times matrix" },
    { M: 301, K: 700, N: 1, why: "matrix times vector" },
    { M: 4, K: 90, N: 4501, why: "columns of a matrix, cut differently in the last block" },
    { M: 1, K: 66003, N: 6, why: "dot products so long that rows are taken one by one" },
    { M: 3, K: 35000, N: 2, why: "longer than a part of k of two vectors" },
  ])("for $M x $K x $N: $why", ({ M, K, N }) => {
    for (const [i, [aLayout, bLayout, form]] of pairs.entries())
      expectSame({ M, N, K, aLayout, bLayout, form, dtype, seed: M }, 1 + ((i + M) % 3));
  });
});

it("strides along dimensions of size 1 do not change the digits", () => {
  const value = numbers(3);
  for (const [M, K, N] of [
    [1, 1500, 3],
    [3, 1500, 1],
    [1, 4200, 1],
    [2100, 1, 2],
    [1, 1, 5000],
  ] as const) {
    for (const [aRow, aColumn] of [
      [1, 5],
      [K, 1],
      [5 * K, 5],
    ] as const) {
      for (const [bRow, bColumn] of [
        [1, K],
        [5, 1],
        [5, 5 * K],
      ] as const) {
        // Strides within which elements overlap belong to other sizes.
        if ((M > 1 && aRow < (K - 1) * aColumn + 1) || (N > 1 && K > 1 && bColumn < (K - 1) * bRow + 1))
          continue;
        const a = stridedView(float32, [M, K], [aRow, aColumn], value);
        const b = stridedView(float32, [K, N], [bRow, bColumn], value);
        const output = outputView(float32, [M, N]);
        matmul(output, a, b, null);
        const { result } = runCompiled(specOf({ a, b, bias: null }), { a, b, bias: null });
        expect(bits(result)).toEqual(bits(elements(output)));
      }
    }
  }
});

it("sums that underflow to -0 become 0 where those of eager products do", () => {
  for (const bLayout of ["rows", "columns"] as const) {
    const a = matrixView(float32, 1, 70, "rows", () => -1e-30);
    const b = matrixView(float32, 70, 100, bLayout, () => 1e-30);
    const output = outputView(float32, [1, 100]);
    matmul(output, a, b, null);
    const { result } = runCompiled(specOf({ a, b, bias: null }), { a, b, bias: null });
    expect(bits(result)).toEqual(bits(elements(output)));
  }
});

it("without terms, the result is the bias, or 0", () => {
  const bias = matrixView(float32, 1, 5, "rows", () => -0);
  const operands = {
    a: stridedView(float32, [3, 0], [0, 1], () => 1),
    b: stridedView(float32, [0, 5], [5, 1], () => 1),
  };
  const run = (z: View | null): Floats =>
    runCompiled(specOf({ ...operands, bias: z }), { ...operands, bias: z }).result;
  expect([...run(bias)]).toEqual(new Array(15).fill(-0));
  expect([...run(null)]).toEqual(new Array(15).fill(0));
});

it.each<[number, number, number]>([
  [5, 9, 7],
  [40, 700, 50],
  [2, 900, 301],
])("adds to what is there, between other columns (%i x %i x %i)", (M, K, N) => {
  const { a, b, output } = prepare({ M, N, K });
  const value = numbers(4);
  const before = matrixView(float32, M, N, "rows", value);
  matmul(output, a, b, before);
  const cRow = N + 3;
  const initial = Float32Array.from({ length: (M - 1) * cRow + N }, () => 55);
  const start = elements(before);
  for (let i = 0; i < M * N; i++) initial[Math.floor(i / N) * cRow + (i % N)] = start[i]!;
  const operands = { a, b, bias: null };
  const { result } = runCompiled(specOf(operands, { cRow, accumulate: true }), operands, { initial });
  const expected = elements(output);
  for (let i = 0; i < result.length; i++) {
    const [m, n] = [Math.floor(i / cRow), i % cRow];
    expect(result[i]).toBe(n < N ? expected[m * N + n] : 55);
  }
});

it("threads share products that are worth it, in parts of about the same size", () => {
  for (const [M, N] of [
    [100, 60],
    [60, 100],
  ] as const) {
    const { a, b } = prepare({ M, N, K: 50 });
    const operands = { a, b, bias: null };
    const spec = specOf(operands, { threads: true });
    const written = (thread: number): number => {
      const { result } = runCompiled(spec, operands, { threads: 4, only: thread });
      return result.filter((x) => x !== 77).length;
    };
    const counts = [0, 1, 2, 3].map(written);
    expect(counts.reduce((x, y) => x + y)).toBe(M * N);
    expect(Math.min(...counts)).toBeGreaterThan((0.6 * M * N) / 4);
  }
  const { a, b } = prepare({ M: 10, N: 10, K: 10 });
  const operands = { a, b, bias: null };
  const spec = specOf(operands, { threads: true });
  const { result } = runCompiled(spec, operands, { threads: 2, only: 1 });
  expect(result.every((x) => x === 77)).toBe(true);
});

it("writes one function for products that are alike", () => {
  const program = new ProgramModule();
  const { a, b } = prepare({ M: 4, N: 5, K: 6 });
  const spec = specOf({ a, b, bias: null });
  expect(emitProduct(program, spec)).toBe(emitProduct(program, { ...spec }));
  expect(emitProduct(program, { ...spec, threads: true })).not.toBe(emitProduct(program, spec));
  expect(emitProduct(program, { ...spec, accumulate: true })).not.toBe(emitProduct(program, spec));
  expect(emitProduct(program, { ...spec, bias: { row: 0, column: 1 } })).not.toBe(emitProduct(program, spec));
});
