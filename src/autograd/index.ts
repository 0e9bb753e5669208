export { detectAnomaly } from "./anomaly.ts";
export { type GradOptions, grad } from "./engine.ts";
export { Function, FunctionContext } from "./function.ts";
export { type GradcheckOptions, gradcheck, gradgradcheck } from "./gradcheck.ts";
