/** Making tensors from numbers. */

import {
  anything,
  count,
  dtype,
  flag,
  Kind,
  keyword,
  optional,
  required,
  scalar,
  several,
  shape,
  signature,
} from "../base/arguments/index.ts";
import {
  bool,
  checkShape,
  contiguousStrides,
  type DType,
  dtypeOfArray,
  elementCount,
  elementOf,
  formatShape,
  getDefaultDtype,
  int64,
  type Shape,
  ShapeError,
  type TypedArray,
} from "../base/index.ts";
import type { Device } from "../device/device.ts";
import { Storage } from "../device/storage.ts";
import { isTensor } from "../ops/handle.ts";
import { tensor as tensorKind } from "../ops/kinds.ts";
import { type Flattened, flattenNested, isTypedArray, type NestedArray } from "../ops/nested-numbers.ts";
import { defaultDevice, deviceKind, toDevice } from "./devices.ts";
import { allocate } from "./eager.ts";
import { Tensor } from "./tensor.ts";

export type { NestedArray };

/** Options of every function that makes a tensor. */
export interface TensorOptions {
  /** Of the elements; each function says what it is unless given. */
  dtype?: DType;
  /** Where the elements live: "cpu" unless given. */
  device?: Device | string;
  /** Whether autograd records what is done with the tensor. */
  requiresGrad?: boolean;
}

/** The last parameters of every function that makes a tensor. */
export const creation = [
  /* @__PURE__ */ keyword("dtype", dtype),
  /* @__PURE__ */ keyword("device", deviceKind),
  /* @__PURE__ */ keyword("requiresGrad", flag, false),
] as const;

const typedArray = /* @__PURE__ */ new Kind<TypedArray>("a typed array such as a Float32Array", isTypedArray);
const x = /* @__PURE__ */ required("x", tensorKind);
const sizes = /* @__PURE__ */ several("shape", shape);
const value = /* @__PURE__ */ required("value", scalar);
const fromTypedArrayParameters = signature(
  "fromTypedArray",
  required("array", typedArray),
  optional("shape", shape),
);
const tensorParameters = signature("tensor", required("data", anything), creation);
const zerosParameters = signature("zeros", sizes, creation);
const emptyParameters = signature("empty", sizes, creation);
const onesParameters = signature("ones", sizes, creation);
const fullParameters = signature("full", required("shape", shape), value, creation);
const zerosLikeParameters = signature("zerosLike", x, creation);
const onesLikeParameters = signature("onesLike", x, creation);
const emptyLikeParameters = signature("emptyLike", x, creation);
const fullLikeParameters = signature("fullLike", x, value, creation);
const eyeParameters = signature("eye", required("n", count), optional("m", count), creation);

/**
 * A tensor that shares the memory of a typed array: changes of one show in the other. The dtype is the
 * array's (Uint8Array gives uint8). Only as a parameter that a compiled function trains does it get memory of its own.
 *
 * @throws DTypeError for anything else than a typed array; ShapeError where the shape needs another number
 * of elements.
 * Source: https://pytorch.org/docs/stable/generated/torch.from_numpy.html
 *
 * @example
 * const array = new Float32Array([1, 2]);
 * const x = torch.fromTypedArray(array);
 * array[0] = 5;
 * x; // tensor([5., 2.])
 */
export function fromTypedArray(array: TypedArray, shape?: Shape): Tensor;
export function fromTypedArray(...given: unknown[]): Tensor {
  const [array, wanted] = fromTypedArrayParameters.read(given);
  const shape = wanted ?? [array.length];
  checkShape("fromTypedArray", shape);
  if (elementCount(shape) !== array.length) {
    throw new ShapeError(
      `fromTypedArray: shape ${formatShape(shape)} needs ${elementCount(shape)} elements, the array has ${array.length}`,
    );
  }
  const dtype = dtypeOfArray(array);
  const storage = new Storage(defaultDevice, array, 0, array.length);
  storage.foreign = true;
  return new Tensor(storage, dtype, shape, contiguousStrides(shape), 0, true);
}

/** Booleans give bool, bigints int64, numbers the default float: JavaScript does not tell 1 from 1.0. */
function inferDtype(values: Flattened["values"]): DType {
  if (values.length > 0 && values.every((value) => typeof value === "boolean")) return bool;
  if (values.length > 0 && values.every((value) => typeof value === "bigint")) return int64;
  return getDefaultDtype();
}

