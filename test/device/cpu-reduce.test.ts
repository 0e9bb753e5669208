import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bool, dtypes, float32, float64, int32, int64, uint8 } from "../../src/base/index.ts";
import { cpu } from "../../src/device/cpu/cpu.ts";
import * as ir from "../../src/ir/expr.ts";
import type { ReduceKernel } from "../../src/ir/kernel.ts";
import { expectAgreement } from "./agreement.ts";
import { argKernels, foldKernel } from "./fold-kernels.ts";
import {
  broadcastLayoutOf,
  contiguousLayout,
  largeShapes,
  layoutOf,
  shapes,
  storageOf,
  viewOf,
} from "./operands.ts";

const lowest: Record<string, number | bigint | boolean> = {
  bool: false,
  uint8: 0,
  int32: -(2 ** 31),
  int64: -(2n ** 63n),
  float32: Number.NEGATIVE_INFINITY,
  float64: Number.NEGATIVE_INFINITY,
};

/** Folds whose result does not depend on the order, so that devices must agree to the bit. */
const exact: readonly ReduceKernel[] = [
  ...dtypes.map((dtype) =>
    foldKernel(`amax ${dtype}`, [dtype], ir.input(0, dtype), ir.max, lowest[dtype.name]!),
  ),
  foldKernel("sum int32", [int32], ir.input(0, int32), ir.add, 0),
  foldKernel("sum int64", [int64], ir.input(0, int64), ir.add, 0),
  foldKernel("sum uint8 as int64", [uint8], ir.cast(ir.input(0, uint8), int64), ir.add, 0),
  foldKernel("sum int32 as int64", [int32], ir.cast(ir.input(0, int32), int64), ir.add, 0),
  foldKernel("count true", [bool], ir.cast(ir.input(0, bool), int32), ir.add, 0),
  foldKernel("prod int64", [int64], ir.input(0, int64), ir.mul, 1),
  foldKernel("any", [float32], ir.cast(ir.input(0, float32), bool), ir.or, false),
  foldKernel("all", [float64], ir.cast(ir.input(0, float64), bool), ir.and, true),
  foldKernel("any bool", [bool], ir.input(0, bool), ir.or, false),
  foldKernel("all uint8", [uint8], ir.ne(ir.input(0, uint8), 0), ir.and, true),
  foldKernel("dot int32", [int32, int32], ir.mul(ir.input(0, int32), ir.input(1, int32)), ir.add, 0),
  foldKernel("sum where", [bool, int32], ir.select(ir.input(0, bool), ir.input(1, int32), 1), ir.add, 0),
  foldKernel("finished", [int32], ir.input(0, int32), ir.add, 0, (x) => ir.mul(x, ir.param(0, int32))),
  foldKernel("finished wider", [uint8], ir.input(0, uint8), ir.max, 0, (x) => ir.cast(x, float64)),
  foldKernel("constant", [int32], ir.param(0, int32), ir.add, 0),
];

const cases = (kernels: readonly ReduceKernel[], shape: fc.Arbitrary<number[]>) =>
  fc.constantFrom(...kernels).chain((kernel) =>
    shape.chain((sizes) =>
      fc.record({
        kernel: fc.constant(kernel),
        shape: fc.constant(sizes),
        dims: fc.subarray(sizes.map((_, d) => d)),
        inputs: fc.tuple(...kernel.inputs.map(() => broadcastLayoutOf(sizes))),
      }),
    ),
  );

