import { type DType, float32, float64, int32, int64, XorchError } from "../../base/index.ts";
import { add, and, bitcast, type Expr, shl, xor } from "../expr.ts";

/** Constants that differ between the two formats. */
export type PerFormat<T> = Readonly<Record<"float32" | "float64", T>>;

/** The layout of a floating-point type in bits. Source: IEEE 754-2019, table 3.5. */
export interface FloatFormat {
  readonly dtype: DType;
  readonly name: keyof PerFormat<unknown>;
  /** The integer type of the same size, for work on the bits. */
  readonly integer: DType;
  readonly fractionBits: number;
  /** What is added to an exponent before it is stored. */
  readonly bias: number;
  /** Smallest number that is stored with a leading 1. */
  readonly minNormal: number;
  /** The bit of the sign, as an integer. */
  readonly signBit: number;
  /**
   * 1.5 * 2^fractionBits. Its neighbours are whole numbers, so adding it to a small number rounds that to a
   * whole one, which then also stands as an integer in the low bits of the sum.
   */
  readonly wholeShift: number;
  /** The bits of `wholeShift`: adding them to a small integer gives the bits of wholeShift + that integer. */
  readonly wholeShiftBits: number;
}

const formats: ReadonlyMap<DType, FloatFormat> = new Map([
  [float32, describe("float32", float32, int32, 23, 127)],
  [float64, describe("float64", float64, int64, 52, 1023)],
]);

function describe(
  name: FloatFormat["name"],
  dtype: DType,
  integer: DType,
  fractionBits: number,
  bias: number,
): FloatFormat {
  return {
    name,
    dtype,
    integer,
    fractionBits,
    bias,
    minNormal: 2 ** (1 - bias),
    signBit: -(2 ** (8 * dtype.bytes - 1)),
    wholeShift: 1.5 * 2 ** fractionBits,
    wholeShiftBits: (bias + fractionBits + 0.5) * 2 ** fractionBits,
  };
}

/** The format of an expression's dtype. Throws an XorchError where that is not floating point. */
export function formatOf(x: Expr): FloatFormat {
  const format = formats.get(x.dtype);
  if (!format) {
    throw new XorchError(`ir: named functions take float32 and float64, got ${x.dtype}; cast the argument`);
  }
  return format;
}

/** The row of the table for the dtype of x. */
export function constantsFor<T>(x: Expr, table: PerFormat<T>): T {
  return table[formatOf(x).name];
}

/** The bits of a float as an integer of the same size. */
export function bitsOf(x: Expr): Expr {
  return bitcast(x, formatOf(x).integer);
}

/** 2^n for a whole-numbered float n in [-bias, bias + 1]; the ends give 0 and Infinity. */
export function powerOfTwo(n: Expr): Expr {
  const format = formatOf(n);
  const biased = bitsOf(add(n, format.wholeShift + format.bias));
  return bitcast(shl(biased, format.fractionBits), format.dtype);
}

/** The sign bit of x alone, as an integer. */
export function signOf(x: Expr): Expr {
  return and(bitsOf(x), formatOf(x).signBit);
}

/** x with its sign turned where `sign` (the sign bit alone, or 0) is set. */
export function flipSign(x: Expr, sign: Expr): Expr {
  return bitcast(xor(bitsOf(x), sign), x.dtype);
}

/** The size of x, which is not negative, with the sign of `source`. */
export function copySign(x: Expr, source: Expr): Expr {
  return flipSign(x, signOf(source));
}

/** The 26 leading bits of a float64: products of two such numbers are exact. */
export function leadingBits(x: Expr): Expr {
  return bitcast(and(bitsOf(x), -(2 ** 27)), x.dtype);
}
