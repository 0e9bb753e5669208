/** Findings for a reader: the smallest program with the fault, in both languages, with both answers. */
import { type Answer, readAnswer } from "../../test/fuzz/answer.ts";
import { describe, type Fault } from "../../test/fuzz/compare.ts";
import { run } from "../../test/fuzz/interpret.ts";
import { toTypeScript } from "../../test/fuzz/print.ts";
import type { Program } from "../../test/fuzz/program.ts";
import { shrink } from "../../test/fuzz/shrink.ts";
import { type Examination, signatureOf } from "./examine.ts";
import type { Peer } from "./peer.ts";

export interface Finding {
  readonly seed: number;
  readonly program: Program;
  readonly fault: Fault;
  /** What found it: "eager", "compiled" ... */
  readonly mode: string;
  readonly examine: Examination;
}

async function smaller({ program, fault, examine }: Finding, peer: Peer): Promise<Program> {
  const signature = signatureOf(fault);
  return shrink(program, async (candidates) => {
    const answers = await peer.answer(candidates);
    const fails: boolean[] = [];
    for (const [i, candidate] of candidates.entries()) {
      const found = await examine(candidate, answers[i]!);
      fails.push(found !== null && signatureOf(found) === signature);
    }
    return fails;
  });
}

function lines(answer: Answer): string {
  const all = [
    ...answer.x.map((x, i) => `x${i} = ${describe(x)}`),
    ...answer.y.map((y, i) => `y${i} = ${describe(y)}`),
    ...answer.gradients.flatMap((order, k) =>
      order.map((dx, i) => `derivative ${k + 1} of leaf ${i} = ${describe(dx)}`),
    ),
  ];
  if (answer.stopped) all.push(`refused at ${answer.stopped.at}: ${answer.stopped.error}`);
  return all.map((line) => `  ${line}`).join("\n");
}

/** The finding as text. */
export async function reportOf(finding: Finding, peer: Peer, shrinks: boolean): Promise<string> {
  const program = shrinks ? await smaller(finding, peer) : finding.program;
  const [written] = await peer.answer([program]);
  const fault = (await finding.examine(program, written!)) ?? finding.fault;
  return [
    "-".repeat(100),
    `seed ${finding.seed}, ${finding.mode}: ${fault.kind}: ${fault.text}\n`,
    `${toTypeScript(program)}\n`,
    `Xorch${finding.mode === "eager" ? "" : ", eager"}:\n${lines(run(program))}\n`,
    `${await peer.print(program)}\n`,
    `PyTorch ${peer.version}:\n${written ? lines(readAnswer(written)) : "  the process died"}\n`,
  ].join("\n");
}
