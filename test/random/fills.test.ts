import { describe, expect, it } from "vitest";
import { ValueError } from "../../src/base/errors.ts";
import {
  fillBernoulli,
  fillBernoulliFrom,
  fillExponential,
  fillGeometric,
  fillNormal,
  fillNormalSerial,
  fillRandint,
  fillRandom,
  fillRandperm,
  fillUniform,
  Generator,
} from "../../src/random/index.ts";

const seeded = () => new Generator(31);

describe("errors name the value and change nothing", () => {
  const f32 = () => new Float32Array(4).fill(9);
  const f64 = () => new Float64Array(4).fill(9);
  const u8 = () => new Uint8Array(4).fill(9);
  const i64 = () => new BigInt64Array(4).fill(9n);
  type Out = Float32Array | Float64Array | Uint8Array | BigInt64Array;
  const real = (write: (out: Float32Array, g: Generator) => void) =>
    write as (out: Out, g: Generator) => void;
  const cases: [string, () => Out, (out: Out, g: Generator) => void, RegExp][] = [
    ["uniform reversed", f32, real((o, g) => fillUniform(o, 1, 0, g)), /from = 1 > to = 0/],
    ["uniform NaN", f32, real((o, g) => fillUniform(o, Number.NaN, 1, g)), /from = NaN is out of bounds/],
    ["uniform too large", f32, real((o, g) => fillUniform(o, 0, 1e39, g)), /to = 1e\+39 .*float32/],
    ["uniform too wide", f32, real((o, g) => fillUniform(o, -3e38, 3e38, g)), /to - from exceeds/],
    ["uniform too wide 64", f64, real((o, g) => fillUniform(o, -1.5e308, 1.5e308, g)), /largest float64/],
    ["normal std", f32, real((o, g) => fillNormal(o, 0, -1, g)), /std must be >= 0, got -1/],
    ["normal std NaN", f64, real((o, g) => fillNormalSerial(o, 0, Number.NaN, g)), /got NaN/],
    ["bernoulli p", u8, (o, g) => fillBernoulli(o, 1.5, g), /p must be in \[0, 1\], got 1\.5/],
    ["bernoulli NaN", i64, (o, g) => fillBernoulli(o, Number.NaN, g), /got NaN/],
    [
      "bernoulli element",
      u8,
      (o, g) => fillBernoulliFrom(o, Float32Array.of(0, 1, 0.5, -1), g),
      /got -1 at element 3/,
    ],
    ["bernoulli length", u8, (o, g) => fillBernoulliFrom(o, Float32Array.of(0, 1), g), /2 .* for 4 elements/],
    ["exponential", f32, real((o, g) => fillExponential(o, 0, g)), /lambda must be > 0, got 0/],
    ["geometric 1", i64, (o, g) => fillGeometric(o, 1, g), /p must be in \(0, 1\), got 1/],
    ["geometric 0", f32, (o, g) => fillGeometric(o, 0, g), /got 0/],
    ["randint empty", i64, (o, g) => fillRandint(o, 3, 3, g), /low = 3 and high = 3/],
    ["randint fraction", i64, (o, g) => fillRandint(o, 0, 2.5, g), /high must be an integer, got 2\.5/],
    ["randint unsafe", i64, (o, g) => fillRandint(o, 0, 2 ** 60, g), /must be a bigint/],
    ["randint int64", i64, (o, g) => fillRandint(o, 0n, 2n ** 63n, g), /does not fit int64/],
    ["randint uint8 high", u8, (o, g) => fillRandint(o, 0, 257, g), /256 is out of bounds for uint8/],
    ["randint uint8 low", u8, (o, g) => fillRandint(o, -1, 5, g), /low = -1 is out of bounds for uint8/],
    [
      "randint no float",
      f32,
      (o, g) => fillRandint(o, 2 ** 25 + 1, 2 ** 25 + 2, g),
      /no float32 lies between/,
    ],
  ];

  it.each(cases)("%s", (_, make, call, message) => {
    const g = seeded();
    const out = make();
    expect(() => call(out, g)).toThrow(ValueError);
    expect(() => call(out, g)).toThrow(message);
    expect(out).toEqual(make());
    expect(g.getState()).toEqual(seeded().getState());
  });

  it("randperm too long for its dtype", () => {
    expect(() => fillRandperm(new Uint8Array(257))).toThrow(/n = 257 is too large/);
    expect(() => fillRandperm(new Int8Array(129))).toThrow(/n = 129/);
    expect([...fillAndSort(new Uint8Array(256))]).toEqual([...Array(256).keys()]);
  });

  function fillAndSort(out: Uint8Array): Uint8Array {
    fillRandperm(out, seeded());
    return out.sort();
  }
});

