/** From named functions to primitives. */
import { type Expr, walk, withArgs } from "./expr.ts";
import { type FunctionDefinition, functions } from "./functions/index.ts";

type Form = "lower" | "lowerTail";

/** Keyed by the id of the node, which names it for good. */
const lowered: Record<Form, Map<number, Expr>> = { lower: new Map(), lowerTail: new Map() };

function expand(root: Expr, form: Form): Expr {
  const known = lowered[form];
  walk(
    root,
    (x) => !known.has(x.id),
    (x) => {
      const args = x.args.map((arg) => known.get(arg.id)!);
      const result = x.op in functions ? expand(definitionOf(x, args, form), form) : withArgs(x, args);
      known.set(x.id, result);
      // What consists of primitives alone stays what it is.
      known.set(result.id, result);
    },
  );
  return known.get(root.id)!;
}

/** What a function of these arguments is made of: primitives, and maybe other functions. */
function definitionOf(x: Expr, args: readonly Expr[], form: Form): Expr {
  const definition: FunctionDefinition = functions[x.op as keyof typeof functions];
  return (form === "lowerTail" ? definition.lowerTail?.(args) : undefined) ?? definition.lower(args);
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
