/** From named functions to primitives. */
import { type Expr, node } from "./expr.ts";
import { type FunctionDefinition, functions } from "./functions/index.ts";

type Form = "lower" | "lowerTail";

/** Keyed by the id of the node, which names it for good. */
const lowered: Record<Form, Map<number, Expr>> = { lower: new Map(), lowerTail: new Map() };

function expand(x: Expr, form: Form): Expr {
  let result = lowered[form].get(x.id);
  if (result) return result;
  const args = x.args.map((arg) => expand(arg, form));
  if (x.op in functions) {
    const definition: FunctionDefinition = functions[x.op as keyof typeof functions];
    const inPrimitives = form === "lowerTail" ? definition.lowerTail?.(args) : undefined;
    result = expand(inPrimitives ?? definition.lower(args), form);
  } else {
    result = args.every((arg, i) => arg === x.args[i]) ? x : node(x.op, x.dtype, args, x.value);
  }
  lowered[form].set(x.id, result);
  return result;
}

/** The same expression in primitives alone: every named function, also those within functions, is expanded. */
export function lower(x: Expr): Expr {
  return expand(x, "lower");
}

/** As `lower`, for the last elements of a tensor; the very same expression where they are no special case. */
export function lowerTail(x: Expr): Expr {
  return expand(x, "lowerTail");
}

/** Whether the last elements of a tensor are a special case. */
export function hasTail(x: Expr): boolean {
  return lowerTail(x) !== lower(x);
}
