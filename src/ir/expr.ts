/**
 * Scalar expressions: what one element of a result is, written in a closed list of primitives and a few named
 * functions (exp, log, ...) that are themselves written in primitives.
 *
 * Nodes are interned: two expressions built alike are the same object, so comparing is `===`, common
 * subexpressions exist once, and a node's `id` is a key for caches.
 */
import { bool, type DType, float32, XorchError } from "../base/index.ts";

/** The arithmetic that every emitter must provide, one row each. */
export type Primitive =
  // leaves
  | "const" // a number known when the kernel is compiled
  | "input" // element of the kernel's input number `value`
  | "param" // a number handed over at each call, number `value`
  // arithmetic; integers wrap, `div` on integers truncates
  | "add"
  | "sub"
  | "mul"
  | "fma" // a * b + c with one rounding; float32 only
  | "div"
  | "rem" // integers only; the sign of the dividend
  | "neg"
  | "abs"
  | "min" // NaN if either is NaN
  | "max"
  | "sqrt"
  | "floor"
  | "ceil"
  | "trunc"
  | "nearest" // ties to even
  // bits: integers, and bool for and, or, xor, not
  | "and"
  | "or"
  | "xor"
  | "not"
  | "shl"
  | "shr" // keeps the sign
  | "shru" // fills with zeros
  // comparisons give bool
  | "eq"
  | "ne"
  | "lt"
  | "le"
  | "gt"
  | "ge"
  | "select" // condition ? a : b
  | "cast" // to the node's dtype, by value (float to int truncates and saturates)
  | "bitcast"; // same bits, other type of equal size

/** Functions written once in primitives (ir/functions): they exist until `lower` expands them. */
export type FunctionName =
  | "exp"
  | "expm1"
  | "log"
  | "log1p"
  | "log2"
  | "log10"
  | "sin"
  | "cos"
  | "tan"
  | "tanh"
  | "sigmoid"
  | "atan2"
  | "erf"
  | "pow";

export interface Expr {
  readonly op: Primitive | FunctionName;
  readonly dtype: DType;
  readonly args: readonly Expr[];
  /** Of a const: its value. Of an input or param: its number. */
  readonly value: number | bigint;
  readonly id: number;
}

/** What the builders take: an expression, or a number that takes the dtype of its neighbour. */
export type Scalar = Expr | number;

const interned = new Map<string, Expr>();

/** The node of this description; the same description gives the same object. */
export function node(
  op: Expr["op"],
  dtype: DType,
  args: readonly Expr[] = [],
  value: number | bigint = 0,
): Expr {
  // Object.is tells -0 from 0, and so must the key.
  const valueKey = Object.is(value, -0) ? "-0" : String(value);
  const key = `${op} ${dtype.index} ${valueKey} ${args.map((arg) => arg.id).join(" ")}`;
  let found = interned.get(key);
  if (!found) {
    found = Object.freeze({ op, dtype, args: Object.freeze([...args]), value, id: interned.size });
    interned.set(key, found);
  }
  return found;
}

export function constant(value: number | bigint | boolean, dtype: DType): Expr {
  if (dtype.name === "int64") return node("const", dtype, [], BigInt(value));
  if (dtype.name === "float32") return node("const", dtype, [], Math.fround(Number(value)));
  return node("const", dtype, [], Number(value));
}

/** Element of the kernel's input number `position`. */
export function input(position: number, dtype: DType): Expr {
  return node("input", dtype, [], position);
}

/** A number given at each call, such as a learning rate: one kernel serves every value. */
export function param(position: number, dtype: DType): Expr {
  return node("param", dtype, [], position);
}

export function isConst(x: Expr, value: number): boolean {
  return x.op === "const" && Number(x.value) === value;
}

/** Gives the numbers among the operands the dtype of the expressions among them, and checks that those agree. */
function unify(op: string, operands: readonly Scalar[]): Expr[] {
  const first = operands.find((operand): operand is Expr => typeof operand !== "number");
  if (!first) throw new XorchError(`ir ${op}: at least one operand must be an expression`);
  return operands.map((operand) => {
    if (typeof operand === "number") return constant(operand, first.dtype);
    if (operand.dtype !== first.dtype) {
      throw new XorchError(`ir ${op}: operands of ${first.dtype} and ${operand.dtype}; cast one of them`);
    }
    return operand;
  });
}

function binary(op: Primitive | FunctionName) {
  return (a: Scalar, b: Scalar): Expr => {
    const args = unify(op, [a, b]);
    return node(op, args[0]!.dtype, args);
  };
}

function unary(op: Primitive | FunctionName) {
  return (x: Expr): Expr => node(op, x.dtype, [x]);
}

function comparison(op: Primitive) {
  return (a: Scalar, b: Scalar): Expr => node(op, bool, unify(op, [a, b]));
}

export const add = binary("add");

export function sub(a: Scalar, b: Scalar): Expr {
  const [x, y] = unify("sub", [a, b]) as [Expr, Expr];
  return node("sub", x.dtype, [x, y]);
}

/** Product; a factor of exactly 1 vanishes, which keeps derivatives short. */
export function mul(a: Scalar, b: Scalar): Expr {
  const [x, y] = unify("mul", [a, b]) as [Expr, Expr];
  if (isConst(x, 1)) return y;
  if (isConst(y, 1)) return x;
  if (isConst(x, -1)) return neg(y);
  if (isConst(y, -1)) return neg(x);
  return node("mul", x.dtype, [x, y]);
}

