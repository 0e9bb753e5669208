/** Rounding to whole numbers. Integers stay as they are; the slopes are 0. */
import type { Expr } from "../../ir/expr.ts";
import * as ir from "../../ir/expr.ts";
import { unary } from "../pointwise-op.ts";
import { flatGradient } from "./flat.ts";

function roundingOp(round: (x: Expr) => Expr, torch: string) {
  return unary({
    domain: "numeric",
    compute: (x) => (x.dtype.isFloatingPoint ? round(x) : x),
    gradient: (dy) => [flatGradient(dy)],
    samples: { torch },
  });
}

/**
 * The largest whole number not above x.
 *
 * @throws DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.floor.html
 *
 * @example
 * torch.tensor([-1.5, 0.5, 2.5, 2.7]).floor(); // tensor([-2., 0., 2., 2.])
 */
export const floor = roundingOp(ir.floor, "torch.floor");

/**
 * The smallest whole number not below x.
 *
 * @throws DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.ceil.html
 *
 * @example
 * torch.tensor([-1.5, 0.5, 2.5, 2.7]).ceil(); // tensor([-1., 1., 3., 3.])
 */
export const ceil = roundingOp(ir.ceil, "torch.ceil");

/**
 * The nearest whole number; halves go to the even one.
 *
 * @throws DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.round.html
 *
 * @example
 * torch.tensor([-1.5, 0.5, 2.5, 2.7]).round(); // tensor([-2., 0., 2., 3.])
 */
export const round = roundingOp(ir.nearest, "torch.round");

/**
 * x without its fraction.
 *
 * @throws DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.trunc.html
 *
 * @example
 * torch.tensor([-1.5, 0.5, 2.5, 2.7]).trunc(); // tensor([-1., 0., 2., 2.])
 */
export const trunc = roundingOp(ir.trunc, "torch.trunc");

/**
 * The fraction: y = x - trunc(x), with the sign of x.
 *
 * @throws DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.frac.html
 *
 * @example
 * torch.tensor([-1.5, 0.5, 2.5, 2.7]).frac(); // tensor([-0.5000, 0.5000, 0.5000, 0.7000])
 */
export const frac = unary({
  domain: "numeric",
  compute: (x) => ir.sub(x, ir.trunc(x)),
  samples: { torch: "torch.frac" },
});
