/** Plain numbers as contents and as operands of every dtype: PyTorch's elements, and its refusals. */
import { describe, expect, it } from "vitest";
import { dtypes } from "../../src/base/index.ts";
import * as torch from "../../src/index.ts";
import { readRecorded } from "../fixture.ts";

type Encoded = number | boolean | string;
type Row = [use: string, dtype: string, value: Encoded, answer: [dtype: string, data: Encoded[]] | null];

const rows = readRecorded<Row[]>("elements.json");

const tensors: Record<string, torch.Tensor> = {
  bool: torch.tensor([true, false]),
  uint8: torch.tensor([5, 200], { dtype: torch.uint8 }),
  int32: torch.tensor([5, -200], { dtype: torch.int32 }),
  int64: torch.tensor([5, -2], { dtype: torch.int64 }),
  float32: torch.tensor([5, -2]),
};
const mask = torch.tensor([true, false]);
const first = torch.tensor([0], { dtype: torch.int64 });

type Use = (x: torch.Tensor, value: number) => torch.Tensor;

const uses: Record<string, Use> = {
  tensor: (x, v) => torch.tensor([v], { dtype: x.dtype }),
  full: (x, v) => torch.full([1], v, { dtype: x.dtype }),
  fullLike: (x, v) => torch.fullLike(x, v),
  fill_: (x, v) => x.fill_(v),
  maskedFill: (x, v) => x.maskedFill(mask, v),
  scatter: (x, v) => x.scatter(0, first, v),
  indexPut_: (x, v) => x.indexPut_([0], v),
  pad: (x, v) => torch.nn.functional.pad(x, [1, 0], { value: v }),
  where: (x, v) => torch.where(mask, x, v),
  add: (x, v) => x.add(v),
  add_: (x, v) => x.add_(v),
  mul: (x, v) => x.mul(v),
  mul_: (x, v) => x.mul_(v),
  "sub first": (x, v) => torch.sub(v, x),
  div: (x, v) => x.div(v),
  "div first": (x, v) => torch.div(v, x),
  "div floor": (x, v) => x.div(v, { roundingMode: "floor" }),
  remainder: (x, v) => x.remainder(v),
  gt: (x, v) => x.gt(v),
  eq: (x, v) => x.eq(v),
  pow: (x, v) => x.pow(v),
  "clamp min": (x, v) => x.clamp(v),
  "clamp max": (x, v) => x.clamp(null, v),
  clamp: (x, v) => x.clamp(v, v),
  alpha: (x, v) => torch.add(x, x, { alpha: v }),
};

const words: Record<string, number> = { nan: Number.NaN, inf: Infinity, "-inf": -Infinity };
const decode = (value: Encoded): number =>
  typeof value === "string" ? (words[value] ?? Number(value)) : Number(value);

/** The result as the recording writes it, or null where we refuse; x as it was must then still be there. */
function answerOf(use: string, dtype: string, value: Encoded, compiled: boolean): [string, number[]] | null {
  const x = tensors[dtype]!.clone();
  const before = String(x);
  const call = uses[use]!;
  const run = compiled
    ? torch.compile((y: torch.Tensor) => call(y, value as number))
    : (y: torch.Tensor) => call(y, value as number);
  try {
    const y = run(x);
    return [
      y.dtype.name,
      Array.from(y.toTypedArray() as Iterable<number | bigint>, (element) => rounded(Number(element))),
    ];
  } catch (error) {
    expect(error).toBeInstanceOf(torch.XorchError);
    expect(String(x)).toBe(before);
    return null;
  }
}

/** Bool beside a whole number is int32 where it fits, the default integer; PyTorch's is int64. */
function ours(dtype: string, value: Encoded, recorded: string): string {
  const isSmall = Number(value) >= -(2 ** 31) && Number(value) < 2 ** 31;
  return dtype === "bool" && recorded === "int64" && isSmall ? "int32" : recorded;
}

/** PyTorch's quotients of numbers by tensors are products with the reciprocal. */
function rounded(value: number): number {
  return Number.isInteger(value) && Math.abs(value) < 2 ** 53 ? value : Number(value.toPrecision(6));
}

/** Where the comparison says nothing. */
const excused: readonly [
  when: (use: string, dtype: string, value: number | boolean) => boolean,
  why: string,
][] = [
  [
    (use, _, value) => use === "sub first" && typeof value === "boolean",
    "true is 1 in JavaScript's arithmetic",
  ],
  [
    (use, dtype, value) => use === "pad" && dtype === "uint8" && Number(value) < 0,
    "PyTorch pads with a float",
  ],
  [(_, dtype, value) => dtype === "bool" && value === 2 ** 31 - 1, "a sum with it is beyond int32"],
  [(use, dtype, value) => use === "alpha" && dtype === "bool" && Number(value) > 2 ** 31 - 1, "beyond int32"],
  [
    (use, _, value) =>
      use === "pow" && Math.abs(Number(value)) > 2 ** 24 && Math.fround(Number(value)) !== value,
    "float32 rounds the exponent",
  ],
  [
    (use, dtype, value) => /^(pow|alpha|clamp)/.test(use) && dtype === "bool" && typeof value === "boolean",
    "clamp takes truth values, pow and alpha do not",
  ],
];

it("covers every dtype", () => {
  expect(new Set(rows.map((row) => row[1])).size).toBe(dtypes.length - 1);
});

describe.each(Object.keys(uses))("%s", (use) => {
  it.each(Object.keys(tensors))("%s", (dtype) => {
    for (const [, , value, answer] of rows.filter((row) => row[0] === use && row[1] === dtype)) {
      const given = typeof value === "string" ? decode(value) : value;
      if (excused.some(([when]) => when(use, dtype, given))) continue;
      const wanted = answer && [ours(dtype, given, answer[0]), answer[1].map(decode).map(rounded)];
      for (const compiled of [false, true]) {
        const found = answerOf(use, dtype, given, compiled);
        expect({ value, compiled, found }).toEqual({ value, compiled, found: wanted });
      }
    }
  });
});
