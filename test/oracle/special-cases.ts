/**
 * The questions about singular points: every pointwise op at zeros of both signs, NaN, infinities, ties, bounds, and numbers
 * so large or small that something overflows on the way; values, first and second derivatives.
 */
import * as torch from "../../src/index.ts";
import type { Attributes, PointwiseRecord } from "../../src/ops/pointwise-op.ts";
import { pointwiseOps } from "../../src/ops/registry.ts";
import { type Case, type Input, makeInput, type Name } from "./case.ts";
import { toleranceOf, toPython } from "./pointwise-cases.ts";

const { NaN: nan } = Number;

/** The points of an op of one operand, among them the bounds of relu6, hardtanh and softplus, and where exp overflows. */
const alone = [-0, 0, 0.5, -0.5, 1, -1, 1.5, 2, 3, -3, 6, 20, 21, 90, -110, 710, -750, 1e30, -1e30, 1e-30];
alone.push(nan, Infinity, -Infinity);
/** Each against each. */
const inPairs = [-0, 0, 0.5, 1, -1, 2, -2.5, nan, Infinity, -Infinity];
const inTriples = [0, 1, -1, 0.5, nan, Infinity, -Infinity];
/** Beside a tensor; PyTorch has other formulas for some. */
const plainNumbers = [0, 1, -1, 2, 0.5, -0.5, -1.5, 3, nan, Infinity, -Infinity];

/** Every point of each operand against every point of the others; one column for each operand. */
function combinations(points: readonly (readonly number[])[]): number[][] {
  const rows = points.reduce<number[][]>(
    (before, own) => before.flatMap((row) => own.map((x) => [...row, x])),
    [[]],
  );
  return points.map((_, k) => rows.map((row) => row[k]!));
}

function inputsOf(op: PointwiseRecord, name: string, dtype: Name): Input[] {
  const own = [alone, inPairs, inTriples][op.arity - 1]!;
  const points = op.samples.points ?? Array.from({ length: op.arity }, () => own);
  return combinations(points).map((values, k) =>
    makeInput(name === "where" && k === 0 ? "bool" : dtype, [values.length], values),
  );
}

/**
 * The op of one element at a time: PyTorch computes many at once by other code, whose gradients at NaN are not always those
 * of the formula.
 */
function oneByOne(python: string, options: string, of: string): string {
  return `torch.stack([${python}(${of}${options}) for e in zip(*x)])`;
}

function toLiteral(value: number): string {
  return Number.isFinite(value) ? `${value}` : `float("${value}")`;
}

type AnyOp = (...args: unknown[]) => torch.Tensor;

export const specialCases: readonly Case[] = Object.entries(pointwiseOps).flatMap(([name, op]) => {
  const cases: Case[] = [];
  const call = op as unknown as AnyOp;
  const { torch: python } = op.samples;
  const ask = (id: string, dtype: Name, inputs: readonly Input[], expression: string, ours: Case["call"]) =>
    cases.push({
      id: `${name} ${dtype} ${id}`,
      inputs,
      python: expression,
      call: ours,
      order: 2,
      tolerance: toleranceOf(op, dtype),
    });
  for (const dtype of ["float32", "float64"] as const) {
    const inputs = inputsOf(op, name, dtype);
    const options: Attributes[] = [{}, ...(op.samples.attributes ?? [])];
    for (const [i, attributes] of options.entries()) {
      const id = i === 0 ? "special points" : `special points, option ${i - 1}`;
      const given = i === 0 ? undefined : attributes;
      ask(id, dtype, inputs, oneByOne(python, toPython(attributes), "*e"), (x) => call(...x, given));
    }
    if (op.arity !== 2) continue;
    const numbers = plainNumbers.map(toLiteral).join(", ");
    const single = [makeInput(dtype, [alone.length], alone)];
    ask(
      "beside numbers",
      dtype,
      single,
      `torch.stack([${oneByOne(python, "", "e[0], n")} for n in [${numbers}]])`,
      ([x]) => torch.stack(plainNumbers.map((n) => call(x!, n))),
    );
    ask(
      "after numbers",
      dtype,
      single,
      `torch.stack([${oneByOne(python, "", "n, e[0]")} for n in [${numbers}]])`,
      ([x]) => torch.stack(plainNumbers.map((n) => call(n, x!))),
    );
  }
  return cases;
});
