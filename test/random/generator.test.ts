import { describe, expect, it } from "vitest";
import { ValueError } from "../../src/base/errors.ts";
import {
  DEFAULT_SEED,
  defaultGenerator,
  fillNormal,
  fillUniform,
  Generator,
  STATE_BYTES,
} from "../../src/random/index.ts";
import { readRecorded } from "../fixture.ts";

interface RecordedState {
  initialSeed: string;
  state: string;
  randn: number[];
  rand: number[];
}

function normals(g: Generator, n = 3): number[] {
  const out = new Float64Array(n);
  fillNormal(out, 0, 1, g);
  return [...out];
}

function uniforms(g: Generator, n = 3): number[] {
  const out = new Float32Array(n);
  fillUniform(out, 0, 1, g);
  return [...out];
}

describe("the engine", () => {
  it("is MT19937: the 10000th draw of seed 5489, as the C++ standard demands", () => {
    const g = new Generator(5489);
    for (let i = 0; i < 9999; i++) g.random();
    expect(g.random()).toBe(4123659995);
  });

  it("gives 64 bits from two draws, the first above", () => {
    const g = new Generator(3);
    const high = BigInt(g.random());
    const low = BigInt(g.random());
    expect(g.manualSeed(3).random64()).toBe((high << 32n) | low);
  });

  it("draws the same by one as by many, wherever the state is renewed", () => {
    for (const skip of [0, 1, 623, 624, 625]) {
      for (const count of [1, 2, 623, 624, 625, 1249]) {
        const single = new Generator(9);
        const bulk = new Generator(9);
        for (let i = 0; i < skip; i++) expect(bulk.random()).toBe(single.random());
        const expected = Int32Array.from({ length: count }, () => single.engine.draw());
        const drawn = new Int32Array(count);
        bulk.engine.drawMany(drawn, count);
        expect(drawn).toEqual(expected);
        expect(bulk.getState()).toEqual(single.getState());
      }
    }
  });
});

describe("seeds", () => {
  it("starts from PyTorch's default seed", () => {
    expect(DEFAULT_SEED).toBe(67280421310721);
    expect(new Generator().initialSeed()).toBe(67280421310721);
    expect(uniforms(new Generator())).toEqual(uniforms(new Generator(67280421310721n)));
  });

  it("reads negative seeds modulo 2^64", () => {
    expect(new Generator(-5).initialSeed()).toBe(2n ** 64n - 5n);
    expect(uniforms(new Generator(-5), 1)).toEqual([0.9308151006698608]); // torch.manual_seed(-5); torch.rand(1)
    expect(new Generator(-(2n ** 63n)).initialSeed()).toBe(2n ** 63n);
    expect(uniforms(new Generator(-1))).toEqual(uniforms(new Generator(2n ** 64n - 1n)));
  });

  it("uses only the low 32 bits for the numbers, but remembers all", () => {
    expect(uniforms(new Generator(2 ** 32 + 5))).toEqual(uniforms(new Generator(5)));
    expect(new Generator(2 ** 32 + 5).initialSeed()).toBe(4294967301);
    expect(new Generator(2 ** 32 + 5).getState()).not.toEqual(new Generator(5).getState());
  });

  it("forgets the waiting normal sample", () => {
    const g = new Generator(1);
    normals(g, 1);
    expect(g.hasNextNormal()).toBe(true);
    g.manualSeed(1);
    expect(g.hasNextNormal()).toBe(false);
    expect(g.getState()).toEqual(new Generator(1).getState());
  });

  it("draws a seed of 53 bits from entropy and reports it", () => {
    const g = new Generator(1);
    const seed = g.seed();
    expect(Number.isSafeInteger(seed)).toBe(true);
    expect(g.initialSeed()).toBe(seed);
    expect(g.getState()).toEqual(new Generator(seed).getState());
    expect(new Set([seed, g.seed(), g.seed(), defaultGenerator.initialSeed()]).size).toBe(4);
  });

  it.each([
    [1.5, /integer, got 1\.5/],
    [Number.NaN, /integer, got NaN/],
    [Number.POSITIVE_INFINITY, /integer, got Infinity/],
    [2 ** 60, /beyond 2\^53 must be a bigint/],
    [2n ** 64n, /\[-2\^63, 2\^64 - 1\], got 18446744073709551616/],
    [-(2n ** 63n) - 1n, /got -9223372036854775809/],
    ["7" as unknown as number, /number or a bigint, got string/],
  ])("refuses %s and stays as it was", (seed, message) => {
    const g = new Generator(4);
    normals(g, 1);
    const before = g.getState();
    expect(() => g.manualSeed(seed)).toThrow(ValueError);
    expect(() => g.manualSeed(seed)).toThrow(message);
    expect(() => new Generator(seed)).toThrow(message);
    expect(g.getState()).toEqual(before);
  });
});

