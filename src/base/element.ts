/** From plain numbers to elements of tensors: those of int64 are bigints, those of bool 0 and 1. */
import { bool, type DType, float32, int32, int64, uint8 } from "./dtype.ts";
import { ValueError } from "./errors.ts";

/** The smallest and the largest element of a dtype. */
export function limitsOf(dtype: DType): readonly [number | bigint, number | bigint] {
  if (dtype.isFloatingPoint) return [-Infinity, Infinity];
  if (dtype === int64) return [-(2n ** 63n), 2n ** 63n - 1n];
  if (dtype === int32) return [-(2 ** 31), 2 ** 31 - 1];
  return [0, dtype === bool ? 1 : 255];
}

function fits(value: number | bigint, dtype: DType): boolean {
  const [lowest, highest] = limitsOf(dtype);
  if (typeof value === "bigint") return value >= lowest && value <= highest;
  // Up to the next whole number, as the fraction is dropped.
  return value >= lowest && value < Number(highest) + 1;
}

/**
 * A number as contents of a tensor: bool tells 0 from all others, integers drop the fraction. Out of range is an error,
 * but for -1 to -255 in uint8, which count from 256.
 *
 * Source: c10::checked_convert of PyTorch 2.15.
 */
export function elementOf(value: number | bigint | boolean, dtype: DType, where: string): number | bigint {
  if (dtype === bool) return Number(value) !== 0 ? 1 : 0;
  if (typeof value === "boolean") return wrapped(Number(value), dtype);
  if (dtype.isFloatingPoint) {
    const number = Number(value);
    const isLost = !Number.isFinite(dtype === float32 ? Math.fround(number) : number);
    if (isLost && (typeof value === "bigint" || Number.isFinite(value))) {
      throw new ValueError(`${where}: ${value} is beyond the largest ${dtype}`);
    }
    return number;
  }
  const isWhole = typeof value === "bigint" || Number.isInteger(value);
  if (fits(value, dtype) || (dtype === uint8 && isWhole && value >= -255 && value < 0)) {
    return wrapped(typeof value === "number" ? Math.trunc(value) : value, dtype);
  }
  const [lowest, highest] = limitsOf(dtype);
  throw new ValueError(`${where}: ${value} does not fit into ${dtype}, ${lowest} to ${highest}`);
}

/** A whole number as an operand of arithmetic in a dtype, which wraps: the element that is equal modulo 2^bits. */
export function wrapped(value: number | bigint, dtype: DType): number | bigint {
  if (dtype.isFloatingPoint) return Number(value);
  if (dtype === int64) return BigInt.asIntN(64, BigInt(value));
  if (typeof value === "bigint")
    return Number(dtype === int32 ? BigInt.asIntN(32, value) : BigInt.asUintN(8, value));
  return dtype === int32 ? value | 0 : value & 255;
}
