import { describe, expect, it } from "vitest";
import { broadcastStrides, type DType, float32, float64, int32, int64, uint8 } from "../../src/base/index.ts";
import { matmul } from "../../src/device/cpu/matmul.ts";
import type { View } from "../../src/device/storage.ts";
import { elements, numbers, outputView, stridedView } from "./matrix-views.ts";

function dense(shape: readonly number[]): number[] {
  return shape.map((_, d) => shape.slice(d + 1).reduce((x, y) => x * y, 1));
}

/** The product by the definition, in BigInt for integers, over batches that broadcast. */
function reference(shape: readonly number[], a: View, b: View, bias: View | null): (number | bigint)[] {
  const batch = shape.slice(0, -2);
  const [M, N] = shape.slice(-2) as [number, number];
  const K = a.shape.at(-1)!;
  const expand = (x: View, rows: number, columns: number) => {
    const target = [...batch, rows, columns];
    return elements({ ...x, shape: target, strides: broadcastStrides(x.shape, x.strides, target) });
  };
  const [x, y, z] = [expand(a, M, K), expand(b, K, N), bias && expand(bias, M, N)];
  const exact = a.dtype.isFloatingPoint ? (v: number) => v : (v: number) => BigInt(v);
  return Array.from({ length: shape.reduce((p, q) => p * q, 1) }, (_, i) => {
    const n = i % N;
    const row = Math.floor(i / N);
    let sum = exact(z ? z[i]! : 0) as number;
    for (let k = 0; k < K; k++) {
      sum +=
        (exact(x[row * K + k]!) as number) * (exact(y[(Math.floor(row / M) * K + k) * N + n]!) as number);
    }
    return sum;
  });
}

function expectBatches(
  dtype: DType,
  shapes: { output: number[]; a: number[]; b: number[]; bias?: number[] },
  value: () => number | bigint,
  strides: { a?: number[]; b?: number[]; bias?: number[] } = {},
): void {
  const view = (name: "a" | "b" | "bias"): View =>
    stridedView(dtype, shapes[name]!, strides[name] ?? dense(shapes[name]!), value);
  const [a, b, bias] = [view("a"), view("b"), shapes.bias ? view("bias") : null];
  const output = outputView(dtype, shapes.output);
  matmul(output, a, b, bias);
  const expected = reference(shapes.output, a, b, bias);
  const result = elements(output);
  expect(result.length).toBe(expected.length);
  const wrapped = new dtype.Array(expected.length);
  expected.forEach((x, i) => {
    if (typeof x === "number") expect(result[i]).toBeCloseTo(x, dtype === float32 ? 3 : 10);
    // BigInt64Array wraps by itself; the narrower arrays wrap the low bits, which a number can hold.
    else wrapped[i] = (dtype === int64 ? x : Number(BigInt.asIntN(32, x))) as never;
  });
  if (!dtype.isFloatingPoint) expect(result).toEqual(wrapped);
}

describe("matmul over batches", () => {
  const sizes = { M: 3, N: 4, K: 5 };
  const { M, N, K } = sizes;
  it.each([
    { output: [2, M, N], a: [2, M, K], b: [2, K, N] },
    { output: [2, M, N], a: [2, M, K], b: [K, N], bias: [N] },
    { output: [2, M, N], a: [M, K], b: [2, K, N], bias: [2, 1, N] },
    { output: [6, 2, M, N], a: [6, 1, M, K], b: [2, K, N], bias: [M, N] },
    { output: [6, 2, M, N], a: [6, 2, M, K], b: [1, 1, K, N], bias: [1] },
    { output: [6, 2, M, N], a: [1, 2, M, K], b: [6, 1, K, N], bias: [6, 2, M, N] },
    { output: [2, 3, 2, 1, N], a: [2, 3, 2, 1, K], b: [K, N], bias: [2, 1, 1, 1, N] },
    { output: [2, 3, 1, N], a: [2, 1, 1, K], b: [3, K, N] },
    { output: [2, 40, 50], a: [2, 40, 30], b: [2, 30, 50], bias: [50] },
    { output: [3, 40, 50], a: [3, 40, 30], b: [30, 50], bias: [40, 1] },
    { output: [1, 1, M, N], a: [M, K], b: [K, N], bias: [] },
  ])("broadcasts $a x $b + $bias", (shapes) => {
    expectBatches(float32, shapes, numbers(3));
    expectBatches(float64, shapes, numbers(4));
  });

  it("takes rows that lie apart, in batches that lie apart", () => {
    const shapes = { output: [2, 3, M, N], a: [2, 3, M, K], b: [K, N], bias: [2, 3, M, N] };
    expectBatches(float32, shapes, numbers(5), { a: [200, 7 * M, 7, 1] });
    expectBatches(float32, shapes, numbers(5), { a: [21 * M, 7 * M, 7, 1], b: [1, K] });
    expectBatches(float32, shapes, numbers(5), { a: [1, 2, 6, 18], bias: [0, 1, 0, 3] });
    expectBatches(float32, shapes, numbers(5), { a: [0, M * K, K, 1], b: [N * 2, 2] });
  });
});

describe("matmul of integers wraps around", () => {
  const shapes = { output: [2, 4, 5], a: [2, 4, 6], b: [6, 5], bias: [5] };
  it.each<[DType, (x: number) => number | bigint]>([
    [uint8, (x) => Math.floor((x + 1) * 128)],
    [int32, (x) => Math.floor(x * 2 ** 31)],
    [int64, (x) => BigInt(Math.floor(x * 2 ** 52)) * 2n ** 11n + 7n],
  ])("%s", (dtype, scale) => {
    const next = numbers(9);
    expectBatches(dtype, shapes, () => scale(next()), { b: [1, 6] });
    expectBatches(dtype, { output: [1, 1], a: [1, 1], b: [1, 1] }, () => scale(next()));
  });
});

describe("matmul of nothing", () => {
  it("over K = 0 gives the bias, or 0", () => {
    for (const dtype of [float32, float64, int32, int64, uint8]) {
      const one = (dtype === int64 ? (x: number) => BigInt(x) : (x: number) => x) as (x: number) => number;
      let next = 0;
      const bias = stridedView(dtype, [3], [2], () => one(++next));
      const empty = (shape: number[]) => stridedView(dtype, shape, dense(shape), () => one(0));
      const output = outputView(dtype, [2, 3]);
      matmul(output, empty([2, 0]), empty([0, 3]), bias);
      expect([...elements(output)]).toEqual([1, 2, 3, 1, 2, 3].map(one));
      matmul(output, empty([2, 0]), empty([0, 3]), null);
      expect([...elements(output)]).toEqual([0, 0, 0, 0, 0, 0].map(one));
    }
  });

  it.each([
    { output: [0, 3], a: [0, 2], b: [2, 3] },
    { output: [3, 0], a: [3, 2], b: [2, 0] },
    { output: [0, 3, 4], a: [0, 3, 2], b: [2, 4] },
    { output: [2, 0, 3, 4], a: [3, 2], b: [2, 0, 2, 4] },
  ])("writes nothing into $output", ({ output, a, b }) => {
    const result = outputView(float32, output);
    matmul(
      result,
      stridedView(float32, a, dense(a), () => 1),
      stridedView(float32, b, dense(b), () => 1),
      null,
    );
    expect(result.storage.data.every(Number.isNaN)).toBe(true);
  });
});
