/** Comparisons and logic: the results are bool, and have no gradient. `where` chooses by them. */
import { bool, DTypeError } from "../../base/index.ts";
import * as ir from "../../ir/expr.ts";
import { binary, ternary, unary } from "../pointwise-op.ts";

/** Nonzero counts as true. */
function truth(x: ir.Expr): ir.Expr {
  return ir.cast(x, bool);
}

/** a == b, elementwise. */
export const eq = binary({ domain: "any", compute: ir.eq, samples: { torch: "torch.eq" } });

/** a != b, elementwise. */
export const ne = binary({ domain: "any", compute: ir.ne, samples: { torch: "torch.ne" } });

/** a < b, elementwise. */
export const lt = binary({ domain: "any", compute: ir.lt, samples: { torch: "torch.lt" } });

/** a <= b, elementwise. */
export const le = binary({ domain: "any", compute: ir.le, samples: { torch: "torch.le" } });

/** a > b, elementwise. */
export const gt = binary({ domain: "any", compute: ir.gt, samples: { torch: "torch.gt" } });

/** a >= b, elementwise. */
export const ge = binary({ domain: "any", compute: ir.ge, samples: { torch: "torch.ge" } });

/** Where x is NaN. */
export const isnan = unary({ domain: "any", compute: (x) => ir.ne(x, x), samples: { torch: "torch.isnan" } });

/** Where x is Infinity or -Infinity. */
export const isinf = unary({
  domain: "any",
  compute: (x) => (x.dtype.isFloatingPoint ? ir.eq(ir.abs(x), Infinity) : ir.constant(false, bool)),
  samples: { torch: "torch.isinf" },
});

/** Where x is neither infinite nor NaN. */
export const isfinite = unary({
  domain: "any",
  compute: (x) => (x.dtype.isFloatingPoint ? ir.lt(ir.abs(x), Infinity) : ir.constant(true, bool)),
  samples: { torch: "torch.isfinite" },
});

/** Both nonzero. */
export const logicalAnd = binary({
  domain: "any",
  compute: (a, b) => ir.and(truth(a), truth(b)),
  samples: { torch: "torch.logical_and" },
});

/** At least one nonzero. */
export const logicalOr = binary({
  domain: "any",
  compute: (a, b) => ir.or(truth(a), truth(b)),
  samples: { torch: "torch.logical_or" },
});

/** Exactly one nonzero: the function that this library is named after. */
export const logicalXor = binary({
  domain: "any",
  compute: (a, b) => ir.xor(truth(a), truth(b)),
  samples: { torch: "torch.logical_xor" },
});

/** Where x is zero. */
export const logicalNot = unary({
  domain: "any",
  compute: (x) => ir.not(truth(x)),
  samples: { torch: "torch.logical_not" },
});

/** Bits set in both; on bool the logical and. */
export const bitwiseAnd = binary({
  domain: "integer",
  compute: ir.and,
  samples: { torch: "torch.bitwise_and" },
});

/** Bits set in either; on bool the logical or. */
export const bitwiseOr = binary({
  domain: "integer",
  compute: ir.or,
  samples: { torch: "torch.bitwise_or" },
});

/** Bits set in exactly one; on bool the logical exclusive or. */
export const bitwiseXor = binary({
  domain: "integer",
  compute: ir.xor,
  samples: { torch: "torch.bitwise_xor" },
});

/** Every bit flipped; on bool the logical not. */
export const bitwiseNot = unary({
  domain: "integer",
  compute: ir.not,
  samples: { torch: "torch.bitwise_not" },
});

/** condition ? a : b, elementwise. The gradient goes to the one that was chosen. */
export const where = ternary({
  domain: "any",
  compute: (condition, a, b) => {
    if (condition.dtype !== bool) {
      throw new DTypeError(
        `where: the condition must be a bool tensor, got ${condition.dtype}; compare it first, for example x.ne(0)`,
      );
    }
    return ir.select(condition, a, b);
  },
  samples: { torch: "torch.where" },
});
