/** PyTorch's own samples of the ops that Xorch has: `npm run fuzz -- --opinfo [--only op]`. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Written } from "../../test/fuzz/answer.ts";
import { toTypeScript } from "../../test/fuzz/print.ts";
import type { Program } from "../../test/fuzz/program.ts";
import { rules } from "../../test/fuzz/rules/index.ts";
import { type Examiner, signatureOf } from "./examine.ts";

interface Sample {
  /** The op and the variant of its samples. */
  readonly name: string;
  readonly dtype: string;
  readonly program: Program;
  readonly answer: Written;
}

async function* samples(python: string, only: string | undefined): AsyncGenerator<Sample> {
  const script = fileURLToPath(new URL("opinfo.py", import.meta.url));
  const database = spawn(python, ["-u", script]);
  database.stderr.pipe(process.stderr);
  database.stdin.end(`${JSON.stringify(only ? [only] : Object.keys(rules))}\n`);
  for await (const line of createInterface({ input: database.stdout })) yield JSON.parse(line) as Sample;
}

/** Prints the first sample of each kind of fault, and how many of each op agree; whether all do. */
export async function askOpInfo(examiner: Examiner, only: string | undefined): Promise<boolean> {
  const counts = new Map<string, { all: number; right: number }>();
  const shown = new Set<string>();
  for await (const { name, dtype, program, answer } of samples(examiner.peer.python, only)) {
    const own = counts.get(name) ?? { all: 0, right: 0 };
    counts.set(name, own);
    own.all++;
    const fault = await examiner.eager(program, answer);
    if (fault === null) own.right++;
    else if (!shown.has(`${name} ${signatureOf(fault)}`)) {
      shown.add(`${name} ${signatureOf(fault)}`);
      const text = toTypeScript(program).split("\n");
      console.log(`\n${name} ${dtype}: ${fault.kind}: ${fault.text.slice(0, 300)}`);
      console.log(text.map((line) => line.slice(0, 200)).join("\n"));
    }
  }
  const all = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, own] of all) {
    console.log(`${own.right === own.all ? " " : "*"} ${name}: ${own.right} of ${own.all}`);
  }
  const whole = all.filter(([, own]) => own.right === own.all).length;
  const total = all.reduce((sum, [, own]) => sum + own.all, 0);
  console.log(`${whole} of ${all.length} ops are right in all of their ${total} samples`);
  return whole === all.length;
}
