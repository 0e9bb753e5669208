import { describe, expect, it } from "vitest";
import { fma32, fma64 } from "../../src/base/fused.ts";
import { fillUniform, Generator } from "../../src/random/index.ts";
import { log } from "../../src/random/math/log.ts";
import { log1p } from "../../src/random/math/log1p.ts";
import { sincos } from "../../src/random/math/sincos.ts";
import { readRecorded } from "../fixture.ts";
import { bytesOf, digest } from "./replay.ts";

/** x = mantissa 2^exponent, exactly. */
function parts(x: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const magnitude = biased === 0 ? fraction : fraction | (1n << 52n);
  return { mantissa: bits >> 63n === 1n ? -magnitude : magnitude, exponent: Math.max(biased, 1) - 1075 };
}

/** a b + c in whole numbers, rounded once to `digits` bits, ties to even. For results in the normal range. */
function exactFma(a: number, b: number, c: number, digits: number): number {
  const [x, y, z] = [parts(a), parts(b), parts(c)];
  const product = x.exponent + y.exponent;
  const exponent = Math.min(product, z.exponent);
  const sum =
    ((x.mantissa * y.mantissa) << BigInt(product - exponent)) + (z.mantissa << BigInt(z.exponent - exponent));
  if (sum === 0n) return 0;
  const magnitude = sum < 0n ? -sum : sum;
  const drop = BigInt(Math.max(magnitude.toString(2).length - digits, 0));
  let kept = magnitude >> drop;
  const rest = magnitude - (kept << drop);
  const half = drop === 0n ? 0n : 1n << (drop - 1n);
  if (drop > 0n && (rest > half || (rest === half && (kept & 1n) === 1n))) kept += 1n;
  const scale = exponent + Number(drop);
  const value = Number(kept) * 2 ** Math.max(scale, -1000) * 2 ** Math.min(scale + 1000, 0);
  return sum < 0n ? -value : value;
}

const g = new Generator(99);
/** A random number of either sign with an exponent in [-range, range]. */
const operand = (range: number) => (g.uniform53() - 0.5) * 2 ** Math.floor((g.uniform53() - 0.5) * 2 * range);

