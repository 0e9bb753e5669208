import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { type DType, float32, float64 } from "../../src/base/index.ts";
import { isSmall } from "../../src/codegen/wasm/matmul-plan.ts";
import { settings } from "../../src/device/cpu/settings.ts";
import { type BiasForm, check, run } from "./matmul-cases.ts";
import { elements, type Layout, layouts, matrixView, outputView } from "./matrix-views.ts";

// Of the own kernels; blas.test.ts is about the others.
settings.blas = false;

afterEach(() => {
  settings.deterministic = false;
});

const size = fc.integer({ min: 1, max: 70 });
const layout = fc.constantFrom(...layouts);
const biasForm = fc.constantFrom<BiasForm>("none", "row", "column", "scalar", "full", "stridedFull");

describe("matmul of floats equals the definition", () => {
  it.each<[string, DType, boolean]>([
    ["float32, fused where possible", float32, false],
    ["float32, deterministic", float32, true],
    ["float64, fused where possible", float64, false],
    ["float64, deterministic", float64, true],
  ])("for any sizes, layouts and bias (%s)", (_, dtype, deterministic) => {
    fc.assert(
      fc.property(
        size,
        size,
        size,
        layout,
        layout,
        biasForm,
        fc.nat(1000),
        (M, N, K, aLayout, bLayout, form, seed) => {
          settings.deterministic = deterministic;
          const product = { M, N, K, aLayout, bLayout, form, dtype, seed };
          check(product);
          check({ ...product, regime: "large" });
          if (isSmall({ M, N, K })) check({ ...product, regime: "small" });
        },
      ),
      { numRuns: 60 },
    );
  });

  it("for every tiny size, where tiles stick out of the matrix", () => {
    for (let i = 0; i < 9 * 9 * 6 * 8; i++) {
      const M = 1 + (i % 9);
      const N = 1 + (Math.floor(i / 9) % 9);
      const K = [1, 2, 3, 4, 5, 9][Math.floor(i / 81) % 6]!;
      const form = Math.floor(i / 486);
      check({
        ...{ M, N, K, seed: i, form: "row" },
        dtype: form & 1 ? float64 : float32,
        regime: form & 2 ? "large" : "small",
        bLayout: form & 4 ? "columns" : "rows",
      });
    }
  });

  const pairs: [Layout, Layout][] = [
    ["rows", "rows"],
    ["rows", "columns"],
    ["columns", "rows"],
    ["slice", "columnSlice"],
    ["columnSlice", "slice"],
    ["strided", "rows"],
    ["repeatedRow", "strided"],
  ];

  it.each([
    { M: 100, K: 300, N: 200, why: "panels of both widths end early" },
    { M: 513, K: 257, N: 129, why: "every loop ends early" },
    { M: 132, K: 1101, N: 9, why: "k in parts, the result taken up again" },
    { M: 5, K: 512, N: 1040, why: "several blocks of columns" },
    { M: 300, K: 20, N: 1050, why: "several blocks of rows" },
    { M: 70, K: 500, N: 10, why: "computed transposed" },
    { M: 10, K: 500, N: 70, why: "flat" },
    { M: 2, K: 900, N: 301, why: "dot products with two vectors" },
    { M: 301, K: 900, N: 2, why: "dot products with two vectors" },
    { M: 1, K: 700, N: 301, why: "vector times matrix" },
    { M: 301, K: 700, N: 1, why: "matrix times vector" },
    { M: 3, K: 9, N: 5003, why: "a few vectors with a matrix in parts" },
    { M: 5003, K: 9, N: 3, why: "a few vectors with a matrix in parts" },
    { M: 1, K: 5, N: 9000, why: "a vector in parts" },
    { M: 9000, K: 5, N: 1, why: "a vector in parts" },
    { M: 1, K: 70_001, N: 1, why: "a dot product in parts" },
    { M: 2, K: 35_001, N: 2, why: "dot products in parts" },
    { M: 1000, K: 1, N: 50, why: "an outer product" },
  ])("for $M x $K x $N in every layout: $why", ({ M, K, N }) => {
    pairs.forEach(([aLayout, bLayout], i) => {
      settings.deterministic = i % 2 === 1;
      check({ M, K, N, aLayout, bLayout, form: (["row", "none", "full", "column"] as const)[i % 4] });
    });
    check({ M, K, N, bLayout: "columns", form: "row", dtype: float64 });
    check({ M, K, N, aLayout: "columns", form: "stridedFull", dtype: float64 });
  });
});

describe("matmul of floats", () => {
  it.each([
    [5, 6, 7],
    [1, 9, 8],
    [9, 1, 8],
    [2, 2, 9],
    [40, 50, 30],
  ])(
    "keeps NaN and infinity in their row and column, 0 times infinity being NaN (%i x %i x %i)",
    (M, N, K) => {
      for (const dtype of [float32, float64]) {
        for (const regime of ["small", "large"] as const) {
          if (regime === "small" && !isSmall({ M, N, K })) continue;
          const a = matrixView(dtype, M, K, "rows", () => 0);
          const b = matrixView(dtype, K, N, "rows", () => 1);
          a.storage.data[a.storage.base + a.offset + (M - 1) * K] = Number.NaN;
          b.storage.data[b.storage.base + b.offset + (K - 1) * N] = Number.POSITIVE_INFINITY;
          const output = outputView(dtype, [M, N]);
          run(regime, output, a, b, null);
          const expected = Array.from({ length: M * N }, (_, i) =>
            i >= (M - 1) * N || i % N === 0 ? Number.NaN : 0,
          );
          expect([...elements(output)]).toEqual(expected);
        }
      }
    },
  );
});
