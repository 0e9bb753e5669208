/** Making tensors from numbers. */

import {
  bool,
  checkShape,
  contiguousStrides,
  type DType,
  DTypeError,
  describe,
  dtypeOfArray,
  dtypes,
  elementCount,
  float32,
  formatShape,
  getDefaultDtype,
  int32,
  int64,
  type Shape,
  ShapeError,
  type TypedArray,
  ValueError,
} from "../base/index.ts";
import type { Device } from "../device/device.ts";
import { Storage } from "../device/storage.ts";
import { isTensor } from "../ops/handle.ts";
import { type Flattened, flattenNested, isTypedArray, type NestedArray } from "../ops/nested-numbers.ts";
import { defaultDevice, toDevice } from "./devices.ts";
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

function checkedDtype(where: string, dtype: DType | undefined, otherwise: DType): DType {
  if (dtype === undefined) return otherwise;
  if (!dtypes.includes(dtype)) {
    const known = dtypes.map(String).join(", ");
    throw new DTypeError(`${where}: ${describe(dtype)} is not a dtype; choose one of ${known}`);
  }
  return dtype;
}

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
export function fromTypedArray(array: TypedArray, shape: Shape = [array.length]): Tensor {
  if (!isTypedArray(array)) {
    throw new DTypeError(`fromTypedArray: expected a typed array, got ${describe(array)}`);
  }
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

/** The number as an element of the dtype's typed array: int64 as bigint, bool as 0 or 1. */
function toElement(value: number | bigint | boolean, dtype: DType, where: string): number | bigint {
  if (dtype === bool) return Number(value) !== 0 || Number.isNaN(value) ? 1 : 0;
  if (dtype === int64) {
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw new ValueError(`${where}: ${value} cannot be an integer`);
    }
    return BigInt(typeof value === "number" ? Math.trunc(value) : value);
  }
  if (dtype.kind === "int" && typeof value === "number" && !Number.isFinite(value)) {
    throw new ValueError(`${where}: ${value} cannot be an integer`);
  }
  return Number(value);
}

/** Writes row-major values into a fresh tensor. */
function fill(target: Tensor, values: ArrayLike<number | bigint | boolean>, where: string): Tensor {
  const { data, base } = target.storage;
  const elements = data as { [i: number]: number | bigint };
  for (let i = 0; i < values.length; i++) elements[base + i] = toElement(values[i]!, target.dtype, where);
  return target;
}

