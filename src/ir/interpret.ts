/**
 * The reference meaning of scalar expressions: slow, plain, and what every emitter is tested against.
 * Integers wrap; int64 values are bigints, bools are 0 and 1; float32 rounds after every operation.
 */
import { type DType, type DTypeName, float64, fma32, XorchError } from "../base/index.ts";
import { type Expr, type FunctionName, type Primitive, topologicalOrder } from "./expr.ts";
import { type FunctionDefinition, functions } from "./functions/index.ts";

/** A bigint for int64, a number for every other dtype. */
export type Value = number | bigint;

/** Brings the result of an operation back into its dtype: rounds, or wraps. */
const fit: Record<DTypeName, (value: Value) => Value> = {
  bool: (value) => Number(Number(value) !== 0),
  uint8: (value) => Number(value) & 255,
  int32: (value) => Number(value) | 0,
  int64: (value) => BigInt.asIntN(64, value as bigint),
  float32: (value) => Math.fround(value as number),
  float64: (value) => value,
};

/** What the leaves of an expression stand for. */
interface Environment {
  readonly inputs: readonly Value[];
  readonly params: readonly number[];
}

/** What one primitive computes from the values of its arguments. */
type Rule = (x: Expr, values: readonly Value[], environment: Environment) => Value;

/**
 * An operation in its two forms: on numbers, and on the bigints of int64. `bits` is the width of the dtype.
 */
interface Operation {
  number(a: number, b: number, bits: number): number;
  bigint(a: bigint, b: bigint, bits: bigint): bigint;
}

/* @__NO_SIDE_EFFECTS__ */
function arithmetic({ number, bigint }: Operation): Rule {
  return (x, [a, b]) => {
    const bits = 8 * x.dtype.bytes;
    const result =
      typeof a === "bigint" ? bigint(a, b as bigint, BigInt(bits)) : number(a as number, b as number, bits);
    return fit[x.dtype.name](result);
  };
}

/** A rule that holds for floating-point types only, or for the others only. */
/* @__NO_SIDE_EFFECTS__ */
function only(kind: "floats" | "integers", rule: Rule): Rule {
  return (x, values, environment) => {
    if (x.dtype.isFloatingPoint !== (kind === "floats")) {
      throw new XorchError(`ir ${x.op}: not defined for ${x.dtype}`);
    }
    return rule(x, values, environment);
  };
}

/* @__NO_SIDE_EFFECTS__ */
function floating(compute: (value: number) => number): Rule {
  return only("floats", (x, [value]) => fit[x.dtype.name](compute(value as number)));
}

/* @__NO_SIDE_EFFECTS__ */
function integral(operation: Operation): Rule {
  return only("integers", arithmetic(operation));
}

/** Integers cannot be divided by zero. */
/* @__NO_SIDE_EFFECTS__ */
function dividing(rule: Rule): Rule {
  return (x, values, environment) => {
    if (!x.dtype.isFloatingPoint && Number(values[1]) === 0) {
      throw new RangeError(`ir ${x.op}: integer division by zero`);
    }
    return rule(x, values, environment);
  };
}

/* @__NO_SIDE_EFFECTS__ */
function comparison(holds: (a: Value, b: Value) => boolean): Rule {
  return (_x, [a, b]) => Number(holds(a!, b!));
}

/** The nearest whole number, ties to even: adding and taking away 2^52 leaves no bits behind the point. */
function nearestEven(value: number): number {
  if (!(Math.abs(value) < 2 ** 52)) return value;
  const rounded = Math.abs(value) + 2 ** 52 - 2 ** 52;
  return value < 0 || Object.is(value, -0) ? -rounded : rounded;
}

/** Rounds a bigint to float32 once; going through float64 would round twice. */
function bigintToFloat32(value: bigint): number {
  const size = value < 0n ? -value : value;
  if (size < 2n ** 53n) return Math.fround(Number(value));
  // What the shift drops is gathered in one sticky bit, which breaks ties as the dropped bits would.
  const shortened = (size >> 16n) | BigInt((size & 0xffffn) !== 0n);
  const rounded = Math.fround(Number(shortened)) * 2 ** 16;
  return value < 0n ? -rounded : rounded;
}

/** Float to integer as WebAssembly's trunc_sat: NaN gives 0, what does not fit the nearest limit. */
function truncate(value: number, bits: number): bigint {
  if (Number.isNaN(value)) return 0n;
  const limit = 2 ** (bits - 1);
  if (value >= limit) return BigInt(limit) - 1n;
  return BigInt(Math.trunc(Math.max(value, -limit)));
}

/** Converts by value. A float becomes uint8 by way of int32; a wider integer keeps its low bits. */
function castValue(value: Value, from: DType, to: DType): Value {
  if (to.name === "bool") return fit.bool(value);
  if (to.isFloatingPoint) {
    const exact = to.name === "float32" && typeof value === "bigint" ? bigintToFloat32(value) : Number(value);
    return fit[to.name](exact);
  }
  const whole = from.isFloatingPoint ? truncate(value as number, Math.max(32, 8 * to.bytes)) : BigInt(value);
  return to.name === "int64" ? whole : fit[to.name](BigInt.asIntN(32, whole));
}

