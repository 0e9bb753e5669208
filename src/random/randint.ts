/** Whole random numbers from a range. */
import { ValueError } from "../base/errors.ts";
import { defaultGenerator, type Generator } from "./generator.ts";
import { draw32Modulo, draw64Modulo, draw64ModuloBig, Int64Words } from "./modulo.ts";
import type { NumberArray } from "./number-array.ts";

/**
 * From this width on PyTorch takes 64 bits an element, so that the bias of the remainder stays small (checked with
 * 2.15; 1.13 took them from 2^32 on, for int64 and floating dtypes alone).
 */
const WIDE = 2 ** 28;

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

interface DtypeLimits {
  name: string;
  min: bigint;
  max: bigint;
  /** Bits of the mantissa, for floating dtypes. */
  digits?: number;
}

function limitsOf(out: NumberArray | BigInt64Array): DtypeLimits {
  if (out instanceof Float32Array) return { name: "float32", min: INT64_MIN, max: INT64_MAX, digits: 24 };
  if (out instanceof Float64Array) return { name: "float64", min: INT64_MIN, max: INT64_MAX, digits: 53 };
  if (out instanceof BigInt64Array) return { name: "int64", min: INT64_MIN, max: INT64_MAX };
  const bits = 8 * out.BYTES_PER_ELEMENT;
  if (out instanceof Int8Array || out instanceof Int16Array || out instanceof Int32Array) {
    return { name: `int${bits}`, min: -(2n ** BigInt(bits - 1)), max: 2n ** BigInt(bits - 1) - 1n };
  }
  return { name: `uint${bits}`, min: 0n, max: 2n ** BigInt(bits) - 1n };
}

function toInt64(value: number | bigint, name: string): bigint {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    const hint = Number.isInteger(value) ? "; beyond 2^53 it must be a bigint" : "";
    throw new ValueError(`randint: ${name} must be an integer, got ${value}${hint}`);
  }
  const whole = BigInt(value);
  if (whole < INT64_MIN || whole > INT64_MAX) {
    throw new ValueError(`randint: ${name} = ${whole} does not fit int64`);
  }
  return whole;
}

/** The float of `digits` bits next to a whole number, as an int64 again; 2^63 becomes -2^63, as in a C cast. */
function roundTo(value: bigint, digits: number): bigint {
  return BigInt.asIntN(64, BigInt(digits === 24 ? Math.fround(oddDouble(value)) : Number(value)));
}

/**
 * A double from which rounding to float32 gives what rounding the whole number at once would give: what does not fit
 * is gathered in the last bit.
 */
function oddDouble(value: bigint): number {
  if (value >= -(2n ** 53n) && value <= 2n ** 53n) return Number(value);
  const cut = (value >> 11n) << 11n;
  return Number(cut === value ? cut : cut | 2048n);
}

/** 2^(bits of |value| - digits): the distance between floats about a value. */
function spacing(value: bigint, digits: number): bigint {
  const bits = (value < 0n ? -value : value).toString(2).length;
  return 2n ** BigInt(bits - digits);
}

/**
 * The bounds moved inwards to where rounding to the dtype cannot leave them.
 * Source: PyTorch, aten/src/ATen/native/DistributionTemplates.h (update_from, update_to).
 */
function boundsInDtype(low: bigint, high: bigint, digits: number): [bigint, bigint] {
  const lowest = roundTo(low + 1n, digits);
  const highest = roundTo(high - 1n, digits);
  return [
    lowest < low ? lowest + spacing(low + 1n, digits) : low,
    highest >= high ? highest - spacing(high - 1n, digits) : high,
  ];
}

/**
 * Fills `out` with whole numbers on [low, high), as `tensor.random_(low, high)` and `torch.randint` do:
 *
 *   out[i] = low + (random bits mod (high - low))
 *
 * The width alone decides how many bits: 32 (one draw an element) below 2^28, 64 (two draws) from there on. So the
 * dtype of `out` does not change the stream, except that in a floating dtype bounds which it cannot hold are first
 * moved inwards. torch.randint's own default is int64.
 *
 * @throws ValueError where low >= high, a bound is no integer, or a value would not fit the dtype.
 * Source: https://pytorch.org/docs/stable/generated/torch.randint.html
 *
 * @example
 * const digits = new Int32Array(8);
 * fillRandint(digits, 0, 100, new Generator(0)); // 44, 39, 33, 60, 63, 79, 27, 3
 */
export function fillRandint(
  out: NumberArray | BigInt64Array,
  low: number | bigint,
  high: number | bigint,
  generator: Generator = defaultGenerator,
): void {
  let from = toInt64(low, "low");
  let to = toInt64(high, "high");
  if (from >= to)
    throw new ValueError(`randint: low must be below high, got low = ${low} and high = ${high}`);
  const limits = limitsOf(out);
  if (limits.digits !== undefined) {
    [from, to] = boundsInDtype(from, to, limits.digits);
    if (from >= to)
      throw new ValueError(`randint: no ${limits.name} lies between low = ${low} and high = ${high}`);
  }
  if (from < limits.min) throw new ValueError(`randint: low = ${low} is out of bounds for ${limits.name}`);
  if (to - 1n > limits.max)
    throw new ValueError(`randint: high - 1 = ${to - 1n} is out of bounds for ${limits.name}`);
  const width = to - from;
  if (width > 2n ** 32n) fillWidest(out, from, width, generator);
  else fillNumbers(out, from, Number(width), generator);
}

function fillNumbers(
  out: NumberArray | BigInt64Array,
  from: bigint,
  width: number,
  generator: Generator,
): void {
  const draw = width < WIDE ? draw32Modulo : draw64Modulo;
  const base = Number(from);
  if (!(out instanceof BigInt64Array)) {
    for (let i = 0; i < out.length; i++) out[i] = draw(generator, width) + base;
  } else if (Number.isSafeInteger(base) && Number.isSafeInteger(base + width)) {
    const words = new Int64Words(out);
    for (let i = 0; i < out.length; i++) words.set(i, draw(generator, width) + base);
  } else {
    for (let i = 0; i < out.length; i++) out[i] = BigInt(draw(generator, width)) + from;
  }
}

/** Widths above 2^32, where the remainder needs more than a double. */
function fillWidest(
  out: NumberArray | BigInt64Array,
  from: bigint,
  width: bigint,
  generator: Generator,
): void {
  for (let i = 0; i < out.length; i++) {
    const value = BigInt.asIntN(64, draw64ModuloBig(generator, width) + from);
    if (out instanceof BigInt64Array) out[i] = value;
    else out[i] = out instanceof Float32Array ? oddDouble(value) : Number(value);
  }
}
