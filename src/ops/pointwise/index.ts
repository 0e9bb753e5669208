export * from "./activation.ts";
export * from "./arithmetic.ts";
export * from "./clamping.ts";
export * from "./comparison.ts";
export * from "./exponential.ts";
export * from "./loss.ts";
export * from "./rounding.ts";
