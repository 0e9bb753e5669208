export * from "./dtype.ts";
export * from "./errors.ts";
export { fma32 } from "./fused.ts";
export * from "./shape.ts";
