import { add, div, type Expr, mul, sub } from "../expr.ts";
import { expConstants } from "./exp.ts";
import { leadingBits } from "./format.ts";
import { logRemainder, splitExponent } from "./log.ts";

/** A number as the sum of two, the second much smaller than the first. */
export interface HighLow {
  readonly high: Expr;
  readonly low: Expr;
}

/**
 * log x for a positive, finite float64 to about 59 bits: log x = k ln 2 + 2 s + s z R(z) with s = f / (2 + f),
 * z = s^2, as in `log`. The last term is below 1% of 2 s, so float64 does for it; s itself gets its rounding error.
 * Source of the scheme: fdlibm's e_pow.c (Sun Microsystems, 1993).
 */
export function logHighLow(x: Expr): HighLow {
  const { k, f } = splitExponent(x);
  const divisor = add(f, 2);
  const s = div(f, divisor);
  // f - s (2 + f) with exact products: s and 2 + f are cut in a leading part and a rest.
  const sHigh = leadingBits(s);
  const divisorHigh = leadingBits(divisor);
  const divisorLow = sub(f, sub(divisorHigh, 2));
  const remainder = sub(sub(f, mul(sHigh, divisorHigh)), mul(sHigh, divisorLow));
  const sLow = div(remainder, divisor);

  const { ln2High, ln2Low } = expConstants(x);
  const exponent = mul(k, ln2High);
  const twice = mul(sHigh, 2);
  const lead = fastTwoSum(exponent, twice);
  const tail = add(mul(s, logRemainder(mul(s, s))), mul(k, ln2Low));
  return fastTwoSum(lead.high, add(lead.low, add(mul(sLow, 2), tail)));
}

/** a + b rounded, and the rounding error, which is exact where |a| >= |b| or a = 0 (Dekker, 1971). */
function fastTwoSum(a: Expr, b: Expr): HighLow {
  const high = add(a, b);
  return { high, low: sub(b, sub(high, a)) };
}
