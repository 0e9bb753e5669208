/** The questions that follow from the pointwise records: every op, dtype, option and special value. */

import type * as torch from "../../src/index.ts";
import type { Attributes, PointwiseRecord } from "../../src/ops/pointwise-op.ts";
import { pointwiseOps } from "../../src/ops/registry.ts";
import { type Case, type Input, makeInput, type Name, numbers, seedOf } from "./case.ts";

const SPECIAL = [-0, 0, 1, -1, -2.5, 0.5, 1e30, 1e-30, 88, -1e30, -104, Number.NaN, -Infinity, Infinity];

export function toPython(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => {
      const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      return `, ${snake}=${typeof value === "string" ? `'${value}'` : value}`;
    })
    .join("");
}

export function toleranceOf(op: PointwiseRecord, dtype: Name): number {
  return dtype === "float32"
    ? (op.samples.tolerance?.float32 ?? 2e-6)
    : (op.samples.tolerance?.float64 ?? 1e-12);
}

function rangeOf(op: PointwiseRecord, operand: number): readonly [number, number] {
  const range = op.samples.range ?? [-3, 3];
  return (typeof range[0] === "number" ? range : range[operand]) as readonly [number, number];
}

function sampled(
  op: PointwiseRecord,
  name: string,
  dtype: Name,
  shapes: readonly (readonly number[])[],
): Input[] {
  return shapes.map((shape, k) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const [low, high] = rangeOf(op, k);
    const isCondition = name === "where" && k === 0;
    return makeInput(isCondition ? "bool" : dtype, shape, numbers(seedOf(`${name}${k}`), count, low, high));
  });
}

/** Every special value against every other, for one or two operands; a third takes ordinary values. */
function special(op: PointwiseRecord, name: string, dtype: Name): Input[] {
  const partners = SPECIAL.filter((_, i) => i % 2 === 1);
  const first = SPECIAL.flatMap((value) => partners.map(() => value));
  const second = SPECIAL.flatMap(() => partners);
  return Array.from({ length: op.arity }, (_, k) => {
    const values =
      op.arity === 1
        ? SPECIAL
        : k === op.arity - 2
          ? first
          : k === op.arity - 1
            ? second
            : first.map(Math.sign);
    return makeInput(name === "where" && k === 0 ? "bool" : dtype, [values.length], values);
  });
}

export const pointwiseCases: readonly Case[] = Object.entries(pointwiseOps).flatMap(([name, op]) => {
  const call =
    (attributes?: Attributes) =>
    (x: torch.Tensor[]): torch.Tensor =>
      (op as unknown as (...args: unknown[]) => torch.Tensor)(...x, attributes);
  const same = (shape: readonly number[]) => Array.from({ length: op.arity }, () => shape);
  const broadcast = [[2, 1, 3], [4, 1], [1]].slice(0, op.arity);
  const cases: Case[] = [];
  const ask = (
    what: string,
    dtype: Name,
    inputs: readonly Input[],
    order: Case["order"],
    attributes: Attributes = {},
  ) =>
    cases.push({
      id: `${name} ${dtype} ${what}`,
      inputs,
      python: `${op.samples.torch}(*x${toPython(attributes)})`,
      call: call(Object.keys(attributes).length > 0 ? attributes : undefined),
      order,
      tolerance: toleranceOf(op, dtype),
    });
  for (const dtype of ["float32", "float64"] as const) {
    ask("values", dtype, sampled(op, name, dtype, same([3, 5])), 2);
    ask("broadcast", dtype, sampled(op, name, dtype, broadcast), 1);
    ask("scalar", dtype, sampled(op, name, dtype, same([])), 1);
    ask("empty", dtype, sampled(op, name, dtype, same([0, 3])), 0);
    ask("special", dtype, special(op, name, dtype), 0);
    for (const [i, attributes] of (op.samples.attributes ?? []).entries()) {
      ask(`option ${i}`, dtype, sampled(op, name, dtype, same([3, 5])), 2, attributes);
    }
  }
  for (const dtype of ["int32", "int64", "uint8", "bool"] as const) {
    ask("values", dtype, sampled(op, name, dtype, same([2, 5])), 0);
  }
  return cases;
});
