/** Gradient clipping against PyTorch. */

import { describe, expect, it } from "vitest";
import * as torch from "xorch";
import { readRecorded } from "../fixture.ts";

interface Clipping {
  gradients: number[][];
  cases: {
    name: "clipGradNorm_" | "clipGradValue_";
    arguments: [number, { normType?: number | "inf" }?];
    norm: number | null;
    clipped: number[][];
  }[];
}

const { gradients, cases } = readRecorded<Clipping>("optim/clipping.json");
const { utils } = torch.nn;

function parameters(): torch.Tensor[] {
  return gradients.map((values) => {
    const x = new torch.nn.Parameter(torch.zeros([values.length]));
    x.grad = torch.tensor(values);
    return x;
  });
}

describe("gradient clipping", () => {
  it.each(cases.map((entry) => [`${entry.name}(${JSON.stringify(entry.arguments)})`, entry] as const))(
    "%s",
    (_, entry) => {
      const params = [...parameters(), new torch.nn.Parameter(torch.zeros([2]))];
      const [limit, options] = entry.arguments;
      const normType = options?.normType === "inf" ? Infinity : options?.normType;
      const norm = entry.name === "clipGradNorm_" ? utils.clipGradNorm_(params, limit, { normType }) : null;
      if (norm) expect(norm.item()).toBeCloseTo(entry.norm!, 5);
      else utils.clipGradValue_(params, limit);
      for (const [i, clipped] of entry.clipped.entries()) {
        for (const [k, value] of (params[i]!.grad!.tolist() as number[]).entries())
          expect(value).toBeCloseTo(clipped[k]!, 5);
      }
      expect(params.at(-1)!.grad).toBeNull();
    },
  );

  it("takes a single tensor, and gives 0 without gradients", () => {
    const [x] = parameters();
    utils.clipGradValue_(x!, 0.25);
    expect(x!.grad!.abs().max().item()).toBe(0.25);
    expect(utils.clipGradNorm_([torch.ones([1])], 1).item()).toBe(0);
  });

  it("refuses what makes no sense, before anything is changed", () => {
    const [x] = parameters();
    x!.grad = torch.tensor([1, NaN]);
    expect(() => utils.clipGradNorm_(x!, 1, { errorIfNonfinite: true })).toThrow(
      /norm of the gradients is NaN/,
    );
    expect(x!.grad.tolist()).toEqual([1, NaN]);
    expect(() => utils.clipGradNorm_([], -1)).toThrow(torch.ValueError);
    expect(() => utils.clipGradValue_([], Number.NaN)).toThrow(/clipValue must be a number of at least 0/);
  });
});
