/** The smallest products where the engine cannot multiply and add with one rounding: the digits are the same. */
import { expect, it, vi } from "vitest";
import { float32, fma32 } from "../../src/base/index.ts";
import { prepare } from "../device/matmul-cases.ts";
import { elements } from "../device/matrix-views.ts";
import { runCompiled, specOf } from "./program-product.ts";

vi.mock("../../src/codegen/wasm/relaxed-simd.ts", () => ({ hasFusedMultiplyAdd: () => false }));

it.each<[number, number, number]>([
  [4, 10, 10],
  [3, 2, 7],
  [16, 16, 16],
])("%i x %i x %i", (M, K, N) => {
  const { a, b, bias } = prepare({ M, N, K, form: "row", dtype: float32 });
  const [x, y, z] = [elements(a), elements(b), elements(bias!)];
  const { result } = runCompiled(specOf({ a, b, bias }), { a, b, bias });
  result.forEach((found, i) => {
    const [m, n] = [Math.floor(i / N), i % N];
    let sum = 0;
    for (let k = 0; k < K; k++) sum = fma32(x[m * K + k]!, y[k * N + n]!, sum);
    expect(found).toBe(Math.fround(sum + z[n]!));
  });
});
