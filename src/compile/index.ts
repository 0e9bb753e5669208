export { type CompileOptions, compileFunction as compile } from "./compile.ts";
