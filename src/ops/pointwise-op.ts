/**
 * Pointwise op records. A record says what one element of the result is; the kernels for every dtype and
 * device, the gradient of every order, the Tensor method, its in-place form, the tests and the row in the
 * docs follow from it. The record is itself the function: `torch.sigmoid(x)` calls the object that
 * `sigmoid.compute` describes.
 */
import {
  keyword,
  number,
  optional,
  required,
  type Signature,
  signature,
  text,
} from "../base/arguments/index.ts";
import {
  ArgumentError,
  bool,
  broadcastShapes,
  type DType,
  DTypeError,
  describe,
  elementOf,
  formatShape,
  getDefaultDtype,
  int32,
  int64,
  limitsOf,
  promoteTypes,
  resultType,
  ShapeError,
  sameShape,
  ValueError,
  wrapped,
} from "../base/index.ts";
import { cast, constant, type Expr, input, param } from "../ir/expr.ts";
import { execute } from "./executor.ts";
import { isTensor, type Tensor, type TensorLike } from "./handle.ts";
import { operand, tensor } from "./kinds.ts";
import { PointwiseFunction } from "./pointwise-function.ts";

/**
 * Options of an op with their defaults: numbers may change from call to call, strings choose another formula.
 */
export type Attributes = Record<string, number | string>;

/** Inside `compute` a number is an expression (a kernel parameter, or a constant at its default). */
export type AttributeExprs<A> = { readonly [K in keyof A]: A[K] extends number ? Expr : A[K] };

/**
 * Which dtypes an op takes. "any": all as they are. "numeric": all but bool alone; "nowhere bool": no bool beside others
 * either. "float": integers and bools are converted to the default floating-point dtype first.
 */
export type Domain = "any" | "numeric" | "nowhere bool" | "float" | "integer";

/** How the op is tested against PyTorch. */
export interface Samples {
  /** The counterpart, as Python: a callable such as "torch.sigmoid". */
  readonly torch: string;
  /** Bounds of the random inputs, one pair for all or one for each operand. */
  readonly range?: readonly [number, number] | readonly (readonly [number, number])[];
  /** Singular points for each operand, where the op does not take all numbers. */
  readonly points?: readonly (readonly number[])[];
  /** Attributes to test beside the defaults. */
  readonly attributes?: readonly Attributes[];
  /** Largest relative difference allowed in float32 and float64; 2e-6 and 1e-13 unless said. */
  readonly tolerance?: { readonly float32?: number; readonly float64?: number };
}

interface Spec<A extends Attributes, Operands extends readonly Expr[]> {
  /** "float" unless said; may depend on the attributes that choose a formula. */
  readonly domain?: Domain | ((attributes: AttributeExprs<A>) => Domain);
  readonly attributes?: A;
  /** The names of the operands in messages; x, or a, b and c unless said. */
  readonly operands?: readonly string[];
  /** The first operand is a bool that chooses between the others, and takes no part in their promotion. */
  readonly chooses?: boolean;
  /** A cheaper op that equals this one for a first operand of this dtype and this plain number. */
  readonly shortcut?: (operand: number, dtype: DType) => UnaryOp | null;
  /**
   * A plain number as an element of the integers beside it; it wraps unless said. Gets the dtype, the name for messages,
   * and which operand it is.
   */
  readonly numbers?: (
    value: number | bigint,
    dtype: DType,
    where: string,
    operand: number,
  ) => number | bigint;
  /**
   * What this op is for a float tensor beside which all other operands are plain numbers, where that differs:
   * those become attributes, in their order.
   */
  readonly withNumbers?: Pick<Spec<Record<string, number>, [Expr]>, "attributes" | "compute" | "gradient">;
  /** Checks options for operands of a dtype, and brings them into its range. */
  readonly settle?: (options: A, dtype: DType, where: string) => A;
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
  readonly signature: Signature;
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

/** The function of operands of some dtypes, and the dtype of its numeric options. */
interface Specialization {
  readonly fn: PointwiseFunction;
  readonly paramDtype: DType;
}

/** Plain numbers that are larger count as floats: JavaScript writes 1e30 and a whole number alike. */
const LARGEST_WHOLE = 2 ** 64;

class Pointwise {
  #name = "";
  /** Specialisations without attributes for operands of one floating-point dtype, by that dtype. */
  readonly #byDtype: (PointwiseFunction | undefined)[] = [];
  readonly #byKey = new Map<string, Specialization>();
  readonly #attributeNames: readonly string[];
  readonly #withNumbers: Pointwise | null;
  #signature: Signature | null = null;
  #inPlaceSignature: Signature | null = null;

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

  /** As `fast2`, overwriting x. */
  fastInPlace2(x: unknown, b: unknown): Tensor | null {
    if (!isTensor(x)) return null;
    const fn = this.#byDtype[x.dtype.index];
    const other = isTensor(b) ? b : this.#fastScalar(b, x);
    if (fn === undefined || other === null || other.dtype !== x.dtype) return null;
    const operands = [x, other];
    return this.#checkInPlace(fn, operands).applyInPlace(operands);
  }

