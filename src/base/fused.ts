/**
 * Fused multiply-add, a * b + c rounded once, which JavaScript does not have. PyTorch's kernels and the C library
 * beneath them use it on every recent x86-64 processor, so their last bits cannot be had without it.
 */

const fround = Math.fround;

/**
 * float32: round(a * b + c), for float32 operands.
 *
 * A double holds a * b exactly, so two roundings remain, to double and to float32. They differ from one only where
 * the double falls exactly between two floats.
 */
export function fma32(a: number, b: number, c: number): number {
  const sum = a * b + c;
  const nearest = fround(sum);
  if (!Number.isFinite(nearest)) return nearest;
  // Mirror `nearest` at `sum`. Only a float stands there if `sum` lies halfway (or is a float itself).
  const mirrored = sum + (sum - nearest);
  if (fround(mirrored) !== mirrored || mirrored === nearest) return nearest;
  return breakTie(a * b, c, nearest, mirrored);
}

/** What the rounding to double cut off decides which of the two neighbours is nearer. */
function breakTie(product: number, c: number, nearest: number, mirrored: number): number {
  const sum = product + c;
  const part = sum - product;
  const error = product - (sum - part) + (c - part);
  if (error === 0) return nearest; // a true tie, and fround has rounded it to even
  return error > 0 === mirrored > nearest ? mirrored : nearest;
}

/** 2^27 + 1: splits a double into two halves of 26 bits (Veltkamp 1968; Dekker 1971). */
const SPLITTER = 134217729;

/**
 * float64: round(a * b + c).
 *
 * a * b = p + e and p + c = s + t exactly (Dekker's product, Knuth's sum), so the result is s + (t + e). Beyond
 * about 1e300 the split overflows, and the answer is that of two roundings.
 */
export function fma64(a: number, b: number, c: number): number {
  const product = a * b;
  const aBig = SPLITTER * a;
  const aHigh = aBig - (aBig - a);
  const aLow = a - aHigh;
  const bBig = SPLITTER * b;
  const bHigh = bBig - (bBig - b);
  const bLow = b - bHigh;
  const productError = aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
  const sum = product + c;
  const part = sum - product;
  const low = product - (sum - part) + (c - part) + productError;
  // The first test keeps -0 + -0 negative, the second catches the overflow (low is then NaN).
  return low === 0 || Number.isNaN(low) ? sum : sum + low;
}
