/** The table of the named functions: each is written once in primitives, for every emitter. */
import type { FunctionName } from "../expr.ts";
import type { FunctionDefinition } from "./definition.ts";
import { erf } from "./erf.ts";
import { exp } from "./exp.ts";
import { expm1 } from "./expm1.ts";
import { log, log1p, log2, log10 } from "./log.ts";
import { tanh } from "./tanh.ts";
import { cos, sin, tan } from "./trigonometry.ts";

export type { FunctionDefinition } from "./definition.ts";

export const functions = {
  erf,
  exp,
  expm1,
  log,
  log1p,
  log2,
  log10,
  tanh,
  sin,
  cos,
  tan,
} as unknown as Record<FunctionName, FunctionDefinition>;
