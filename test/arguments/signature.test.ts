/** How arguments are read, and what is said of those that do not fit. */
import { describe, expect, it } from "vitest";
import {
  choice,
  count,
  dims,
  dtype,
  flag,
  keyword,
  listOf,
  nearest,
  nullable,
  number,
  optional,
  required,
  several,
  signature,
  whole,
} from "../../src/base/arguments/index.ts";
import { ArgumentError, float64 } from "../../src/base/index.ts";

const reduce = signature(
  "reduce",
  required("n", count),
  optional("dim", dims),
  optional("keepdim", flag, false),
  keyword("dtype", dtype),
);
const sizes = signature(
  "sizes",
  required("n", count),
  several("shape", listOf(whole, "sizes")),
  keyword("by", number, 1),
);

describe("arguments", () => {
  it("come by position, by name, or both", () => {
    expect(reduce.read([1, 2, true])).toEqual([1, 2, true, undefined]);
    expect(reduce.read([1, { keepdim: true }])).toEqual([1, undefined, true, undefined]);
    expect(reduce.read([1, 2, { dtype: float64 }])).toEqual([1, 2, false, float64]);
    expect(reduce.read([{ n: 1, dim: [0, 1] }])).toEqual([1, [0, 1], false, undefined]);
    expect(reduce.named([1, 2])).toEqual({ n: 1, dim: 2, keepdim: false, dtype: undefined });
  });

  it("that are undefined count as not given", () => {
    expect(reduce.read([1, undefined, undefined])).toEqual([1, undefined, false, undefined]);
    expect(reduce.read([1, undefined, undefined, undefined, undefined])).toEqual([
      1,
      undefined,
      false,
      undefined,
    ]);
    expect(reduce.read([1, { keepdim: undefined }])).toEqual([1, undefined, false, undefined]);
  });

  it("of a list come as an array or one by one, before options", () => {
    expect(sizes.read([1, [2, 3]])).toEqual([1, [2, 3], 1]);
    expect(sizes.read([1, 2, 3])).toEqual([1, [2, 3], 1]);
    expect(sizes.read([1, 2, 3, { by: 5 }])).toEqual([1, [2, 3], 5]);
    expect(sizes.read([1, [], { by: 5 }])).toEqual([1, [], 5]);
    expect(sizes.read([1, { shape: [4] }])).toEqual([1, [4], 1]);
  });
});

describe("arguments that do not fit", () => {
  const takes = "it takes reduce(n, dim?, keepdim = false, { dtype? })";
  it.each([
    [[], `reduce: n is missing: a whole number of at least 0; ${takes}`],
    [["1"], 'reduce: n must be a whole number of at least 0, got the string "1"'],
    [[1, 0, 1], "reduce: keepdim must be true or false, got number 1"],
    [[1, 0, true, 9], `reduce: argument 4, number 9, is one too many; ${takes}`],
    [[1, 0, { keepDim: true }], `reduce: unknown option "keepDim" (did you mean "keepdim"?); ${takes}`],
    [[1, { keep_dim: true }], `reduce: unknown option "keep_dim" (did you mean "keepdim"?); ${takes}`],
    [[1, { axis: 0 }], `reduce: unknown option "axis"; ${takes}`],
    [[1, 0, { dim: 1 }], "reduce: dim is given twice, as argument 2 and in the options"],
    [
      [1, { dtype: undefined }],
      "reduce: dtype must be a dtype such as torch.float32, got undefined; there are ",
    ],
    [[1, [0, Number.NaN]], "; its element 1 must be a whole number, got number NaN"],
  ] as const)("%j", (given, message) => {
    expect(() => reduce.read([...given])).toThrow(ArgumentError);
    expect(() => reduce.read([...given])).toThrow(message);
  });

  it("are named in lists and choices", () => {
    const mode = signature("pad", required("mode", nullable(choice("zeros", "reflect"))));
    expect(() => mode.read(["zero"])).toThrow(
      'pad: mode must be "zeros" or "reflect" or null, got the string "zero"',
    );
    expect(() => sizes.read([1, 2, "3"])).toThrow(
      'shape must be an array of sizes, got an array, [2, "3"]; its element 1 must',
    );
  });
});

describe("the nearest name", () => {
  it.each([
    ["bais", "bias"],
    ["requires_grad", "requiresGrad"],
    ["learningRate", "lr"],
    ["smoothing", "labelSmoothing"],
    ["reducton", "reduction"],
    ["x", null],
    ["somethingElse", null],
  ] as const)("of %s is %s", (given, expected) => {
    expect(nearest(given, ["bias", "requiresGrad", "lr", "labelSmoothing", "reduction", "dim"])).toBe(
      expected,
    );
  });
});
