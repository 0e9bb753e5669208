/** Tensors out of recorded answers of PyTorch, and comparing with them. */
import { expect } from "vitest";
import * as torch from "xorch";

/** The dtypes by the names in which the scripts write them. */
export const dtypeOf = {
  float32: torch.float32,
  float64: torch.float64,
  int64: torch.int64,
  int32: torch.int32,
  bool: torch.bool,
} as const;

/** A tensor as the scripts in scripts/oracle write it. */
export interface Entry {
  shape: number[];
  dtype: keyof typeof dtypeOf;
  data: (number | "nan" | "inf" | "-inf" | boolean)[];
}

function toNumber(value: Entry["data"][number]): number {
  if (typeof value !== "string") return Number(value);
  return { nan: Number.NaN, inf: Infinity, "-inf": -Infinity }[value];
}

export function toTensor(entry: Entry): torch.Tensor {
  return torch.tensor(entry.data.map(toNumber), { dtype: dtypeOf[entry.dtype] }).reshape(entry.shape);
}

/** Options as recorded, with tensors in the place of their entries, floating-point ones in the dtype of the run. */
export function toOptions(options: Record<string, unknown>, dtype: torch.DType): Record<string, unknown> {
  const convert = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null || !("tensor" in value)) return value;
    const x = toTensor((value as { tensor: Entry }).tensor);
    return x.dtype.isFloatingPoint ? x.to(dtype) : x;
  };
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, convert(value)]));
}

export interface Tolerance {
  float32: number;
  float64: number;
}

/** Of results that go through a few roundings. */
export const fewRoundings: Tolerance = { float32: 3e-6, float64: 1e-12 };
export const exact: Tolerance = { float32: 0, float64: 0 };

/** Shape, dtype and every element, to a relative difference (absolute below 1). */
export function expectRecorded(
  what: string,
  x: torch.Tensor | null,
  recorded: Entry,
  tolerance = fewRoundings,
): void {
  if (x === null) throw new Error(`${what} is null`);
  expect(x.shape, `${what}: shape`).toEqual(recorded.shape);
  expect(String(x.dtype), `${what}: dtype`).toBe(`torch.${recorded.dtype}`);
  const limit = recorded.dtype === "float64" ? tolerance.float64 : tolerance.float32;
  for (const [i, found] of x.detach().toTypedArray().entries()) {
    const number = toNumber(recorded.data[i]!);
    const expected = recorded.dtype === "float32" ? Math.fround(number) : number;
    const difference = Math.abs(Number(found) - expected);
    const isNear = Number.isFinite(expected) && difference <= limit * Math.max(1, Math.abs(expected));
    const fits = Object.is(Number(found), expected) || isNear;
    if (!fits) throw new Error(`${what}: element ${i} is ${found}, PyTorch has ${expected}`);
  }
}
