/** Reading, adding and writing by index in compiled functions: the bits of eager mode, on any number of threads. */
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { cpu } from "../../src/device/cpu/cpu.ts";
import * as torch from "../../src/index.ts";
import { onThreads } from "./on-threads.ts";

const int32 = { dtype: torch.int32 };
const kinds = ["gather", "scatter", "scatterAdd", "scatterMultiply"] as const;

afterEach(() => vi.restoreAllMocks());

/** Makes the eager device, which does what has no code of its own, fail. */
function withoutEagerDevice(): void {
  for (const kind of ["gather", "scatter"] as const) {
    vi.spyOn(cpu, kind).mockImplementation(() => {
      throw new Error(`${kind} by the eager device`);
    });
  }
}

type Run = (x: torch.Tensor, index: torch.Tensor, y: torch.Tensor) => torch.Tensor;

function runOf(kind: (typeof kinds)[number], dim: number): Run {
  if (kind === "gather") return (x, index) => torch.gather(x, dim, index);
  if (kind === "scatterMultiply") return (x, index, y) => x.scatter(dim, index, y, { reduce: "multiply" });
  return (x, index, y) => x[kind](dim, index, y);
}

function compare(run: Run, operands: [torch.Tensor, torch.Tensor, torch.Tensor]): void {
  const expected = run(...operands);
  const compiled = torch.compile(run);
  withoutEagerDevice();
  for (let i = 0; i < 2; i++) {
    const found = compiled(...operands);
    expect(found.shape).toEqual(expected.shape);
    expect(found.toTypedArray()).toEqual(expected.toTypedArray());
  }
  vi.restoreAllMocks();
}

const calls = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }).chain((shape) =>
  fc.integer({ min: 0, max: shape.length - 1 }).chain((dim) =>
    fc.record({
      dim: fc.constant(dim),
      shape: fc.constant(shape),
      indexShape: fc.tuple(...shape.map((size, d) => fc.integer({ min: 1, max: d === dim ? 9 : size }))),
      indexDtype: fc.constantFrom(torch.int32, torch.int64),
      /** One index for each row. */
      isExpanded: fc.boolean(),
      isTransposed: fc.boolean(),
      seed: fc.nat(1000),
    }),
  ),
);

describe.each(kinds)("%s", (kind) => {
  it.each([torch.float32, torch.float64, torch.int32, torch.int64])("any shape and axis: %s", (dtype) => {
    fc.assert(
      fc.property(calls, ({ dim, shape, indexShape, indexDtype, isExpanded, isTransposed, seed }) => {
        torch.manualSeed(seed);
        const tensor = (sizes: number[]): torch.Tensor => {
          const x = torch
            .randn(isTransposed ? sizes.toReversed() : sizes)
            .mul(100)
            .to(dtype);
          return isTransposed ? x.permute(sizes.map((_, d) => sizes.length - 1 - d)) : x;
        };
        const isRow = isExpanded && dim !== shape.length - 1;
        const drawn = isRow ? [...indexShape.slice(0, -1), 1] : indexShape;
        const index = torch.randint(0, shape[dim]!, drawn, { dtype: indexDtype }).expand(indexShape);
        compare(runOf(kind, dim), [tensor(shape), index, tensor(indexShape)]);
      }),
      { numRuns: 12 },
    );
  });

  it.each([
    ["rows", [97, 131], [3000, 131], 0],
    ["columns", [700, 97], [700, 150], 1],
    ["narrow rows", [97, 3], [40000, 3], 0],
    ["elements", [1000], [100_001], 0],
  ] as const)("large: %s, on 1, 2 and 3 threads", async (name, shape, indexShape, dim) => {
    const isRow = name.includes("rows");
    const index = torch.randint(0, shape[dim]!, isRow ? [indexShape[0], 1] : indexShape, {
      dtype: torch.int32,
    });
    const operands = [torch.randn(shape), index.expand(indexShape), torch.randn(indexShape)] as const;
    const run = runOf(kind, dim);
    const expected = run(...operands).toTypedArray();
    const compiled = torch.compile(run);
    compiled(...operands);
    withoutEagerDevice();
    const isShared = kind === "gather" || name === "rows";
    for (const threads of isShared ? [1, 2, 3] : [1]) {
      const found = await onThreads(threads, () => compiled(...operands));
      expect(found.toTypedArray()).toEqual(expected);
    }
  });
});

it("sums of truth values", () => {
  const run = (x: torch.Tensor, index: torch.Tensor, y: torch.Tensor) => x.scatterAdd(0, index, y);
  const operands = [
    torch.zeros([3], { dtype: torch.bool }),
    torch.tensor([2, 2], int32),
    torch.tensor([true, true]),
  ];
  expect(
    torch
      .compile(run)(...(operands as Parameters<typeof run>))
      .tolist(),
  ).toEqual([false, false, true]);
});

it("what is written, added and multiplied at the same places is not taken for the same", () => {
  const run = (index: torch.Tensor, y: torch.Tensor) => [
    torch.ones([2]).scatter_(0, index, y),
    torch.ones([2]).scatter_(0, index, y, { reduce: "add" }),
    torch.ones([2]).scatter_(0, index, y, { reduce: "multiply" }),
  ];
  const results = torch.compile(run)(torch.tensor([1, 1], int32), torch.tensor([5, 7]));
  expect(results.map((y) => y.tolist())).toEqual([
    [1, 7],
    [1, 13],
    [1, 35],
  ]);
});

it("an index out of range is an error, and writes nothing anywhere else", () => {
  const index = torch.tensor([0, 1], int32);
  const y = torch.ones([2, 3]);
  const run = torch.compile((x: torch.Tensor) => x.indexAdd(0, index, y));
  const x = torch.zeros([2, 3]);
  expect(run(x).tolist()).toEqual([
    [1, 1, 1],
    [1, 1, 1],
  ]);
  index.fill_(1_000_000);
  expect(() => run(x)).toThrow(torch.IndexError);
  index.fill_(1);
  expect(run(x).tolist()).toEqual([
    [0, 0, 0],
    [2, 2, 2],
  ]);
});