describe("states", () => {
  const states = readRecorded<RecordedState[]>("random/state.json");

  it("loads the bytes of torch.get_rng_state(), and goes on as PyTorch does", () => {
    expect(states.length).toBeGreaterThan(3);
    for (const recorded of states) {
      const bytes = new Uint8Array(Buffer.from(recorded.state, "base64"));
      const g = new Generator().setState(bytes);
      expect(g.getState()).toEqual(bytes);
      expect(String(g.initialSeed())).toBe(recorded.initialSeed);
      expect(normals(g)).toEqual(recorded.randn);
      expect(uniforms(g)).toEqual(recorded.rand);
    }
  });

  it("brings back the waiting sample", () => {
    const g = new Generator(12);
    normals(g, 1);
    const state = g.getState();
    expect(state.length).toBe(STATE_BYTES);
    const expected = normals(g, 4);
    expect(normals(new Generator(0).setState(state), 4)).toEqual(expected);
    expect(normals(new Generator(12), 4)).not.toEqual(expected);
  });

  it("keeps the float sample of a foreign state", () => {
    const state = new Generator(2).getState();
    const view = new DataView(state.buffer);
    view.setFloat32(5048, 0.5, true);
    view.setUint8(5052, 1);
    expect(new Generator().setState(state).getState()).toEqual(state);
  });

  it("is a copy: later draws do not reach it", () => {
    const g = new Generator(2);
    const state = g.getState();
    const kept = state.slice();
    uniforms(g, 700);
    expect(state).toEqual(kept);
    g.setState(state);
    state.fill(0);
    expect(uniforms(g)).toEqual(uniforms(new Generator(2)));
  });

  it("clones into a generator of its own", () => {
    const g = new Generator(6);
    normals(g, 5);
    const twin = g.clone();
    const expected = normals(twin, 5);
    expect(g.getState()).not.toEqual(twin.getState());
    expect(normals(g, 5)).toEqual(expected);
    expect(twin.initialSeed()).toBe(6);
  });

  const damaged = (edit: (view: DataView) => void): Uint8Array => {
    const state = new Generator(1).getState();
    edit(new DataView(state.buffer));
    return state;
  };

  it.each([
    ["a short array", new Uint8Array(10), /has 5056 bytes, got 10/],
    ["zeros", new Uint8Array(STATE_BYTES), /never seeded/],
    ["no array", "state" as unknown as Uint8Array, /Uint8Array of 5056 bytes, got string/],
    ["left = 0", damaged((v) => v.setInt32(8, 0, true)), /0 draws left/],
    ["left = 625", damaged((v) => v.setInt32(8, 625, true)), /625 draws left/],
    ["next = 625", damaged((v) => v.setUint32(16, 625, true)), /word 625/],
    [
      "counters that run off the end",
      damaged((v) => {
        v.setInt32(8, 600, true);
        v.setUint32(16, 600, true);
      }),
      /damaged/,
    ],
  ])("refuses %s and stays as it was", (_, bytes, message) => {
    const g = new Generator(4);
    normals(g, 1);
    const before = g.getState();
    expect(() => g.setState(bytes)).toThrow(ValueError);
    expect(() => g.setState(bytes)).toThrow(message);
    expect(g.getState()).toEqual(before);
  });
});
