/** Rounding to whole numbers. Integers stay as they are; the slopes are 0. */
import type { Expr } from "../../ir/expr.ts";
import * as ir from "../../ir/expr.ts";
import { unary } from "../pointwise-op.ts";

function roundingOp(round: (x: Expr) => Expr, torch: string) {
  return unary({
    domain: "numeric",
    compute: (x) => (x.dtype.isFloatingPoint ? round(x) : x),
    gradient: (dy) => [ir.mul(dy, 0)],
    samples: { torch },
  });
}

/** The largest whole number not above x. */
export const floor = roundingOp(ir.floor, "torch.floor");

/** The smallest whole number not below x. */
export const ceil = roundingOp(ir.ceil, "torch.ceil");

/** The nearest whole number; halves go to the even one. */
export const round = roundingOp(ir.nearest, "torch.round");

/** x without its fraction. */
export const trunc = roundingOp(ir.trunc, "torch.trunc");

/** The fraction: x - trunc(x). */
export const frac = unary({
  domain: "numeric",
  compute: (x) => ir.sub(x, ir.trunc(x)),
  samples: { torch: "torch.frac" },
});
