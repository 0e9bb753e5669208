/** Where Xorch and PyTorch differ on purpose: docs/differences.md says the same to users. */
import type { Fault } from "./compare.ts";
import type { Program } from "./program.ts";

export interface Intended {
  readonly reason: string;
  readonly applies: (fault: Fault, program: Program) => boolean;
}

const refusedByPyTorch = (fault: Fault, text: RegExp): boolean =>
  fault.kind === "refused by PyTorch alone" && text.test(fault.text);

const LOGICAL_IN_PLACE = /^(logical|bitwise|isnan|isinf|isfinite).*_$/;

export const intended: readonly Intended[] = [
  {
    reason: "PyTorch has no kernel for the dtype, or no derivative; Xorch has",
    applies: (fault) =>
      refusedByPyTorch(fault, /not implemented|not supported|no longer supported|is not differentiable/),
  },
  {
    reason: "Xorch saves fewer values for gradients, so that fewer changes in place are in the way",
    applies: (fault) => refusedByPyTorch(fault, /modified by an inplace operation/),
  },
  {
    reason: "gradients pass through PyTorch's logical ops in place as if nothing had been overwritten",
    applies: ({ where }, { steps }) =>
      /derivative|gradient/.test(where) && steps.some(({ op }) => LOGICAL_IN_PLACE.test(op)),
  },
];

/** Why a fault is none; null where it is one. */
export function reasonFor(fault: Fault, program: Program): string | null {
  return intended.find(({ applies }) => applies(fault, program))?.reason ?? null;
}
