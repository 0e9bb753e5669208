/** Comparisons and logic: the results are bool, and have no gradient. `where` chooses by them. */
import { bool, DTypeError, elementOf } from "../../base/index.ts";
import * as ir from "../../ir/expr.ts";
import { binary, ternary, unary } from "../pointwise-op.ts";

/** Nonzero counts as true. */
function truth(x: ir.Expr): ir.Expr {
  return ir.cast(x, bool);
}

/**
 * a == b, elementwise with broadcasting; bool.
 *
 * @throws ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.eq.html
 *
 * @example
 * torch.tensor([1, 2, 3]).eq(2); // tensor([False, True, False])
 */
export const eq = binary({ domain: "any", compute: ir.eq, samples: { torch: "torch.eq" } });

/**
 * a != b, elementwise with broadcasting; bool. NaN is unequal to all, itself too.
 *
 * @throws ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.ne.html
 *
 * @example
 * torch.tensor([1, 2, 3]).ne(2); // tensor([True, False, True])
 */
export const ne = binary({ domain: "any", compute: ir.ne, samples: { torch: "torch.ne" } });

/**
 * a < b, elementwise with broadcasting; bool.
 *
 * @throws ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.lt.html
 *
 * @example
 * torch.tensor([1, 2, 3]).lt(2); // tensor([True, False, False])
 */
export const lt = binary({ domain: "any", compute: ir.lt, samples: { torch: "torch.lt" } });

/**
 * a <= b, elementwise with broadcasting; bool.
 *
 * @throws ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.le.html
 *
 * @example
 * torch.tensor([1, 2, 3]).le(2); // tensor([True, True, False])
 */
export const le = binary({ domain: "any", compute: ir.le, samples: { torch: "torch.le" } });

/**
 * a > b, elementwise with broadcasting; bool.
 *
 * @throws ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.gt.html
 *
 * @example
 * torch.tensor([1, 2, 3]).gt(2); // tensor([False, False, True])
 */
export const gt = binary({ domain: "any", compute: ir.gt, samples: { torch: "torch.gt" } });

/**
 * a >= b, elementwise with broadcasting; bool.
 *
 * @throws ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.ge.html
 *
 * @example
 * torch.tensor([1, 2, 3]).ge(2); // tensor([False, True, True])
 */
export const ge = binary({ domain: "any", compute: ir.ge, samples: { torch: "torch.ge" } });

/**
 * Where x is NaN; bool.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.isnan.html
 *
 * @example
 * torch.tensor([1, Number.NaN]).isnan(); // tensor([False, True])
 */
export const isnan = unary({ domain: "any", compute: (x) => ir.ne(x, x), samples: { torch: "torch.isnan" } });

/**
 * Where x is Infinity or -Infinity; bool.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.isinf.html
 *
 * @example
 * torch.tensor([1, -Infinity]).isinf(); // tensor([False, True])
 */
export const isinf = unary({
  domain: "any",
  compute: (x) => (x.dtype.isFloatingPoint ? ir.eq(ir.abs(x), Infinity) : ir.constant(false, bool)),
  samples: { torch: "torch.isinf" },
});

/**
 * Where x is neither infinite nor NaN; bool.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.isfinite.html
 *
 * @example
 * torch.tensor([1, Infinity, Number.NaN]).isfinite(); // tensor([True, False, False])
 */
export const isfinite = unary({
  domain: "any",
  compute: (x) => (x.dtype.isFloatingPoint ? ir.lt(ir.abs(x), Infinity) : ir.constant(true, bool)),
  samples: { torch: "torch.isfinite" },
});

/**
 * Where both are nonzero; bool.
 *
 * @throws ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.logical_and.html
 *
 * @example
 * torch.tensor([0, 0, 1, 1]).logicalAnd(torch.tensor([0, 1, 0, 1])); // tensor([False, False, False, True])
 */
export const logicalAnd = binary({
  domain: "any",
  compute: (a, b) => ir.and(truth(a), truth(b)),
  samples: { torch: "torch.logical_and" },
});

