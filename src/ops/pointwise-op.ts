/**
 * Pointwise op records. A record says what one element of the result is; the kernels for every dtype and
 * device, the gradient of every order, the Tensor method, its in-place form, the tests and the row in the
 * docs follow from it. The record is itself the function: `torch.sigmoid(x)` calls the object that
 * `sigmoid.compute` describes.
 */
import {
  bool,
  broadcastShapes,
  type DType,
  DTypeError,
  formatShape,
  getDefaultDtype,
  int32,
  promoteTypes,
  resultType,
  ShapeError,
  sameShape,
  ValueError,
} from "../base/index.ts";
import { cast, constant, type Expr, input, param } from "../ir/expr.ts";
import { execute } from "./executor.ts";
import type { Tensor, TensorLike } from "./handle.ts";
import { PointwiseFunction } from "./pointwise-function.ts";

/**
 * Options of an op with their defaults: numbers may change from call to call, strings choose another formula.
 */
export type Attributes = Record<string, number | string>;

/** Inside `compute` a number is an expression (a kernel parameter, or a constant at its default). */
export type AttributeExprs<A> = { readonly [K in keyof A]: A[K] extends number ? Expr : A[K] };

/**
 * Which dtypes an op takes. "any": all as they are. "numeric": all but bool. "float": integers and bools are
 * converted to the default floating-point dtype first.
 */
export type Domain = "any" | "numeric" | "float" | "integer";

/** How the op is tested against PyTorch. */
export interface Samples {
  /** The counterpart, as Python: a callable such as "torch.sigmoid". */
  readonly torch: string;
  /** Bounds of the random inputs, one pair for all or one for each operand. */
  readonly range?: readonly [number, number] | readonly (readonly [number, number])[];
  /** Attributes to test beside the defaults. */
  readonly attributes?: readonly Attributes[];
  /** Largest relative difference allowed in float32 and float64; 2e-6 and 1e-13 unless said. */
  readonly tolerance?: { readonly float32?: number; readonly float64?: number };
}

interface Spec<A extends Attributes, Operands extends readonly Expr[]> {
  /** "float" unless said; may depend on the attributes that choose a formula. */
  readonly domain?: Domain | ((attributes: AttributeExprs<A>) => Domain);
  readonly attributes?: A;
  /** The first operand is a bool that chooses between the others, and takes no part in their promotion. */
  readonly chooses?: boolean;
  /** A cheaper op that equals this one when the second operand is this plain number. */
  readonly shortcut?: (operand: number) => UnaryOp | null;
  /**
   * What this op is for a float tensor beside which all other operands are plain numbers, where that differs:
   * those become attributes, in their order.
   */
  readonly withNumbers?: Pick<Spec<Record<string, number>, [Expr]>, "attributes" | "compute" | "gradient">;
  /** One element of the result. All operands have the same dtype. */
  readonly compute: (...args: [...Operands, AttributeExprs<A>]) => Expr;
  /**
   * dL/d(each operand) from dy = dL/dy, the operands, the result y and the attributes, in dy linear; null
   * where it is zero. Without it `compute` is differentiated.
   */
  readonly gradient?: (...args: [Expr, ...Operands, Expr, AttributeExprs<A>]) => readonly (Expr | null)[];
  readonly samples: Samples;
}

/** The part of a record that does not depend on its number of operands. */
export interface PointwiseRecord {
  readonly kind: "pointwise";
  /** The name of its export; filled in by the registry. */
  opName: string;
  readonly arity: number;
  readonly attributes: Attributes;
  readonly samples: Samples;
  /** The function of these operands at these dtypes: its kernel, expression and gradients. */
  specialize(dtypes: readonly DType[], attributes?: Attributes): PointwiseFunction;
  /** Overwrites the first operand with the result. */
  inPlace(x: Tensor, ...rest: unknown[]): Tensor;
}

/** An op of one operand: `torch.exp(x)`, and options. */
export interface UnaryOp<A extends Attributes = Attributes> extends PointwiseRecord {
  (x: Tensor, attributes?: Partial<A>): Tensor;
}

/** An op of two operands that broadcast: `torch.add(a, b)`, one of them maybe a number, and options. */
export interface BinaryOp<A extends Attributes = Attributes> extends PointwiseRecord {
  (a: TensorLike, b: Tensor, attributes?: Partial<A>): Tensor;
  // Last, because methods take their type from the last signature.
  (a: Tensor, b: TensorLike, attributes?: Partial<A>): Tensor;
}

