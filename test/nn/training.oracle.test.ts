/** Modules that training changes, or that begin with random tables: state, outputs and gradients against PyTorch's. */
import { describe, expect, it } from "vitest";
import * as torch from "xorch";
import { readRecorded } from "../fixture.ts";
import { dtypeOf, type Entry, exact, expectRecorded, toOptions, toTensor } from "./recorded.ts";

interface Step {
  input: Entry;
  output: Entry;
  dy: Entry;
  grads: Entry[];
  buffers: Record<string, Entry>;
}

interface Run {
  initial: Record<string, Entry>;
  next: number;
  begun: Record<string, Entry>;
  training: Step[];
  evaluation: Step;
}

interface TrainingCase {
  name: string;
  seed: number;
  positional: unknown[];
  options: Record<string, unknown>;
  repr: string;
  runs: Run[];
}

type Constructor = new (...args: unknown[]) => torch.nn.Module;

function expectTensors(what: string, found: [string, torch.Tensor][], recorded: Record<string, Entry>): void {
  expect(found.map(([name]) => name)).toEqual(Object.keys(recorded));
  for (const [name, x] of found) expectRecorded(`${what}: ${name}`, x, recorded[name]!);
}

function checkStep(module: torch.nn.Module, step: Step): void {
  const input = toTensor(step.input);
  if (input.dtype.isFloatingPoint) input.requiresGrad_();
  const y = module.forward(input) as torch.Tensor;
  expectRecorded("output", y, step.output);
  module.zeroGrad();
  y.backward(toTensor(step.dy));
  const leaves = [...(input.dtype.isFloatingPoint ? [input] : []), ...module.parameters()];
  for (const [i, recorded] of step.grads.entries()) {
    expectRecorded(`gradient ${i}`, leaves[i]!.grad, recorded);
  }
  expectTensors("buffer", module.namedBuffers(), step.buffers);
}

const cases = readRecorded<TrainingCase[]>("nn/training.json");

describe("modules in training and evaluation against PyTorch", () => {
  it.each(cases.map((entry) => [`${entry.name} ${JSON.stringify(entry.options)}`, entry] as const))(
    "%s",
    (_, { name, seed, positional, options, repr, runs }) => {
      const type = (torch.nn as unknown as Record<string, Constructor>)[name]!;
      for (const { initial, next, begun, training, evaluation } of runs) {
        const dtype = dtypeOf[training[0]!.output.dtype];
        torch.manualSeed(seed);
        const module = new type(...positional, toOptions(options, dtype)).to(dtype);
        expect(torch.rand([1], { dtype: torch.float64 }).item()).toBe(next);
        expect(String(module)).toBe(repr);
        const state = module.stateDict();
        expect(Object.keys(state)).toEqual(Object.keys(initial));
        for (const key of Object.keys(initial)) expectRecorded(key, state[key]!, initial[key]!, exact);

        module.loadStateDict(
          Object.fromEntries(Object.entries(begun).map(([key, entry]) => [key, toTensor(entry)])),
        );
        for (const step of training) checkStep(module, step);
        checkStep(module.eval(), evaluation);
      }
    },
  );
});