function bitcastValue(value: Value, from: DType, to: DType): Value {
  const bytes = new ArrayBuffer(from.bytes);
  const source: { [position: number]: Value } = new from.Array(bytes);
  source[0] = value;
  return new to.Array(bytes)[0]!;
}

const invert = integral({ number: (a) => ~a, bigint: (a) => ~a });
const multiply = arithmetic({ number: (a, b) => a * b, bigint: (a, b) => a * b });

const rules = {
  const: (x) => x.value,
  input: (x, _values, { inputs }) => inputs[Number(x.value)]!,
  param: (x, _values, { params }) => castValue(params[Number(x.value)]!, float64, x.dtype),
  add: arithmetic({ number: (a, b) => a + b, bigint: (a, b) => a + b }),
  sub: arithmetic({ number: (a, b) => a - b, bigint: (a, b) => a - b }),
  // A product of two int32 may need more than the 53 bits of a number.
  mul: (x, values, environment) =>
    x.dtype.name === "int32"
      ? Math.imul(values[0] as number, values[1] as number)
      : multiply(x, values, environment),
  fma: (x, [a, b, c]) => {
    if (x.dtype.name !== "float32") throw new XorchError(`ir fma: not defined for ${x.dtype}`);
    return fma32(a as number, b as number, c as number);
  },
  div: dividing(arithmetic({ number: (a, b) => a / b, bigint: (a, b) => a / b })),
  rem: dividing(integral({ number: (a, b) => a % b, bigint: (a, b) => a % b })),
  neg: arithmetic({ number: (a) => -a, bigint: (a) => -a }),
  abs: arithmetic({ number: Math.abs, bigint: (a) => (a < 0n ? -a : a) }),
  min: arithmetic({ number: (a, b) => Math.min(a, b), bigint: (a, b) => (a < b ? a : b) }),
  max: arithmetic({ number: (a, b) => Math.max(a, b), bigint: (a, b) => (a > b ? a : b) }),
  sqrt: floating(Math.sqrt),
  floor: floating(Math.floor),
  ceil: floating(Math.ceil),
  trunc: floating(Math.trunc),
  nearest: floating(nearestEven),
  and: integral({ number: (a, b) => a & b, bigint: (a, b) => a & b }),
  or: integral({ number: (a, b) => a | b, bigint: (a, b) => a | b }),
  xor: integral({ number: (a, b) => a ^ b, bigint: (a, b) => a ^ b }),
  not: (x, values, environment) =>
    x.dtype.kind === "bool" ? 1 - Number(values[0]) : invert(x, values, environment),
  // The count of a shift is taken modulo the width, a power of two.
  shl: integral({
    number: (a, b, bits) => a << (b & (bits - 1)),
    bigint: (a, b, bits) => a << (b & (bits - 1n)),
  }),
  shr: integral({
    number: (a, b, bits) => a >> (b & (bits - 1)),
    bigint: (a, b, bits) => a >> (b & (bits - 1n)),
  }),
  shru: integral({
    number: (a, b, bits) => a >>> (b & (bits - 1)),
    bigint: (a, b, bits) => BigInt.asUintN(64, a) >> (b & (bits - 1n)),
  }),
  eq: comparison((a, b) => a === b),
  ne: comparison((a, b) => a !== b),
  lt: comparison((a, b) => a < b),
  le: comparison((a, b) => a <= b),
  gt: comparison((a, b) => a > b),
  ge: comparison((a, b) => a >= b),
  select: (_x, [condition, a, b]) => (condition ? a! : b!),
  cast: (x, [a]) => castValue(a!, x.args[0]!.dtype, x.dtype),
  bitcast: (x, [a]) => bitcastValue(a!, x.args[0]!.dtype, x.dtype),
} satisfies Record<Primitive, Rule>;

function compute(x: Expr, values: readonly Value[], environment: Environment): Value {
  if (x.op in functions) {
    const definition: FunctionDefinition = functions[x.op as FunctionName];
    return fit[x.dtype.name](definition.evaluate(...(values as number[])));
  }
  const rule: Rule = rules[x.op as Primitive];
  return rule(x, values, environment);
}

/** The parts of an expression, parts before wholes, and where the arguments of each stand in that list. */
interface Plan {
  readonly parts: readonly Expr[];
  readonly positions: readonly (readonly number[])[];
}

const plans = new WeakMap<Expr, Plan>();

function planOf(x: Expr): Plan {
  let plan = plans.get(x);
  if (!plan) {
    const parts = topologicalOrder([x]);
    const where = new Map(parts.map((part, position) => [part, position]));
    plan = { parts, positions: parts.map((part) => part.args.map((arg) => where.get(arg)!)) };
    plans.set(x, plan);
  }
  return plan;
}

/**
 * The value of x for one element of each input and the params. Named functions have their reference value,
 * which is closer than their lowered form. Inputs must be values of their dtypes; params are converted.
 * Throws a RangeError where an integer is divided by zero, and an XorchError where a primitive does not take
 * the dtype.
 */
export function interpret(x: Expr, inputs: readonly Value[], params: readonly number[]): Value {
  const { parts, positions } = planOf(x);
  const environment = { inputs, params };
  const results: Value[] = [];
  for (const [i, part] of parts.entries()) {
    const values = positions[i]!.map((position) => results[position]!);
    results.push(compute(part, values, environment));
  }
  return results.at(-1)!;
}
