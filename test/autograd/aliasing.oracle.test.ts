/** Views and in-place ops in every order that came up by chance: what PyTorch refuses, what it computes, and the gradients. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as torch from "../../src/index.ts";
import {
  type Entry,
  entryOf,
  type Log,
  lossOf,
  type Recorded,
  runStep,
  squaredSum,
  tensorOf,
} from "./aliasing-program.ts";

const file = new URL("../fixtures/aliasing.json", import.meta.url);
const { recorded } = JSON.parse(readFileSync(file, "utf8")) as { recorded: Recorded[] };

/** Digits of float32 are compared where one takes part. */
function toleranceOf({ tensors }: Recorded): number {
  return tensors.every(({ dtype }) => dtype === "float64") ? 1e-10 : 2e-5;
}

function expectEntry(
  found: torch.Tensor | null,
  wanted: Entry | null,
  tolerance: number,
  what: string,
): void {
  if (wanted === null || found === null) {
    expect(found && entryOf(found), what).toBe(wanted);
    return;
  }
  const { shape, dtype, data } = entryOf(found);
  expect({ shape, dtype }, what).toEqual({ shape: wanted.shape, dtype: wanted.dtype });
  for (const [i, value] of wanted.data.entries()) {
    expect(Math.abs(data[i]! - value), `${what}, element ${i}`).toBeLessThanOrEqual(
      tolerance * (1 + Math.abs(value)),
    );
  }
}

/** Runs the steps; those that PyTorch refuses must be refused here, and change nothing. */
function steps(program: Recorded, log: Log): torch.Tensor[] {
  const tensors = program.tensors.map((x) => tensorOf(x).requiresGrad_(x.requiresGrad));
  for (const [number, step] of program.steps.entries()) {
    if (!program.refused.includes(number)) {
      runStep(step, number, tensors, log);
      continue;
    }
    const before = tensors.map(entryOf);
    expect(() => runStep(step, number, tensors, log), `step ${number}`).toThrow(torch.XorchError);
    expect(tensors.map(entryOf), `refused step ${number}`).toEqual(before);
  }
  return tensors;
}

function isUsable(x: torch.Tensor): boolean {
  try {
    return x.mul(1) !== null;
  } catch {
    return false;
  }
}

const isZero = (entry: Entry | null): boolean => entry === null || entry.data.every((value) => value === 0);

describe("programs of views and in-place ops", () => {
  it.each(recorded.map((program) => [program.number, program] as const))("%i", (_, program) => {
    const tolerance = toleranceOf(program);
    const log: Log = [];
    const tensors = steps(program, log);
    for (const [k, wanted] of program.state.entries()) {
      const x = tensors[k]!;
      expectEntry(x.detach(), wanted, tolerance, `tensor ${k}`);
      expect(isUsable(x), `use of tensor ${k}`).toBe(wanted.usable !== false);
      if (wanted.usable !== false) expect(x.requiresGrad, `tensor ${k}`).toBe(wanted.requiresGrad);
    }

    const { backward, leaves, used } = program;
    const loss = lossOf(tensors, used);
    if (backward === null) {
      expect(() => loss.backward()).toThrow(torch.AutogradError);
      return;
    }
    log.length = 0;
    loss.backward(null, { retainGraph: true });
    for (const [i, k] of leaves.entries()) {
      expectEntry(tensors[k]!.grad, backward.grads[i]!, tolerance, `gradient of ${k}`);
    }
    for (const [k, wanted] of backward.retained) {
      expectEntry(tensors[k]!.grad, wanted, tolerance, `retained gradient of ${k}`);
    }
    const seen = log.toSorted(([a], [b]) => a - b);
    const wanted = backward.hooks.toSorted(([a], [b]) => a - b);
    expect(seen.map(([number]) => number)).toEqual(wanted.map(([number]) => number));
    for (const [i, [number, entry]] of wanted.entries()) {
      expectEntry(seen[i]![1], entry, tolerance, `hook of step ${number}`);
    }

    const inputs = leaves.map((k) => tensors[k]!);
    const first = torch.autograd.grad(loss, inputs, { createGraph: true, allowUnused: true });
    const total = squaredSum(first, leaves);
    const second = total?.requiresGrad ? torch.autograd.grad(total, inputs, { allowUnused: true }) : null;
    for (const [i, k] of leaves.entries()) {
      const entry = backward.second?.[i] ?? null;
      const dx = second?.[i] ?? null;
      // Of a gradient that is constant the one says 0, the other none.
      if (isZero(entry) && isZero(dx && entryOf(dx))) continue;
      expectEntry(dx, entry, tolerance, `second derivative of ${k}`);
    }
  });
});
