/**
 * How the nodes of an expression become WebAssembly instructions. There are three sets: one element at a time,
 * four lanes of 32 bits, two lanes of 64 bits. The walk over expressions (emission.ts) is the same for all.
 */
import type { DType, DTypeName } from "../../base/index.ts";
import type { Expr, Primitive } from "../../ir/expr.ts";
import type { FunctionBuilder, ValueType } from "./assembler.ts";
import type { Opcode } from "./opcodes.ts";

/** The primitives that compute something; the others are leaves, which the walk provides. */
export type Computed = Exclude<Primitive, "const" | "input" | "param" | "cast" | "bitcast">;

/**
 * How one primitive is computed: an instruction that takes the arguments off the stack in order, or a function that
 * pushes the result, given the locals that hold the arguments; null where the set has no way to do it.
 */
export type Row = Opcode | ((body: FunctionBuilder, args: readonly number[], x: Expr) => void) | null;

/** The rows of one dtype: that of the node, or of the operands where the node is a comparison. */
export type Rows = Readonly<Record<Computed, Row>>;

/** Conversions by value among some dtypes, from the first to the second. */
export type Conversions<Name extends DTypeName = DTypeName> = Readonly<
  Record<Name, Readonly<Record<Name, Row>>>
>;

/** The same bits as another dtype, keyed by both names; the pairs that a set does not have are missing. */
export type SameBits = Readonly<Partial<Record<`${DTypeName} ${DTypeName}`, Row>>>;

/** The argument as it is: what a conversion that changes nothing needs. */
export function pass(body: FunctionBuilder, args: readonly number[]): void {
  body.get(args[0]!);
}

/** Pushes the result of a row. */
export function applyRow(
  body: FunctionBuilder,
  row: Exclude<Row, null>,
  args: readonly number[],
  x: Expr,
): void {
  if (typeof row === "function") {
    row(body, args, x);
  } else {
    for (const arg of args) body.get(arg);
    body.op(row);
  }
}

/** The row of a node. The last operand's dtype decides: it is the node's own, but for comparisons and casts. */
export function findRow(
  rows: Readonly<Partial<Record<DTypeName, Rows>>>,
  conversions: Readonly<Partial<Record<DTypeName, Readonly<Partial<Record<DTypeName, Row>>>>>>,
  sameBits: SameBits,
  x: Expr,
): Row {
  const from = (x.args.at(-1) ?? x).dtype.name;
  switch (x.op) {
    case "const":
    case "input":
    case "param":
      return rows[from] ? pass : null;
    case "cast":
      return conversions[from]?.[x.dtype.name] ?? null;
    case "bitcast":
      return sameBits[`${from} ${x.dtype.name}`] ?? null;
    default: {
      const table: Partial<Record<Expr["op"], Row>> | undefined = rows[from];
      return table?.[x.op] ?? null;
    }
  }
}

export interface InstructionSet {
  /** Elements computed at a time. */
  readonly lanes: 1 | 2 | 4;
  /** The type of the locals that hold values of a dtype. */
  type(dtype: DType): ValueType;
  /** How a node is computed; null where this set cannot. Leaves are asked about too: pass or null. */
  row(x: Expr): Row;
  /** Pushes a constant. */
  constant(body: FunctionBuilder, x: Expr): void;
  /** Turns the scalar on the stack into a value of this set with all lanes equal. */
  splat(body: FunctionBuilder, dtype: DType): void;
  /** Pushes the elements at the address on the stack plus `offset`. */
  load(body: FunctionBuilder, dtype: DType, offset: number): void;
  /** Stores local `value` at the address in local `address` plus `offset`. */
  store(body: FunctionBuilder, dtype: DType, address: number, value: number, offset: number): void;
  /** As `store`, but writes the first `count` elements alone, at least one. */
  storeFirst(
    body: FunctionBuilder,
    dtype: DType,
    address: number,
    value: number,
    offset: number,
    count: number,
  ): void;
  /** Turns the value on the stack into the scalar in its first lane, as the set of one element holds it. */
  first(body: FunctionBuilder, dtype: DType): void;
  /** Byte shuffles that bring the second, third, ... lane to the first, in which the fold of all lanes is gathered. */
  readonly foldShuffles: readonly (readonly number[])[];
  /** Pushes a mask of the first lanes, their number being in a local. Only where there are several lanes. */
  firstLanes(body: FunctionBuilder, count: number): void;
}
