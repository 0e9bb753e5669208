import { float32, float64 } from "../../base/index.ts";
import {
  abs,
  add,
  and,
  cast,
  constant,
  type Expr,
  eq,
  floor,
  ge,
  gt,
  log as logOf,
  lt,
  max,
  min,
  mul,
  ne,
  nearest,
  not,
  or,
  pow as powOf,
  select,
  sub,
  trunc,
} from "../expr.ts";
import type { FunctionDefinition } from "./definition.ts";
import { expInRange } from "./exp.ts";
import { expm1Reduced } from "./expm1.ts";
import { flipSign, leadingBits, powerOfTwo, signOf } from "./format.ts";
import { logInRange } from "./log.ts";
import { type HighLow, log2HighLow } from "./log2-high-low.ts";

/** Beyond, a^b is 0, 1 or Infinity for every float64 a, as log a is 0 or at least 2^-54 in size. */
const POWER_LIMIT = 2 ** 64;

/**
 * b (high + low) as a sum of two: the product of the leading bits, exact, and the rest (Dekker's product).
 */
function productHighLow(b: Expr, { high, low }: HighLow): HighLow {
  const bLeading = leadingBits(b);
  const leading = leadingBits(high);
  const rest = add(sub(high, leading), low);
  return { high: mul(bLeading, leading), low: add(mul(sub(b, bLeading), leading), mul(b, rest)) };
}

/** 2^(high + low), gradually down to 0 and up to Infinity: the power of two is multiplied in two halves. */
function exp2OfSum({ high, low }: HighLow): Expr {
  const h = max(min(high, 1200), -1200);
  const n = nearest(h);
  // The low part is far below 1, unless the high one is out of range.
  const r = mul(add(sub(h, n), max(min(low, 1), -1)), Math.LN2);
  const half = floor(mul(n, 0.5));
  return mul(mul(add(expm1Reduced(r), 1), powerOfTwo(half)), powerOfTwo(sub(n, half)));
}

/** size^b for a positive, finite size; NaN where b is. */
function powerOfSize(size: Expr, b: Expr, precise: boolean): Expr {
  const limited = max(min(b, POWER_LIMIT), -POWER_LIMIT);
  if (precise) return exp2OfSum(productHighLow(limited, log2HighLow(size)));
  // Beyond 200 the result is 0 or Infinity in float32.
  return expInRange(max(min(mul(limited, logInRange(size)), 200), -200));
}

/** a^b in float64, with the special values of C99, annex F.9.4.4. */
function power(a: Expr, b: Expr, precise: boolean): Expr {
  const size = abs(a);
  const isWhole = eq(trunc(b), b);
  const half = mul(b, 0.5);
  const isOdd = and(isWhole, ne(trunc(half), half));

  const ordinary = powerOfSize(size, b, precise);
  const real = select(and(lt(a, 0), not(isWhole)), constant(Number.NaN, a.dtype), ordinary);
  // 0, Infinity and NaN: b log(size) is -Infinity, Infinity or NaN, and exp of that is max(it, 0).
  const logOfEdge = select(eq(size, 0), constant(Number.NEGATIVE_INFINITY, size.dtype), size);
  const edge = max(mul(b, logOfEdge), 0);
  const isOrdinary = and(gt(size, 0), lt(size, Number.POSITIVE_INFINITY));
  const y = flipSign(select(isOrdinary, real, edge), select(isOdd, signOf(a), 0));
  // NaN^0 = 1^NaN = 1
  return select(or(eq(b, 0), eq(a, 1)), 1, y);
}

export const pow: FunctionDefinition = {
  arity: 2,
  // |a|^b = 2^(b log2 |a|). For float64 the logarithm carries about 65 bits; for float32, float64 is enough.
  lower([a, b]) {
    if (a!.dtype !== float32) return power(a!, b!, true);
    return cast(power(cast(a!, float64), cast(b!, float64), false), float32);
  },
  // d(a^b)/da = b a^(b-1), 0 where b = 0; d(a^b)/db = a^b log a, 0 where a = 0 and b >= 0 (PyTorch's rules)
  gradient(dy, [a, b], y) {
    const byBase = select(eq(b!, 0), 0, mul(dy, mul(b!, powOf(a!, sub(b!, 1)))));
    const byPower = mul(dy, select(and(eq(a!, 0), ge(b!, 0)), 0, mul(y, logOf(a!))));
    return [byBase, byPower];
  },
  evaluate: (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY) ? 1 : a ** b),
};