/**
 * Where at least one is nonzero; bool.
 *
 * @throws ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.logical_or.html
 *
 * @example
 * torch.tensor([0, 0, 1, 1]).logicalOr(torch.tensor([0, 1, 0, 1])); // tensor([False, True, True, True])
 */
export const logicalOr = binary({
  domain: "any",
  compute: (a, b) => ir.or(truth(a), truth(b)),
  samples: { torch: "torch.logical_or" },
});

/**
 * Where exactly one is nonzero; bool. It is the function that this library is named after.
 *
 * @throws ShapeError where the shapes do not broadcast.
 * Source: https://pytorch.org/docs/stable/generated/torch.logical_xor.html
 *
 * @example
 * torch.tensor([0, 0, 1, 1]).logicalXor(torch.tensor([0, 1, 0, 1])); // tensor([False, True, True, False])
 */
export const logicalXor = binary({
  domain: "any",
  compute: (a, b) => ir.xor(truth(a), truth(b)),
  samples: { torch: "torch.logical_xor" },
});

/**
 * Where x is zero; bool.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.logical_not.html
 *
 * @example
 * torch.tensor([0, 2]).logicalNot(); // tensor([True, False])
 */
export const logicalNot = unary({
  domain: "any",
  compute: (x) => ir.not(truth(x)),
  samples: { torch: "torch.logical_not" },
});

/**
 * Bits set in both; on bool the logical and.
 *
 * @throws ShapeError where the shapes do not broadcast; DTypeError for floating point.
 * Source: https://pytorch.org/docs/stable/generated/torch.bitwise_and.html
 *
 * @example
 * torch.tensor([12], { dtype: torch.int32 }).bitwiseAnd(10); // tensor([8])
 */
export const bitwiseAnd = binary({
  domain: "integer",
  compute: ir.and,
  samples: { torch: "torch.bitwise_and" },
});

/**
 * Bits set in either; on bool the logical or.
 *
 * @throws ShapeError where the shapes do not broadcast; DTypeError for floating point.
 * Source: https://pytorch.org/docs/stable/generated/torch.bitwise_or.html
 *
 * @example
 * torch.tensor([12], { dtype: torch.int32 }).bitwiseOr(10); // tensor([14])
 */
export const bitwiseOr = binary({
  domain: "integer",
  compute: ir.or,
  samples: { torch: "torch.bitwise_or" },
});

/**
 * Bits set in exactly one; on bool the logical exclusive or.
 *
 * @throws ShapeError where the shapes do not broadcast; DTypeError for floating point.
 * Source: https://pytorch.org/docs/stable/generated/torch.bitwise_xor.html
 *
 * @example
 * torch.tensor([12], { dtype: torch.int32 }).bitwiseXor(10); // tensor([6])
 */
export const bitwiseXor = binary({
  domain: "integer",
  compute: ir.xor,
  samples: { torch: "torch.bitwise_xor" },
});

/**
 * Every bit flipped; on bool the logical not.
 *
 * @throws DTypeError for floating point.
 * Source: https://pytorch.org/docs/stable/generated/torch.bitwise_not.html
 *
 * @example
 * torch.tensor([0, 5], { dtype: torch.int32 }).bitwiseNot(); // tensor([-1, -6])
 */
export const bitwiseNot = unary({
  domain: "integer",
  compute: ir.not,
  samples: { torch: "torch.bitwise_not" },
});

/**
 * condition ? a : b, elementwise with broadcasting. The gradient goes to the one that was chosen.
 *
 * @throws ShapeError where the shapes do not broadcast; DTypeError where the condition is not bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.where.html
 *
 * @example
 * const x = torch.tensor([-1, 2, -3]);
 * torch.where(x.gt(0), x, 0); // tensor([0., 2., 0.])
 */
export const where = ternary({
  domain: "any",
  chooses: true,
  numbers: elementOf,
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
