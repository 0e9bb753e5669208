import { add, type Expr, mul, sub } from "../expr.ts";
import { leadingBits } from "./format.ts";
import type { HighLow } from "./log2-high-low.ts";

/**
 * a b in float64 without rounding, as a sum of two: the rounded product, and the parts of a b that it leaves over. Each factor
 * is cut into 26 leading and 27 other bits; of the two smaller parts, one is cut again, so that all products are exact.
 * Source: T. J. Dekker, "A floating-point technique for extending the available precision", 1971.
 */
export function exactProduct(a: Expr, b: Expr): HighLow {
  const high = mul(a, b);
  const [aHigh, bHigh] = [leadingBits(a), leadingBits(b)];
  const [aLow, bLow] = [sub(a, aHigh), sub(b, bHigh)];
  const aMiddle = leadingBits(aLow);
  const leftOver = add(add(sub(mul(aHigh, bHigh), high), mul(aHigh, bLow)), mul(aLow, bHigh));
  return { high, low: add(add(leftOver, mul(aMiddle, bLow)), mul(sub(aLow, aMiddle), bLow)) };
}