/**
 * a * b + c, in float32 with one rounding: PyTorch's kernels do that wherever a product is added to something, and
 * their last digits depend on it. In float64, where the digits are far from what anybody prints, two roundings do.
 */
export function fma(a: Scalar, b: Scalar, c: Scalar): Expr {
  const args = unify("fma", [a, b, c]);
  const dtype = args[0]!.dtype;
  if (dtype !== float32 || isConst(args[0]!, 1) || isConst(args[1]!, 1)) {
    return add(mul(args[0]!, args[1]!), args[2]!);
  }
  return node("fma", dtype, args);
}

export function div(a: Scalar, b: Scalar): Expr {
  const [x, y] = unify("div", [a, b]) as [Expr, Expr];
  if (isConst(y, 1)) return x;
  return node("div", x.dtype, [x, y]);
}

export function neg(x: Expr): Expr {
  if (x.op === "neg") return x.args[0]!;
  return node("neg", x.dtype, [x]);
}

export const rem = binary("rem");
export const abs = unary("abs");
export const min = binary("min");
export const max = binary("max");
export const sqrt = unary("sqrt");
export const floor = unary("floor");
export const ceil = unary("ceil");
export const trunc = unary("trunc");
export const nearest = unary("nearest");

export const and = binary("and");
export const or = binary("or");
export const xor = binary("xor");
export const not = unary("not");
export const shl = binary("shl");
export const shr = binary("shr");
export const shru = binary("shru");

export const eq = comparison("eq");
export const ne = comparison("ne");
export const lt = comparison("lt");
export const le = comparison("le");
export const gt = comparison("gt");
export const ge = comparison("ge");

/** `condition ? a : b`; the condition is bool, a and b agree. */
export function select(condition: Expr, a: Scalar, b: Scalar): Expr {
  const [x, y] = unify("select", [a, b]) as [Expr, Expr];
  if (x === y) return x;
  return node("select", x.dtype, [condition, x, y]);
}

export function cast(x: Expr, dtype: DType): Expr {
  if (x.dtype === dtype) return x;
  if (x.op === "const") return castConstant(x, dtype);
  return node("cast", dtype, [x]);
}

function castConstant(x: Expr, dtype: DType): Expr {
  if (dtype.kind === "float" || x.dtype.kind !== "float") return constant(x.value, dtype);
  if (dtype === bool) return constant(Number(x.value) !== 0, bool);
  return node("cast", dtype, [x]);
}

export function bitcast(x: Expr, dtype: DType): Expr {
  if (x.dtype === dtype) return x;
  if (x.dtype.bytes !== dtype.bytes) {
    throw new XorchError(`ir bitcast: ${x.dtype} and ${dtype} differ in size`);
  }
  return node("bitcast", dtype, [x]);
}

export const exp = unary("exp");
export const expm1 = unary("expm1");
export const log = unary("log");
export const log1p = unary("log1p");
export const log2 = unary("log2");
export const log10 = unary("log10");
export const sin = unary("sin");
export const cos = unary("cos");
export const tan = unary("tan");
export const tanh = unary("tanh");
/** Logistic sigmoid 1 / (1 + exp(-x)): a function of its own because its slope y (1 - y) is safe where exp overflows. */
export const sigmoid = unary("sigmoid");
export const erf = unary("erf");
export const atan2 = binary("atan2");
export const pow = binary("pow");

/**
 * Goes through an expression, parts before wholes: `enter` says of a node whether to go into it, and then `leave` comes after
 * its parts. It keeps its own list of where it is, since expressions may be deeper than the stack of the engine.
 */
export function walk(root: Expr, enter: (x: Expr) => boolean, leave: (x: Expr) => void): void {
  if (!enter(root)) return;
  const path = [root];
  const next = [0];
  while (path.length > 0) {
    const top = path.length - 1;
    const x = path[top]!;
    const at = next[top]!;
    if (at === x.args.length) {
      path.pop();
      next.pop();
      leave(x);
      continue;
    }
    next[top] = at + 1;
    const part = x.args[at]!;
    if (enter(part)) {
      path.push(part);
      next.push(0);
    }
  }
}

/** Rebuilds an expression with some nodes replaced; `replace` returns null to keep a node and visit its parts. */
export function rewrite(root: Expr, replace: (x: Expr) => Expr | null): Expr {
  return rewriteAll([root], replace)[0]!;
}

/** As `rewrite`, of several expressions, whose common parts are visited once. */
export function rewriteAll(roots: readonly Expr[], replace: (x: Expr) => Expr | null): Expr[] {
  const done = new Map<Expr, Expr>();
  const enter = (x: Expr): boolean => {
    if (done.has(x)) return false;
    const replaced = replace(x);
    if (replaced !== null) done.set(x, replaced);
    return replaced === null;
  };
  const leave = (x: Expr): void => {
    const args = x.args.map((arg) => done.get(arg)!);
    done.set(x, withArgs(x, args));
  };
  for (const root of roots) walk(root, enter, leave);
  return roots.map((root) => done.get(root)!);
}

/** The node with these parts; itself where they are its own. */
export function withArgs(x: Expr, args: readonly Expr[]): Expr {
  return args.every((arg, i) => arg === x.args[i]) ? x : node(x.op, x.dtype, args, x.value);
}

/** Every node below the roots, parts before wholes. */
export function topologicalOrder(roots: readonly Expr[]): Expr[] {
  const order: Expr[] = [];
  const seen = new Set<Expr>();
  const enter = (x: Expr): boolean => {
    if (seen.has(x)) return false;
    seen.add(x);
    return true;
  };
  for (const root of roots) walk(root, enter, (x) => order.push(x));
  return order;
}
