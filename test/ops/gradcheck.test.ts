/** Gradients of first and second order against differences of the values, in float64, for every pointwise record. */
import { describe, expect, it } from "vitest";
import * as torch from "xorch";
import type { PointwiseRecord } from "../../src/ops/pointwise-op.ts";
import { pointwiseOps } from "../../src/ops/registry.ts";
import { numbers, seedOf } from "../oracle/case.ts";

type Call = (...operands: torch.Tensor[]) => torch.Tensor;

/** Values away from the op's limits, so that a step to either side stays inside. */
function operands(name: string, op: PointwiseRecord): torch.Tensor[] {
  return Array.from({ length: op.arity }, (_, k) => {
    const range = op.samples.range ?? [-3, 3];
    const [low, high] = (typeof range[0] === "number" ? range : range[k]) as [number, number];
    if (name === "where" && k === 0) return torch.tensor([true, false, true, true, false, false]);
    const margin = (high - low) * 0.02;
    const values = numbers(seedOf(`gradcheck ${name} ${k}`), 6, low + margin, high - margin);
    return torch.tensor(values, { dtype: torch.float64, requiresGrad: true });
  });
}

const differentiable = Object.entries(pointwiseOps).filter(([name, op]) => {
  try {
    return (op as unknown as Call)(...operands(name, op)).requiresGrad;
  } catch (error) {
    // Ops of bits refuse floats.
    if (error instanceof torch.DTypeError) return false;
    throw error;
  }
});

describe("gradients against differences", () => {
  it("looks at most of the ops", () => {
    expect(differentiable.length).toBeGreaterThan(45);
  });

  it.each(differentiable)("%s", (name, op) => {
    const variants = [undefined, ...(op.samples.attributes ?? [])];
    for (const attributes of variants) {
      const call = (...x: torch.Tensor[]): torch.Tensor =>
        (op as unknown as (...args: unknown[]) => torch.Tensor)(...x, attributes);
      const x = operands(name, op);
      expect(torch.autograd.gradcheck(call, x)).toBe(true);
      expect(torch.autograd.gradgradcheck(call, x)).toBe(true);
    }
  });
});
