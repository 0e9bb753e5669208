/** The tools of random programs find what they should: a comparison that passes everything would be no test. */
import { describe, expect, it } from "vitest";
import type { Answer, Seen } from "./answer.ts";
import { compare } from "./compare.ts";
import { generate } from "./generate.ts";
import { run } from "./interpret.ts";
import type { Program } from "./program.ts";
import { shrink } from "./shrink.ts";

const program: Program = {
  sources: [{ dtype: "float32", shape: [2], data: [0.5, -2] }],
  inputs: [{ source: 0, views: [], requiresGrad: true }],
  steps: [{ op: "mul", args: [{ x: 0 }, { x: 0 }] }],
  loss: [{ y: 0 }],
  order: 2,
};
const right = run(program);

const seen = (of: Seen, elements: readonly number[], more: Partial<Seen> = {}): Seen => ({
  ...of,
  elements,
  ...more,
});

/** The kinds of fault of an answer whose result is another. */
const withResult = (y: Seen): string[] =>
  compare(program, right, { ...right, y: [y] } satisfies Answer).map(({ kind }) => kind);

describe("answers are compared", () => {
  const y = right.y[0]!;

  it("and agree with themselves, and within rounding", () => {
    expect(compare(program, right, right)).toEqual([]);
    expect(withResult(seen(y, [0.25000003, 4]))).toEqual([]);
    expect(right.gradients).toHaveLength(2);
  });

  it("by value, sign of zero, dtype, shape and whether gradients are wanted", () => {
    expect(withResult(seen(y, [0.25, 4.0001]))).toEqual(["value"]);
    expect(withResult(seen(y, [0.25, Number.NaN]))).toEqual(["value"]);
    expect(withResult(seen(y, [0.25, 4], { dtype: "float64" }))).toEqual(["dtype"]);
    expect(withResult(seen(y, [0.25, 4], { shape: [2, 1] }))).toEqual(["shape"]);
    expect(withResult(seen(y, [0.25, 4], { requiresGrad: false }))).toEqual(["requiresGrad"]);
    const zero = { ...right, y: [seen(y, [0, 4])] };
    expect(compare(program, zero, { ...right, y: [seen(y, [-0, 4])] })[0]!.kind).toBe("zero sign");
  });

  it("by gradients: none is not zero, and another is another", () => {
    const [first, second] = right.gradients;
    const withFirst = (dx: Seen | null): string[] =>
      compare(program, { ...right, gradients: [[dx], second!] }, right).map(({ kind }) => kind);
    expect(withFirst(null)).toEqual(["null gradient"]);
    expect(withFirst(seen(first![0]!, [1, 2.001]))).toEqual(["value"]);
    const twice = seen(second![0]!, [2, -1.5]);
    expect(compare(program, { ...right, gradients: [first!, [twice]] }, right)[0]!.where).toBe(
      "second derivative 0",
    );
  });

  it("by who refuses, and what is no error of the library", () => {
    const refused = { ...right, y: [], stopped: { at: 0, error: "ShapeError: mul", own: true } };
    expect(compare(program, refused, right)[0]!.kind).toBe("refused by Xorch alone");
    expect(compare(program, right, refused)[0]!.kind).toBe("refused by PyTorch alone");
    expect(compare(program, refused, refused)).toEqual([]);
    const raw = { ...refused, stopped: { ...refused.stopped, own: false } };
    expect(compare(program, raw, refused)[0]!.kind).toBe("raw error");
  });

  it("and what rounding scatters says nothing", () => {
    const off = seen(y, [0.25, 4.01]);
    const disturbed = [3.99, 4.004].map((value) => ({ ...right, y: [seen(y, [0.25, value])] }));
    expect(compare(program, { ...right, y: [off] }, right, disturbed)).toEqual([]);
    expect(compare(program, { ...right, y: [seen(y, [0.26, 4])] }, right, disturbed)).toHaveLength(1);
  });
});

it("a seed gives one program", () => {
  expect(generate(7)).toEqual(generate(7));
  expect(generate(7)).not.toEqual(generate(8));
});

it("programs are made smaller while they fail", async () => {
  const hasExp = ({ steps }: Program): boolean => steps.some(({ op }) => op === "exp");
  const drawn = Array.from({ length: 50 }, (_, seed) => generate(seed, { only: "exp", steps: 8 }));
  const large = drawn.find((candidate) => hasExp(candidate) && candidate.steps.length > 4)!;
  const small = await shrink(large, async (candidates) => candidates.map(hasExp));
  expect(small.steps.map(({ op }) => op)).toEqual(["exp"]);
  expect(small.order).toBe(0);
  expect(small.sources.flatMap(({ data }) => data).length).toBeLessThanOrEqual(1);
});
