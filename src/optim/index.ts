/** `torch.optim`: optimizers. */
export { Adam, type AdamOptions, AdamW } from "./adam.ts";
export { Optimizer, type ParamGroup, type ParamsOf } from "./optimizer.ts";
export type { OptimizerStateDict, ParameterState } from "./optimizer-state.ts";
export { SGD, type SGDOptions } from "./sgd.ts";
