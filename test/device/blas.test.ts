/** Products by a BLAS of the system, and how the library does without one. */
import { spawnSync } from "node:child_process";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { float32, float64 } from "../../src/base/index.ts";
import { blasChoice, blasInUse, blasThreads } from "../../src/device/cpu/blas/blas.ts";
import { findBlas } from "../../src/device/cpu/blas/find-blas.ts";
import type { Blas } from "../../src/device/cpu/blas/library.ts";
import { blasDescription, memoryGemm } from "../../src/device/cpu/blas/memory-gemm.ts";
import { touchBuffers } from "../../src/device/cpu/blas/touch-buffers.ts";
import { matmul } from "../../src/device/cpu/matmul.ts";
import { settings } from "../../src/device/cpu/settings.ts";
import { numThreads } from "../../src/device/cpu/threads/count.ts";
import { setNumThreads } from "../../src/device/cpu/threads/set-num-threads.ts";
import * as torch from "../../src/index.ts";
import { type BiasForm, type Case, check, prepare, run } from "./matmul-cases.ts";
import { elements, type Layout } from "./matrix-views.ts";

const { blas: found, reason: why } = blasChoice();
const reason = found === null ? why : null;
const withBlas = describe.skipIf(reason !== null);
const suffix = reason === null ? "" : ` (skipped: ${reason})`;

const threads = numThreads();

