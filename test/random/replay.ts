/** Replays the calls that scripts/oracle/random_streams.py recorded, on our generator. */
import { createHash } from "node:crypto";
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
  type Generator,
  type NumberArray,
} from "../../src/random/index.ts";

export interface Step {
  call: string;
  n: number;
  dtype: string;
  args?: (number | string)[];
  head: string[];
  digest: string;
}

export interface Program {
  seed: string;
  steps: Step[];
}

export function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}

const floats = { float32: Float32Array, float64: Float64Array };
const arrays = { ...floats, int32: Int32Array, uint8: Uint8Array, int64: BigInt64Array };

function float(step: Step): Float32Array | Float64Array {
  return new floats[step.dtype as keyof typeof floats](step.n);
}

function anything(step: Step): NumberArray | BigInt64Array {
  return new arrays[step.dtype as keyof typeof arrays](step.n);
}

function fill<A>(out: A, write: (out: A) => void): A {
  write(out);
  return out;
}

/** What each recorded call does here; the names are those of the script. */
const calls: Record<string, (step: Step, args: number[], g: Generator) => NumberArray | BigInt64Array> = {
  rand: (step, _, g) => fill(float(step), (out) => fillUniform(out, 0, 1, g)),
  randn: (step, _, g) => fill(float(step), (out) => fillNormal(out, 0, 1, g)),
  uniform: (step, [low, high], g) => fill(float(step), (out) => fillUniform(out, low, high, g)),
  normal: (step, [mean, std], g) => fill(float(step), (out) => fillNormal(out, mean, std, g)),
  normalSerial: (step, [mean, std], g) => fill(float(step), (out) => fillNormalSerial(out, mean, std, g)),
  randint: (step, _, g) =>
    fill(anything(step), (out) => fillRandint(out, BigInt(step.args![0]), BigInt(step.args![1]), g)),
  random: (step, _, g) => fill(anything(step), (out) => fillRandom(out, g)),
  randperm: (step, _, g) => fill(anything(step), (out) => fillRandperm(out, g)),
  bernoulli: (step, [p], g) => fill(anything(step), (out) => fillBernoulli(out, p, g)),
  bernoulliFrom: (step, _, g) => {
    const probabilities = float({ ...step, dtype: step.args![0] as string });
    const last = Math.max(step.n - 1, 1);
    for (let i = 0; i < step.n; i++) probabilities[i] = i / last;
    return fill(anything(step), (out) => fillBernoulliFrom(out, probabilities, g));
  },
  dropout: (step, [p], g) => {
    const mask = float(step);
    fillBernoulli(mask, 1 - p, g);
    const keep = step.dtype === "float32" ? Math.fround(1 - p) : 1 - p;
    return mask.map((one) => one / keep);
  },
  exponential: (step, [rate], g) => fill(float(step), (out) => fillExponential(out, rate, g)),
  geometric: (step, [p], g) => fill(anything(step), (out) => fillGeometric(out, p, g)),
};

/** Runs one recorded call. */
export function replay(step: Step, generator: Generator): NumberArray | BigInt64Array {
  return calls[step.call](step, (step.args ?? []).map(Number), generator);
}

export function bytesOf(array: NumberArray | BigInt64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
