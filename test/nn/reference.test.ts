/** The three reference programs against PyTorch's recorded numbers: initial parameters, the 101 costs, the predictions. */

import { describe, expect, it } from "vitest";
import * as torch from "xorch";
import { xor } from "../../examples/xor.ts";
import { xorByHand } from "../../examples/xor-by-hand.ts";
import { readRecorded } from "./recorded.ts";

interface Reference {
  seed: number;
  lr: number;
  layers?: number[];
  initial: Record<string, number[] | number[][]>;
  costs: [number, number][];
  hypothesis: number[][];
  accuracy: number;
}

const byHand = readRecorded<Reference>("reference/xor_manual_2-2-1.json");
const withModules = readRecorded<Reference>("reference/xor_nn_2-10-10-10-1_lr3.json");
const oneLayer = readRecorded<Reference>("reference/xor_nn_2-1_lr1.json");

type Print = (step: number, cost: number) => void;

/** Runs a program and compares its costs: the first to the last digit, the others to a relative 1e-3. */
function compare(name: string, reference: Reference, run: (print: Print) => { accuracy: number }): void {
  const costs: [number, number][] = [];
  const { accuracy } = run((step, cost) => costs.push([step, cost]));
  expect(costs.map(([step]) => step)).toEqual(reference.costs.map(([step]) => step));
  let worst = { step: 0, deviation: 0 };
  for (const [i, [step, cost]] of costs.entries()) {
    const expected = reference.costs[i]![1];
    const deviation = Math.abs(cost - expected) / expected;
    if (deviation > worst.deviation) worst = { step, deviation };
  }
  console.log(
    `${name}: largest relative deviation of a cost ${worst.deviation.toExponential(2)} at step ${worst.step}`,
  );
  expect(costs[0]![1]).toBe(reference.costs[0]![1]);
  expect(accuracy).toBe(reference.accuracy);
  expect(worst.deviation).toBeLessThan(1e-3);
}

/** The parameters that a Sequential of Linear and Sigmoid layers starts with. */
function initialOf({ seed, layers }: Reference): Record<string, unknown> {
  torch.manualSeed(seed);
  const model = new torch.nn.Sequential();
  for (const [i, width] of layers!.slice(1).entries()) {
    model.extend([new torch.nn.Linear(layers![i]!, width), new torch.nn.Sigmoid()]);
  }
  return Object.fromEntries(Object.entries(model.stateDict()).map(([name, x]) => [name, x.tolist()]));
}

describe("initial parameters, bit for bit", () => {
  it("by hand", () => {
    torch.manualSeed(byHand.seed);
    const shapes = { w1: [2, 2], b1: [2], w2: [2, 1], b2: [1] };
    const drawn = Object.entries(shapes).map(([name, shape]) => [
      name,
      torch.empty(shape).normal_().tolist(),
    ]);
    expect(Object.fromEntries(drawn)).toEqual(byHand.initial);
  });

  it("of modules", () => {
    expect(initialOf(withModules)).toEqual(withModules.initial);
    expect(initialOf(oneLayer)).toEqual(oneLayer.initial);
  });
});

describe("costs of 10,001 steps", () => {
  it("XOR by hand", () => {
    compare("by hand", byHand, (print) => xorByHand({ print }));
  });

  it("XOR on one layer", () => {
    compare("one layer", oneLayer, (print) => xor({ layers: [], lr: oneLayer.lr, print }));
  });

  it("XOR with modules", () => {
    compare("with modules", withModules, (print) => xor({ print }));
  });
});
