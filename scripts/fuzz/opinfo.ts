/** PyTorch's own samples of the ops that Xorch has: `npm run fuzz -- --opinfo [--only op]`. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { readAnswer, type Written } from "../../test/fuzz/answer.ts";
import { checkEager } from "../../test/fuzz/check.ts";
import type { Fault } from "../../test/fuzz/compare.ts";
import { reasonFor } from "../../test/fuzz/intended.ts";
import type { Program } from "../../test/fuzz/program.ts";
import { rules } from "../../test/fuzz/rules/index.ts";
import type { Peer } from "./peer.ts";

export interface Sample {
  /** The op and the variant of its samples. */
  readonly name: string;
  readonly dtype: string;
  readonly program: Program;
  readonly answer: Written;
}

export async function* samples(python: string, only: string | undefined): AsyncGenerator<Sample> {
  const script = fileURLToPath(new URL("opinfo.py", import.meta.url));
  const process_ = spawn(python, ["-u", script]);
  process_.stderr.pipe(process.stderr);
  process_.stdin.end(`${JSON.stringify(only ? [only] : Object.keys(rules))}\n`);
  for await (const line of createInterface({ input: process_.stdout })) yield JSON.parse(line) as Sample;
}

/** The fault of a sample; null where both agree, or differ on purpose. */
export async function faultOf({ program, answer }: Sample, peer: Peer): Promise<Fault | null> {
  const wanted = readAnswer(answer);
  let faults = checkEager(program, wanted);
  if (faults.length > 0 && !answer.stopped) {
    const disturbed = (await peer.disturbed(program, 6)).map(readAnswer);
    faults = checkEager(program, wanted, disturbed);
  }
  return faults.find((fault) => reasonFor(fault, program) === null) ?? null;
}