/** Writes row-major values into a fresh tensor. */
export function fill(target: Tensor, values: ArrayLike<number | bigint | boolean>, where: string): Tensor {
  const { data, base } = target.storage;
  const elements = data as { [i: number]: number | bigint };
  const { dtype } = target;
  // Rounding may make an Infinity of what is given.
  const element = dtype.isFloatingPoint
    ? Number
    : (value: number | bigint | boolean) => elementOf(value, dtype, where);
  for (let i = 0; i < values.length; i++) elements[base + i] = element(values[i]!);
  return target;
}

export function finish(x: Tensor, options: TensorOptions): Tensor {
  if (options.requiresGrad) x.requiresGrad = true;
  return x;
}

/**
 * A tensor from nested arrays, a typed array (copied) or a single value. Numbers become the default float
 * (float32) unless `dtype` says otherwise, booleans bool, bigints int64; a typed array keeps its dtype.
 *
 * @throws ShapeError where the rows differ in length, with the position of the first that does; DTypeError
 * for what is no number.
 * Source: https://pytorch.org/docs/stable/generated/torch.tensor.html
 *
 * @example
 * torch.tensor([[0, 1], [2, 3]]); // tensor([[0., 1.], [2., 3.]])
 * torch.tensor([1, 2], { dtype: torch.int32 }); // tensor([1, 2])
 */
export function tensor(data: NestedArray | Tensor, options?: TensorOptions): Tensor;
export function tensor(...given: unknown[]): Tensor {
  const { data, ...options } = tensorParameters.named(given);
  if (isTensor(data)) {
    const copy = (data as Tensor).detach().clone();
    return finish(options.dtype ? copy.to(options.dtype) : copy, options);
  }
  const nested = data as NestedArray;
  if (isTypedArray(nested)) {
    const dtype = options.dtype ?? dtypeOfArray(nested);
    return finish(
      fill(newTensor("tensor", [nested.length], { ...options, dtype }), nested, "tensor"),
      options,
    );
  }
  const { values, shape } = flattenNested("tensor", "data", nested);
  const dtype = options.dtype ?? inferDtype(values);
  return finish(fill(newTensor("tensor", shape, { ...options, dtype }), values, "tensor"), options);
}

/** Zeroed memory for a shape. */
export function newTensor(where: string, shape: Shape, options: TensorOptions): Tensor {
  checkShape(where, shape);
  const { dtype = getDefaultDtype(), device } = options;
  return allocate(toDevice(where, device), dtype, [...shape]);
}

/**
 * Zeros of a shape, in the default float unless `dtype` says otherwise.
 *
 * @throws ShapeError for a size that is not a whole number of at least 0.
 * Source: https://pytorch.org/docs/stable/generated/torch.zeros.html
 *
 * @example
 * torch.zeros([2, 3]); // tensor([[0., 0., 0.], [0., 0., 0.]])
 */
export function zeros(shape: Shape, options?: TensorOptions): Tensor;
export function zeros(...shape: number[]): Tensor;
export function zeros(...shapeAndOptions: [...shape: number[], options: TensorOptions]): Tensor;
export function zeros(...given: unknown[]): Tensor {
  const { shape, ...options } = zerosParameters.named(given);
  return finish(newTensor("zeros", shape, options), options);
}

/**
 * Memory to be filled later, for example with `normal_`. It holds zeros.
 *
 * @throws ShapeError for a size that is not a whole number of at least 0.
 * Source: https://pytorch.org/docs/stable/generated/torch.empty.html
 *
 * @example
 * torch.empty([2, 2]).shape; // [2, 2]
 */
export function empty(shape: Shape, options?: TensorOptions): Tensor;
export function empty(...shape: number[]): Tensor;
export function empty(...shapeAndOptions: [...shape: number[], options: TensorOptions]): Tensor;
export function empty(...given: unknown[]): Tensor {
  const { shape, ...options } = emptyParameters.named(given);
  return finish(newTensor("empty", shape, options), options);
}

/**
 * Every element `value`. The dtype follows the value unless given: a boolean gives bool.
 *
 * @throws ShapeError for a size that is not a whole number of at least 0.
 * Source: https://pytorch.org/docs/stable/generated/torch.full.html
 *
 * @example
 * torch.full([2, 2], 7); // tensor([[7., 7.], [7., 7.]])
 */
export function full(shape: Shape, value: number | boolean | bigint, options?: TensorOptions): Tensor;
export function full(...given: unknown[]): Tensor {
  const { shape, value, ...options } = fullParameters.named(given);
  return filled("full", shape, value, options.dtype ?? inferDtype([value]), options);
}

