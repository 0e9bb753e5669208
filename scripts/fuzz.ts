/**
 * Random programs against PyTorch: `npm run fuzz -- [N] [--seed S] [--only op]`. What fails is made smaller and printed in
 * TypeScript and Python with both answers.
 */
import { parseArgs } from "node:util";
import * as torch from "../src/index.ts";
import { type Answer, readAnswer } from "../test/fuzz/answer.ts";
import { COMPILED, checkCompiled, checkEager } from "../test/fuzz/check.ts";
import { describe, type Fault } from "../test/fuzz/compare.ts";
import { generate } from "../test/fuzz/generate.ts";
import { reasonFor } from "../test/fuzz/intended.ts";
import { run } from "../test/fuzz/interpret.ts";
import { toTypeScript } from "../test/fuzz/print.ts";
import type { Program } from "../test/fuzz/program.ts";
import { rules } from "../test/fuzz/rules/index.ts";
import { shrink } from "../test/fuzz/shrink.ts";
import { faultOf, samples } from "./fuzz/opinfo.ts";
import { findPython, Peer } from "./fuzz/peer.ts";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string" },
    only: { type: "string" },
    "no-shrink": { type: "boolean" },
    opinfo: { type: "boolean" },
  },
});
const count = Number(positionals[0] ?? 1000);
const firstSeed = Number(options.seed ?? Math.floor(Math.random() * 2 ** 31));
if (!(Number.isInteger(count) && count > 0 && Number.isInteger(firstSeed))) {
  console.error("Usage: npm run fuzz -- [N] [--seed S] [--only op] [--no-shrink]");
  process.exit(2);
}
if (options.only !== undefined && !(options.only in rules)) {
  console.error(`There is no op "${options.only}" with a drawing rule.`);
  process.exit(2);
}
const python = findPython();
if (python === null) {
  console.error("PyTorch is needed to answer: set XORCH_PYTHON to a Python that can import torch.");
  process.exit(2);
}
const peer = await Peer.start(python);

/** Programs that are asked about at once. */
const BATCH = 64;
/** How often a program is asked anew with every result some units in the last place off. */
const DISTURBED = 6;

interface Finding {
  readonly seed: number;
  readonly program: Program;
  readonly fault: Fault;
  /** Whether it is a compiled function that differs from eager mode; then PyTorch has no say. */
  readonly manner: (typeof COMPILED)[number] | null;
}

const reasons = new Map<string, number>();

/** The first fault of eager mode against PyTorch that is not intended. */
async function eagerFault(program: Program, wanted: Answer): Promise<Fault | null> {
  const first = checkEager(program, wanted);
  if (first.length === 0) return null;
  const disturbed = (await peer.disturbed(program, DISTURBED)).map(readAnswer);
  const faults = checkEager(program, wanted, disturbed);
  for (const fault of faults) {
    const reason = reasonFor(fault, program);
    if (reason === null) return fault;
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    return null;
  }
  return null;
}

