export * from "./kind.ts";
export * from "./kinds.ts";
export { nearest } from "./nearest.ts";
export * from "./parameter.ts";
export * from "./signature.ts";
