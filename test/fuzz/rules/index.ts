/** Every op's drawing rule, by its name. */
import * as torch from "../../../src/index.ts";
import { functions, methods, pointwiseOps } from "../../../src/ops/registry.ts";
import { creationRules } from "./creation.ts";
import { lossRules } from "./losses.ts";
import { pointwiseRules } from "./pointwise.ts";
import { positionRules } from "./positions.ts";
import { productRules } from "./products.ts";
import { reductionRules } from "./reductions.ts";
import type { Rules } from "./rule.ts";
import { shapeRules } from "./shapes.ts";

export const rules: Rules = {
  ...pointwiseRules,
  ...reductionRules,
  ...shapeRules,
  ...positionRules,
  ...productRules,
  ...lossRules,
  ...creationRules,
};

/** Functions of torch.nn.functional that draw random numbers: the streams have tests of their own. */
const RANDOM = new Set(["dropout"]);

/** All names that must have a rule, from the registry and the exports. */
export const opNames: readonly string[] = [
  ...new Set([
    ...Object.keys(methods),
    ...Object.keys(functions),
    ...Object.keys(pointwiseOps).map((name) => `${name}_`),
    ...Object.keys(torch.nn.functional).filter((name) => !RANDOM.has(name)),
  ]),
];