/** Faults of the same kind in the same op are taken for the same, and refusals with the same words. */
const signature = ({ kind, where, text }: Fault): string =>
  kind.startsWith("refused by")
    ? `${kind}: ${text.replace(/^.*?: |[\d"'`[\]]|\w+\(\)/g, "").slice(0, 70)}`
    : `${kind} ${/\((\w+)\)/.exec(where)?.[1] ?? where.replace(/\d+/g, "")}`;

async function smaller({ program, fault, manner }: Finding): Promise<Program> {
  return shrink(program, async (candidates) => {
    if (manner) {
      return candidates.map((candidate) =>
        checkCompiled(candidate, manner).some((other) => signature(other) === signature(fault)),
      );
    }
    const answers = await peer.answer(candidates);
    const fails: boolean[] = [];
    for (const [i, written] of answers.entries()) {
      const found = written && (await eagerFault(candidates[i]!, readAnswer(written)));
      fails.push(found !== null && signature(found) === signature(fault));
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

async function report(finding: Finding): Promise<void> {
  const program = options["no-shrink"] ? finding.program : await smaller(finding);
  const [written] = await peer.answer([program]);
  const fault =
    (finding.manner
      ? checkCompiled(program, finding.manner)[0]
      : written && (await eagerFault(program, readAnswer(written)))) ?? finding.fault;
  console.log(`\n${"-".repeat(100)}\nseed ${finding.seed}: ${fault.kind}: ${fault.text}\n`);
  console.log(toTypeScript(program));
  if (finding.manner) {
    console.log(`compiled: ${JSON.stringify(finding.manner)}`);
    return;
  }
  console.log(`\nXorch:\n${lines(run(program))}\n`);
  console.log(await peer.print(program));
  console.log(`\nPyTorch ${peer.version}:\n${written ? lines(readAnswer(written)) : "  the process died"}`);
}

const seen = new Map<string, number>();
let programs = 0;
let failed = 0;

async function note(finding: Finding): Promise<void> {
  failed++;
  const name = `${finding.manner ? "compiled: " : ""}${signature(finding.fault)}`;
  const before = seen.get(name) ?? 0;
  seen.set(name, before + 1);
  if (before < 2) await report(finding);
}

/** PyTorch's own samples: how many of each op agree. */
async function askOpInfo(python: string): Promise<never> {
  const counts = new Map<string, { all: number; right: number }>();
  const shown = new Map<string, number>();
  for await (const sample of samples(python, options.only)) {
    const own = counts.get(sample.name) ?? { all: 0, right: 0 };
    counts.set(sample.name, own);
    own.all++;
    const fault = await faultOf(sample, peer);
    if (fault === null) own.right++;
    else {
      const key = `${sample.name} ${signature(fault)}`;
      shown.set(key, (shown.get(key) ?? 0) + 1);
      if (shown.get(key) === 1) {
        console.log(`\n${sample.name} ${sample.dtype}: ${fault.kind}: ${fault.text.slice(0, 300)}`);
        console.log(
          toTypeScript(sample.program)
            .split("\n")
            .map((line) => line.slice(0, 200))
            .join("\n"),
        );
      }
    }
  }
  const all = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, { right, all: asked }] of all)
    console.log(`${right === asked ? " " : "*"} ${name}: ${right} of ${asked}`);
  const whole = all.filter(([, own]) => own.right === own.all);
  const total = all.reduce((sum, [, own]) => sum + own.all, 0);
  console.log(
    `${whole.length} of ${all.length} ops are right in all of their ${total} samples (PyTorch ${peer.version})`,
  );
  peer.stop();
  process.exit(whole.length === all.length ? 0 : 1);
}

if (options.opinfo) await askOpInfo(python);

for (let start = 0; start < count; start += BATCH) {
  const seeds = Array.from({ length: Math.min(BATCH, count - start) }, (_, i) => firstSeed + start + i);
  const batch = seeds.map((seed) => generate(seed, { only: options.only }));
  const answers = await peer.answer(batch);
  for (const [i, program] of batch.entries()) {
    const seed = seeds[i]!;
    programs++;
    torch.setNumThreads(1 + (seed % 2));
    const written = answers[i];
    const fault = written ? await eagerFault(program, readAnswer(written)) : null;
    if (fault) await note({ seed, program, fault, manner: null });
    const manner = COMPILED[seed % COMPILED.length]!;
    const [compiled] = checkCompiled(program, manner);
    if (compiled) await note({ seed, program, fault: compiled, manner });
  }
}
console.log(
  `\n${programs} programs from seed ${firstSeed} against PyTorch ${peer.version}; ${failed} findings`,
);
for (const [name, times] of [...seen].sort((a, b) => b[1] - a[1])) console.log(`  ${times} x ${name}`);
for (const [reason, times] of reasons) console.log(`intended: ${times} x ${reason}`);
peer.stop();
process.exitCode = failed > 0 ? 1 : 0;
