/** Large products on several threads have the digits that they have on one. */
import { beforeAll, describe, expect, it, vi } from "vitest";
import * as torch from "xorch";
import { type FloatArray, matmulKernels } from "../../src/device/cpu/matmul-kernels.ts";
import { LEAST_TEAM_WORK, largeProduct } from "../../src/device/cpu/matmul-large.ts";
import type { Operand, Target } from "../../src/device/cpu/matmul-operand.ts";
import { teamProduct } from "../../src/device/cpu/matmul-team.ts";
import type { MatrixProduct } from "../../src/device/cpu/matrix-product.ts";
import { settings } from "../../src/device/cpu/settings.ts";
import { numThreads } from "../../src/device/cpu/threads/count.ts";
import { setNumThreads } from "../../src/device/cpu/threads/set-num-threads.ts";
import { TeamProgram } from "../../src/device/cpu/threads/team.ts";

type Type = "float32" | "float64";

/** Numbers in [-1, 1) with a bias, the same in every run. */
function numbers(type: Type, count: number, seed: number): FloatArray {
  const values = type === "float32" ? new Float32Array(count) : new Float64Array(count);
  let state = seed;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = state / 2 ** 31 - 1;
  }
  return values;
}

interface Layout {
  /** Whether the operand lies as its transpose, */
  readonly a?: boolean;
  readonly b?: boolean;
  /** or with gaps. */
  readonly gaps?: boolean;
  readonly bias?: "row" | "column" | "all" | "output";
}

/** The product on one thread and on several. */
function both(type: Type, M: number, N: number, K: number, { a, b, gaps, bias }: Layout) {
  const kernels = matmulKernels(type);
  const step = gaps ? 3 : 1;
  const product: MatrixProduct = {
    M,
    N,
    K,
    aRow: (a ? 1 : K) * step,
    aColumn: (a ? M : 1) * step,
    bRow: (b ? 1 : N) * step,
    bColumn: (b ? K : 1) * step,
    biasRow: bias === "row" ? 0 : bias === "column" ? 1 : N,
    biasColumn: bias === "column" ? 0 : 1,
  };
  const at = 5;
  const x = numbers(type, at + M * K * step, 1);
  const y = numbers(type, at + K * N * step, 2);
  const start = numbers(type, at + M * N, 3);
  const one = start.slice();
  const many = start.slice();
  const added = (output: FloatArray) => (bias === undefined ? null : bias === "output" ? output : start);
  const threads = numThreads();
  setNumThreads(1);
  largeProduct(kernels, product, one, at, x, at, y, at, added(one), at);
  setNumThreads(threads);
  const left: Operand = { data: x, at, count: M, stride: product.aRow, step: product.aColumn };
  const right: Operand = { data: y, at, count: N, stride: product.bColumn, step: product.bRow };
  const target: Target = { data: many, at, row: N, column: 1 };
  const data = added(many);
  const others: Target | null = data && { data, at, row: product.biasRow, column: product.biasColumn };
  const done = teamProduct(kernels, left, right, K, target, others);
  return { one, many, done };
}

/** Waits for workers: they start, and hear of the program, with the first products that want them. */
async function ready(type: Type): Promise<void> {
  while (!both(type, 64, 64, 8, {}).done) await new Promise((resolve) => setTimeout(resolve, 2));
}

const shapes: [M: number, N: number, K: number][] = [
  [64, 64, 64],
  [67, 73, 129],
  [130, 66, 511],
  [100, 1030, 70],
  [1200, 65, 600],
  [300, 300, 1111],
  [2100, 72, 2050],
];

describe.each(["float32", "float64"] as const)("%s", (type) => {
  beforeAll(async () => {
    setNumThreads(3);
    await ready(type);
    return () => setNumThreads(1);
  });

  it.each(shapes)("%i x %i x %i, in every layout", (M, N, K) => {
    for (const a of [false, true]) {
      for (const b of [false, true]) {
        const { one, many, done } = both(type, M, N, K, { a, b });
        expect(done).toBe(true);
        expect(Buffer.compare(Buffer.from(many.buffer), Buffer.from(one.buffer))).toBe(0);
      }
    }
  });

  it.each(["row", "column", "all", "output"] as const)("with a bias: %s", (bias) => {
    for (const [M, N, K] of [shapes[1]!, shapes[5]!]) {
      const { one, many, done } = both(type, M, N, K, { b: true, bias });
      expect(done).toBe(true);
      expect(Buffer.compare(Buffer.from(many.buffer), Buffer.from(one.buffer))).toBe(0);
    }
  });

  it("with gaps between elements, and with two roundings", async () => {
    settings.deterministic = true;
    try {
      await ready(type);
      const { one, many, done } = both(type, 70, 200, 333, { gaps: true, bias: "row" });
      expect(done).toBe(true);
      expect(Buffer.compare(Buffer.from(many.buffer), Buffer.from(one.buffer))).toBe(0);
    } finally {
      settings.deterministic = false;
    }
  });
});

it("is not for one thread, and not for narrow products", async () => {
  setNumThreads(2);
  await ready("float32");
  expect(both("float32", 63, 64, 64, {}).done).toBe(false);
  expect(both("float32", 64, 63, 64, {}).done).toBe(false);
  expect(both("float32", 64, 64, 64, {}).done).toBe(true);
  setNumThreads(1);
  expect(both("float32", 64, 64, 64, {}).done).toBe(false);
});

it("is the way of large products", async () => {
  setNumThreads(2);
  await ready("float32");
  const run = vi.spyOn(TeamProgram.prototype, "run");
  const multiply = (M: number): void => {
    const [x, y] = [torch.ones([M, 256]), torch.ones([256, 256])];
    expect(x.matmul(y).min().item()).toBe(256);
  };
  torch.backends.blas.enabled = false;
  try {
    multiply(LEAST_TEAM_WORK / 256 ** 2 - 1);
    expect(run).not.toHaveBeenCalled();
    multiply(LEAST_TEAM_WORK / 256 ** 2);
    expect(run).toHaveBeenCalledOnce();
  } finally {
    torch.backends.blas.enabled = true;
    run.mockRestore();
  }
});
