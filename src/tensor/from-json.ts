/** Tensors from JSON. */
import { Kind, required, signature } from "../base/arguments/index.ts";
import {
  bool,
  checkShape,
  type DType,
  describe,
  dtypes,
  elementCount,
  formatShape,
  int64,
  ShapeError,
  uint8,
  ValueError,
} from "../base/index.ts";
import { newTensor } from "./creation.ts";
import { isTensorJSON, type TensorJSON } from "./json.ts";
import type { Tensor } from "./tensor.ts";

const specials: Readonly<Record<string, number>> = { NaN: NaN, Infinity, "-Infinity": -Infinity, "-0": -0 };

/** The element for a typed array of the dtype; null where there is none. */
function toElement(value: unknown, dtype: DType): number | bigint | null {
  if (dtype === bool) return typeof value === "boolean" ? Number(value) : null;
  if (dtype.isFloatingPoint) {
    if (typeof value === "number") return value;
    return typeof value === "string" && Object.hasOwn(specials, value) ? specials[value]! : null;
  }
  const isInteger = typeof value === "number" ? Number.isInteger(value) : /^-?\d+$/.test(String(value));
  if (!isInteger) return null;
  const bits = 8 * dtype.bytes;
  const integer = BigInt(value as number | string);
  const cut = dtype === uint8 ? BigInt.asUintN(bits, integer) : BigInt.asIntN(bits, integer);
  if (cut !== integer) return null;
  return dtype === int64 ? integer : Number(integer);
}

const json = /* @__PURE__ */ new Kind<TensorJSON>(
  "{ dtype, shape, data }, as JSON.stringify(tensor) gives it",
  isTensorJSON,
);

/** As `fromJSON`; `where` begins its messages. */
export function revive(where: string, json: TensorJSON): Tensor {
  const { shape, data } = json;
  const dtype = dtypes.find(({ name }) => name === json.dtype);
  if (!dtype) {
    const known = dtypes.map(({ name }) => name).join(", ");
    throw new ValueError(`${where}: dtype is ${describe(json.dtype)}, expected one of ${known}`);
  }
  if (!Array.isArray(data))
    throw new ValueError(`${where}: data must be an array of the elements, got ${describe(data)}`);
  checkShape(where, shape);
  if (elementCount(shape) !== data.length) {
    throw new ShapeError(
      `${where}: shape ${formatShape(shape)} needs ${elementCount(shape)} elements, data has ${data.length}`,
    );
  }
  const elements = data.map((value, i) => {
    const element = toElement(value, dtype);
    if (element === null)
      throw new ValueError(`${where}: ${describe(value)} at data[${i}] is no element of ${dtype}`);
    return element;
  });
  const x = newTensor(where, shape, { dtype });
  const { data: array, base } = x.storage;
  array.set(elements as never, base);
  return x;
}

const fromJSONParameters = signature("fromJSON", required("json", json));

/**
 * The tensor of which `JSON.stringify` made this: the inverse of `toJSON`, for data that has come through `JSON.parse`. State
 * dicts need it not: `loadStateDict` takes either form.
 *
 * @throws ValueError that names what is no dtype, or no element of it; ShapeError where the shape needs another number of
 * elements.
 *
 * @example
 * const text = JSON.stringify(torch.tensor([[1, 2.5]])); // '{"dtype":"float32","shape":[1,2],"data":[1,2.5]}'
 * torch.fromJSON(JSON.parse(text)); // tensor([[1.0000, 2.5000]])
 */
export function fromJSON(json: TensorJSON): Tensor;
export function fromJSON(...given: unknown[]): Tensor {
  return revive("fromJSON", ...fromJSONParameters.read(given));
}