describe("what is filled", () => {
  it("nothing, and no draw, for an empty array", () => {
    const g = seeded();
    fillNormal(new Float32Array(0), 0, 1, g);
    fillUniform(new Float64Array(0), 0, 1, g);
    fillRandperm(new BigInt64Array(0), g);
    fillRandperm(new Int32Array(1), g);
    fillBernoulli(new Uint8Array(0), 0.5, g);
    expect(g.getState()).toEqual(seeded().getState());
  });

  it("the view and nothing about it", () => {
    for (const n of [3, 16, 21]) {
      const memory = new Float32Array(n + 8).fill(7);
      fillNormal(memory.subarray(4, 4 + n), 0, 1, seeded());
      const alone = new Float32Array(n);
      fillNormal(alone, 0, 1, seeded());
      expect([...memory]).toEqual([7, 7, 7, 7, ...alone, 7, 7, 7, 7]);
      const integers = new BigInt64Array(n + 2).fill(7n);
      fillRandperm(integers.subarray(1, n + 1), seeded());
      expect([integers[0], integers[n + 1]]).toEqual([7n, 7n]);
      expect([...integers.subarray(1, n + 1)].map(Number).sort((a, b) => a - b)).toEqual([
        ...Array(n).keys(),
      ]);
    }
  });

  it("the same numbers in every dtype of randint, randperm and bernoulli", () => {
    const fills = [
      (out: Int32Array | BigInt64Array | Float64Array, g: Generator) => fillRandint(out, -7, 1000, g),
      (out: Int32Array | BigInt64Array | Float64Array, g: Generator) =>
        fillRandint(out, -(2 ** 30), 2 ** 30, g),
      (out: Int32Array | BigInt64Array | Float64Array, g: Generator) => fillRandperm(out, g),
      (out: Int32Array | BigInt64Array | Float64Array, g: Generator) => fillBernoulli(out, 0.4, g),
    ];
    for (const fill of fills) {
      const arrays = [new Int32Array(700), new BigInt64Array(700), new Float64Array(700)];
      const [a, b, c] = arrays.map((out) => {
        fill(out, seeded());
        return Array.from(out, Number);
      });
      expect(b).toEqual(a);
      expect(c).toEqual(a);
      expect(new Set(a).size).toBeGreaterThan(1);
    }
  });

  it("float32 and float64 of the serial normals alike, but for rounding", () => {
    const single = new Float32Array(15);
    const double = new Float64Array(15);
    fillNormal(single, 2, 3, seeded());
    fillNormal(double, 2, 3, seeded());
    expect(single).toEqual(Float32Array.from(double));
  });

  it("small arrays in pairs, so that two calls of one element are one of two", () => {
    const g = seeded();
    const halves = [new Float64Array(1), new Float64Array(1)];
    for (const half of halves) fillNormal(half, 0, 1, g);
    const whole = new Float64Array(2);
    fillNormal(whole, 0, 1, seeded());
    expect([...halves[0], ...halves[1]]).toEqual([...whole]);
  });

  it("from 16 elements on without the waiting sample, which stays", () => {
    const g = seeded();
    fillNormal(new Float32Array(1), 0, 1, g);
    fillNormal(new Float32Array(16), 0, 1, g);
    expect(g.hasNextNormal()).toBe(true);
  });

  it("bool as uint8: randint on [0, 2) is the stream of random_() on bool, the last bit of each draw", () => {
    const bits = new Uint8Array(64);
    fillRandint(bits, 0, 2, seeded());
    const bytes = new Uint8Array(64);
    fillRandom(bytes, seeded());
    expect(bits).toEqual(bytes.map((byte) => byte & 1));
  });

  it("certain events for p = 0 and p = 1", () => {
    const out = new Uint8Array(100).fill(3);
    fillBernoulli(out, 0, seeded());
    expect(out).toEqual(new Uint8Array(100));
    fillBernoulli(out, 1, seeded());
    expect(out).toEqual(new Uint8Array(100).fill(1));
  });

  it("uniform numbers below the upper bound even where rounding would reach it", () => {
    const out = new Float32Array(1000);
    fillUniform(out, 1, 1 + 2 ** -23, seeded());
    expect(out).toEqual(new Float32Array(1000).fill(1));
    fillUniform(out, 5, 5, seeded());
    expect(out).toEqual(new Float32Array(1000).fill(5));
  });

  it("constant numbers for std = 0", () => {
    const out = new Float32Array(20);
    fillNormal(out, -2, 0, seeded());
    expect(out).toEqual(new Float32Array(20).fill(-2));
  });
});

describe("moments of 100,000 samples", () => {
  const n = 100_000;
  const mean = (x: ArrayLike<number>) => Array.from(x).reduce((sum, v) => sum + v, 0) / x.length;
  const variance = (x: ArrayLike<number>) => mean(Array.from(x, (v) => v * v)) - mean(x) ** 2;

  it.each([
    ["uniform on [-1, 3)", (o: Float64Array, g: Generator) => fillUniform(o, -1, 3, g), 1, 16 / 12],
    ["normal (2, 3)", (o: Float64Array, g: Generator) => fillNormal(o, 2, 3, g), 2, 9],
    ["exponential (4)", (o: Float64Array, g: Generator) => fillExponential(o, 4, g), 1 / 4, 1 / 16],
    ["geometric (0.2)", (o: Float64Array, g: Generator) => fillGeometric(o, 0.2, g), 5, 20],
    ["bernoulli (0.3)", (o: Float64Array, g: Generator) => fillBernoulli(o, 0.3, g), 0.3, 0.21],
  ])("%s", (_, fill, expectedMean, expectedVariance) => {
    const out = new Float64Array(n);
    fill(out, new Generator(8));
    // five standard errors of the mean
    expect(Math.abs(mean(out) - expectedMean)).toBeLessThan(5 * Math.sqrt(expectedVariance / n));
    expect(variance(out) / expectedVariance).toBeGreaterThan(0.95);
    expect(variance(out) / expectedVariance).toBeLessThan(1.05);
  });
});
