/** Where Xorch and PyTorch differ on purpose: docs/differences.md says the same to users. */
import type { Fault } from "./compare.ts";
import type { Program } from "./program.ts";

export interface Intended {
  readonly reason: string;
  readonly applies: (fault: Fault, program: Program) => boolean;
}

const refusedByPyTorch = (fault: Fault, text: RegExp): boolean =>
  fault.kind === "refused by PyTorch alone" && text.test(fault.text);

export const intended: readonly Intended[] = [
  {
    reason: "PyTorch has no kernel for the dtype, or no derivative; Xorch has",
    applies: (fault) =>
      refusedByPyTorch(
        fault,
        /not implemented for|is not implemented|not supported|not currently implemented/,
      ),
  },
];

/** Why a fault is none; null where it is one. */
export function reasonFor(fault: Fault, program: Program): string | null {
  return intended.find(({ applies }) => applies(fault, program))?.reason ?? null;
}
