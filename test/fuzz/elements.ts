/** Elements: drawing them, and bringing them to and from JSON. */
import { type DTypeName, dtypes } from "../../src/base/index.ts";
import type { Draw } from "./draw.ts";
import type { Source } from "./program.ts";

export type Element = Source["data"][number];

/** Which values a source has. */
export type Flavour = "plain" | "special" | "ties" | "large";

const SPECIAL: Partial<Record<DTypeName, readonly number[]>> = {
  float32: [Number.NaN, Infinity, -Infinity, -0, 0, 1e-40, -3e-42, 1e15, -3e18, 1.1754943508222875e-38, 88.5],
  float64: [Number.NaN, Infinity, -Infinity, -0, 0, 1e-310, -5e-324, 1e150, -1e200, 2.5e-308, 709.5],
  int32: [-(2 ** 31), 2 ** 31 - 1, 0, -1, 46341],
  uint8: [0, 255, 128, 127],
};

const SPECIAL_INT64 = ["-9223372036854775808", "9223372036854775807", "4294967296", 0, -1] as const;

/** One element of a dtype, within [low, high] where it is an ordinary number. */
export function drawElement(
  draw: Draw,
  dtype: DTypeName,
  flavour: Flavour,
  low: number,
  high: number,
): Element {
  if (dtype === "bool") return draw.chance(0.5);
  if (flavour === "special" && draw.chance(0.4)) {
    return dtype === "int64" ? draw.pick(SPECIAL_INT64) : encode(draw.pick(SPECIAL[dtype]!));
  }
  if (dtype === "float32" || dtype === "float64") {
    if (flavour === "ties") return Math.max(low, Math.min(high, draw.int(-1, 2)));
    const value = low + (high - low) * draw.next();
    if (flavour === "large") return encode(Number((value * 10 ** draw.int(-3, 4)).toPrecision(4)));
    return encode(Number(value.toFixed(draw.int(1, 3))));
  }
  if (flavour === "ties") return draw.int(0, 2);
  if (dtype === "uint8") return draw.chance(0.7) ? draw.int(0, 9) : draw.int(0, 255);
  return flavour === "large" ? draw.int(-50_000, 50_000) : draw.int(-6, 6);
}

export function encode(value: number): Element {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return Object.is(value, -0) ? "-0.0" : value;
}

/** The number that an element stands for; a bigint for large int64. */
export function decode(value: Element): number | bigint {
  if (typeof value !== "string") return Number(value);
  if (value === "nan") return Number.NaN;
  if (value === "-0.0") return -0;
  if (value.endsWith("inf")) return value.startsWith("-") ? -Infinity : Infinity;
  return BigInt(value);
}

export const dtypeNamed = (name: DTypeName): (typeof dtypes)[number] =>
  dtypes.find((dtype) => dtype.name === name)!;
