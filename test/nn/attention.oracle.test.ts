/** Attention modules against PyTorch's: first parameters, outputs, weights and gradients. */
import { describe, expect, it } from "vitest";
import * as torch from "xorch";
import { readRecorded } from "../fixture.ts";
import { dtypeOf, type Entry, exact, expectRecorded, toOptions, toTensor } from "./recorded.ts";

interface Run {
  initial: Record<string, Entry>;
  next: number;
  begun: Record<string, Entry>;
  inputs: Entry[];
  output: Entry;
  dy: Entry;
  grads: Entry[];
}

interface AttentionCase {
  name: string;
  seed: number;
  positional: unknown[];
  options: Record<string, unknown>;
  call: Record<string, unknown>;
  training: boolean;
  repr: string;
  runs: Run[];
}

type Constructor = new (...args: unknown[]) => torch.nn.Module;

/** All results of a call in one row. */
function flat(results: unknown): torch.Tensor {
  const list = (Array.isArray(results) ? results : [results]) as (torch.Tensor | null)[];
  return torch.cat(list.filter((x) => x !== null).map((x) => x.flatten()));
}

const cases = readRecorded<AttentionCase[]>("nn/attention.json");
const titled = cases.map(
  (entry, i) => [`${i} ${entry.name} ${JSON.stringify(entry.options)}`, entry] as const,
);

describe("attention modules against PyTorch", () => {
  it.each(titled)("%s", (_, { name, seed, positional, options, call, training, repr, runs }) => {
    const type = (torch.nn as unknown as Record<string, Constructor>)[name]!;
    for (const { initial, next, begun, inputs, output, dy, grads } of runs) {
      const dtype = dtypeOf[output.dtype];
      torch.manualSeed(seed);
      const module = new type(...positional, toOptions(options, dtype)).to(dtype);
      expect(torch.rand([1], { dtype: torch.float64 }).item()).toBe(next);
      expect(String(module)).toBe(repr);
      const state = module.stateDict();
      expect(Object.keys(state)).toEqual(Object.keys(initial));
      for (const key of Object.keys(initial)) expectRecorded(key, state[key]!, initial[key]!, exact);

      module.loadStateDict(Object.fromEntries(Object.entries(begun).map(([key, x]) => [key, toTensor(x)])));
      module.train(training);
      torch.manualSeed(seed);
      const leaves = [...inputs.map((x) => toTensor(x).requiresGrad_()), ...module.parameters()];
      const y = flat(module.forward(...leaves.slice(0, inputs.length), toOptions(call, dtype)));
      expectRecorded("output", y, output);
      y.backward(toTensor(dy));
      for (const [i, recorded] of grads.entries()) expectRecorded(`gradient ${i}`, leaves[i]!.grad, recorded);
    }
  });
});
