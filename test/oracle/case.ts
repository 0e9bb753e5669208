/** One question to PyTorch: some inputs, an expression in Python, and the same call in Xorch. */
import { createHash } from "node:crypto";
import * as torch from "../../src/index.ts";
import type { NestedArray } from "../../src/tensor/creation.ts";

export type Name = "float32" | "float64" | "int32" | "int64" | "uint8" | "bool";

export interface Input {
  readonly shape: readonly number[];
  readonly dtype: Name;
  /** Row-major; NaN and infinities as strings, because JSON has none. */
  readonly data: readonly (number | string | boolean)[];
}

export interface Case {
  readonly id: string;
  readonly inputs: readonly Input[];
  /** Python, with the inputs in the list `x`, and torch and F at hand; gives one tensor. */
  readonly python: string;
  readonly call: (x: torch.Tensor[]) => torch.Tensor;
  /** Whether gradients are compared, and of which order. */
  readonly order: 0 | 1 | 2;
  readonly tolerance: number;
  /** Whether the shape of the result depends on values, so that the call cannot be traced. */
  readonly dependsOnValues?: boolean;
}

/** A small generator of its own, so that recorded inputs never change with the library. */
export function numbers(seed: number, count: number, low: number, high: number): number[] {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return low + (high - low) * (((state >>> 8) % 9973) / 9973);
  });
}

export function seedOf(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32LE(0);
}

export function makeInput(dtype: Name, shape: readonly number[], values: readonly number[]): Input {
  const data = values.map((value) => {
    if (dtype === "bool") return value > 0;
    if (dtype === "float32") return encode(Math.fround(value));
    if (dtype === "float64") return encode(value);
    return dtype === "uint8" ? Math.abs(Math.round(value * 3)) : Math.round(value * 3);
  });
  return { shape, dtype, data };
}

function encode(value: number): number | string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return Object.is(value, -0) ? "-0.0" : value;
}

export function decode(value: number | string | boolean): number {
  if (typeof value !== "string") return Number(value);
  if (value === "nan") return Number.NaN;
  if (value === "-0.0") return -0;
  return value === "inf" ? Infinity : -Infinity;
}

const { float32, float64, int32, int64, uint8, bool } = torch;
const dtypes: Record<Name, torch.DType> = { float32, float64, int32, int64, uint8, bool };

/** The input as a tensor, wanting gradients where it can. */
export function toTensor(input: Input, requiresGrad: boolean): torch.Tensor {
  const dtype = dtypes[input.dtype];
  const flat = torch.tensor(input.data.map(decode) as NestedArray, { dtype }).reshape(input.shape);
  return requiresGrad && dtype.isFloatingPoint ? flat.detach().requiresGrad_() : flat;
}

/** Changes when the question does: a recorded answer to another question is not compared. */
export function fingerprint(question: Pick<Case, "inputs" | "python" | "order">): string {
  const { inputs, python, order } = question;
  return createHash("sha256").update(JSON.stringify({ inputs, python, order })).digest("hex").slice(0, 12);
}

/** Weights that make dL/dy differ from element to element. */
export function weights(count: number): number[] {
  return Array.from({ length: count }, (_, i) => 1 + ((i * 5) % 7) / 4);
}
