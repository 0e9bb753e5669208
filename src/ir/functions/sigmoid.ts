import { float32 } from "../../base/index.ts";
import { add, constant, div, exp, mul, neg, sub } from "../expr.ts";
import type { FunctionDefinition } from "./definition.ts";
import { singleExpOfLibrary } from "./exp.ts";

export const sigmoid: FunctionDefinition = {
  arity: 1,
  // 1 / (1 + exp(-x)); exp overflows to Infinity where the result underflows to 0.
  lower: ([x]) => div(constant(1, x!.dtype), add(exp(neg(x!)), 1)),
  lowerTail([x]) {
    const e = x!.dtype === float32 ? singleExpOfLibrary(neg(x!)) : exp(neg(x!));
    return div(constant(1, x!.dtype), add(e, 1));
  },
  // sigmoid' = y (1 - y)
  gradient: (dy, [x], y) => [mul(dy, mul(y, sub(constant(1, x!.dtype), y)))],
  evaluate: (x) => 1 / (1 + Math.exp(-x)),
};
