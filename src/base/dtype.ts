/** The element types of a tensor, and PyTorch's rules for mixing them. */

import { describe } from "./describe.ts";
import { DTypeError } from "./errors.ts";
import { Shown } from "./printed.ts";

/** The names of the dtypes, as in `torch.float32`. */
export type DTypeName = "float32" | "float64" | "int32" | "int64" | "uint8" | "bool";

/** The arrays that hold elements, one kind for each dtype (bool lies in a Uint8Array). */
export type TypedArray = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

interface TypedArrayConstructor {
  new (length: number): TypedArray;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): TypedArray;
}

/** What a dtype is made of. `kind` orders promotion: bool < int < float. */
export class DType extends Shown {
  constructor(
    /** As it is written: "float32". */
    readonly name: DTypeName,
    /** Position in `dtypes`, for tables keyed by dtype. */
    readonly index: number,
    /** The size of one element in bytes. */
    readonly bytes: 1 | 4 | 8,
    /** What its elements are: floats, integers or bools. */
    readonly kind: "bool" | "int" | "float",
    /** Constructor of the typed arrays that hold its elements. */
    // biome-ignore lint/suspicious/noShadowRestrictedNames: the name says what it makes
    readonly Array: TypedArrayConstructor,
  ) {
    super();
    Object.freeze(this);
  }

  /** Whether its elements have a fraction, and so may have gradients. */
  get isFloatingPoint(): boolean {
    return this.kind === "float";
  }

  /** As PyTorch prints it: "torch.float32". */
  override toString(): string {
    return `torch.${this.name}`;
  }
}

/** true and false, in a byte each. */
export const bool = new DType("bool", 0, 1, "bool", Uint8Array);
/** Whole numbers from 0 to 255; arithmetic wraps. */
export const uint8 = new DType("uint8", 1, 1, "int", Uint8Array);
/** Whole numbers from -2^31 to 2^31 - 1; arithmetic wraps. What whole-number ranges give. */
export const int32 = new DType("int32", 2, 4, "int", Int32Array);
/** Whole numbers from -2^63 to 2^63 - 1; arithmetic wraps. What positions and integer sums give. */
export const int64 = new DType("int64", 3, 8, "int", BigInt64Array);
/** Floating point of 24 bits, about 7 digits: the default. */
export const float32 = new DType("float32", 4, 4, "float", Float32Array);
/** Floating point of 53 bits, about 16 digits. */
export const float64 = new DType("float64", 5, 8, "float", Float64Array);

/** Every dtype, in promotion order: within a kind, and between kinds, the later one wins. */
export const dtypes: readonly DType[] = [bool, uint8, int32, int64, float32, float64];

/** The dtype whose elements a typed array holds (uint8 for a Uint8Array). */
export function dtypeOfArray(array: TypedArray): DType {
  for (const dtype of [float32, float64, int32, int64, uint8]) if (array instanceof dtype.Array) return dtype;
  throw new DTypeError(
    `no dtype holds the elements of ${describe(array)}; convert it to a Float32Array, Float64Array, Int32Array, BigInt64Array or Uint8Array`,
  );
}

/** The dtype that holds the values of both: the later one in promotion order. */
export function promoteTypes(a: DType, b: DType): DType {
  return a.index >= b.index ? a : b;
}

const kindRank = { bool: 0, int: 1, float: 2 } as const;

/** How strongly an operand speaks in promotion: plain numbers least, tensors with dimensions most. */
export type PromotionRank = "number" | "zeroDim" | "dim";

/**
 * PyTorch's result type: operands with dimensions decide; a 0-d tensor or a plain number counts only when its
 * kind (bool < int < float) is higher than that of the operands that rank above it.
 * Source: https://pytorch.org/docs/stable/tensor_attributes.html#type-promotion-doc
 */
export function resultType(operands: readonly { dtype: DType; rank: PromotionRank }[]): DType {
  let result: DType | null = null;
  for (const rank of ["dim", "zeroDim", "number"] as const) {
    let here: DType | null = null;
    for (const operand of operands) {
      if (operand.rank === rank) here = here ? promoteTypes(here, operand.dtype) : operand.dtype;
    }
    if (here && (!result || kindRank[here.kind] > kindRank[result.kind])) result = here;
  }
  if (!result) throw new TypeError("resultType needs at least one operand");
  return result;
}

let defaultFloat: DType = float32;

/** The dtype of new floating-point tensors. */
export function getDefaultDtype(): DType {
  return defaultFloat;
}

/** Sets it; throws a DTypeError unless it is floating point. */
export function setDefaultDtype(dtype: DType): void {
  if (!dtype.isFloatingPoint) {
    throw new DTypeError(`setDefaultDtype: only torch.float32 and torch.float64 are supported, got ${dtype}`);
  }
  defaultFloat = dtype;
}
