import "./devtools.ts";
import "./methods.ts";

export type { BackwardOptions, TensorHook, TensorNode } from "./autograd-slot.ts";
export {
  empty,
  emptyLike,
  eye,
  fromTypedArray,
  full,
  fullLike,
  type NestedArray,
  ones,
  onesLike,
  type TensorOptions,
  tensor,
  zeros,
  zerosLike,
} from "./creation.ts";
export { accelerator, device } from "./devices.ts";
export { fromJSON } from "./from-json.ts";
export type { GeneratorOption } from "./generator-option.ts";
export type { TensorJSON } from "./json.ts";
export { type PrintOptions, setPrintOptions } from "./printing.ts";
export * from "./random.ts";
export { arange, linspace } from "./ranges.ts";
export type { Nested } from "./reading.ts";
export * from "./seeding.ts";
export { Tensor } from "./tensor.ts";
