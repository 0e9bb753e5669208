export { describe } from "./describe.ts";
export * from "./dtype.ts";
export { elementOf, limitsOf, wrapped } from "./element.ts";
export * from "./errors.ts";
export { fma32 } from "./fused.ts";
export * from "./overlap.ts";
export { inspectCustom, type PrimitiveHint, Shown, toPrimitive } from "./printed.ts";
export * from "./shape.ts";
