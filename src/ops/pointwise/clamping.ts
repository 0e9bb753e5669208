/** Cutting values to a range. `clamp` in ops/clamp.ts chooses among these. */
import { bool, type DType, elementOf, limitsOf, ValueError } from "../../base/index.ts";
import type { Expr } from "../../ir/expr.ts";
import * as ir from "../../ir/expr.ts";
import { binary, ternary } from "../pointwise-op.ts";

/** dy where x is kept, 0 elsewhere, also at a bound itself: PyTorch's rule for bounds that are numbers. */
function passed(dy: Expr, kept: Expr): Expr[] {
  return [ir.select(kept, dy, 0)];
}

/** A bound of integers: beyond the range of their dtype it bounds nothing, or leaves nothing. */
function bound(value: number | bigint, dtype: DType, where: string, isLow: boolean): number | bigint {
  if (dtype.isFloatingPoint) return elementOf(value, dtype, where);
  const [lowest, highest] = limitsOf(dtype);
  if (isLow ? value > highest : value < lowest) {
    const what = isLow ? "a lower bound" : "an upper bound";
    throw new ValueError(`${where}: ${what} of ${value} leaves nothing of ${dtype}, ${lowest} to ${highest}`);
  }
  return value < lowest ? lowest : value > highest ? highest : value;
}

/**
 * y = max(x, low). The gradient goes to the larger, half to each at a tie; where `low` is a number, to x
 * where x > low.
 *
 * @throws ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.clamp.html
 *
 * @example
 * torch.tensor([-1, 2]).clampMin(0); // tensor([0., 2.])
 */
export const clampMin = binary({
  domain: "any",
  numbers: (value, dtype, where) => bound(value, dtype, where, true),
  compute: (x, low) => (x.dtype === bool ? ir.or(x, low) : ir.max(x, low)),
  withNumbers: {
    attributes: { low: 0 },
    compute: (x, { low }) => ir.max(x, low),
    gradient: (dy, x, _y, { low }) => passed(dy, ir.gt(x, low)),
  },
  samples: { torch: "torch.clamp_min" },
});

/**
 * y = min(x, high). The gradient goes to the smaller, half to each at a tie; where `high` is a number, to x
 * where x < high.
 *
 * @throws ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.clamp.html
 *
 * @example
 * torch.tensor([-1, 2]).clampMax(0); // tensor([-1., 0.])
 */
export const clampMax = binary({
  domain: "any",
  numbers: (value, dtype, where) => bound(value, dtype, where, false),
  compute: (x, high) => (x.dtype === bool ? ir.and(x, high) : ir.min(x, high)),
  withNumbers: {
    attributes: { high: 0 },
    compute: (x, { high }) => ir.min(x, high),
    gradient: (dy, x, _y, { high }) => passed(dy, ir.lt(x, high)),
  },
  samples: { torch: "torch.clamp_max" },
});

/**
 * y = min(max(x, low), high); where low > high the result is high. The gradient goes to the one that y is,
 * half to each where x is at a bound; where the bounds are numbers, to x where low < x < high.
 *
 * @throws ShapeError where the shapes do not broadcast; DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.clamp.html
 *
 * @example
 * torch.tensor([-2, 0.5, 2]).clampBetween(-1, 1); // tensor([-1.0000, 0.5000, 1.0000])
 */
export const clampBetween = ternary({
  domain: "numeric",
  numbers: (value, dtype, where, operand) => bound(value, dtype, where, operand === 1),
  compute: (x, low, high) => ir.min(ir.max(x, low), high),
  gradient: (dy, x, low, high) => {
    const half = ir.mul(dy, 0.5);
    const [isBelow, isAbove] = [ir.lt(x, low), ir.gt(x, high)];
    // Equal bounds at x leave it the whole.
    const isOpen = ir.lt(low, high);
    const [atLow, atHigh] = [ir.and(isOpen, ir.eq(x, low)), ir.and(isOpen, ir.eq(x, high))];
    const isOrdered = ir.le(low, high);
    const toHigh = ir.or(ir.and(isAbove, isOrdered), ir.gt(low, high));
    return [
      ir.select(ir.or(isBelow, isAbove), 0, ir.select(ir.or(atLow, atHigh), half, dy)),
      ir.select(ir.and(isBelow, isOrdered), dy, ir.select(atLow, half, 0)),
      ir.select(toHigh, dy, ir.select(atHigh, half, 0)),
    ];
  },
  withNumbers: {
    attributes: { low: 0, high: 0 },
    compute: (x, { low, high }) => ir.min(ir.max(x, low), high),
    gradient: (dy, x, _y, { low, high }) => passed(dy, ir.and(ir.gt(x, low), ir.lt(x, high))),
  },
  samples: {
    torch: "torch.clamp",
    range: [
      [-3, 3],
      [-2, 0],
      [0.1, 2],
    ],
  },
});
