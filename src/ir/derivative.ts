/**
 * Symbolic derivatives of scalar expressions, by the chain rule from the result back to the inputs.
 * The derivative of a pointwise expression is pointwise again, so this serves every order.
 */
import { XorchError } from "../base/index.ts";
import {
  add,
  cast,
  div,
  type Expr,
  eq,
  gt,
  lt,
  mul,
  neg,
  type Primitive,
  rewrite,
  select,
  topologicalOrder,
} from "./expr.ts";
import { functions } from "./functions/index.ts";

/** For a node y = op(args) and dy = dL/dy: dL/d(each arg), null where the derivative is zero everywhere. */
type Rule = (dy: Expr, args: readonly Expr[], y: Expr) => readonly (Expr | null)[];

const flat: Rule = (_dy, args) => args.map(() => null);

const rules: Record<Exclude<Primitive, "const" | "input" | "param">, Rule> = {
  add: (dy) => [dy, dy],
  sub: (dy) => [dy, neg(dy)],
  mul: (dy, [a, b]) => [mul(dy, b!), mul(dy, a!)],
  fma: (dy, [a, b]) => [mul(dy, b!), mul(dy, a!), dy],
  // d(a/b) = da/b - (a/b) db/b
  div: (dy, [, b], y) => [div(dy, b!), neg(div(mul(dy, y), b!))],
  neg: (dy) => [neg(dy)],
  // |x|' = sign(x), 0 at 0
  abs: (dy, [x]) => [select(gt(x!, 0), dy, select(lt(x!, 0), neg(dy), 0))],
  min: (dy, [a, b]) => shareAtTies(dy, lt(a!, b!), gt(a!, b!), eq(a!, b!)),
  max: (dy, [a, b]) => shareAtTies(dy, gt(a!, b!), lt(a!, b!), eq(a!, b!)),
  // sqrt(x)' = 1 / (2 sqrt(x))
  sqrt: (dy, _args, y) => [div(dy, mul(y, 2))],
  select: (dy, [condition]) => [null, select(condition!, dy, 0), select(condition!, 0, dy)],
  cast: (dy, [x]) => [x!.dtype.isFloatingPoint ? cast(dy, x!.dtype) : null],
  floor: flat,
  ceil: flat,
  trunc: flat,
  nearest: flat,
  eq: flat,
  ne: flat,
  lt: flat,
  le: flat,
  gt: flat,
  ge: flat,
  and: flat,
  or: flat,
  xor: flat,
  not: flat,
  shl: flat,
  shr: flat,
  shru: flat,
  rem: flat,
  bitcast: () => {
    throw new XorchError("ir: a bitcast has no derivative; give the op record a derivative of its own");
  },
};

/**
 * PyTorch's convention for min and max: nothing to the loser, half to each at a tie, the whole to both beside
 * a NaN.
 */
function shareAtTies(dy: Expr, firstWins: Expr, secondWins: Expr, isTie: Expr): Expr[] {
  const rest = select(isTie, mul(dy, 0.5), dy);
  return [select(secondWins, 0, rest), select(firstWins, 0, rest)];
}

/**
 * dL/d(target) for each target, given y as an expression and dy = dL/dy; null where y does not depend on the
 * target or only by steps.
 */
export function derivatives(y: Expr, dy: Expr, targets: readonly Expr[]): (Expr | null)[] {
  const gathered = new Map<Expr, Expr>([[y, dy]]);
  const order = topologicalOrder([y]);
  for (let i = order.length - 1; i >= 0; i--) {
    const x = order[i]!;
    const dx = gathered.get(x);
    if (!dx || x.args.length === 0) continue;
    for (const [k, part] of partials(x, dx).entries()) {
      if (!part) continue;
      const arg = x.args[k]!;
      const before = gathered.get(arg);
      gathered.set(arg, before ? add(before, part) : part);
    }
  }
  return targets.map((target) => gathered.get(target) ?? null);
}

function partials(x: Expr, dx: Expr): readonly (Expr | null)[] {
  if (x.op in functions) {
    const definition = functions[x.op as keyof typeof functions];
    return definition.gradient(dx, x.args, x);
  }
  return rules[x.op as keyof typeof rules](dx, x.args, x);
}

/** Replaces every occurrence of a subexpression. */
export function substitute(x: Expr, from: Expr, to: Expr): Expr {
  return rewrite(x, (part) => (part === from ? to : null));
}
