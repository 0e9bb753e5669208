/**
 * The methods that Tensor has of the ops. The published declarations write them out, each with the doc comment of its
 * function: `scripts/write-methods.mjs`.
 */
import type { methods, pointwiseOps } from "../ops/registry.ts";
import type { AsMethod } from "./method-type.ts";
import type * as randomMethods from "./random-methods.ts";

type Methods = typeof methods;

type FunctionMethods = { [K in keyof Methods]: AsMethod<Methods[K]> };

type Pointwise = typeof pointwiseOps;

/** `add_`, `sigmoid_`, ...: as the op without the underscore, overwriting the tensor. */
type InPlaceMethods = {
  [K in keyof Pointwise as `${K}_`]: AsMethod<Pointwise[K]>;
};

type RandomMethods = { [K in keyof typeof randomMethods]: AsMethod<(typeof randomMethods)[K]> };

/** The ops as methods of Tensor. */
export interface OpMethods extends FunctionMethods, InPlaceMethods, RandomMethods {}