describe("reduce", () => {
  for (const [name, arbitrary, numRuns] of [
    ["small", shapes, 500],
    ["large", largeShapes, 40],
  ] as const) {
    test(`any strides, broadcasting and axes, ${name}`, () => {
      fc.assert(
        fc.property(cases(exact, arbitrary), ({ kernel, shape, dims, inputs }) => {
          const { dtype } = kernel.finish ?? kernel.element;
          const out = contiguousLayout(shape.filter((_, d) => !dims.includes(d)));
          const operands = [
            { dtype, layout: out },
            ...inputs.map((layout, i) => ({ dtype: kernel.inputs[i]!, layout, shift: i })),
          ];
          expectAgreement(operands, (device, [output, ...views]) => {
            device.reduce(kernel, output!, views, shape, dims, [3]);
          });
        }),
        { numRuns },
      );
    });
  }

  test("as many rows and columns as the loops and blocks have edges at", () => {
    const kernel = exact.find(({ name }) => name === "sum int32")!;
    const edges = [1, 2, 3, 4, 5, 15, 16, 17, 31, 33, 255, 256, 257, 1000];
    for (const rows of edges) {
      for (const columns of edges) {
        if (rows * columns > 40000) continue;
        const a = viewOf(cpu, int32, contiguousLayout([rows, columns]), [3, 1, 4, 1, 5, 9, 2, 6, 5]);
        const values = storageOf(a) as number[];
        const byRow = viewOf(cpu, int32, contiguousLayout([rows]), []);
        cpu.reduce(kernel, byRow, [a], a.shape, [1], []);
        const byColumn = viewOf(cpu, int32, contiguousLayout([columns]), []);
        cpu.reduce(kernel, byColumn, [a], a.shape, [0], []);
        const rowSums = new Array<number>(rows).fill(0);
        const columnSums = new Array<number>(columns).fill(0);
        values.forEach((value, i) => {
          rowSums[Math.floor(i / columns)]! += value;
          columnSums[i % columns]! += value;
        });
        expect(storageOf(byRow)).toEqual(rowSums);
        expect(storageOf(byColumn)).toEqual(columnSums);
      }
    }
  });

  test("many narrow and many wide rows", () => {
    const kernel = exact.find(({ name }) => name === "sum int32")!;
    for (const shape of [
      [100003, 1],
      [50001, 2],
      [30000, 3],
      [12345, 7],
      [700, 900],
      [5, 10000],
      [3, 40, 5000],
    ]) {
      for (let d = 0; d < shape.length; d++) {
        const ones = viewOf(cpu, int32, contiguousLayout(shape), [1]);
        const out = viewOf(cpu, int32, contiguousLayout(shape.filter((_, other) => other !== d)), []);
        cpu.reduce(kernel, out, [ones], shape, [d], []);
        expect(new Set(storageOf(out))).toEqual(new Set([shape[d]]));
      }
    }
  });

  describe("sums of floats keep their digits", () => {
    const total = foldKernel("sum", [float32], ir.input(0, float32), ir.add, 0);
    // 0.1 in float32; the exact sum of n of them.
    const tenth = Math.fround(0.1);

    const sizes: readonly [name: string, shape: number[], dims: number[]][] = [
      ["one row", [1_000_000], [0]],
      ["rows", [4, 250_000], [1]],
      ["columns", [250_000, 4], [0]],
      ["one column", [1_000_000, 1], [0]],
      ["wide columns", [2000, 500], [0]],
      ["axes that are not neighbours", [1000, 10, 100], [0, 2]],
    ];
    for (const [name, shape, dims] of sizes) {
      test(name, () => {
        const a = viewOf(cpu, float32, contiguousLayout(shape), [tenth]);
        const n = dims.reduce((product, d) => product * shape[d]!, 1);
        const out = viewOf(cpu, float32, contiguousLayout(shape.filter((_, d) => !dims.includes(d))), []);
        cpu.reduce(total, out, [a], shape, dims, []);
        // Added one after the other the error would be 1e-2.
        for (const value of storageOf(out))
          expect(Math.abs(Number(value) / (n * tenth) - 1)).toBeLessThan(5e-7);
      });
    }

    test("any shape, against float64", () => {
      fc.assert(
        fc.property(cases([total], shapes), ({ kernel, shape, dims, inputs }) => {
          const values = Array.from({ length: 97 }, (_, i) => Math.fround(Math.sin(i) * 2 ** (i % 7)));
          const a = viewOf(cpu, float32, inputs[0]!, values);
          const b = viewOf(cpu, float64, inputs[0]!, values);
          const kept = contiguousLayout(shape.filter((_, d) => !dims.includes(d)));
          const [actual, expected] = [viewOf(cpu, float32, kept, []), viewOf(cpu, float64, kept, [])];
          cpu.reduce(kernel, actual, [a], shape, dims, []);
          cpu.reduce(
            foldKernel("sum64", [float64], ir.input(0, float64), ir.add, 0),
            expected,
            [b],
            shape,
            dims,
            [],
          );
          const wanted = storageOf(expected).map(Number);
          storageOf(actual).forEach((value, i) => {
            expect(Math.abs(Number(value) - wanted[i]!)).toBeLessThan(2e-5 * (1 + Math.abs(wanted[i]!)));
          });
        }),
      );
    });
  });

  test("gives the same bits wherever the operand lies and whatever the scratch memory held", () => {
    const total = foldKernel("sum", [float32], ir.input(0, float32), ir.add, 0);
    const values = Array.from({ length: 1003 }, (_, i) => Math.fround(Math.sin(i)));
    const results = [0, 1, 2, 3, 5].map((offset) => {
      const noise = viewOf(cpu, float32, contiguousLayout([3000]), [offset % 2 ? Number.NaN : 1e30]);
      cpu.reduce(total, viewOf(cpu, float32, contiguousLayout([]), []), [noise], [3000], [0], []);
      const layout = { shape: [17, 59], strides: [59, 1], offset, length: 1003 + offset };
      const a = viewOf(cpu, float32, layout, [...new Array<number>(offset).fill(Number.NaN), ...values]);
      return [[0], [1], [0, 1]].map((dims) => {
        const out = viewOf(cpu, float32, contiguousLayout([17, 59].filter((_, d) => !dims.includes(d))), []);
        cpu.reduce(total, out, [a], [17, 59], dims, []);
        return storageOf(out);
      });
    });
    for (const result of results) expect(result).toEqual(results[0]);
  });
});

