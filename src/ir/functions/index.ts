/** The table of the named functions: each is written once in primitives, for every emitter. */
import type { FunctionName } from "../expr.ts";
import { atan2 } from "./atan2.ts";
import type { FunctionDefinition } from "./definition.ts";
import { erf } from "./erf.ts";
import { exp } from "./exp.ts";
import { expm1 } from "./expm1.ts";
import { log, log1p, log2, log10 } from "./log.ts";
import { pow } from "./pow.ts";
import { sigmoid } from "./sigmoid.ts";
import { tanh } from "./tanh.ts";
import { cos, sin, tan } from "./trigonometry.ts";

export { type FunctionDefinition, TAIL_PERIOD } from "./definition.ts";

export const functions = {
  exp,
  expm1,
  log,
  log1p,
  log2,
  log10,
  sin,
  cos,
  tan,
  tanh,
  sigmoid,
  atan2,
  erf,
  pow,
} satisfies Record<FunctionName, FunctionDefinition>;
