/** Convolutions and their gradients in compiled functions, by generated code and by a BLAS, against eager ones without. */
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { cpu } from "../../src/device/cpu/cpu.ts";
import * as torch from "../../src/index.ts";
import { onThreads } from "./on-threads.ts";

type Operands = [x: torch.Tensor, weight: torch.Tensor];
type Convolution = (x: torch.Tensor, weight: torch.Tensor) => torch.Tensor;

afterEach(() => vi.restoreAllMocks());

/** The result and its derivatives with respect to both operands, weighted by `dy`. */
function withGradients(convolution: Convolution) {
  return (x: torch.Tensor, weight: torch.Tensor, dy: torch.Tensor): torch.Tensor[] => {
    const y = convolution(x, weight);
    return [y, ...torch.autograd.grad(y, [x, weight], { gradOutputs: [dy] })];
  };
}

function operands(xShape: number[], weightShape: number[], dtype: torch.DType): Operands {
  return [xShape, weightShape].map((shape) => torch.randn(shape, { dtype, requiresGrad: true })) as Operands;
}

/** Rounding errors of sums grow with the numbers that are summed, here at most some thousands of about size 1. */
function expectClose(found: readonly torch.Tensor[], wanted: readonly torch.Tensor[]): void {
  for (const [i, one] of wanted.entries()) {
    expect(found[i]!.shape).toEqual(one.shape);
    const scale = Math.max(1, one.abs().max().item() as number);
    const tolerance = one.dtype === torch.float32 ? 4e-6 : 1e-14;
    expect(found[i]!.sub(one).abs().max().item() as number).toBeLessThan(tolerance * scale);
  }
}

/** Makes the eager device, which does what has no code of its own, fail. */
function withoutEagerDevice(): void {
  vi.spyOn(cpu, "contract").mockImplementation(() => {
    throw new Error("a contraction by the eager device");
  });
}

function compare(
  convolution: Convolution,
  [x, weight]: Operands,
  dyOf?: (y: torch.Tensor) => torch.Tensor,
): void {
  const dy = (dyOf ?? ((y) => torch.randn(y.shape, { dtype: y.dtype })))(convolution(x, weight).detach());
  const run = withGradients(convolution);
  const { enabled } = torch.backends.blas;
  torch.backends.blas.enabled = false;
  const expected = run(x, weight, dy);
  torch.backends.blas.enabled = enabled;
  const compiled = torch.compile(run);
  withoutEagerDevice();
  for (let i = 0; i < 2; i++) expectClose(compiled(x, weight, dy), expected);
  vi.restoreAllMocks();
}

const small = fc.integer({ min: 1, max: 3 });
const calls = fc.constantFrom(1, 2).chain((rank) => {
  const each = (least: number, most: number) =>
    fc.array(fc.integer({ min: least, max: most }), { minLength: rank, maxLength: rank });
  return fc.record({
    rank: fc.constant(rank),
    B: small,
    groups: small,
    C: small,
    O: fc.integer({ min: 1, max: 5 }),
    kernel: each(1, 3),
    stride: each(1, 3),
    dilation: each(1, 2),
    padding: each(0, 2),
    /** More than a window. */
    extra: each(0, 9),
    dtype: fc.constantFrom(torch.float32, torch.float64),
    seed: fc.nat(1000),
  });
});

const large = [
  { name: "many images", x: [40, 16, 14, 14], weight: [32, 16, 3, 3], options: { padding: 1 } },
  { name: "one image, parts of k", x: [1, 64, 23, 23], weight: [48, 64, 3, 3], options: { padding: 1 } },
  { name: "groups, strides", x: [3, 24, 31, 31], weight: [36, 8, 3, 3], options: { stride: 2, groups: 3 } },
  {
    name: "each channel alone",
    x: [4, 32, 20, 20],
    weight: [32, 1, 5, 5],
    options: { padding: 2, groups: 32 },
  },
  { name: "no window", x: [2, 64, 24, 24], weight: [80, 64, 1, 1], options: {} },
  { name: "long rows", x: [2, 3, 9, 300], weight: [8, 3, 3, 7], options: { dilation: [1, 3] } },
];

const ways = ["generated code", "a BLAS"] as const;

describe.each(ways)("by %s", (way) => {
  const wasEnabled = torch.backends.blas.enabled;
  beforeAll(() => {
    torch.backends.blas.enabled = way === "a BLAS";
  });
  afterAll(() => {
    torch.backends.blas.enabled = wasEnabled;
  });
  // Not every machine has one.
  const isThere = way === "generated code" || torch.backends.blas.available;

  it.runIf(isThere)("any shape, stride, padding, dilation and groups", () => {
    fc.assert(
      fc.property(calls, (call) => {
        torch.manualSeed(call.seed);
        const { rank, B, groups, C, O, kernel, stride, dilation, padding, extra, dtype } = call;
        const sizes = kernel.map((size, d) =>
          Math.max(1, (size - 1) * dilation[d]! + 1 - padding[d]! + extra[d]!),
        );
        const given = operands([B, groups * C, ...sizes], [groups * O, C, ...kernel], dtype);
        const options = { stride, dilation, padding, groups };
        const conv = rank === 1 ? torch.conv1d : torch.conv2d;
        compare((x, weight) => conv(x, weight, null, options), given);
      }),
      { numRuns: 40 },
    );
  });

  it.runIf(isThere)("three dimensions", () => {
    const given = operands([2, 3, 5, 6, 7], [4, 3, 2, 3, 3], torch.float32);
    compare((x, weight) => torch.conv3d(x, weight, null, { padding: 1 }), given);
  });

  it.runIf(isThere)("gradients and inputs that are no plain rows", () => {
    const options = { padding: 1 };
    const conv = (x: torch.Tensor, weight: torch.Tensor) => torch.conv2d(x, weight, null, options);
    const given = operands([6, 16, 12, 12], [24, 16, 3, 3], torch.float32);
    compare(conv, given, (y) => torch.ones([], { dtype: y.dtype }).expand(y.shape));
    compare(conv, given, (y) =>
      torch
        .randn([...y.shape.slice(0, 2), 14, 14])
        .slice(2, 1, 13)
        .slice(3, 1, 13),
    );
    compare(conv, given, (y) => torch.randn([6, 12, 12, 24]).permute([0, 3, 1, 2]).expand(y.shape));
    compare(
      (x, weight) => conv(x.permute([0, 1, 3, 2]), weight.permute([1, 0, 3, 2])),
      [given[0], operands([16, 24, 3, 3], [], torch.float32)[0]],
    );
  });

  describe.runIf(isThere).each(large)("$name: $x and $weight", ({ x, weight, options }) => {
    const conv: Convolution = (input, w) => torch.conv2d(input, w, null, options as torch.ConvolutionOptions);

    it("as in eager mode", () => {
      torch.manualSeed(1);
      compare(conv, operands(x, weight, torch.float32));
    });

    it("the same bits on 1, 2 and 3 threads", async () => {
      torch.manualSeed(2);
      const given = operands(x, weight, torch.float32);
      const dy = torch.randn(conv(...given).shape);
      const compiled = torch.compile(withGradients(conv));
      const results: unknown[] = [];
      for (const threads of [1, 2, 3]) {
        const found = await onThreads(threads, () => compiled(...given, dy));
        results.push(found.map((one) => one.toTypedArray()));
      }
      expect(results[1]).toEqual(results[0]);
      expect(results[2]).toEqual(results[0]);
    });
  });
});
