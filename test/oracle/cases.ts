import type { Case } from "./case.ts";
import { pointwiseCases } from "./pointwise-cases.ts";
import { positionCases } from "./position-cases.ts";
import { specialCases } from "./special-cases.ts";
import { structuralCases } from "./structural-cases.ts";

/** Every question that scripts/oracle/ops.ts asks PyTorch, by the fixture that keeps the answers. */
export const sections = {
  ops: [...pointwiseCases, ...specialCases, ...structuralCases],
  positions: positionCases,
} satisfies Record<string, readonly Case[]>;

/** All of them: what ops.test.ts asks Xorch. */
export const cases: readonly Case[] = Object.values(sections).flat();
