/** Ops without a slope. */
import { bool } from "../../base/index.ts";
import { constant, type Expr, select } from "../../ir/expr.ts";

/** The gradient of what is flat: 0, also beside a dy that is NaN or infinite. */
export function flatGradient(dy: Expr): Expr {
  return select(constant(false, bool), dy, 0);
}
