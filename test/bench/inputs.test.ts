import { describe, expect, it } from "vitest";
import { permuted, values } from "../../bench/inputs.ts";
import { disagreement } from "../../bench/measure.ts";
import { parametersOf } from "../../bench/parameters.ts";
import { workload } from "./sample-run.ts";

describe("values", () => {
  it("are the formula's in whole numbers, also where a product leaves the range of exact doubles", () => {
    const count = 2 ** 22;
    const made = values(count, 7, 0.5, 1);
    for (const i of [0, 1, 2, 1000, 2 ** 21 + 1, count - 1]) {
      const hashed = (BigInt(i + 1) * 2654435761n + 7n * 40503n) % 2n ** 32n;
      expect(made[i]).toBe(Math.fround((Number(hashed) / 2 ** 31 - 1) * 0.5 + 1));
    }
  });
});

describe("permuted", () => {
  it("moves axes", () => {
    const data = Float32Array.from({ length: 24 }, (_, i) => i);
    const turned = permuted(data, [2, 3, 4], [2, 0, 1]); // [4, 2, 3]
    for (let a = 0; a < 2; a++) {
      for (let b = 0; b < 3; b++) {
        for (let c = 0; c < 4; c++) expect(turned[c * 6 + a * 3 + b]).toBe(a * 12 + b * 4 + c);
      }
    }
  });
});

describe("parametersOf", () => {
  it("counts the layers of a Sequential as PyTorch does", () => {
    const { kind, settings } = workload("program B: XOR with modules");
    const parameters = parametersOf(kind, settings as never);
    expect(parameters.map(({ name, shape }) => [name, shape])).toEqual([
      ["0.weight", [10, 2]],
      ["0.bias", [10]],
      ["2.weight", [10, 10]],
      ["2.bias", [10]],
      ["4.weight", [10, 10]],
      ["4.bias", [10]],
      ["6.weight", [1, 10]],
      ["6.bias", [1]],
    ]);
    expect(new Set(parameters.map(({ seed }) => seed)).size).toBe(8);
  });

  it("gives the GPT as many numbers as its description has", () => {
    const { kind, settings } = workload("GPT 4 x 128, batch 16, AdamW");
    const count = parametersOf(kind, settings as never)
      .map(({ shape }) => shape.reduce((a, b) => a * b, 1))
      .reduce((a, b) => a + b, 0);
    const C = 128;
    // Two norms, four dense layers with biases: 12 C^2 + 13 C a block.
    expect(count).toBe((256 + 64) * C + 4 * (12 * C * C + 13 * C) + 2 * C + 257 * C + 256 - C);
  });
});

describe("disagreement", () => {
  const first = { name: "eager", numbers: [1, 0, -200] };

  it("allows what the order of a sum changes", () => {
    expect(disagreement([1.0009, 1e-7, -199.9], first)).toBeNull();
  });

  it("names the first number that is wrong, NaN too", () => {
    expect(disagreement([1, 0, -199], first)).toBe("computes -199 where eager has -200 (number 3)");
    expect(disagreement([Number.NaN, 0, -200], first)).toBe("computes NaN where eager has 1 (number 1)");
    expect(disagreement([1], first)).toContain("undefined");
  });
});