  #fastScalar(value: unknown, like: Tensor): Tensor | null {
    const { shortcut, withNumbers } = this.spec;
    if (typeof value !== "number" || !like.dtype.isFloatingPoint || shortcut || withNumbers) return null;
    return execute.scalar(value, like.dtype, like);
  }

  call(given: unknown[], inPlace: boolean): Tensor {
    const values = (inPlace ? this.inPlaceSignature : this.signature).read(given);
    if (this.spec.shortcut !== undefined && typeof values[1] === "number" && isTensor(values[0])) {
      const op = this.spec.shortcut(values[1], values[0].dtype);
      if (op) return inPlace ? op.inPlace(values[0]) : op(values[0]);
    }
    if (this.#withNumbers !== null) {
      const [x, ...numbers] = values.slice(0, this.arity);
      if (isTensor(x) && x.dtype.isFloatingPoint && numbers.every((value) => typeof value === "number")) {
        return this.#withNumbers.call([x, ...numbers], inPlace);
      }
    }
    const attributes = this.#attributes(values);
    const operands = this.#operands(values, attributes);
    const { fn, paramDtype } = this.#select(operands, attributes);
    const params = attributes === undefined ? undefined : this.#params(attributes, paramDtype);
    if (inPlace) return this.#checkInPlace(fn, operands).applyInPlace(operands, params);
    return operands.length === 1 ? fn.apply1(operands[0]!, params) : fn.apply(operands, params);
  }

  get signature(): Signature {
    return (this.#signature ??= this.#makeSignature(this.opName));
  }

  get inPlaceSignature(): Signature {
    return (this.#inPlaceSignature ??= this.#makeSignature(`${this.opName}_`));
  }

  /** Operands by position; then options, of unary ops by position too. */
  #makeSignature(name: string): Signature {
    const kind = this.arity === 1 ? tensor : operand;
    const names = this.spec.operands ?? (this.arity === 1 ? ["x"] : ["a", "b", "c"].slice(0, this.arity));
    const option = this.arity === 1 ? optional : keyword;
    return signature(
      name,
      ...names.map((operandName) => required(operandName, kind)),
      ...Object.entries(this.spec.attributes ?? {}).map(([attribute, initial]) =>
        option<string, unknown>(attribute, typeof initial === "string" ? text : number, initial),
      ),
    );
  }

  #operands(values: readonly unknown[], attributes: Attributes | undefined): Tensor[] {
    // A condition says nothing of the numbers that it chooses between.
    const like = (this.spec.chooses && values.slice(1).find(isTensor)) || values.find(isTensor);
    if (!like) {
      const got = values.slice(0, this.arity).map(describe).join(" and ");
      throw new ArgumentError(`${this.opName}: at least one operand must be a tensor, got ${got}`);
    }
    return values
      .slice(0, this.arity)
      .map((value, i) =>
        isTensor(value) ? value : this.#wrap(value as number | boolean | bigint, like, attributes, i),
      );
  }

