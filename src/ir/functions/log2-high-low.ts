import { add, div, type Expr, mul, sub } from "../expr.ts";
import { leadingBits } from "./format.ts";
import { splitExponent } from "./log.ts";
import { polynomial } from "./polynomial.ts";

/** A number as the sum of two, the second much smaller than the first. */
export interface HighLow {
  readonly high: Expr;
  readonly low: Expr;
}

// (3 atanh(s) / s - 3 - s^2) / s^4 in powers of s^2, minimax for |s| <= (sqrt 2 - 1) / (sqrt 2 + 1) (Remez
// exchange at 200 bits); relative error of the logarithm 2^-65.
const coefficients = [
  0.60000000000003351, 0.42857142855161157, 0.33333333778062235, 0.27272676692122527, 0.23080130115104708,
  0.19885351872528789, 0.1979341932595893,
];

/** 2 / (3 ln 2): 26 bits, and the rest. */
const scaleHigh = 0.96179670095443725586;
const scaleLow = -7.0284616509527582652e-9;

/**
 * log2 x for a positive, finite float64 to about 65 bits. With x = 2^k (1 + f), s = f / (2 + f), log2 x = k +
 * 2 / (3 ln 2) s (3 + s^2 + s^4 Q(s^2)): each factor is cut into leading bits, whose products are exact, and
 * a rest. Source of the scheme: fdlibm, e_pow.c (Sun Microsystems, 1993).
 */
export function log2HighLow(x: Expr): HighLow {
  const { k, f } = splitExponent(x);
  const divisor = add(f, 2);
  const s = div(f, divisor);
  const sHigh = leadingBits(s);
  const divisorHigh = leadingBits(divisor);
  const divisorLow = sub(f, sub(divisorHigh, 2));
  const sLow = div(sub(sub(f, mul(sHigh, divisorHigh)), mul(sHigh, divisorLow)), divisor);

  // t = 3 + s^2 + s^4 Q(s^2), where s^2 = sHigh^2 + sLow (sHigh + s)
  const z = mul(s, s);
  const squareHigh = mul(sHigh, sHigh);
  const rest = add(mul(mul(z, z), polynomial(z, coefficients)), mul(sLow, add(sHigh, s)));
  const tHigh = leadingBits(add(add(squareHigh, 3), rest));
  const tLow = sub(rest, sub(sub(tHigh, 3), squareHigh));

  const product = fastTwoSum(mul(sHigh, tHigh), add(mul(sLow, tHigh), mul(tLow, s)));
  const pHigh = leadingBits(product.high);
  const pLow = add(sub(product.high, pHigh), product.low);
  const lead = fastTwoSum(k, mul(pHigh, scaleHigh));
  const tail = add(mul(pHigh, scaleLow), mul(pLow, scaleHigh + scaleLow));
  return fastTwoSum(lead.high, add(lead.low, tail));
}

/** a + b rounded, and the rounding error, which is exact where |a| >= |b| or a = 0 (Dekker, 1971). */
function fastTwoSum(a: Expr, b: Expr): HighLow {
  const high = add(a, b);
  return { high, low: sub(b, sub(high, a)) };
}