describe("fused multiply-add", () => {
  it("rounds once in float32", () => {
    for (let i = 0; i < 20000; i++) {
      const [a, b, c] = [operand(12), operand(12), operand(24)].map(Math.fround);
      expect(fma32(a, b, c), `${a} * ${b} + ${c}`).toBe(exactFma(a, b, c, 24));
    }
  });

  it("decides float32 ties by what a double cannot hold", () => {
    // 1 + 2^-24 is halfway between two floats; a product 2^-60 more or less tips it.
    for (const sign of [1, -1]) {
      const a = Math.fround(sign * (1 + 2 ** -12));
      for (const offset of [-1, 0, 1]) {
        const b = Math.fround(2 ** -24 * (1 + offset * 2 ** -23));
        for (const c of [1, 1 + 2 ** -23, -1, 3]) {
          expect(fma32(a, b, c), `${a} * ${b} + ${c}`).toBe(exactFma(a, b, c, 24));
        }
      }
    }
    // Exactly representable in double as a tie, with the rest below 2^-53:
    const tiny = Math.fround(2 ** -40);
    const a = Math.fround(1 + 2 ** -20);
    const b = Math.fround(2 ** -24 * (1 - 2 ** -20));
    expect(fma32(a, b, 1)).toBe(exactFma(a, b, 1, 24)); // 2^-24 (1 - 2^-40): just under the tie
    expect(fma32(a, b, 1)).toBe(1);
    expect(Math.fround(1 + 2 ** -23 - 2 ** -24 + tiny)).not.toBe(1);
    const c = Math.fround(1 + 2 ** -23);
    expect(c + a * b).toBe(c + 2 ** -24); // the double has lost the difference ...
    expect(fma32(a, b, c)).toBe(c); // ... and to even would have been 1 + 2^-22
    expect(Math.fround(a * b + c)).toBe(1 + 2 ** -22);
  });

  it("rounds once in float64", () => {
    for (let i = 0; i < 20000; i++) {
      const [a, b, c] = [operand(20), operand(20), operand(40)];
      expect(fma64(a, b, c), `${a} * ${b} + ${c}`).toBe(exactFma(a, b, c, 53));
    }
  });

  it("cancels to the error of the product", () => {
    for (let i = 0; i < 1000; i++) {
      const [a, b] = [operand(5), operand(5)];
      expect(fma64(a, b, -(a * b))).toBe(exactFma(a, b, -(a * b), 53));
    }
  });

  it("keeps signed zeros, and falls back beyond the range of the split", () => {
    expect(fma64(-0, 1, -0)).toBe(-0);
    expect(fma64(-0, 1, 0)).toBe(0);
    expect(fma64(1e300, 1, 1)).toBe(1e300);
    expect(fma64(1e200, 1e200, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(fma64(Number.NaN, 1, 1)).toBeNaN();
  });
});

interface Library {
  edges: number[];
  [name: string]: { head: string[]; digest: string } | number[];
}

describe("logarithm, sine and cosine are the C library's, bit for bit", () => {
  const library = readRecorded<Library>("random/library.json");
  const uniforms = new Float64Array(60000);
  fillUniform(uniforms, 0, 1, new Generator(7));
  const belowOne = [...uniforms, ...library.edges];
  const octants = Array.from({ length: 160 }, (_, i) => Math.floor(i / 20) / 8 + (i % 20) * 2 ** -40);
  const angles = [...belowOne, ...octants].map((u) => 2 * Math.PI * u);
  const out = new Float64Array(2);
  const sincosPart = (part: number) => (angle: number) => {
    sincos(angle, out);
    return out[part];
  };

  it.each([
    ["log", log, belowOne.map((u) => 1 - u)],
    ["logNearOne", log, belowOne.map((u) => 1 - u / 16)],
    ["logAboveOne", log, belowOne.map((u) => 1 + u / 8)],
    ["log1p", log1p, belowOne.map((u) => -u)],
    ["log1pSmall", log1p, belowOne.map((u) => -u / 2 ** 20)],
    ["sin", sincosPart(0), angles],
    ["cos", sincosPart(1), angles],
  ] as [string, (x: number) => number, number[]][])("%s", (name, evaluate, points) => {
    const values = Float64Array.from(points, evaluate);
    const recorded = library[name] as { head: string[]; digest: string };
    expect([...values.slice(0, 3)]).toEqual(recorded.head.map(Number));
    expect(digest(bytesOf(values))).toBe(recorded.digest);
  });
});

/** Distance in units of the last place of the expected value. */
function ulps(actual: number, expected: number): number {
  const spacing = 2 ** (Math.floor(Math.log2(Math.abs(expected))) - 52);
  return Math.abs(actual - expected) / spacing;
}

describe("logarithm, sine and cosine stay within a unit or two of the engine's own", () => {
  const samples = Float64Array.from({ length: 20000 }, () => g.uniform53());

  it("log", () => {
    for (const u of samples) expect(ulps(log(1 - u), Math.log(1 - u)), `${u}`).toBeLessThan(2);
    expect(log(1)).toBe(0);
    expect(log(2 ** -53)).toBe(-36.7368005696771);
  });

  it("log1p", () => {
    for (const u of samples) expect(ulps(log1p(-u), Math.log1p(-u)), `${u}`).toBeLessThan(3);
    expect(log1p(-0)).toBe(-0);
    expect(log1p(-(2 ** -60))).toBe(-(2 ** -60));
    expect(log1p(-(2 ** -40))).toBe(Math.log1p(-(2 ** -40)));
  });

  it("sincos, all round", () => {
    const out = new Float64Array(2);
    for (const u of samples) {
      const angle = 2 * Math.PI * u;
      sincos(angle, out);
      expect(ulps(out[0], Math.sin(angle)), `${angle}`).toBeLessThan(2);
      expect(ulps(out[1], Math.cos(angle)), `${angle}`).toBeLessThan(2);
    }
    sincos(0, out);
    expect([...out]).toEqual([0, 1]);
  });
});
