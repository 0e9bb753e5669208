import "./methods.ts";

export type { BackwardOptions, TensorHook, TensorNode } from "./autograd-slot.ts";
export * from "./creation.ts";
export { accelerator, device } from "./devices.ts";
export { fromJSON } from "./from-json.ts";
export type { TensorJSON } from "./json.ts";
export { type PrintOptions, setPrintOptions } from "./printing.ts";
export * from "./random.ts";
export type { Nested } from "./reading.ts";
export { Tensor } from "./tensor.ts";
