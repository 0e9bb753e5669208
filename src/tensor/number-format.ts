/** From numbers to text: the forms that PyTorch prints elements in, and its choice between them. */
import { bool, type DType } from "../base/index.ts";

/**
 * Whether x * 10^k lies exactly between two whole numbers. For k >= 0 that is so where x * 2^(k + 1) is odd: a tie is
 * odd / (2 * 10^k), and a double has no factor 5 below the line. For k < 0, x must be an odd multiple of 10^-k / 2.
 */
function isTie(x: number, k: number): boolean {
  const magnitude = Math.abs(x);
  if (k >= 0) return (magnitude * 2 ** (k + 1)) % 2 === 1;
  // The 53 bits of a double hold no factor 5^23, and powers of ten are exact up to 10^22.
  const unit = Number(`1e${-k}`);
  return k >= -22 && magnitude % unit === unit / 2;
}

/** JavaScript rounds ties away from zero, Python to the even digit: one less where the last digit came out odd. */
function tieToEven(digits: string): string {
  const last = Number(digits.at(-1));
  return last % 2 === 1 ? digits.slice(0, -1) + (last - 1) : digits;
}

/** Python's words for what has no digits; null for finite numbers. */
function nonFinite(x: number): string | null {
  if (Number.isFinite(x)) return null;
  if (Number.isNaN(x)) return "nan";
  return x > 0 ? "inf" : "-inf";
}

/** `toFixed` and `toExponential` drop the sign of negative zero, Python keeps it. */
function signOfZero(x: number): string {
  return Object.is(x, -0) ? "-" : "";
}

/** Python's `{:.<digits>f}`: rounded correctly from the exact value, ties to even. At most 100 digits. */
export function fixed(x: number, digits: number): string {
  const word = nonFinite(x);
  if (word !== null) return word;
  // From 10^21 on `toFixed` gives an exponent; all doubles that large are whole.
  if (Math.abs(x) >= 1e21) return String(BigInt(x)) + (digits > 0 ? `.${"0".repeat(digits)}` : "");
  const text = signOfZero(x) + x.toFixed(digits);
  return isTie(x, digits) ? tieToEven(text) : text;
}

/** Python's `{:.<digits>e}`: as `fixed`, with an exponent of two digits at least. At most 100 digits. */
export function scientific(x: number, digits: number): string {
  const word = nonFinite(x);
  if (word !== null) return word;
  const [significand, exponent] = x.toExponential(digits).split("e") as [string, string];
  const rounded = isTie(x, digits - Number(exponent)) ? tieToEven(significand) : significand;
  return `${signOfZero(x)}${rounded}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

/** The texts of the elements, not yet padded, and the width to pad them to. */
export interface FormattedElements {
  readonly texts: string[];
  readonly width: number;
}

function longest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, text.length), 1);
}

/**
 * The elements in one form for all: integers as they are, bool as True and False, and floats
 * - as whole numbers with a point (`3.`) where all are whole,
 * - else with `precision` digits (`3.1416`),
 * - but with an exponent (`3.1416e+00`) where max|x| / min|x| > 1000, max|x| > 10^8 or min|x| < 10^-4. `sciMode`
 *   overrules this choice.
 * Zeros, NaN and infinities have no say, neither in the form nor in the width; where there is nothing else, `sciMode`
 * has none either.
 *
 * Source: torch/_tensor_str.py of PyTorch 2.15, which this follows in the oddities above too.
 */
export function formatElements(
  elements: readonly (number | bigint)[],
  dtype: DType,
  precision: number,
  sciMode: boolean | null,
): FormattedElements {
  if (!dtype.isFloatingPoint) {
    const texts = elements.map((x) => (dtype === bool ? (x ? "True" : "False") : String(x)));
    return { texts, width: longest(texts) };
  }

  let [min, max, areWhole] = [Infinity, 0, true];
  const values = elements.map(Number);
  const hasSay = (x: number) => x !== 0 && Number.isFinite(x);
  for (const x of values) {
    if (!hasSay(x)) continue;
    min = Math.min(min, Math.abs(x));
    max = Math.max(max, Math.abs(x));
    areWhole &&= Number.isInteger(x);
  }

  const plain = (x: number) =>
    areWhole ? fixed(x, 0) + (Number.isFinite(x) ? "." : "") : fixed(x, precision);
  if (max === 0) return { texts: values.map(plain), width: 1 };

  const exponential = (x: number) => scientific(x, precision);
  const isWide = max / min > 1000 || max > 1e8 || min < 1e-4;
  const texts = values.map((sciMode ?? isWide) ? exponential : plain);
  return { texts, width: longest(texts.filter((_, i) => hasSay(values[i]!))) };
}