  /** The options in the order of the record; undefined where all have their defaults. */
  #attributes(values: readonly unknown[]): Attributes | undefined {
    const names = this.#attributeNames;
    if (names.length === 0) return undefined;
    const given = values.slice(this.arity) as (number | string)[];
    if (given.every((value, i) => value === this.spec.attributes![names[i]!])) return undefined;
    return Object.fromEntries(names.map((name, i) => [name, given[i]!]));
  }

  /**
   * A plain number takes the dtype of the tensor beside it, unless it is of a higher kind (0.5 beside int32), or what is
   * computed is a float (the quotient of integers).
   */
  #wrap(
    value: number | boolean | bigint,
    like: Tensor,
    attributes: Attributes | undefined,
    operand: number,
  ): Tensor {
    if (typeof value === "boolean") return execute.scalar(value ? 1 : 0, like.dtype, like);
    if (typeof value === "bigint" && (value >= 2n ** 64n || value < -(2n ** 63n))) {
      throw new ValueError(`${this.opName}: ${value} has more than 64 bits`);
    }
    const isFloat = this.#domain(attributes) === "float";
    const dtype = isFloat && !like.dtype.isFloatingPoint ? getDefaultDtype() : scalarDtype(value, like.dtype);
    const { numbers = wrapped } = this.spec;
    const element = dtype === bool ? value : numbers(value, dtype, this.opName, operand);
    return execute.scalar(element, dtype, like);
  }

  #domain(attributes: Attributes | undefined): Domain {
    const { domain = "float" } = this.spec;
    if (typeof domain !== "function") return domain;
    return domain({ ...this.spec.attributes, ...attributes } as unknown as AttributeExprs<Attributes>);
  }

  /** The options for the kernel: numbers in the dtype of the operands; those that choose a formula are none. */
  #params(attributes: Attributes, dtype: DType): number[] {
    const settled = this.spec.settle?.(attributes, dtype, this.opName) ?? attributes;
    return Object.entries(settled).map(([name, value]) =>
      typeof value === "number" ? Number(elementOf(value, dtype, `${this.opName}: ${name}`)) : 0,
    );
  }

  #select(operands: readonly Tensor[], given: Attributes | undefined): Specialization {
    const first = operands[0]!.dtype;
    if (given === undefined && first.isFloatingPoint) {
      let same = true;
      for (let i = 1; i < operands.length; i++) if (operands[i]!.dtype !== first) same = false;
      if (same) {
        const fn = (this.#byDtype[first.index] ??= this.specialize(operands.map(() => first)));
        return { fn, paramDtype: first };
      }
    }
    const dtypes = operands.map((operand) => operand.dtype);
    return this.#specialization(dtypes, given, this.#computeDtype(operands));
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

  specialize(dtypes: readonly DType[], given?: Attributes): PointwiseFunction {
    return this.#specialization(dtypes, given, dtypes.reduce(promoteTypes)).fn;
  }

  #specialization(dtypes: readonly DType[], given: Attributes | undefined, common: DType): Specialization {
    const variant = this.#attributeNames.map((name) => {
      const value = given?.[name];
      if (value === undefined || value === this.spec.attributes![name]) return "";
      return typeof value === "string" ? value : "param";
    });
    // Integers may be converted to the default float, which the user can change.
    const key = `${dtypes.map((dtype) => dtype.index)} ${common.index} ${getDefaultDtype().index} ${variant}`;
    let found = this.#byKey.get(key);
    if (!found) this.#byKey.set(key, (found = this.#build(dtypes, common, variant)));
    return found;
  }

  #build(dtypes: readonly DType[], common: DType, variant: readonly string[]): Specialization {
    const attributes: Record<string, Expr | string> = {};
    for (const [i, name] of this.#attributeNames.entries()) {
      const initial = this.spec.attributes![name]!;
      if (typeof initial === "string") attributes[name] = variant[i] || initial;
    }
    const { domain: given = "float" } = this.spec;
    const domain = typeof given === "function" ? given(attributes as AttributeExprs<Attributes>) : given;
    const compute = domain === "float" && !common.isFloatingPoint ? getDefaultDtype() : common;
    const isBool = common === bool || (domain === "nowhere bool" && dtypes.includes(bool));
    const refused =
      domain === "numeric" || domain === "nowhere bool"
        ? isBool
        : domain === "integer" && common.isFloatingPoint;
    if (refused) {
      throw new DTypeError(
        `${this.opName}: not defined for ${isBool ? bool : common}; convert the tensor with .to(dtype) first`,
      );
    }
    const paramDtype = compute === bool ? int32 : compute;
    for (const [i, name] of this.#attributeNames.entries()) {
      const initial = this.spec.attributes![name]!;
      if (typeof initial === "number") {
        attributes[name] = variant[i] ? param(i, paramDtype) : constant(initial, paramDtype);
      }
    }
    const widen = (inputs: readonly Expr[]): Expr[] =>
      inputs.map((x, i) => (this.spec.chooses && i === 0 ? x : cast(x, compute)));
    const x = widen(dtypes.map((dtype, i) => input(i, dtype)));
    const expression = this.spec.compute(...x, attributes as AttributeExprs<Attributes>);
    const { gradient } = this.spec;
    const fn = new PointwiseFunction(
      this.opName,
      dtypes,
      expression,
      gradient
        ? (dy, inputs, y) => gradient(dy, ...widen(inputs), y, attributes as AttributeExprs<Attributes>)
        : null,
    );
    return { fn, paramDtype };
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
    if (promoteTypes(result, x.dtype) !== x.dtype && result.kind !== x.dtype.kind) {
      throw new DTypeError(
        `${this.opName}_: the result is ${result}, which a tensor of ${x.dtype} cannot hold; use ${this.opName} without the underscore`,
      );
    }
    return fn;
  }
}

/** The dtype of a plain number beside a tensor. */
function scalarDtype(value: number | bigint, like: DType): DType {
  if (like.isFloatingPoint) return like;
  if (typeof value === "number" && !(Number.isInteger(value) && Math.abs(value) < LARGEST_WHOLE)) {
    return getDefaultDtype();
  }
  if (like !== bool) return like;
  const [lowest, highest] = limitsOf(int32);
  return value >= lowest && value <= highest ? int32 : int64;
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
    inPlace: (...given: unknown[]) =>
      (arity === 2 && given.length === 2 ? state.fastInPlace2(given[0], given[1]) : null) ??
      state.call(given, true),
  };
  const call =
    arity === 1
      ? (x: unknown, ...rest: unknown[]) =>
          (rest.length === 0 ? state.fast1(x) : null) ?? state.call([x, ...rest], false)
      : arity === 2
        ? (a: unknown, b: unknown, ...rest: unknown[]) =>
            (rest.length === 0 ? state.fast2(a, b) : null) ?? state.call([a, b, ...rest], false)
        : (...given: unknown[]) => state.call(given, false);
  // Not enumerable: a console that shows the function has no use for its record.
  for (const [name, value] of Object.entries(record)) Object.defineProperty(call, name, { value });
  return Object.defineProperties(call, {
    opName: {
      get: () => state.opName,
      set: (name: string) => {
        state.opName = name;
        Object.defineProperty(call, "name", { value: name });
      },
    },
    signature: { get: () => state.signature },
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
