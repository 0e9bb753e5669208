/** log, log2, log10 and log1p. */
import { add, and, bitcast, constant, div, type Expr, eq, gt, lt, mul, select, shru, sub } from "../expr.ts";
import type { FunctionDefinition } from "./definition.ts";
import { expConstants } from "./exp.ts";
import { bitsOf, constantsFor, type FloatFormat, formatOf, type PerFormat } from "./format.ts";
import { polynomial } from "./polynomial.ts";

interface LogConstants {
  /**
   * (log((1 + s) / (1 - s)) - 2 s) / s^3 in powers of s^2, for |s| <= (sqrt 2 - 1) / (sqrt 2 + 1). Minimax
   * (Remez exchange at 200 bits), relative error of the logarithm 2^-30 and 2^-59.
   */
  readonly coefficients: readonly number[];
  /** log10 2 in two parts; products of the first with exponents are exact. */
  readonly log10Of2High: number;
  readonly log10Of2Low: number;
}

const constants: PerFormat<LogConstants> = {
  float32: {
    coefficients: [0.66666775941848755, 0.39977580308914185, 0.29870927333831787],
    log10Of2High: 0.301025390625,
    log10Of2Low: 4.605039e-6,
  },
  float64: {
    coefficients: [
      0.6666666666666734, 0.39999999999416574, 0.28571428742053351, 0.2222219860159404, 0.18183563072003708,
      0.1531407822175842, 0.14795708800091142,
    ],
    log10Of2High: 0.30102999566383914,
    log10Of2Low: 1.4205023227266099e-13,
  },
};

function logConstants(x: Expr): LogConstants {
  return constantsFor(x, constants);
}

/** The bits of sqrt(1/2), cut to those that both formats hold. */
function sqrtHalfBits(format: FloatFormat): number {
  return format.integer.bytes === 4 ? 0x3f3504f3 : 0x3fe6a09e * 2 ** 32;
}

/** x = 2^k (1 + f) with k whole and f, exact, in [sqrt(1/2) - 1, sqrt(2) - 1). */
export interface LogParts {
  readonly k: Expr;
  readonly f: Expr;
}

/**
 * Splits a positive, finite and normal x. The bits are moved so that the exponent field changes at sqrt(1/2)
 * rather than at 1; k is read out of the field by adding that to the bits of a large float.
 */
function splitNormal(x: Expr): LogParts {
  const format = formatOf(x);
  const { bias, fractionBits, wholeShift, wholeShiftBits } = format;
  const sqrtHalf = sqrtHalfBits(format);
  const moved = add(bitsOf(x), bias * 2 ** fractionBits - sqrtHalf);
  const field = bitcast(add(shru(moved, fractionBits), wholeShiftBits), x.dtype);
  const mantissa = bitcast(add(and(moved, 2 ** fractionBits - 1), sqrtHalf), x.dtype);
  return { k: sub(field, wholeShift + bias), f: sub(mantissa, 1) };
}

/** Splits a positive, finite x; below the smallest normal number it is scaled up first. */
export function splitExponent(x: Expr): LogParts {
  const { fractionBits, minNormal } = formatOf(x);
  const lift = fractionBits + 1;
  const isSubnormal = lt(x, minNormal);
  const { k, f } = splitNormal(select(isSubnormal, mul(x, 2 ** lift), x));
  return { k: select(isSubnormal, sub(k, lift), k), f };
}

/**
 * log(1 + f) + low = f - (f^2/2 - (s (f^2/2 + z R(z)) + low)) with s = f / (2 + f), z = s^2.
 * Source: the formula of fdlibm's e_log.c (Sun Microsystems, 1993), which keeps f itself exact.
 */
function logOfMantissa(f: Expr, low: Expr | null): Expr {
  const s = div(f, add(f, 2));
  const z = mul(s, s);
  const half = mul(mul(f, 0.5), f);
  const tail = mul(s, add(half, mul(polynomial(z, logConstants(f).coefficients), z)));
  return sub(f, sub(half, low ? add(tail, low) : tail));
}

/**
 * Puts right what the formula y = log x gets wrong: Infinity, 0 (-Infinity), negative numbers and NaN (NaN).
 */
function withSpecialValues(x: Expr, y: Expr, zero: number): Expr {
  const outside = select(eq(x, zero), Number.NEGATIVE_INFINITY, constant(Number.NaN, x.dtype));
  const finite = select(lt(x, Number.POSITIVE_INFINITY), y, x);
  return select(gt(x, zero), finite, outside);
}

/** log x = k ln 2 + log(1 + f) for a positive, finite x. */
export function logInRange(x: Expr): Expr {
  const { k, f } = splitExponent(x);
  const { ln2High, ln2Low } = expConstants(x);
  return add(mul(k, ln2High), logOfMantissa(f, mul(k, ln2Low)));
}

export const log: FunctionDefinition = {
  arity: 1,
  lower: ([x]) => withSpecialValues(x!, logInRange(x!), 0),
  // log'(x) = 1 / x
  gradient: (dy, [x]) => [div(dy, x!)],
  evaluate: Math.log,
};

export const log2: FunctionDefinition = {
  arity: 1,
  // log2 x = k + log(1 + f) / ln 2
  lower([x]) {
    const { k, f } = splitExponent(x!);
    return withSpecialValues(x!, add(k, mul(logOfMantissa(f, null), Math.LOG2E)), 0);
  },
  // log2'(x) = 1 / (x ln 2)
  gradient: (dy, [x]) => [div(dy, mul(x!, Math.LN2))],
  evaluate: Math.log2,
};

export const log10: FunctionDefinition = {
  arity: 1,
  // log10 x = k log10(2) + log(1 + f) / ln 10
  lower([x]) {
    const { k, f } = splitExponent(x!);
    const { log10Of2High, log10Of2Low } = logConstants(x!);
    const low = add(mul(k, log10Of2Low), mul(logOfMantissa(f, null), Math.LOG10E));
    return withSpecialValues(x!, add(mul(k, log10Of2High), low), 0);
  },
  // log10'(x) = 1 / (x ln 10)
  gradient: (dy, [x]) => [div(dy, mul(x!, Math.LN10))],
  evaluate: Math.log10,
};

export const log1p: FunctionDefinition = {
  arity: 1,
  // With u = 1 + x rounded and c = x - (u - 1) the rounding error: log(1 + x) = log u + c / u, and -0 stays
  // -0.
  lower([x]) {
    const u = add(x!, 1);
    const correction = div(sub(x!, sub(u, 1)), u);
    const { k, f } = splitNormal(u);
    const { ln2High, ln2Low } = expConstants(x!);
    const y = add(mul(k, ln2High), logOfMantissa(f, add(mul(k, ln2Low), correction)));
    return withSpecialValues(x!, select(eq(x!, 0), x!, y), -1);
  },
  // log1p'(x) = 1 / (1 + x)
  gradient: (dy, [x]) => [div(dy, add(x!, 1))],
  evaluate: Math.log1p,
};
