/** Cutting values to a range. `clamp` in ops/clamp.ts chooses among these. */
import { bool } from "../../base/index.ts";
import * as ir from "../../ir/expr.ts";
import { binary, ternary } from "../pointwise-op.ts";

/**
 * y = max(x, low); the gradient goes to x where x >= low, else to low.
 *
 * @throws ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.clamp.html
 *
 * @example
 * torch.tensor([-1, 2]).clampMin(0); // tensor([0., 2.])
 */
export const clampMin = binary({
  domain: "any",
  compute: (x, low) => (x.dtype === bool ? ir.or(x, low) : ir.max(x, low)),
  gradient: (dy, x, low) => {
    const kept = ir.ge(x, low);
    return [ir.select(kept, dy, 0), ir.select(kept, 0, dy)];
  },
  samples: { torch: "torch.clamp_min" },
});

/**
 * y = min(x, high); the gradient goes to x where x <= high, else to high.
 *
 * @throws ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.clamp.html
 *
 * @example
 * torch.tensor([-1, 2]).clampMax(0); // tensor([-1., 0.])
 */
export const clampMax = binary({
  domain: "any",
  compute: (x, high) => (x.dtype === bool ? ir.and(x, high) : ir.min(x, high)),
  gradient: (dy, x, high) => {
    const kept = ir.le(x, high);
    return [ir.select(kept, dy, 0), ir.select(kept, 0, dy)];
  },
  samples: { torch: "torch.clamp_max" },
});

/**
 * y = min(max(x, low), high); where low > high the result is high, as in PyTorch.
 *
 * @throws ShapeError where the shapes do not broadcast; DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.clamp.html
 *
 * @example
 * torch.tensor([-2, 0.5, 2]).clampBetween(-1, 1); // tensor([-1.0000, 0.5000, 1.0000])
 */
export const clampBetween = ternary({
  domain: "numeric",
  compute: (x, low, high) => ir.min(ir.max(x, low), high),
  gradient: (dy, x, low, high) => {
    const inside = ir.and(ir.ge(x, low), ir.le(x, high));
    const below = ir.and(ir.lt(x, low), ir.lt(low, high));
    const above = ir.or(ir.gt(x, high), ir.gt(low, high));
    return [ir.select(inside, dy, 0), ir.select(below, dy, 0), ir.select(above, dy, 0)];
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