describe("argReduce", () => {
  for (const [name, arbitrary, numRuns] of [
    ["small", shapes, 300],
    ["large", largeShapes, 20],
  ] as const) {
    test(`any strides and axis, ${name}`, () => {
      const calls = fc.constantFrom(...argKernels).chain((kernel) =>
        arbitrary.chain((shape) =>
          fc.record({
            kernel: fc.constant(kernel),
            layout: layoutOf(shape),
            dim: fc.integer({ min: 0, max: Math.max(shape.length - 1, 0) }),
          }),
        ),
      );
      fc.assert(
        fc.property(calls, ({ kernel, layout, dim }) => {
          // The axis of an extreme is never empty: the caller sees to that.
          fc.pre(layout.shape[dim] !== 0);
          const out = contiguousLayout(layout.shape.filter((_, d) => d !== dim));
          const operands = [
            { dtype: int64, layout: out },
            { dtype: kernel.input, layout },
          ];
          expectAgreement(operands, (device, [output, view]) =>
            device.argReduce(kernel, output!, view!, dim),
          );
        }),
        { numRuns },
      );
    });
  }

  test("finds the place far down a long row", () => {
    const kernel = argKernels.find(({ name }) => name === `argmax ${float32}`)!;
    for (const place of [0, 1, 2047, 2048, 2049, 4999, 6000]) {
      const values = Array.from({ length: 6001 }, (_, i) => -Math.abs(i - place));
      const a = viewOf(cpu, float32, contiguousLayout([6001]), values);
      const out = viewOf(cpu, int64, contiguousLayout([]), []);
      cpu.argReduce(kernel, out, a, 0);
      expect(storageOf(out)).toEqual([BigInt(place)]);
    }
  });
});