/** An op of three operands that broadcast: `torch.where(condition, a, b)`, and options. */
export interface TernaryOp<A extends Attributes = Attributes> extends PointwiseRecord {
  (a: Tensor, b: TensorLike, c: TensorLike, attributes?: Partial<A>): Tensor;
}

type UntypedSpec = Spec<Attributes, Expr[]>;

class Pointwise {
  #name = "";
  /** Specialisations without attributes for operands of one floating-point dtype, by that dtype. */
  readonly #byDtype: (PointwiseFunction | undefined)[] = [];
  readonly #byKey = new Map<string, PointwiseFunction>();
  readonly #attributeNames: readonly string[];
  readonly #withNumbers: Pointwise | null;

  constructor(
    readonly arity: number,
    readonly spec: UntypedSpec,
  ) {
    this.#attributeNames = Object.keys(spec.attributes ?? {});
    const { withNumbers, samples } = spec;
    this.#withNumbers = withNumbers ? new Pointwise(1, { ...withNumbers, samples } as UntypedSpec) : null;
  }

  get opName(): string {
    return this.#name;
  }

  set opName(name: string) {
    this.#name = name;
    if (this.#withNumbers) this.#withNumbers.opName = name;
  }

  /** The common case, without options and conversions; null if this is not it. */
  fast1(x: unknown): Tensor | null {
    if (!isTensor(x)) return null;
    const fn = this.#byDtype[x.dtype.index];
    return fn === undefined ? null : fn.apply1(x);
  }

  /** The common case of two operands of one dtype, or a float tensor and a number; null if this is not it. */
  fast2(a: unknown, b: unknown): Tensor | null {
    const like = isTensor(a) ? a : b;
    if (!isTensor(like)) return null;
    const fn = this.#byDtype[like.dtype.index];
    if (fn === undefined) return null;
    const left = a === like ? like : this.#fastScalar(a, like);
    const right = b === like ? like : isTensor(b) ? b : this.#fastScalar(b, like);
    if (left === null || right === null || left.dtype !== right.dtype) return null;
    return fn.apply([left, right]);
  }

  #fastScalar(value: unknown, like: Tensor): Tensor | null {
    const { shortcut, withNumbers } = this.spec;
    if (typeof value !== "number" || !like.dtype.isFloatingPoint || shortcut || withNumbers) return null;
    return execute.scalar(value, like.dtype, like);
  }

  call(args: readonly unknown[], inPlace: boolean): Tensor {
    if (this.spec.shortcut !== undefined && typeof args[1] === "number" && isTensor(args[0])) {
      const op = this.spec.shortcut(args[1]);
      if (op) return inPlace ? op.inPlace(args[0]) : op(args[0]);
    }
    if (this.#withNumbers !== null) {
      const [x, ...numbers] = args.slice(0, this.arity);
      if (isTensor(x) && x.dtype.isFloatingPoint && numbers.every((value) => typeof value === "number")) {
        return this.#withNumbers.call([x, this.#withNumbers.#named(numbers)], inPlace);
      }
    }
    const operands = this.#operands(args);
    const given = args[this.arity] as Attributes | undefined;
    const params = given === undefined ? undefined : this.#params(given);
    const fn = this.#select(operands, given);
    if (inPlace) return this.#checkInPlace(fn, operands).applyInPlace(operands, params);
    return operands.length === 1 ? fn.apply1(operands[0]!, params) : fn.apply(operands, params);
  }

  #named(numbers: readonly number[]): Attributes {
    return Object.fromEntries(this.#attributeNames.map((name, i) => [name, numbers[i]!]));
  }

  #operands(args: readonly unknown[]): Tensor[] {
    const like = args.find((arg) => isTensor(arg));
    if (!like || args.length < this.arity) this.#badOperands(args);
    const operands: Tensor[] = [];
    for (let i = 0; i < this.arity; i++) {
      const arg = args[i];
      operands.push(isTensor(arg) ? arg : this.#wrap(arg, like, args));
    }
    return operands;
  }

