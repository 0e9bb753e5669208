import type { Case } from "./case.ts";
import { pointwiseCases } from "./pointwise-cases.ts";
import { specialCases } from "./special-cases.ts";
import { structuralCases } from "./structural-cases.ts";

/** Every question that scripts/oracle/ops.ts asks PyTorch, and that ops.test.ts asks Xorch. */
export const cases: readonly Case[] = [...pointwiseCases, ...specialCases, ...structuralCases];