afterEach(() => {
  settings.blas = true;
  settings.deterministic = false;
  setNumThreads(threads);
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Layouts that a BLAS reads where they lie, whatever the sizes. */
const layouts: readonly Layout[] = ["rows", "columns", "slice", "columnSlice"];
const biasForms: readonly BiasForm[] = ["none", "row", "column", "scalar", "full", "stridedFull"];

function digits(product: Case): number[] {
  const { output, a, b, bias } = prepare(product);
  run(product.regime ?? "chosen", output, a, b, bias);
  return [...elements(output)];
}

/** Large enough that the BLAS sums in another order than the own kernels, which the last digits tell. */
const product: Case = { M: 130, K: 900, N: 120, form: "row" };

withBlas(`a product by the BLAS${suffix}`, () => {
  it("equals the definition for any sizes, layouts and bias", () => {
    const size = fc.integer({ min: 1, max: 70 });
    const layout = fc.constantFrom(...layouts);
    fc.assert(
      fc.property(
        ...[size, size, size, layout, layout],
        fc.constantFrom(...biasForms),
        fc.constantFrom(float32, float64),
        fc.nat(1000),
        (M, N, K, aLayout, bLayout, form, dtype, seed) =>
          check({ M, N, K, aLayout, bLayout, form, dtype, seed, regime: "blas" }),
      ),
      { numRuns: 200 },
    );
  });

  it.each([
    { M: 1, K: 700, N: 301 },
    { M: 301, K: 700, N: 1 },
    { M: 1, K: 5000, N: 1 },
    { M: 200, K: 1, N: 100 },
    { M: 513, K: 257, N: 129 },
  ])("equals the definition for $M x $K x $N in every layout", (sizes) => {
    layouts.forEach((aLayout, i) => {
      layouts.forEach((bLayout, j) => {
        const form = (["row", "none", "column"] as const)[(i + j) % 3]!;
        check({ ...sizes, aLayout, bLayout, form, dtype: (i ^ j) & 1 ? float32 : float64, regime: "blas" });
      });
    });
  });

  it("takes vectors of any distance between elements", () => {
    check({ M: 1, K: 300, N: 40, aLayout: "strided", regime: "blas" });
    check({ M: 40, K: 300, N: 1, bLayout: "strided", form: "column", regime: "blas" });
  });

  it.each<[string, Layout]>([
    ["no stride of 1", "strided"],
    ["a repeated row", "repeatedRow"],
    ["a repeated column", "repeatedColumn"],
  ])("is left to the own kernels for %s", (_, layout) => {
    expect(() => check({ ...product, aLayout: layout, regime: "blas" })).toThrow("not taken");
    expect(() => check({ ...product, bLayout: layout, regime: "blas" })).toThrow("not taken");
    check({ ...product, aLayout: layout });
    check({ ...product, M: 1, K: 900, aLayout: "repeatedColumn", bLayout: layout });
  });

  it("leaves vectors that run backwards to the own kernels: the reversed weights of a convolution", () => {
    const gradientOf = (blas: boolean): number[] => {
      settings.blas = blas;
      torch.manualSeed(1);
      const x = torch.randn([2, 16, 20, 20], { requiresGrad: true });
      const weight = torch.randn([16, 1, 5, 5]);
      torch.nn.functional.conv2d(x, weight, null, { padding: 2, groups: 16 }).square().sum().backward();
      return Array.from(x.grad!.toTypedArray(), Number);
    };
    const expected = gradientOf(false);
    const furthest = Math.max(...gradientOf(true).map((dx, i) => Math.abs(dx - expected[i]!)));
    expect(furthest).toBeLessThan(1e-3);
  });

  it("keeps NaN and infinity in their row and column", () => {
    const { output, a, b } = prepare({ M: 40, K: 50, N: 30 });
    a.storage.data[a.storage.base + a.offset + 39 * 50] = Number.NaN;
    b.storage.data[b.storage.base + b.offset + 49 * 30] = Number.POSITIVE_INFINITY;
    run("blas", output, a, b, null);
    const finite = [...elements(output)].map(Number.isFinite);
    expect(finite).toEqual(Array.from({ length: 1200 }, (_, i) => i < 39 * 30 && i % 30 !== 0));
  });

  it("adds to the output where that is its own bias", () => {
    const { output, a, b } = prepare({ M: 40, K: 50, N: 30 });
    run("blas", output, a, b, null);
    const once = [...elements(output)];
    run("blas", output, a, b, output);
    expect([...elements(output)].map((x, i) => Math.abs(x - 2 * once[i]!) < 1e-5)).not.toContain(false);
  });

  it("is chosen above the exact products, and not with deterministic algorithms or when turned off", () => {
    const blas = digits({ ...product, regime: "blas" });
    expect(digits(product)).toEqual(blas);

    settings.blas = false;
    expect(blasInUse()).toBe(null);
    expect(blasDescription()).toBe(null);
    expect(memoryGemm(new WebAssembly.Memory({ initial: 1 }))).toBe(null);
    const own = digits(product);
    expect(own).not.toEqual(blas);
    expect(own).toEqual(digits({ ...product, regime: "large" }));
    expect(() => digits({ ...product, regime: "blas" })).toThrow("not taken");

    settings.blas = true;
    torch.useDeterministicAlgorithms(true);
    expect(blasInUse()).toBe(null);
    expect(digits(product)).toEqual(digits({ ...product, regime: "large" }));
  });

  const asks = (name: string) =>
    found!.library.func(`${found!.prefix}openblas_get_${name}${found!.suffix}`, "int", []);
  const hasThreads = found?.name === "OpenBLAS" && asks("parallel")() !== 0;
  it.skipIf(!hasThreads)("uses as many threads as are set (only OpenBLAS tells)", () => {
    const told = asks("num_threads");
    for (const threads of [1, 2]) {
      setNumThreads(threads);
      expect(torch.backends.blas.numThreads).toBe(threads);
      digits(product);
      expect(told()).toBe(threads);
    }
    blasThreads(1);
    expect(told()).toBe(1);
  });
});

/** Room for each of a, b and c: float64 matrices of this size. */
const SIZE = 96;
const MATRIX_BYTES = SIZE * SIZE * 8;

withBlas(`memoryGemm${suffix}`, () => {
  it.each([
    { dtype: float32, flag: 0 },
    { dtype: float64, flag: 4 },
  ])(
    "multiplies $dtype.name at addresses, transposed as flags say, adding to what is there",
    ({ dtype, flag }) => {
      // Above 2 GiB, which WebAssembly hands over as negative numbers.
      const start = 2 ** 31 + 65536;
      const memory = new WebAssembly.Memory({ initial: 32768 + 8, maximum: 32768 + 8, shared: true });
      const { gemm } = memoryGemm(memory)!;
      const at = [0, 1, 2].map((i) => start + i * MATRIX_BYTES);
      const [M, N, K] = [70, 33, 90];
      for (let flags = 0; flags < 4; flags++) {
        const layout = (bit: number): Layout => (flags & bit ? "columns" : "rows");
        const { a, b, output } = prepare({ M, N, K, dtype, aLayout: layout(1), bLayout: layout(2) });
        matmul(output, a, b, null);
        const inMemory = at.map(
          (address) => new dtype.Array(memory.buffer, address, SIZE * SIZE) as Float32Array,
        );
        const [x, y, c] = inMemory as [Float32Array, Float32Array, Float32Array];
        x.set(a.storage.data.subarray(a.storage.base + a.offset).subarray(0, M * K) as Float32Array);
        y.set(b.storage.data.subarray(b.storage.base + b.offset).subarray(0, K * N) as Float32Array);
        const [lda, ldb, ldc] = [flags & 1 ? M : K, flags & 2 ? K : N, N + 3];
        c.fill(Number.NaN);
        for (const beta of [0, 1]) {
          gemm(flags | flag, M, N, K, at[0]! | 0, lda, at[1]! | 0, ldb, at[2]! | 0, ldc, beta);
          elements(output).forEach((value, i) => {
            const result = c[Math.floor(i / N) * ldc + (i % N)]!;
            expect(Math.abs(result - (1 + beta) * value)).toBeLessThan(1e-4);
          });
        }
        expect(c[N]).toBe(Number.NaN);
      }
    },
  );

  it("gives the same bits when a worker computes some of the rows", async () => {
    const size = 256;
    const [a, b, c] = [65536, 65536 + size * size * 4, 65536 + 2 * size * size * 4] as const;
    const memory = new WebAssembly.Memory({ initial: 20, maximum: 20, shared: true });
    const { gemm, workerImports } = memoryGemm(memory)!;
    const operands = new Float32Array(memory.buffer, a, 2 * size * size);
    operands.forEach((_, i) => {
      operands[i] = Math.sin(i);
    });
    const result = new Float32Array(memory.buffer, c, size * size);
    const rows = size / 2;
    const half = (at: number): Parameters<typeof gemm> => {
      const from = at * rows * size * 4;
      return [0, rows, size, size, a + from, size, b, size, c + from, size, 0];
    };
    blasThreads(1);
    gemm(...half(0));
    gemm(...half(1));
    const alone = [...result];
    expect(alone[300]).not.toBe(0);

    // 100 rounds: word 0 counts those that the worker is told to begin, word 1 those that it has done.
    const worker = new Worker(
      `const { parentPort, workerData } = require("node:worker_threads");
      const { imports, memory, half } = workerData;
      const { gemm } = new Function("return " + imports.source)()(imports.description, memory, require);
      const words = new Int32Array(memory.buffer);
      parentPort.postMessage("ready");
      for (let round = 1; round <= 100; round++) {
        while (Atomics.load(words, 0) < round);
        gemm(...half);
        Atomics.store(words, 1, round);
      }`,
      { eval: true, execArgv: [], workerData: { imports: workerImports, memory, half: half(1) } },
    );
    await new Promise((ready, failed) => worker.on("message", ready).on("error", failed));
    const words = new Int32Array(memory.buffer);
    for (let round = 1; round <= 100; round++) {
      result.fill(0);
      Atomics.store(words, 0, round);
      gemm(...half(0));
      const latest = performance.now() + 10_000;
      while (Atomics.load(words, 1) < round)
        if (performance.now() > latest) throw new Error("worker is stuck");
      if (round % 20 === 0) expect([...result]).toEqual(alone);
    }
    await worker.terminate();
  });
});

describe("the buffers into which OpenBLAS packs", () => {
  /** A library of these functions, each of which notes what it is called with. */
  function noting(functions: Record<string, () => unknown>): { blas: Blas; calls: unknown[][] } {
    const calls: unknown[][] = [];
    const func = (name: string) => {
      const body = functions[name];
      if (body === undefined) throw new Error(`no ${name}`);
      return (...values: unknown[]) => {
        calls.push([name, ...values]);
        return body();
      };
    };
    const names = { prefix: "", suffix: "", integer: "int" };
    return { blas: { library: { func }, ...names } as unknown as Blas, calls };
  }

  it("are written to, all those that so many callers get at the same time", () => {
    let next = 0;
    const { blas, calls } = noting({
      blas_memory_alloc: () => ++next,
      blas_memory_free: () => {},
      cblas_sscal: () => {},
    });
    touchBuffers(blas, 2);
    const [count] = calls.find(([name]) => name === "cblas_sscal")!.slice(1);
    expect(calls).toEqual([
      ["blas_memory_alloc", 0],
      ["blas_memory_alloc", 0],
      ["cblas_sscal", count, 0, 1, 1],
      ["cblas_sscal", count, 0, 2, 1],
      ["blas_memory_free", 1],
      ["blas_memory_free", 2],
    ]);
  });

  it.skipIf(reason !== null)(
    `are not more than a library has, however many threads there may be${suffix}`,
    () => {
      const script =
        'const torch = await import("./src/index.ts"); torch.setNumThreads(256); console.log(torch.backends.blas.available);';
      const args = ["--import", "tsx", "--input-type=module", "--eval", script];
      const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
      expect([stdout.trim(), stderr]).toEqual(["true", ""]);
    },
  );

  it("are left alone where a library does not offer them", () => {
    const { blas, calls } = noting({ cblas_sscal: () => {}, blas_memory_alloc: () => 1 });
    touchBuffers(blas, 2);
    expect(calls).toEqual([]);
  });
});

describe("without a BLAS", () => {
  it("XORCH_BLAS turns it off", () => {
    vi.stubEnv("XORCH_BLAS", "off");
    expect(findBlas().reason).toBe("XORCH_BLAS is off");
  });

  it.skipIf(reason !== null)(`XORCH_BLAS that is none says so${suffix}`, () => {
    vi.stubEnv("XORCH_BLAS", "/nowhere/libblas.so");
    expect(findBlas().reason).toMatch(/^XORCH_BLAS is \/nowhere\/libblas\.so: /);
    // A library that is there and is no BLAS: the engine itself.
    vi.stubEnv("XORCH_BLAS", process.execPath);
    expect(findBlas().reason).toMatch(/^XORCH_BLAS is .*node/);
  });

  it("a missing package is the reason", () => {
    const createRequire = () => {
      const missing = (): never => {
        throw new Error("Cannot find module 'koffi'\nRequire stack: ...");
      };
      return Object.assign(missing, { resolve: missing });
    };
    const { getBuiltinModule } = process;
    vi.spyOn(process, "getBuiltinModule").mockImplementation(((name: string) =>
      name === "node:module" ? { createRequire } : getBuiltinModule(name)) as typeof getBuiltinModule);
    expect(findBlas().reason).toBe(
      "the package koffi cannot be loaded, `npm install koffi` installs it: Cannot find module 'koffi'",
    );
  });

  it("a page has none", () => {
    vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined);
    expect(findBlas().reason).toBe("a BLAS can only be called from Node");
  });

  it("leaves the environment as it was", () => {
    const before = { ...process.env };
    findBlas();
    expect({ ...process.env }).toEqual(before);
  });

  it("products are computed all the same, by the own kernels, and torch.backends.blas says why", async () => {
    settings.blas = false;
    const { form: _, ...sizes } = product;
    const own = digits(sizes);
    vi.stubEnv("XORCH_BLAS", "off");
    vi.resetModules();
    const fresh = await import("../../src/index.ts");
    const { a, b } = prepare(sizes);
    const tensor = (view: typeof a) => fresh.tensor([...elements(view)]).reshape([...view.shape]);
    expect(tensor(a).matmul(tensor(b)).flatten().tolist()).toEqual(own);
    expect(Object.fromEntries(Object.entries(fresh.backends.blas))).toEqual({
      ...{ available: false, name: null, version: null, core: null, path: null },
      ...{ reason: "XORCH_BLAS is off", measured: null, leftOut: [], numThreads: null, enabled: true },
    });
  });
});

withBlas(`torch.backends.blas${suffix}`, () => {
  it("says what was found, and turns it off", () => {
    const { blas } = torch.backends;
    expect(blas).toMatchObject({ available: true, enabled: true });
    expect(blas.reason).toMatch(/kernels/);
    expect(blas.core !== null || blas.name !== "OpenBLAS").toBe(true);
    expect(blas.measured === null || blas.measured.blas > blas.measured.own).toBe(true);
    expect(["OpenBLAS", "MKL", "BLIS", "Accelerate", "CBLAS"]).toContain(blas.name);
    expect(blas.path).toBeTypeOf("string");
    blas.enabled = false;
    expect(settings.blas).toBe(false);
    expect(blas.available).toBe(true);
  });
});
