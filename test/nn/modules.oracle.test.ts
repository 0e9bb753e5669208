/** Every module and loss: printed form, output and gradients against PyTorch's, in both floating-point dtypes. */

import { afterAll, describe, expect, it } from "vitest";
import * as torch from "xorch";
import { readRecorded } from "../fixture.ts";
import { dtypeOf, type Entry, expectRecorded, toOptions, toTensor } from "./recorded.ts";

interface Run {
  inputs: Entry[];
  output: Entry;
  dy?: Entry;
  grads?: (Entry | null)[];
}

interface ModuleCase {
  name: string;
  positional: unknown[];
  options: Record<string, unknown>;
  state: Record<string, Entry>;
  repr: string;
  runs: Run[];
}

interface FunctionCase {
  name: string;
  arguments: unknown[];
  runs: Run[];
}

const modules = readRecorded<ModuleCase[]>("nn/modules.json");
const functions = readRecorded<FunctionCase[]>("nn/functions.json");
let compared = 0;

function check(
  run: Run,
  call: (...inputs: torch.Tensor[]) => torch.Tensor,
  parameters: torch.Tensor[],
): void {
  const inputs = run.inputs.map((entry) => toTensor(entry));
  for (const x of inputs) if (x.dtype.isFloatingPoint) x.requiresGrad_();
  const y = call(...inputs);
  expectRecorded("output", y, run.output);
  if (run.dy) {
    y.backward(toTensor(run.dy));
    const leaves = [...inputs.filter((x) => x.dtype.isFloatingPoint), ...parameters];
    for (const [i, recorded] of run.grads!.entries()) {
      const { grad } = leaves[i]!;
      // PyTorch leaves out gradients of which nothing depends; zeros say the same.
      if (recorded) expectRecorded(`gradient ${i}`, grad, recorded);
      else expect(grad?.ne(0).any().item() ?? 0).toBe(0);
    }
  } else {
    expect(y.requiresGrad).toBe(false);
  }
  compared++;
}

type Constructor = new (...args: unknown[]) => torch.nn.Module;

/** The module of an entry, in evaluation, with the recorded parameters. */
function build(entry: ModuleCase, dtype: torch.DType) {
  const type = (torch.nn as unknown as Record<string, Constructor>)[entry.name]!;
  const options = toOptions(entry.options, dtype);
  const args = Object.keys(options).length > 0 ? [...entry.positional, options] : entry.positional;
  const module = new type(...args).to(dtype).eval();
  if (Object.keys(entry.state).length > 0) {
    module.loadStateDict(Object.fromEntries(Object.entries(entry.state).map(([k, v]) => [k, toTensor(v)])));
  }
  return module;
}

const names = new Set(modules.map(({ name }) => name));

describe("modules against PyTorch", () => {
  for (const name of names) {
    it(name, () => {
      for (const entry of modules) {
        if (entry.name !== name) continue;
        for (const run of entry.runs) {
          const module = build(entry, dtypeOf[run.inputs[0]!.dtype]);
          expect(String(module)).toBe(entry.repr);
          try {
            check(run, (...inputs) => module.forward(...inputs) as torch.Tensor, module.parameters());
          } catch (error) {
            (error as Error).message =
              `${JSON.stringify(entry.options)} ${run.inputs[0]!.dtype}: ${(error as Error).message}`;
            throw error;
          }
        }
      }
    });
  }
});

describe("functions against PyTorch", () => {
  it.each(functions.map((entry, i) => [`${entry.name} ${i}`, entry] as const))("%s", (_, entry) => {
    const fn = torch.nn.functional[entry.name as "normalize"] as (...args: unknown[]) => torch.Tensor;
    for (const run of entry.runs) check(run, (...inputs) => fn(...inputs, ...entry.arguments), []);
  });
});

afterAll(() => console.log(`oracle: ${compared} runs of modules and functions compared with PyTorch`));
