import { describe, expect, it } from "vitest";
import {
  fillBernoulli,
  fillBernoulliFrom,
  fillNormal,
  fillRandint,
  fillRandperm,
  fillUniform,
  Generator,
} from "../../src/random/index.ts";
import { readRecorded } from "../fixture.ts";

type Values = number | Values[] | { [name: string]: Values };

function randn(n: number, g: Generator): number[] {
  return normal(n, 0, 1, g);
}

function normal(n: number, mean: number, std: number, g: Generator): number[] {
  const out = new Float32Array(n);
  fillNormal(out, mean, std, g);
  return [...out];
}

function uniform(n: number, from: number, to: number, g: Generator): number[] {
  const out = new Float32Array(n);
  fillUniform(out, from, to, g);
  return [...out];
}

function filled<A extends Iterable<number | bigint>>(out: A, write: (out: A) => void): number[] {
  write(out);
  return Array.from(out, Number);
}

function rows(values: number[], columns: number): number[][] {
  return Array.from({ length: values.length / columns }, (_, i) =>
    values.slice(i * columns, (i + 1) * columns),
  );
}

/** For each key of the file, the draws behind it. */
const streams: Record<string, (g: Generator) => Values> = {
  randn_1: (g) => randn(1, g),
  randn_2: (g) => randn(2, g),
  randn_3: (g) => randn(3, g),
  randn_15: (g) => randn(15, g),
  randn_16: (g) => randn(16, g),
  randn_17: (g) => randn(17, g),
  randn_24: (g) => randn(24, g),
  randn_33: (g) => randn(33, g),
  rand_5: (g) => uniform(5, 0, 1, g),
  rand_f64_5: (g) => filled(new Float64Array(5), (out) => fillUniform(out, 0, 1, g)),
  randn_f64_3: (g) => filled(new Float64Array(3), (out) => fillNormal(out, 0, 1, g)),
  randn_f64_20: (g) => filled(new Float64Array(20), (out) => fillNormal(out, 0, 1, g)),
  randperm_10: (g) => filled(new BigInt64Array(10), (out) => fillRandperm(out, g)),
  randint_0_100_8: (g) => filled(new BigInt64Array(8), (out) => fillRandint(out, 0, 100, g)),
  // torch.bernoulli(torch.full([12], 0.3)): a float32 tensor of probabilities
  "bernoulli_0.3_12": (g) =>
    filled(new Float32Array(12), (out) => fillBernoulliFrom(out, new Float32Array(12).fill(0.3), g)),
  randn_3_then_randn_3_then_rand_2: (g) => [randn(3, g), randn(3, g), uniform(2, 0, 1, g)],
  linear_3_4: (g) => {
    // kaiming_uniform_ with a = sqrt(5), and a bias within 1 / sqrt(fan in)
    const bound = Math.sqrt(3) * (Math.sqrt(2 / (1 + Math.sqrt(5) ** 2)) / Math.sqrt(3));
    const weight = rows(uniform(12, -bound, bound, g), 3);
    return { weight, bias: uniform(4, -1 / Math.sqrt(3), 1 / Math.sqrt(3), g) };
  },
  xavier_uniform_5_4: (g) => {
    const bound = Math.sqrt(3) * Math.sqrt(2 / (4 + 5));
    return rows(uniform(20, -bound, bound, g), 4);
  },
  xavier_normal_5_4: (g) => rows(normal(20, 0, Math.sqrt(2 / (4 + 5)), g), 4),
  kaiming_normal_5_4: (g) => rows(normal(20, 0, Math.SQRT2 / Math.sqrt(4), g), 4),
  "dropout_0.5_ones_12": (g) =>
    filled(new Float32Array(12), (out) => fillBernoulli(out, 0.5, g)).map((one) => one / 0.5),
  "uniform_-2_3_6": (g) => uniform(6, -2, 3, g),
  normal_5_2_6: (g) => normal(6, 5, 2, g),
};

const reference = readRecorded<Record<string, Record<string, Values>>>("random/streams.json");

describe("the reference streams, bit for bit", () => {
  for (const [seed, expected] of Object.entries(reference)) {
    it(`seed ${seed}`, () => {
      expect(Object.keys(streams).sort()).toEqual(Object.keys(expected).sort());
      for (const [key, values] of Object.entries(expected)) {
        expect(streams[key](new Generator(BigInt(seed))), key).toEqual(values);
      }
    });
  }

  it("holds more than one seed", () => {
    expect(Object.keys(reference).length).toBeGreaterThanOrEqual(4);
  });
});