function filled(
  where: string,
  shape: Shape,
  value: number | boolean | bigint,
  dtype: DType,
  options: TensorOptions,
): Tensor {
  const element = elementOf(value, dtype, where);
  const x = newTensor(where, shape, { ...options, dtype });
  const { data, base, length } = x.storage;
  (data as { fill(value: number | bigint, start: number, end: number): unknown }).fill(
    element,
    base,
    base + length,
  );
  return finish(x, options);
}

/**
 * Ones of a shape, in the default float unless `dtype` says otherwise.
 *
 * @throws ShapeError for a size that is not a whole number of at least 0.
 * Source: https://pytorch.org/docs/stable/generated/torch.ones.html
 *
 * @example
 * torch.ones([3]); // tensor([1., 1., 1.])
 */
export function ones(shape: Shape, options?: TensorOptions): Tensor;
export function ones(...shape: number[]): Tensor;
export function ones(...shapeAndOptions: [...shape: number[], options: TensorOptions]): Tensor;
export function ones(...given: unknown[]): Tensor {
  const { shape, ...options } = onesParameters.named(given);
  return filled("ones", shape, 1, options.dtype ?? getDefaultDtype(), options);
}

/** What makes a tensor as `x` is, where the options do not say otherwise. */
export function likeOptions(x: Tensor, options: TensorOptions): TensorOptions & { dtype: DType } {
  return { ...options, dtype: options.dtype ?? x.dtype, device: options.device ?? x.device };
}

/**
 * Zeros in the shape, dtype and device of `x`.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.zeros_like.html
 *
 * @example
 * torch.zerosLike(torch.ones([2])); // tensor([0., 0.])
 */
export function zerosLike(x: Tensor, options?: TensorOptions): Tensor;
export function zerosLike(...given: unknown[]): Tensor {
  const { x, ...options } = zerosLikeParameters.named(given);
  return finish(newTensor("zerosLike", x.shape, likeOptions(x, options)), options);
}

/**
 * Ones in the shape, dtype and device of `x`.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.ones_like.html
 *
 * @example
 * torch.onesLike(torch.zeros([2])); // tensor([1., 1.])
 */
export function onesLike(x: Tensor, options?: TensorOptions): Tensor;
export function onesLike(...given: unknown[]): Tensor {
  const { x, ...options } = onesLikeParameters.named(given);
  const like = likeOptions(x, options);
  return filled("onesLike", x.shape, 1, like.dtype, like);
}

/**
 * `value` in the shape, dtype and device of `x`.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.full_like.html
 *
 * @example
 * torch.fullLike(torch.zeros([2]), 3); // tensor([3., 3.])
 */
export function fullLike(x: Tensor, value: number | boolean | bigint, options?: TensorOptions): Tensor;
export function fullLike(...given: unknown[]): Tensor {
  const { x, value, ...options } = fullLikeParameters.named(given);
  const like = likeOptions(x, options);
  return filled("fullLike", x.shape, value, like.dtype, like);
}

/**
 * Memory to be filled later, in the shape, dtype and device of `x`. It holds zeros.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.empty_like.html
 *
 * @example
 * torch.emptyLike(torch.ones([2, 3])).shape; // [2, 3]
 */
export function emptyLike(x: Tensor, options?: TensorOptions): Tensor;
export function emptyLike(...given: unknown[]): Tensor {
  const { x, ...options } = emptyLikeParameters.named(given);
  return finish(newTensor("emptyLike", x.shape, likeOptions(x, options)), options);
}

/**
 * Identity matrix: ones on the diagonal of [n, m], m = n unless said.
 *
 * @throws ShapeError for a size that is not a whole number of at least 0.
 * Source: https://pytorch.org/docs/stable/generated/torch.eye.html
 *
 * @example
 * torch.eye(2); // tensor([[1., 0.], [0., 1.]])
 */
export function eye(n: number, m?: number, options?: TensorOptions): Tensor;
export function eye(n: number, options?: TensorOptions): Tensor;
export function eye(...given: unknown[]): Tensor {
  const { n, m: columns = n, ...options } = eyeParameters.named(given);
  const x = newTensor("eye", [n, columns], options);
  const { data, base } = x.storage;
  const elements = data as { [i: number]: number | bigint };
  const one = elementOf(1, x.dtype, "eye");
  for (let i = 0; i < Math.min(n, columns); i++) elements[base + i * columns + i] = one;
  return finish(x, options);
}
