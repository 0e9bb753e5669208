import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { float32, float64, fma32 } from "../../src/base/index.ts";
import { matmul } from "../../src/device/cpu/matmul.ts";
import { settings } from "../../src/device/cpu/settings.ts";
import type { View } from "../../src/device/storage.ts";
import { type Case, prepare, run } from "./matmul-cases.ts";
import { elements, layouts, outputView, stridedView } from "./matrix-views.ts";

const relaxedFma = settings.relaxedFma;

// Of the own kernels; blas.test.ts is about the others.
settings.blas = false;

afterEach(() => {
  settings.deterministic = false;
  settings.relaxedFma = relaxedFma;
});

type Step = (sum: number, a: number, b: number) => number;

const twoRoundings: Step = (sum, a, b) => Math.fround(sum + Math.fround(a * b));
const oneRounding: Step = (sum, a, b) => fma32(a, b, sum);
const inFloat64: Step = (sum, a, b) => sum + a * b;

/** Sums over k in increasing order, then adds the bias [1, N]. */
function inOrder(step: Step, a: View, b: View, bias: View | null): number[] {
  const [M, K] = a.shape as [number, number];
  const N = b.shape[1]!;
  const x = elements(a);
  const y = elements(b);
  const z = bias && elements(bias);
  return Array.from({ length: M * N }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < K; k++) sum = step(sum, x[Math.floor(i / N) * K + k]!, y[k * N + (i % N)]!);
    return z ? step(z[i % N]!, sum, 1) : sum;
  });
}

function digits(product: Case) {
  const { output, a, b, bias } = prepare(product);
  run(product.regime ?? "chosen", output, a, b, bias);
  return { result: [...elements(output)], expected: (step: Step) => inOrder(step, a, b, bias) };
}

describe("digits of matmul", () => {
  it.each([
    { M: 4, K: 2, N: 10 },
    { M: 4, K: 10, N: 10 },
    { M: 4, K: 10, N: 1 },
    { M: 10, K: 4, N: 2 },
    { M: 1, K: 64, N: 33 },
    { M: 15, K: 16, N: 17 },
  ])("the smallest products sum over k in order, the bias last ($M x $K x $N)", (sizes) => {
    for (const aLayout of layouts) {
      for (const bLayout of layouts) {
        for (const form of ["none", "row"] as const) {
          const single = digits({ ...sizes, aLayout, bLayout, form });
          expect(single.result).toEqual(single.expected(oneRounding));
          const double = digits({ ...sizes, aLayout, bLayout, form, dtype: float64 });
          expect(double.result).toEqual(double.expected(inFloat64));
        }
      }
    }
  });

  const larger: Case[] = [
    { M: 31, K: 32, N: 33, form: "row" },
    { M: 40, K: 300, N: 50, form: "row", regime: "large" },
  ];

  it.each(larger)(
    "larger ones too ($M x $K x $N), with two roundings a step for the same digits everywhere",
    (product) => {
      settings.deterministic = true;
      const { result, expected } = digits(product);
      expect(result).toEqual(expected(twoRoundings));
    },
  );

  it.each(larger)("larger ones too ($M x $K x $N), with two roundings a step if asked", (product) => {
    settings.relaxedFma = false;
    const { result, expected } = digits(product);
    expect(result).toEqual(expected(twoRoundings));
  });

  it.runIf(relaxedFma).each(larger)(
    "larger ones too ($M x $K x $N), with one rounding where there is FMA",
    (product) => {
      const { result, expected } = digits(product);
      expect(result).toEqual(expected(oneRounding));
    },
  );
});

interface Recording {
  initial: Record<string, number[] | number[][]>;
  costs: [number, number][];
}

function recording(name: string): Recording {
  return JSON.parse(readFileSync(new URL(`../fixtures/reference/${name}.json`, import.meta.url), "utf8"));
}

function tensor(values: number[] | number[][]): View {
  const shape = Array.isArray(values[0]) ? [values.length, values[0].length] : [values.length];
  const left = values.flat();
  return stridedView(float32, shape, shape.length === 2 ? [shape[1]!, 1] : [1], () => left.shift()!);
}

function transposed(x: View): View {
  return { ...x, shape: [x.shape[1]!, x.shape[0]!], strides: [x.strides[1]!, x.strides[0]!] };
}

const { fround, exp, log, max } = Math;
const sigmoid = (x: number): number => fround(1 / fround(1 + fround(exp(-x))));
const X = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const Y = [0, 1, 1, 0];

/** sigmoid(x w + b) */
function layer(x: View, w: View, b: View): View {
  const y = outputView(float32, [x.shape[0]!, w.shape[1]!]);
  matmul(y, x, w, b);
  const left = elements(y).map(sigmoid);
  let i = 0;
  return stridedView(float32, y.shape, [y.shape[1]!, 1], () => left[i++]!);
}

/** Mean binary cross-entropy, logs no lower than -100, each step rounded to float32. */
function cost(prediction: View): number {
  let sum = 0;
  elements(prediction).forEach((p, i) => {
    const yes = max(fround(log(p)), -100);
    const no = max(fround(log(fround(1 - p))), -100);
    sum = fround(sum + fround(fround((Y[i]! - 1) * no) - fround(Y[i]! * yes)));
  });
  return fround(sum / 4);
}

describe("the course's networks start with the cost that PyTorch prints", () => {
  it.each([
    { name: "xor_nn_2-10-10-10-1_lr3", layers: [0, 2, 4, 6] },
    { name: "xor_nn_2-1_lr1", layers: [0] },
  ])("$name", ({ name, layers }) => {
    const { initial, costs } = recording(name);
    let h = tensor(X);
    for (const l of layers)
      h = layer(h, transposed(tensor(initial[`${l}.weight`]!)), tensor(initial[`${l}.bias`]!));
    expect(cost(h)).toBe(costs[0]![1]);
  });

  it("xor_manual_2-2-1", () => {
    const { initial, costs } = recording("xor_manual_2-2-1");
    const h = layer(tensor(X), tensor(initial.w1!), tensor(initial.b1!));
    expect(cost(layer(h, tensor(initial.w2!), tensor(initial.b2!)))).toBe(costs[0]![1]);
  });
});

it("compiles modules that browsers compile at once on the main thread (4 KiB)", async () => {
  const { Module } = WebAssembly;
  const sizes: number[] = [];
  WebAssembly.Module = class extends Module {
    constructor(bytes: BufferSource) {
      super(bytes);
      sizes.push(bytes.byteLength);
    }
  };
  try {
    vi.resetModules();
    const { matmulKernels } = await import("../../src/device/cpu/matmul-kernels.ts");
    for (const type of ["float32", "float64"] as const) {
      const kernels = matmulKernels(type);
      expect([kernels.packing, kernels.multiplying]).not.toContain(undefined);
    }
  } finally {
    WebAssembly.Module = Module;
  }
  expect(sizes.length).toBeGreaterThanOrEqual(6);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(4096);
});
