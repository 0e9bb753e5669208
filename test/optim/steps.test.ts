/** Optimizers: 20 steps with given gradients for each combination of options, against PyTorch's numbers. */

import { afterAll, describe, expect, it } from "vitest";
import * as torch from "xorch";
import { readRecorded } from "../fixture.ts";
import { dtypeOf } from "../nn/recorded.ts";

type Options = Record<string, number | boolean | [number, number]>;

interface Recorded {
  shapes: number[][];
  withoutGradient: number[];
  start: number[][];
  gradients: number[][][];
  cases: {
    name: "SGD" | "Adam" | "AdamW";
    groups: Options[];
    runs: {
      dtype: "float32" | "float64";
      after: Record<string, number[][]>;
      state: Record<string, number | number[]>[];
    }[];
  }[];
}

const recorded = readRecorded<Recorded>("optim/steps.json");
let compared = 0;

function expectClose(
  what: string,
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  dtype: string,
  limit: number,
): void {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const wanted = dtype === "float32" ? Math.fround(expected[i]!) : expected[i]!;
    const difference = Math.abs(found[i]! - wanted);
    if (!(difference <= limit * Math.max(1, Math.abs(wanted)))) {
      throw new Error(`${what}: element ${i} is ${found[i]}, PyTorch has ${wanted}`);
    }
  }
}

const values = (x: torch.Tensor) => x.detach().toTypedArray() as Float32Array;

type AnyOptimizer = torch.optim.Optimizer<object>;
type Constructor = new (params: unknown, options?: Options) => AnyOptimizer;

describe("optimizers against PyTorch", () => {
  const cases = recorded.cases.map(
    (entry) => [`${entry.name} ${JSON.stringify(entry.groups)}`, entry] as const,
  );
  it.each(cases)("%s", (_, { name, groups, runs }) => {
    for (const { dtype, after, state } of runs) {
      const limit = dtype === "float32" ? 0 : 1e-13;
      const tensor = (data: number[], i: number) =>
        torch.tensor(data, { dtype: dtypeOf[dtype] }).reshape(recorded.shapes[i]!);
      const params = recorded.start.map((data, i) => new torch.nn.Parameter(tensor(data, i)));
      const type = torch.optim[name] as unknown as Constructor;
      const given = groups.map((options, i) => ({ params: [params[i]], ...options }));
      const optimizer = groups.length > 1 ? new type(given) : new type(params, groups[0]);
      for (const [step, gradients] of recorded.gradients.entries()) {
        optimizer.zeroGrad();
        for (const [i, x] of params.entries()) {
          if (i === 0 || !recorded.withoutGradient.includes(step)) x.grad = tensor(gradients[i]!, i);
        }
        optimizer.step();
        for (const [i, expected] of (after[step + 1] ?? []).entries()) {
          expectClose(
            `${dtype}, step ${step + 1}, parameter ${i}`,
            values(params[i]!),
            expected,
            dtype,
            limit,
          );
        }
      }
      const { state: saved } = optimizer.stateDict();
      for (const [i, own] of state.entries()) {
        for (const [key, expected] of Object.entries(own)) {
          const found = saved[i]![key];
          if (typeof expected === "number") expect(found).toBe(expected);
          else expectClose(`${dtype} ${key} ${i}`, values(found as torch.Tensor), expected, dtype, limit);
        }
      }
      compared++;
    }
  });

  afterAll(() => console.log(`oracle: ${compared} runs of optimizers compared with PyTorch`));
});
