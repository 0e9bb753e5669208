/** Kernels whose params are numbered as they lie in the program's table. */
import { XorchError } from "../../../base/index.ts";
import { type Expr, param, rewrite } from "../../../ir/expr.ts";
import type { Param } from "../../program.ts";

/** The expression with each param numbered by its slot. The compiler has made constants of fixed params. */
export function withSlots(root: Expr, params: readonly Param[]): Expr {
  return rewrite(root, (x) => {
    if (x.op !== "param") return null;
    const given = params[Number(x.value)]!;
    if (typeof given === "number") throw new XorchError("program: a fixed param is no constant");
    return param(given.slot, x.dtype);
  });
}
