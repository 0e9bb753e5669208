/** From named functions to primitives. */
import { type Expr, node } from "./expr.ts";
import { functions } from "./functions/index.ts";

/** Keyed by the id of the node, which names it for good. */
const lowered = new Map<number, Expr>();

/**
 * The same expression in primitives alone: every named function, also those within functions, is expanded.
 */
export function lower(x: Expr): Expr {
  let result = lowered.get(x.id);
  if (result) return result;
  const args = x.args.map(lower);
  if (x.op in functions) {
    result = lower(functions[x.op as keyof typeof functions].lower(args));
  } else {
    result = args.every((arg, i) => arg === x.args[i]) ? x : node(x.op, x.dtype, args, x.value);
  }
  lowered.set(x.id, result);
  return result;
}