  #badOperands(args: readonly unknown[]): never {
    const got = args.slice(0, this.arity).map(describe).join(", ");
    const wants = this.arity === 1 ? "a tensor" : `${this.arity} operands, at least one of them a tensor`;
    throw new DTypeError(`${this.opName}: expected ${wants}, got ${got || "nothing"}`);
  }

  /**
   * A plain number takes the dtype of the tensor beside it, unless it is of a higher kind (0.5 beside int32).
   */
  #wrap(value: unknown, like: Tensor, args: readonly unknown[]): Tensor {
    if (typeof value === "boolean") return execute.scalar(value ? 1 : 0, like.dtype, like);
    if (typeof value !== "number" && typeof value !== "bigint") this.#badOperands(args);
    return execute.scalar(value, scalarDtype(value, like.dtype), like);
  }

  #select(operands: readonly Tensor[], given: Attributes | undefined): PointwiseFunction {
    const first = operands[0]!.dtype;
    if (given === undefined && first.isFloatingPoint) {
      let same = true;
      for (let i = 1; i < operands.length; i++) if (operands[i]!.dtype !== first) same = false;
      if (same) {
        return (this.#byDtype[first.index] ??= this.specialize(operands.map(() => first)));
      }
    }
    const dtypes = operands.map((operand) => operand.dtype);
    return this.specialize(dtypes, given, this.#computeDtype(operands));
  }

  /** The dtype in which operands of mixed dtypes meet. */
  #computeDtype(operands: readonly Tensor[]): DType {
    // The condition of `where` stays out of the promotion.
    const counted = this.spec.chooses ? operands.slice(1) : operands;
    return resultType(
      counted.map((operand) => ({
        dtype: operand.dtype,
        rank: operand.shape.length > 0 ? "dim" : "zeroDim",
      })),
    );
  }

  specialize(dtypes: readonly DType[], given?: Attributes, common?: DType): PointwiseFunction {
    common ??= dtypes.reduce(promoteTypes);
    const variant = this.#attributeNames.map((name) => {
      const value = given?.[name];
      if (value === undefined || value === this.spec.attributes![name]) return "";
      return typeof value === "string" ? value : "param";
    });
    // Integers may be converted to the default float, which the user can change.
    const key = `${dtypes.map((dtype) => dtype.index)} ${common.index} ${getDefaultDtype().index} ${variant}`;
    let fn = this.#byKey.get(key);
    if (!fn) this.#byKey.set(key, (fn = this.#build(dtypes, common, variant)));
    return fn;
  }

  #build(dtypes: readonly DType[], common: DType, variant: readonly string[]): PointwiseFunction {
    const attributes: Record<string, Expr | string> = {};
    for (const [i, name] of this.#attributeNames.entries()) {
      const initial = this.spec.attributes![name]!;
      if (typeof initial === "string") attributes[name] = variant[i] || initial;
    }
    const { domain: given = "float" } = this.spec;
    const domain = typeof given === "function" ? given(attributes as AttributeExprs<Attributes>) : given;
    const compute = domain === "float" && !common.isFloatingPoint ? getDefaultDtype() : common;
    if ((domain === "numeric" && common === bool) || (domain === "integer" && common.isFloatingPoint)) {
      throw new DTypeError(
        `${this.opName}: not defined for ${common}; convert the tensor with .to(dtype) first`,
      );
    }
    for (const [i, name] of this.#attributeNames.entries()) {
      const initial = this.spec.attributes![name]!;
      const dtype = compute === bool ? int32 : compute;
      if (typeof initial === "number") {
        attributes[name] = variant[i] ? param(i, dtype) : constant(initial, dtype);
      }
    }
    const widen = (inputs: readonly Expr[]): Expr[] =>
      inputs.map((x, i) => (this.spec.chooses && i === 0 ? x : cast(x, compute)));
    const x = widen(dtypes.map((dtype, i) => input(i, dtype)));
    const expression = this.spec.compute(...x, attributes as AttributeExprs<Attributes>);
    const { gradient } = this.spec;
    return new PointwiseFunction(
      this.opName,
      dtypes,
      expression,
      gradient
        ? (dy, inputs, y) => gradient(dy, ...widen(inputs), y, attributes as AttributeExprs<Attributes>)
        : null,
    );
  }

  /** The numbers among the attributes, in the order of the record. */
  #params(given: Attributes): number[] {
    for (const [name, value] of Object.entries(given)) {
      const initial = this.spec.attributes?.[name];
      if (initial === undefined) {
        const known = this.#attributeNames.join(", ") || "none";
        throw new ValueError(`${this.opName}: unknown option "${name}" (it has: ${known})`);
      }
      if (value !== undefined && typeof value !== typeof initial) {
        throw new ValueError(
          `${this.opName}: option ${name} must be a ${typeof initial}, got ${describe(value)}`,
        );
      }
    }
    return this.#attributeNames.map((name) => {
      const value = given[name] ?? this.spec.attributes![name];
      return typeof value === "number" ? value : 0;
    });
  }

  #checkInPlace(fn: PointwiseFunction, operands: readonly Tensor[]): PointwiseFunction {
    const x = operands[0]!;
    let shape = x.shape;
    for (const other of operands.slice(1)) shape = broadcastShapes(`${this.opName}_`, shape, other.shape);
    if (!sameShape(shape, x.shape)) {
      throw new ShapeError(
        `${this.opName}_: the result has shape ${formatShape(shape)}, which does not fit into the tensor of shape ${formatShape(x.shape)} that it should overwrite`,
      );
    }
    const result = fn.expression.dtype;
    if (promoteTypes(result, x.dtype) !== x.dtype && result.kind !== x.dtype.kind && x.dtype !== bool) {
      throw new DTypeError(
        `${this.opName}_: the result is ${result}, which a tensor of ${x.dtype} cannot hold; use ${this.opName} without the underscore`,
      );
    }
    return fn;
  }
}