function finish(x: Tensor, options: TensorOptions): Tensor {
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
export function tensor(data: NestedArray | Tensor, options: TensorOptions = {}): Tensor {
  if (isTensor(data)) {
    const copy = (data as Tensor).detach().clone();
    return finish(options.dtype ? copy.to(options.dtype) : copy, options);
  }
  const nested = data as NestedArray;
  if (isTypedArray(nested)) {
    const dtype = checkedDtype("tensor", options.dtype, dtypeOfArray(nested));
    return finish(
      fill(newTensor("tensor", [nested.length], { ...options, dtype }), nested, "tensor"),
      options,
    );
  }
  const { values, shape } = flattenNested("tensor", "data", nested);
  const dtype = checkedDtype("tensor", options.dtype, inferDtype(values));
  return finish(fill(newTensor("tensor", shape, { ...options, dtype }), values, "tensor"), options);
}

/** Zeroed memory for a shape. */
export function newTensor(where: string, shape: Shape, options: TensorOptions): Tensor {
  checkShape(where, shape);
  const dtype = checkedDtype(where, options.dtype, getDefaultDtype());
  return allocate(toDevice(where, options.device), dtype, [...shape]);
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
export function zeros(shape: Shape, options: TensorOptions = {}): Tensor {
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
export function empty(shape: Shape, options: TensorOptions = {}): Tensor {
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
export function full(shape: Shape, value: number | boolean | bigint, options: TensorOptions = {}): Tensor {
  const dtype = options.dtype ?? inferDtype([value]);
  const x = newTensor("full", shape, { ...options, dtype });
  const { data, base, length } = x.storage;
  const element = toElement(value, dtype, "full");
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
export function ones(shape: Shape, options: TensorOptions = {}): Tensor {
  return full(shape, 1, { ...options, dtype: options.dtype ?? getDefaultDtype() });
}

function likeOptions(x: Tensor, options: TensorOptions): TensorOptions {
  return { dtype: x.dtype, device: x.device, ...options };
}

/**
 * Zeros in the shape, dtype and device of `x`.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.zeros_like.html
 *
 * @example
 * torch.zerosLike(torch.ones([2])); // tensor([0., 0.])
 */
export function zerosLike(x: Tensor, options: TensorOptions = {}): Tensor {
  return zeros(x.shape, likeOptions(x, options));
}

/**
 * Ones in the shape, dtype and device of `x`.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.ones_like.html
 *
 * @example
 * torch.onesLike(torch.zeros([2])); // tensor([1., 1.])
 */
export function onesLike(x: Tensor, options: TensorOptions = {}): Tensor {
  return ones(x.shape, likeOptions(x, options));
}

/**
 * `value` in the shape, dtype and device of `x`.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.full_like.html
 *
 * @example
 * torch.fullLike(torch.zeros([2]), 3); // tensor([3., 3.])
 */
export function fullLike(x: Tensor, value: number | boolean | bigint, options: TensorOptions = {}): Tensor {
  return full(x.shape, value, likeOptions(x, options));
}

/**
 * Memory to be filled later, in the shape, dtype and device of `x`. It holds zeros.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.empty_like.html
 *
 * @example
 * torch.emptyLike(torch.ones([2, 3])).shape; // [2, 3]
 */
export function emptyLike(x: Tensor, options: TensorOptions = {}): Tensor {
  return empty(x.shape, likeOptions(x, options));
}

/**
 * Numbers from `start` (0) up to, not including, `end` by `step` (1): arange(end), arange(start, end) or
 * arange(start, end, step). int32 if all are whole numbers, else the default float.
 *
 * @throws ValueError for a step of 0 and for one that leads away from `end`.
 * Source: https://pytorch.org/docs/stable/generated/torch.arange.html
 *
 * @example
 * torch.arange(4); // tensor([0, 1, 2, 3])
 * torch.arange(0, 1, 0.25); // tensor([0.0000, 0.2500, 0.5000, 0.7500])
 */
export function arange(end: number, options?: TensorOptions): Tensor;
export function arange(start: number, end: number, options?: TensorOptions): Tensor;
export function arange(start: number, end: number, step: number, options?: TensorOptions): Tensor;
export function arange(...args: (number | TensorOptions | undefined)[]): Tensor {
  const numbers = args.filter((arg) => typeof arg === "number");
  const options = (args.find((arg) => typeof arg === "object") as TensorOptions | undefined) ?? {};
  const [start, end, step = 1] = (numbers.length === 1 ? [0, ...numbers] : numbers) as [
    number,
    number,
    number,
  ];
  if (![start, end, step].every(Number.isFinite) || step === 0 || (end - start) * step < 0) {
    throw new ValueError(`arange: there is no range from ${start} to ${end} by ${step}`);
  }
  const whole = [start, end, step].every(Number.isInteger);
  const count = Math.ceil((end - start) / step);
  const x = newTensor("arange", [count], {
    ...options,
    dtype: options.dtype ?? (whole ? int32 : getDefaultDtype()),
  });
  return finish(
    fill(
      x,
      Array.from({ length: count }, (_, i) => start + i * step),
      "arange",
    ),
    options,
  );
}

/**
 * `steps` numbers from `start` to `end`, both included, evenly spaced.
 *
 * @throws ValueError unless `steps` is a whole number of at least 0.
 * Source: https://pytorch.org/docs/stable/generated/torch.linspace.html
 *
 * @example
 * torch.linspace(0, 1, 5); // tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
 */
export function linspace(start: number, end: number, steps: number, options: TensorOptions = {}): Tensor {
  if (!Number.isInteger(steps) || steps < 0) {
    throw new ValueError(`linspace: steps must be a whole number of at least 0, got ${steps}`);
  }
  const x = newTensor("linspace", [steps], options);
  // In the arithmetic of the dtype, and from both ends towards the middle, as PyTorch does it.
  const round = x.dtype === float32 ? Math.fround : Number;
  const step = steps > 1 ? round((round(end) - round(start)) / (steps - 1)) : 0;
  const half = Math.floor(steps / 2);
  const values = Array.from({ length: steps }, (_, i) =>
    i < half ? round(start + round(step * i)) : round(end - round(step * (steps - i - 1))),
  );
  if (steps === 1) values[0] = start;
  return finish(fill(x, values, "linspace"), options);
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
export function eye(n: number, m: number | TensorOptions = n, options: TensorOptions = {}): Tensor {
  const columns = typeof m === "number" ? m : n;
  const chosen = typeof m === "number" ? options : m;
  const x = newTensor("eye", [n, columns], chosen);
  const { data, base } = x.storage;
  const elements = data as { [i: number]: number | bigint };
  for (let i = 0; i < Math.min(n, columns); i++)
    elements[base + i * columns + i] = toElement(1, x.dtype, "eye");
  return finish(x, chosen);
}
