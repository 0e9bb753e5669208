/** The questions that a program is asked, and what counts as an answer to them that is wrong. */
import { type Answer, readAnswer, type Written } from "../../test/fuzz/answer.ts";
import { COMPILED, checkCompiled, checkEager, checkUsual } from "../../test/fuzz/check.ts";
import type { Fault } from "../../test/fuzz/compare.ts";
import { reasonFor } from "../../test/fuzz/intended.ts";
import type { Manner } from "../../test/fuzz/interpret.ts";
import type { Program } from "../../test/fuzz/program.ts";
import type { Peer } from "./peer.ts";

/** Finds the fault of a program with PyTorch's answer; null where there is none, or only what differs on purpose. */
export type Examination = (program: Program, written: Written | null) => Promise<Fault | null>;

/** How often a program is asked anew with every result some units in the last place off. */
const DISTURBED = 6;

export class Examiner {
  /** How often each reason for a difference on purpose was met. */
  readonly reasons = new Map<string, number>();

  constructor(readonly peer: Peer) {}

  #against(check: (program: Program, wanted: Answer, disturbed?: readonly Answer[]) => Fault[]): Examination {
    return async (program, written) => {
      if (written === null) return null;
      const wanted = readAnswer(written);
      if (check(program, wanted).length === 0) return null;
      const disturbed = await this.peer.disturbed(program, DISTURBED);
      return this.#unexpected(program, check(program, wanted, disturbed.map(readAnswer)));
    };
  }

  #unexpected(program: Program, faults: readonly Fault[]): Fault | null {
    for (const fault of faults) {
      const reason = reasonFor(fault, program);
      if (reason === null) return fault;
      this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
    }
    return null;
  }

  readonly eager: Examination = this.#against(checkEager);

  /** As compiled functions usually run, without deterministic algorithms. */
  readonly usual: Examination = this.#against(checkUsual);

  /** With deterministic algorithms: the digits of eager mode. PyTorch has no say. */
  readonly compiled = COMPILED.map(
    (manner: Manner): Examination =>
      async (program) =>
        this.#unexpected(program, checkCompiled(program, manner)),
  );
}

/** Faults of the same kind in the same op are taken for the same, and refusals with the same words. */
export function signatureOf({ kind, where, text }: Fault): string {
  if (kind.startsWith("refused by")) {
    return `${kind}: ${text.replace(/^.*?: |[\d"'`[\]]|\w+\(\)/g, "").slice(0, 70)}`;
  }
  return `${kind} ${/\((\w+)\)/.exec(where)?.[1] ?? where.replace(/\d+/g, "")}`;
}
