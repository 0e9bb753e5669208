/** What `console.log` and the prompt of Node show of objects that hold more than a reader wants to see. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import * as torch from "xorch";

const shown: [string, unknown, string][] = [
  ["a generator", torch.manualSeed(777), "torch.Generator(seed=777)"],
  ["a dtype", torch.float32, "torch.float32"],
  ["a device", torch.device("cpu"), 'device(type="cpu")'],
  ["an op", torch.relu, "[Function: relu]"],
  ["an op with options", torch.nn.functional.elu, "[Function: elu]"],
  ["a step of the graph", torch.ones([1], { requiresGrad: true }).mul(2).gradFn, "<mul>"],
  ["a leaf's step", torch.ones([1], { requiresGrad: true }).expand([2]).gradFn, "<expand>"],
];

describe("in a console", () => {
  it.each(shown)("%s is one short line", (_, value, text) => {
    expect(inspect(value)).toBe(text);
  });

  it("dtypes and devices stay short inside other objects", () => {
    const { dtype, device } = torch.zeros([1]);
    expect(inspect({ dtype, device })).toBe('{ dtype: torch.float32, device: device(type="cpu") }');
    expect(`${dtype} on ${device}`).toBe("torch.float32 on cpu");
  });

  it("torch.backends.blas shows what its properties say", () => {
    const { available, enabled, name } = torch.backends.blas;
    const text = inspect(torch.backends.blas);
    for (const [key, value] of Object.entries({ available, enabled, name })) {
      expect(text).toContain(`${key}: ${inspect(value)}`);
    }
    expect(text).not.toContain("Getter");
  });

  it("the namespaces list names, and no records of ops", () => {
    for (const namespace of [torch, torch.nn, torch.nn.functional]) {
      const text = inspect(namespace, { depth: 1 });
      expect(text).not.toMatch(/anonymous.*\{|samples|specialize/);
      expect(text.split("\n").length).toBeLessThan(2 * Object.keys(namespace).length + 100);
    }
  });
});
