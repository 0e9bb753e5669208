/** Records PyTorch's answers to random programs for test/fuzz/recorded.test.ts: `npx tsx scripts/oracle/programs.ts`. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readAnswer, type Written } from "../../test/fuzz/answer.ts";
import { TINY } from "../../test/fuzz/builder.ts";
import { COMPILED, checkCompiled, checkEager } from "../../test/fuzz/check.ts";
import { compare } from "../../test/fuzz/compare.ts";
import { generate } from "../../test/fuzz/generate.ts";
import { reasonFor } from "../../test/fuzz/intended.ts";
import type { Program } from "../../test/fuzz/program.ts";
import { rules } from "../../test/fuzz/rules/index.ts";
import { findPython, Peer } from "../fuzz/peer.ts";

/** Programs of each op, and of no op in particular. */
const [EACH, MORE] = [1, 120];
/** The longest program with its answer, in characters of JSON. */
const LONGEST = 2000;

const python = findPython();
if (python === null)
  throw new Error("PyTorch is needed to answer: set XORCH_PYTHON to a Python that can import torch.");
const peer = await Peer.start(python);

/** PyTorch's answer, if it is short and does not hang on how PyTorch rounds. */
async function answerOf(program: Program): Promise<Written | null> {
  const [written] = await peer.answer([program]);
  if (!written || JSON.stringify([program, written]).length > LONGEST) return null;
  const wanted = readAnswer(written);
  const disturbed = (await peer.disturbed(program, 4)).map(readAnswer);
  return disturbed.some((answer) => compare(program, answer, wanted).length > 0) ? null : written;
}

const lines: string[] = [];
let left = 0;
const wishes = [
  ...Object.keys(rules).flatMap((op) => new Array<string>(EACH).fill(op)),
  ...new Array<undefined>(MORE),
];
for (const [i, only] of wishes.entries()) {
  for (let seed = 1000 * i; seed < 1000 * i + 300; seed++) {
    const program = generate(seed, { only, scale: TINY, steps: 1 + (seed % 3) });
    if (only !== undefined && !program.steps.some(({ op }) => op === only)) continue;
    // What Xorch refuses is of interest, but not as the only program of its op.
    const written = await answerOf(program);
    if (!written || (only !== undefined && written.stopped)) continue;
    const compiled = lines.length % COMPILED.length;
    const faults = [
      ...checkEager(program, readAnswer(written)),
      ...checkCompiled(program, COMPILED[compiled]!),
    ];
    if (faults.length > 0) {
      const isMeant = faults.every((fault) => reasonFor(fault, program) !== null);
      if (!isMeant) console.log(`${only ?? "any op"}: ${faults[0]!.text}`);
      left++;
      continue;
    }
    lines.push(JSON.stringify({ program, answer: written, compiled }));
    break;
  }
}
const file = fileURLToPath(new URL("../../test/fixtures/programs.json", import.meta.url));
writeFileSync(file, `{"torch": "${peer.version}", "programs": [\n${lines.join(",\n")}\n]}\n`);
console.log(
  `${lines.length} programs with the answers of PyTorch ${peer.version}; ${left} that Xorch answers otherwise are left out`,
);
peer.stop();
