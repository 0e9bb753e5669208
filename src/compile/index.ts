export { compile } from "./compile.ts";
export type { CompileOptions } from "./compile-function.ts";
