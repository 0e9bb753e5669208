/**
 * Random programs against PyTorch: `npm run fuzz -- [N] [--seed S] [--only op]`. What fails is made smaller and printed in
 * TypeScript and Python with both answers. `npm run fuzz -- --opinfo` asks PyTorch's own samples.
 */
import { parseArgs } from "node:util";
import * as torch from "../src/index.ts";
import type { Fault } from "../test/fuzz/compare.ts";
import { generate } from "../test/fuzz/generate.ts";
import { rules } from "../test/fuzz/rules/index.ts";
import { type Examination, Examiner, signatureOf } from "./fuzz/examine.ts";
import { askOpInfo } from "./fuzz/opinfo.ts";
import { findPython, Peer } from "./fuzz/peer.ts";
import { type Finding, reportOf } from "./fuzz/report.ts";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string" },
    only: { type: "string" },
    opinfo: { type: "boolean", default: false },
    "no-shrink": { type: "boolean", default: false },
  },
});

function exit(message: string): never {
  console.error(message);
  process.exit(2);
}

const count = Number(positionals[0] ?? 1000);
const firstSeed = Number(options.seed ?? Math.floor(Math.random() * 2 ** 31));
if (!(Number.isInteger(count) && count > 0 && Number.isInteger(firstSeed))) {
  exit("Usage: npm run fuzz -- [N] [--seed S] [--only op] [--no-shrink] | --opinfo [--only op]");
}
if (options.only !== undefined && !(options.only in rules)) {
  exit(`There is no op "${options.only}" with a drawing rule.`);
}
const python = findPython();
if (python === null) exit("PyTorch is needed to answer: set XORCH_PYTHON to a Python that can import torch.");
const peer = await Peer.start(python);
const examiner = new Examiner(peer);

/** Programs that are asked about at once. */
const BATCH = 64;
/** How often findings of one kind are printed. */
const PRINTED = 2;

/** How a program is examined, by its seed: always eagerly, and in one of the ways in which it is compiled. */
function examinationsOf(seed: number): [string, Examination][] {
  const manners = [...examiner.compiled, examiner.usual];
  const chosen = seed % manners.length;
  const mode = chosen < examiner.compiled.length ? `compiled in manner ${chosen}` : "compiled";
  return [
    ["eager", examiner.eager],
    [mode, manners[chosen]!],
  ];
}

const seen = new Map<string, number>();

async function note(finding: Finding): Promise<void> {
  const name = `${finding.mode}: ${signatureOf(finding.fault)}`;
  const before = seen.get(name) ?? 0;
  seen.set(name, before + 1);
  if (before < PRINTED) console.log(await reportOf(finding, peer, !options["no-shrink"]));
}

async function askPrograms(): Promise<boolean> {
  for (let start = 0; start < count; start += BATCH) {
    const seeds = Array.from({ length: Math.min(BATCH, count - start) }, (_, i) => firstSeed + start + i);
    const batch = seeds.map((seed) => generate(seed, { only: options.only }));
    const answers = await peer.answer(batch);
    for (const [i, program] of batch.entries()) {
      const seed = seeds[i]!;
      torch.setNumThreads(1 + (seed % 2));
      for (const [mode, examine] of examinationsOf(seed)) {
        const fault: Fault | null = await examine(program, answers[i]!);
        if (fault) await note({ seed, program, fault, mode, examine });
      }
    }
  }
  const findings = [...seen.values()].reduce((a, b) => a + b, 0);
  console.log(`${count} programs from seed ${firstSeed}: ${findings} findings`);
  for (const [name, times] of [...seen].sort((a, b) => b[1] - a[1])) console.log(`  ${times} x ${name}`);
  return findings === 0;
}

const agree = options.opinfo ? await askOpInfo(examiner, options.only) : await askPrograms();
for (const [reason, times] of examiner.reasons) console.log(`on purpose: ${times} x ${reason}`);
console.log(`compared with PyTorch ${peer.version}`);
peer.stop();
process.exitCode = agree ? 0 : 1;
