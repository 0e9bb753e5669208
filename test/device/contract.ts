/** What every device must do, by examples with known results. One suite for all implementations. */
import { describe, expect, test } from "vitest";
import { bool, type DType, float32, float64, int32, int64, uint8, ValueError } from "../../src/base/index.ts";
import type { Device } from "../../src/device/device.ts";
import { Storage, type View } from "../../src/device/storage.ts";
import { add, constant, div, eq, gt, input, max, mul, param, rem } from "../../src/ir/expr.ts";
import { mapKernel, reduceKernel } from "../../src/ir/kernel.ts";
import { contiguousLayout, storageOf, type Value, viewOf } from "./operands.ts";

export function deviceContract(device: Device): void {
  const tensor = (dtype: DType, shape: number[], values: readonly Value[] = []): View => {
    return viewOf(device, dtype, contiguousLayout(shape), values);
  };
  const strided = (
    dtype: DType,
    shape: number[],
    strides: number[],
    offset: number,
    values: Value[],
  ): View => {
    return viewOf(device, dtype, { shape, strides, offset, length: values.length }, values);
  };
  const x = input(0, float32);
  const y = input(1, float32);
  const sum = mapKernel("add", [float32, float32], [add(x, y)]);

  describe("allocate", () => {
    test("gives zeros, also where memory is shared", () => {
      for (let round = 0; round < 300; round++) {
        const storage = device.allocate(float32, 40);
        expect(storage.length).toBe(40);
        const mine = storage.data.subarray(storage.base, storage.base + 40) as Float32Array;
        expect(mine.length).toBe(40);
        expect(mine.every((value) => value === 0)).toBe(true);
        mine.fill(7);
      }
    });

    test("gives what lives long an array of its own", () => {
      const storage = device.allocateRetained(int64, 40);
      expect(storage.base).toBe(0);
      expect(storage.data).toEqual(new BigInt64Array(40));
    });

    test("gives no elements where none are asked for", () => {
      expect(device.allocate(float64, 0).length).toBe(0);
    });

    test.each([0, 1, 16, 17, 1000, 5000])("copies %i elements into memory of their own", (count) => {
      const all = Float32Array.from({ length: count + 5 }, (_, i) => i + 1);
      const copy = device.allocateCopy(float32, new Storage(device, all, 3, count));
      const expected = all.slice(3, 3 + count);
      all.fill(0);
      expect(copy.data.subarray(copy.base, copy.base + copy.length)).toEqual(expected);
    });
  });

  describe("map", () => {
    test("computes element by element", () => {
      const out = tensor(float32, [2, 2]);
      device.map(
        sum,
        [out],
        [tensor(float32, [2, 2], [1, 2, 3, 4]), tensor(float32, [2, 2], [10, 20, 30, 40])],
        [],
      );
      expect(storageOf(out)).toEqual([11, 22, 33, 44]);
    });

    test("broadcasts rows, columns and single elements", () => {
      const a = tensor(float32, [2, 3], [1, 2, 3, 4, 5, 6]);
      const out = tensor(float32, [2, 3]);
      device.map(sum, [out], [a, tensor(float32, [3], [10, 20, 30])], []);
      expect(storageOf(out)).toEqual([11, 22, 33, 14, 25, 36]);
      device.map(sum, [out], [a, tensor(float32, [2, 1], [10, 20])], []);
      expect(storageOf(out)).toEqual([11, 12, 13, 24, 25, 26]);
      device.map(sum, [out], [tensor(float32, [], [100]), a], []);
      expect(storageOf(out)).toEqual([101, 102, 103, 104, 105, 106]);
    });

    test("reads and writes strided views, and nothing beside them", () => {
      const transposed = strided(float32, [2, 3], [1, 2], 1, [0, 1, 2, 3, 4, 5, 6]);
      const out = strided(float32, [2, 3], [6, 2], 1, new Array(13).fill(-1));
      device.map(sum, [out], [transposed, tensor(float32, [1], [10])], []);
      expect(storageOf(out)).toEqual([-1, 11, -1, 13, -1, 15, -1, 12, -1, 14, -1, 16, -1]);
    });

    test("works in place", () => {
      const a = tensor(float32, [5], [1, 2, 3, 4, 5]);
      device.map(sum, [a], [a, a], []);
      expect(storageOf(a)).toEqual([2, 4, 6, 8, 10]);
    });

    test("takes params at each call", () => {
      const scale = mapKernel("scale", [float32], [add(mul(x, param(0, float32)), param(1, float32))]);
      const out = tensor(float32, [3]);
      device.map(scale, [out], [tensor(float32, [3], [1, 2, 3])], [10, 0.5]);
      expect(storageOf(out)).toEqual([10.5, 20.5, 30.5]);
      device.map(scale, [out], [tensor(float32, [3], [1, 2, 3])], [-1, 0]);
      expect(storageOf(out)).toEqual([-1, -2, -3]);
    });

    test("converts params to the dtype they are used in", () => {
      const kernel = mapKernel(
        "params",
        [],
        [param(0, float32), param(0, int32), param(0, int64), param(0, uint8), param(0, bool)],
      );
      const outputs = [float32, int32, int64, uint8, bool].map((dtype) => tensor(dtype, [1]));
      device.map(kernel, outputs, [], [-2.7]);
      expect(outputs.map(storageOf)).toEqual([[Math.fround(-2.7)], [-2], [-2n], [254], [1]]);
    });

    test("writes several outputs of several dtypes", () => {
      const both = mapKernel("both", [float32, float32], [mul(x, y), gt(x, y)]);
      const product = tensor(float32, [3]);
      const greater = tensor(bool, [3]);
      const a = tensor(float32, [3], [1, 5, 3]);
      device.map(both, [product, greater], [a, tensor(float32, [3], [2, 2, 3])], []);
      expect(storageOf(product)).toEqual([2, 10, 9]);
      expect(storageOf(greater)).toEqual([0, 1, 0]);
    });

    test("copies, also between layouts", () => {
      const copy = mapKernel("copy", [int64], [input(0, int64)]);
      const out = tensor(int64, [2, 2]);
      device.map(copy, [out], [strided(int64, [2, 2], [1, 2], 0, [1n, 2n, 3n, 4n])], []);
      expect(storageOf(out)).toEqual([1n, 3n, 2n, 4n]);
      device.map(copy, [out], [tensor(int64, [], [9n])], []);
      expect(storageOf(out)).toEqual([9n, 9n, 9n, 9n]);
    });

    test("does nothing for no elements", () => {
      const out = tensor(float32, [0, 3]);
      device.map(sum, [out], [tensor(float32, [1, 3], [1, 2, 3]), tensor(float32, [], [1])], []);
      expect(storageOf(out)).toEqual([]);
    });

    for (const [op, kernel] of [
      ["floorDivide", mapKernel("floorDivide", [int32, int32], [div(input(0, int32), input(1, int32))])],
      ["remainder", mapKernel("remainder", [int32, int32], [rem(input(0, int32), input(1, int32))])],
    ] as const) {
      test(`names ${op} when integers are divided by zero, with nothing changed`, () => {
        // Of more than one block, with the zero at the end.
        const values = Array.from({ length: 5000 }, (_, i) => 5000 - i);
        const a = tensor(int32, [5001], [...values, 1]);
        const b = tensor(int32, [5001], [...values, 0]);
        expect(() => device.map(kernel, [a], [a, b], [])).toThrow(ValueError);
        expect(() => device.map(kernel, [a], [a, b], [])).toThrow(`${op}: integer division by zero`);
        expect(storageOf(a)).toEqual([...values, 1]);
      });
    }

    test("divides the smallest integer by -1", () => {
      for (const [dtype, smallest] of [
        [int32, -(2 ** 31)],
        [int64, -(2n ** 63n)],
      ] as const) {
        const both = mapKernel(
          "both",
          [dtype, dtype],
          [div(input(0, dtype), input(1, dtype)), rem(input(0, dtype), input(1, dtype))],
        );
        const minusOne = typeof smallest === "bigint" ? -1n : -1;
        const outputs = [tensor(dtype, [1]), tensor(dtype, [1])];
        device.map(both, outputs, [tensor(dtype, [1], [smallest]), tensor(dtype, [1], [minusOne])], []);
        expect(outputs.flatMap(storageOf).map(Number)).toEqual([Number(smallest), 0]);
      }
    });
  });

  describe("reduce", () => {
    const parts = { element: x, combine: add(x, y), identity: constant(0, float32), finish: null };
    const total = reduceKernel("sum", [float32], parts);
    const mean = reduceKernel("mean", [float32], { ...parts, finish: mul(x, param(0, float32)) });
    const largest = reduceKernel("amax", [float32], {
      ...parts,
      combine: max(x, y),
      identity: constant(Number.NEGATIVE_INFINITY, float32),
    });
    const values = [1, 2, 3, 4, 5, 6];

    test("folds rows, columns and everything", () => {
      const a = tensor(float32, [2, 3], values);
      const rows = tensor(float32, [2]);
      device.reduce(total, rows, [a], [2, 3], [1], []);
      expect(storageOf(rows)).toEqual([6, 15]);
      const columns = tensor(float32, [3]);
      device.reduce(total, columns, [a], [2, 3], [0], []);
      expect(storageOf(columns)).toEqual([5, 7, 9]);
      const all = tensor(float32, []);
      device.reduce(total, all, [a], [2, 3], [0, 1], []);
      expect(storageOf(all)).toEqual([21]);
    });

    test("folds axes that are not neighbours", () => {
      const a = tensor(float32, [2, 3, 2], [1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60]);
      const out = tensor(float32, [3]);
      device.reduce(total, out, [a], [2, 3, 2], [0, 2], []);
      expect(storageOf(out)).toEqual([33, 77, 121]);
    });

    test("applies `finish`, with params", () => {
      const out = tensor(float32, [2]);
      device.reduce(mean, out, [tensor(float32, [2, 3], values)], [2, 3], [1], [0.5]);
      expect(storageOf(out)).toEqual([3, 7.5]);
    });

    test("fuses an element of several inputs, which broadcast", () => {
      const dot = reduceKernel("dot", [float32, float32], { ...parts, element: mul(x, y) });
      const out = tensor(float32, [2]);
      device.reduce(
        dot,
        out,
        [tensor(float32, [2, 3], values), tensor(float32, [3], [1, 10, 100])],
        [2, 3],
        [1],
        [],
      );
      expect(storageOf(out)).toEqual([321, 654]);
      device.reduce(dot, out, [tensor(float32, [2, 3], values), tensor(float32, [], [2])], [2, 3], [1], []);
      expect(storageOf(out)).toEqual([12, 30]);
    });

    test("gives the finished identity for nothing", () => {
      const out = tensor(float32, [2], [7, 7]);
      device.reduce(total, out, [tensor(float32, [2, 0])], [2, 0], [1], []);
      expect(storageOf(out)).toEqual([0, 0]);
      device.reduce(largest, out, [tensor(float32, [2, 0])], [2, 0], [1], []);
      expect(storageOf(out)).toEqual([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    });

    test("lets a NaN win", () => {
      const out = tensor(float32, []);
      device.reduce(largest, out, [tensor(float32, [5], [1, Number.NaN, 3, 2, 9])], [5], [0], []);
      expect(storageOf(out)).toEqual([Number.NaN]);
    });
  });

  describe("argReduce", () => {
    const argmax = { kind: "argReduce", name: "argmax", input: float32, better: gt(x, y) } as const;

    test("gives the first of equals, along any axis", () => {
      const a = tensor(float32, [2, 3], [1, 3, 3, 7, 7, 2]);
      const rows = tensor(int64, [2]);
      device.argReduce(argmax, rows, a, 1);
      expect(storageOf(rows)).toEqual([1n, 0n]);
      const columns = tensor(int64, [3]);
      device.argReduce(argmax, columns, a, 0);
      expect(storageOf(columns)).toEqual([1n, 1n, 0n]);
    });
  });

  describe("gather and scatter", () => {
    test("gathers along an axis", () => {
      const a = tensor(float32, [2, 3], [1, 2, 3, 4, 5, 6]);
      const out = tensor(float32, [2, 2]);
      device.gather(out, a, tensor(int64, [2, 2], [2n, 0n, 1n, 1n]), 1);
      expect(storageOf(out)).toEqual([3, 1, 5, 5]);
    });

    test("gathers whole rows by an expanded index", () => {
      const table = tensor(float32, [3, 2], [1, 2, 3, 4, 5, 6]);
      const out = tensor(float32, [2, 2]);
      device.gather(out, table, strided(int32, [2, 2], [1, 0], 0, [2, 0]), 0);
      expect(storageOf(out)).toEqual([5, 6, 1, 2]);
    });

    test("adds up what meets at one place", () => {
      const out = tensor(float32, [3, 2], [100, 0, 0, 0, 0, 0]);
      const index = strided(int64, [3, 2], [1, 0], 0, [0n, 2n, 0n]);
      device.scatter(out, index, tensor(float32, [3, 2], [1, 2, 3, 4, 5, 6]), 0, "add");
      expect(storageOf(out)).toEqual([106, 8, 0, 0, 3, 4]);
    });

    test("multiplies what meets at one place", () => {
      const out = tensor(int32, [3, 2], [2 ** 31 - 1, 1, -7, 7, 2, 2]);
      const index = strided(int64, [3, 2], [1, 0], 0, [0n, 2n, 0n]);
      device.scatter(out, index, tensor(int32, [3, 2], [2 ** 31 - 3, 2, 3, 4, 1, 6]), 0, "multiply");
      expect(storageOf(out)).toEqual([3, 12, -7, 7, 6, 8]);
      const flags = tensor(bool, [3], [1, 1, 0]);
      device.scatter(flags, tensor(int32, [4], [0, 1, 1, 2]), tensor(bool, [4], [1, 1, 0, 1]), 0, "multiply");
      expect(storageOf(flags)).toEqual([1, 0, 0]);
    });

    test("keeps the last of what meets at one place", () => {
      const out = tensor(float32, [3, 2], [100, 0, 7, 0, 0, 0]);
      const index = strided(int64, [3, 2], [1, 0], 0, [0n, 2n, 0n]);
      device.scatter(out, index, tensor(float32, [3, 2], [1, 2, 3, 4, 5, 6]), 0, "write");
      expect(storageOf(out)).toEqual([5, 6, 7, 0, 3, 4]);
      device.scatter(
        out,
        tensor(int32, [1, 3], [1, 0, 1]),
        strided(float32, [1, 3], [0, 0], 0, [9]),
        1,
        "write",
      );
      expect(storageOf(out)).toEqual([9, 9, 7, 0, 3, 4]);
    });
  });

  describe("matmul", () => {
    test("multiplies matrices, with a bias", () => {
      const a = tensor(float32, [2, 3], [1, 2, 3, 4, 5, 6]);
      const b = tensor(float32, [3, 2], [1, 0, 0, 1, 1, 1]);
      const out = tensor(float32, [2, 2]);
      device.matmul(out, a, b, null);
      expect(storageOf(out)).toEqual([4, 5, 10, 11]);
      device.matmul(out, a, b, tensor(float32, [2], [100, 200]));
      expect(storageOf(out)).toEqual([104, 205, 110, 211]);
    });
  });

  describe("contract", () => {
    test("multiplies over groups of dimensions, of overlapping and reversed views", () => {
      // Windows of 2 in rows of 4, [k][n] = [window][position], against a kernel in reverse.
      const windows = strided(float32, [2, 2, 3], [4, 1, 1], 0, [1, 2, 3, 4, 10, 20, 30, 40]);
      const reversed = { ...strided(float32, [1, 2], [0, -1], 1, [1, 100]), dense: false };
      const out = tensor(float32, [2, 1, 3]);
      const repeated = { ...reversed, shape: [2, 1, 2], strides: [0, 0, -1] };
      device.contract(out, repeated, windows, { batch: 1, m: 1, n: 1, k: 1 });
      expect(storageOf(out)).toEqual([102, 203, 304, 1020, 2030, 3040]);
    });

    test("sums over several dimensions", () => {
      const a = tensor(float32, [2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
      const b = strided(float32, [2, 2, 1], [1, 2, 0], 0, [1, 10, 100, 1000]);
      const out = tensor(float32, [2, 1]);
      device.contract(out, a, b, { batch: 0, m: 1, n: 1, k: 2 });
      // k in row-major order meets 1, 100, 10, 1000.
      expect(storageOf(out)).toEqual([4231, 8675]);
    });

    test("gives zeros for sums of nothing", () => {
      const out = tensor(float32, [2, 2], [7, 7, 7, 7]);
      device.contract(out, tensor(float32, [2, 0]), tensor(float32, [0, 2]), { batch: 0, m: 1, n: 1, k: 1 });
      expect(storageOf(out)).toEqual([0, 0, 0, 0]);
    });
  });

  test("comparisons give 0 and 1 bytes", () => {
    const out = tensor(bool, [3], [1, 1, 1]);
    device.map(
      mapKernel("eq", [int64, int64], [eq(input(0, int64), input(1, int64))]),
      [out],
      [tensor(int64, [3], [1n, 2n, 3n]), tensor(int64, [3], [1n, 0n, 3n])],
      [],
    );
    expect(storageOf(out)).toEqual([1, 0, 1]);
  });
}
