/** Initialisers: PyTorch's numbers for the same seed, and how many numbers they take. */

import { describe, expect, it } from "vitest";
import * as torch from "xorch";
import { readRecorded } from "../fixture.ts";
import { dtypeOf, type Entry, exact, expectRecorded, type Tolerance } from "./recorded.ts";

interface InitCase {
  name: string;
  arguments: unknown[];
  runs: { seed: number; result: Entry; next: number }[];
}

interface LayerCase {
  name: string;
  positional: unknown[];
  options: Record<string, unknown>;
  runs: { seed: number; state: Record<string, Entry>; next: number }[];
}

const { fills, layers, gains } = readRecorded<{
  fills: InitCase[];
  layers: LayerCase[];
  gains: { arguments: [torch.nn.init.Nonlinearity, number?]; gain: number }[];
}>("nn/init.json");

/** Normal numbers of float32 drawn 16 or more at a time may differ in the last bits; the others are equal. */
function toleranceOf({ name, runs }: InitCase): Tolerance {
  // PyTorch's QR decomposition rounds in float32 what is rounded once here.
  if (name === "orthogonal_") return { float32: 1e-6, float64: 1e-13 };
  const drawnInBlocks = /normal|sparse/i.test(name) && runs[0]!.result.data.length >= 16;
  return drawnInBlocks ? { float32: 5e-7, float64: 1e-15 } : exact;
}

describe("nn.init against PyTorch", () => {
  it.each(fills.map((entry, i) => [`${entry.name} ${i}`, entry] as const))("%s", (_, entry) => {
    for (const { seed, result, next } of entry.runs) {
      torch.manualSeed(seed);
      // A parameter: initialisers change leaves that want gradients.
      const x = new torch.nn.Parameter(torch.full(result.shape, 9, { dtype: dtypeOf[result.dtype] }));
      const fill = torch.nn.init[entry.name as "uniform_"] as (
        x: torch.Tensor,
        ...rest: unknown[]
      ) => torch.Tensor;
      expect(fill(x, ...entry.arguments)).toBe(x);
      expectRecorded(
        `${JSON.stringify(entry.arguments)} seed ${seed} ${result.dtype}`,
        x,
        result,
        toleranceOf(entry),
      );
      expect(torch.rand([1], { dtype: torch.float64 }).item()).toBe(next);
      expect(x.requiresGrad && x.isLeaf).toBe(true);
    }
  });

  it.each(layers)("$name($positional) as it is made", ({ name, positional, options, runs }) => {
    const type = torch.nn[name as "Conv2d"] as new (...args: unknown[]) => torch.nn.Module;
    for (const { seed, state, next } of runs) {
      torch.manualSeed(seed);
      const made = new type(...positional, options).stateDict();
      expect(Object.keys(made)).toEqual(Object.keys(state));
      for (const [key, recorded] of Object.entries(state)) expectRecorded(key, made[key]!, recorded, exact);
      expect(torch.rand([1], { dtype: torch.float64 }).item()).toBe(next);
    }
  });

  it.each(gains)("calculateGain($arguments)", ({ arguments: given, gain }) => {
    expect(torch.nn.init.calculateGain(...given)).toBe(gain);
  });

  it("takes a generator of its own", () => {
    const draw = () =>
      torch.nn.init.xavierNormal_(torch.empty([3, 3]), { generator: new torch.Generator(3) }).tolist();
    torch.manualSeed(1);
    const first = torch.rand([1]).item();
    torch.manualSeed(1);
    expect(draw()).toEqual(draw());
    expect(torch.rand([1]).item()).toBe(first);
  });

  it("leaves tensors without elements as they are", () => {
    const empty = torch.empty([0, 3]);
    const { kaimingUniform_, kaimingNormal_, orthogonal_ } = torch.nn.init;
    const fills: ((x: torch.Tensor) => torch.Tensor)[] = [kaimingUniform_, kaimingNormal_, orthogonal_];
    for (const fill of fills) {
      expect(fill(empty)).toBe(empty);
    }
  });

  it("makes rows of a wide and columns of a tall matrix orthonormal", () => {
    const wide = torch.nn.init.orthogonal_(torch.empty([3, 7], { dtype: torch.float64 }), { gain: 2 });
    expectRecorded("Q Q^T", wide.matmul(wide.t()).div(4), {
      shape: [3, 3],
      dtype: "float64",
      data: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    });
  });
});

describe("bad input to nn.init", () => {
  const init = torch.nn.init;
  const vector = torch.empty([3]);
  const cases: [string, () => unknown, new (...args: never[]) => Error, RegExp][] = [
    ["no fans", () => init.xavierUniform_(vector), torch.ShapeError, /xavierUniform_.*\[3\].*at least 2/],
    ["no fans, He", () => init.kaimingNormal_(vector), torch.ShapeError, /kaimingNormal_.*\[3\]/],
    ["eye_", () => init.eye_(vector), torch.ShapeError, /eye_: expected a tensor of 2 dimensions.*\[3\]/],
    ["sparse_", () => init.sparse_(vector, 0.1), torch.ShapeError, /sparse_/],
    ["sparsity", () => init.sparse_(torch.empty([2, 2]), 1.5), torch.ValueError, /sparsity.*1.5/],
    [
      "dirac_",
      () => init.dirac_(torch.empty([2, 2])),
      torch.ShapeError,
      /dirac_: expected a tensor of 3, 4 or 5/,
    ],
    ["groups", () => init.dirac_(torch.empty([3, 2, 2]), 2), torch.ValueError, /size 3.*2 groups/],
    ["orthogonal_", () => init.orthogonal_(vector), torch.ShapeError, /orthogonal_: expected at least 2/],
    ["nonlinearity", () => init.calculateGain("relu7" as "relu"), torch.ValueError, /"leakyRelu".*"relu7"/],
    [
      "slope",
      () => init.calculateGain("leakyRelu", "a" as never),
      torch.ValueError,
      /param must be a number, got the string "a"/,
    ],
    [
      "mode",
      () => init.kaimingUniform_(torch.empty([2, 2]), { mode: "fan_in" as never }),
      torch.ValueError,
      /"fanIn"/,
    ],
    ["gain", () => init.xavierNormal_(torch.empty([2, 2]), { gain: "2" as never }), torch.ValueError, /gain/],
    ["bounds", () => init.truncNormal_(vector, { a: 2, b: 1 }), torch.ValueError, /a <= b/],
    ["negative deviation", () => init.normal_(vector, 0, -1), torch.ValueError, /std must be >= 0/],
  ];
  it.each(cases)("%s", (_, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});
