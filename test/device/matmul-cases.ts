/** Runs matrix products in any regime and compares them with the definition. */
import { expect } from "vitest";
import { type DType, float32 } from "../../src/base/index.ts";
import { blasProduct } from "../../src/device/cpu/blas/blas-product.ts";
import { matmul } from "../../src/device/cpu/matmul.ts";
import { type FloatArray, matmulKernels } from "../../src/device/cpu/matmul-kernels.ts";
import { largeProduct } from "../../src/device/cpu/matmul-large.ts";
import { smallProduct } from "../../src/device/cpu/matmul-small.ts";
import type { View } from "../../src/device/storage.ts";
import { elements, type Layout, matrixView, numbers, outputView } from "./matrix-views.ts";

export type Regime = "chosen" | "small" | "large" | "blas";

/** The product of two matrices by the regime that `matmul` chooses, or by a given one. */
export function run(regime: Regime, output: View, a: View, b: View, bias: View | null): void {
  if (regime === "chosen") {
    matmul(output, a, b, bias);
    return;
  }
  const start = ({ storage, offset }: View): number => storage.base + offset;
  const data = ({ storage }: View): FloatArray => storage.data as FloatArray;
  const biasStride = (d: number): number => (bias && bias.shape[d] !== 1 ? bias.strides[d]! : 0);
  const product = {
    M: output.shape[0]!,
    N: output.shape[1]!,
    K: a.shape[1]!,
    aRow: a.strides[0]!,
    aColumn: a.strides[1]!,
    bRow: b.strides[0]!,
    bColumn: b.strides[1]!,
    biasRow: biasStride(0),
    biasColumn: biasStride(1),
  };
  const [c, x, y, z] = [data(output), data(a), data(b), bias && data(bias)];
  const [cAt, xAt, yAt, zAt] = [start(output), start(a), start(b), bias ? start(bias) : 0];
  if (regime === "blas") {
    if (!blasProduct(product, c, cAt, x, xAt, y, yAt, z, zAt)) throw new Error("not taken by the BLAS");
    return;
  }
  const kernels = matmulKernels(output.dtype === float32 ? "float32" : "float64");
  const multiply = regime === "small" ? smallProduct : largeProduct;
  multiply(kernels, product, c, cAt, x, xAt, y, yAt, z, zAt);
}

/** Up to so many elements of a result are all checked; of more, every 37th and the last row. */
const CHECK_ALL = 3000;

/**
 * Compares with the definition, computed in float64, to within the bound on rounding errors: a sum of K products and a
 * bias, in any order, is off by at most K + 1 unit roundoffs (to first order) of the sum of the terms' sizes. Also
 * checks that nothing was written around the output.
 */
export function expectProduct(output: View, a: View, b: View, bias: View | null): void {
  const [M, K] = a.shape as [number, number];
  const N = b.shape[1]!;
  const x = elements(a);
  const y = elements(b);
  const z = bias && elements(bias);
  const result = elements(output);
  const bound = (K + 3) * 1.01 * (output.dtype === float32 ? 2 ** -24 : 2 ** -53);
  for (let i = 0; i < M * N; i++) {
    const m = Math.floor(i / N);
    const n = i % N;
    if (M * N > CHECK_ALL && i % 37 !== 0 && m !== M - 1) continue;
    let value =
      z && bias ? z[(bias.shape[0] === 1 ? 0 : m * bias.shape[1]!) + (bias.shape[1] === 1 ? 0 : n)]! : 0;
    let size = Math.abs(value);
    for (let k = 0; k < K; k++) {
      const term = x[m * K + k]! * y[k * N + n]!;
      value += term;
      size += Math.abs(term);
    }
    if (!(Math.abs(result[i]! - value) <= bound * size)) {
      expect.fail(
        `element [${m}, ${n}] of ${M} x ${K} x ${N} is ${result[i]}, expected ${value} within ${bound * size}`,
      );
    }
  }
  const start = output.storage.base + output.offset;
  const outside = output.storage.data.filter(
    (_: number | bigint, i: number) => i < start || i >= start + M * N,
  );
  expect(outside.every(Number.isNaN)).toBe(true);
}

export type BiasForm = "none" | "row" | "column" | "scalar" | "full" | "stridedFull";

function makeBias(form: BiasForm, dtype: DType, M: number, N: number, value: () => number): View | null {
  if (form === "none") return null;
  const rows = form === "row" || form === "scalar" ? 1 : M;
  const columns = form === "column" || form === "scalar" ? 1 : N;
  return matrixView(dtype, rows, columns, form === "stridedFull" ? "strided" : "rows", value);
}

export interface Case {
  M: number;
  N: number;
  K: number;
  aLayout?: Layout;
  bLayout?: Layout;
  form?: BiasForm;
  dtype?: DType;
  regime?: Regime;
  seed?: number;
}

/** Operands of the case, and an output of NaN. */
export function prepare({
  M,
  N,
  K,
  aLayout = "rows",
  bLayout = "rows",
  form = "none",
  dtype = float32,
  seed = 1,
}: Case) {
  const value = numbers(seed);
  return {
    a: matrixView(dtype, M, K, aLayout, value),
    b: matrixView(dtype, K, N, bLayout, value),
    bias: makeBias(form, dtype, M, N, value),
    output: outputView(dtype, [M, N]),
  };
}

export function check(product: Case): void {
  const { output, a, b, bias } = prepare(product);
  run(product.regime ?? "chosen", output, a, b, bias);
  expectProduct(output, a, b, bias);
}