/** Whether a value is a tensor; tensors are the only objects with a storage. */
export function isTensor(value: unknown): value is Tensor {
  return (
    typeof value === "object" && value !== null && (value as { storage?: unknown }).storage !== undefined
  );
}

/** The dtype of a plain number beside a tensor. */
function scalarDtype(value: number | bigint, like: DType): DType {
  if (like.isFloatingPoint) return like;
  if (typeof value === "number" && !Number.isInteger(value)) return getDefaultDtype();
  return like === bool ? int32 : like;
}

/** Names a bad argument in an error message. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (isTensor(value)) return `a tensor of shape ${formatShape(value.shape)}`;
  if (Array.isArray(value)) return "an array (make it a tensor with torch.tensor)";
  if (typeof value === "string") return `the string "${value}"`;
  return typeof value === "object" ? "an object" : `${typeof value} ${String(value)}`;
}

/** Joins the function that users call with the record that describes it. */
function makeOp(arity: number, spec: UntypedSpec): unknown {
  const state = new Pointwise(arity, spec);
  const record = {
    kind: "pointwise" as const,
    arity,
    attributes: spec.attributes ?? {},
    samples: spec.samples,
    specialize: (dtypes: readonly DType[], attributes?: Attributes) => state.specialize(dtypes, attributes),
    inPlace: (...args: unknown[]) => state.call(args, true),
  };
  const slow = (...args: unknown[]): Tensor => state.call(args, false);
  const call =
    arity === 1
      ? (x: unknown, attributes?: unknown) =>
          (attributes === undefined ? state.fast1(x) : null) ?? slow(x, attributes)
      : arity === 2
        ? (a: unknown, b: unknown, attributes?: unknown) =>
            (attributes === undefined ? state.fast2(a, b) : null) ?? slow(a, b, attributes)
        : slow;
  // Not enumerable: a console that shows the function has no use for its record.
  for (const [name, value] of Object.entries(record)) Object.defineProperty(call, name, { value });
  return Object.defineProperty(call, "opName", {
    get: () => state.opName,
    set: (name: string) => {
      state.opName = name;
      Object.defineProperty(call, "name", { value: name });
    },
  });
}

/** Declares an op of one operand. */
export function unary<A extends Attributes = Record<never, never>>(spec: Spec<A, [Expr]>): UnaryOp<A> {
  return makeOp(1, spec as unknown as UntypedSpec) as UnaryOp<A>;
}

/** Declares an op of two operands, which broadcast; either may be a plain number. */
export function binary<A extends Attributes = Record<never, never>>(
  spec: Spec<A, [Expr, Expr]>,
): BinaryOp<A> {
  return makeOp(2, spec as unknown as UntypedSpec) as BinaryOp<A>;
}

/** Declares an op of three operands, which broadcast; all but the first may be plain numbers. */
export function ternary<A extends Attributes = Record<never, never>>(
  spec: Spec<A, [Expr, Expr, Expr]>,
): TernaryOp<A> {
  return makeOp(3, spec as unknown as UntypedSpec) as TernaryOp<A>;
}
