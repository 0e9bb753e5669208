/**
 * Asks PyTorch every question of test/oracle and records the answers: `npm run oracle`, or `npm run oracle positions` for one
 * section of them.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Case, fingerprint } from "../../test/oracle/case.ts";
import { sections } from "../../test/oracle/cases.ts";
import { refusals } from "../../test/oracle/refusals.ts";

const python = process.env.XORCH_PYTHON ?? "python3";

interface Answers {
  readonly version: string;
  readonly answers: Record<string, object>;
  readonly refused: Record<string, string>;
}

function ask(questions: readonly Pick<Case, "id" | "inputs" | "python" | "order">[]): Answers {
  const input = questions.map(({ id, inputs, python: expression, order }) => ({
    id,
    inputs,
    python: expression,
    order,
  }));
  const answer = spawnSync(python, [fileURLToPath(new URL("ops.py", import.meta.url))], {
    input: JSON.stringify(input),
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (answer.status !== 0) {
    console.error(answer.stderr || String(answer.error));
    console.error(`${python} must be a Python that can import torch; set XORCH_PYTHON to one.`);
    process.exit(1);
  }
  return JSON.parse(answer.stdout) as Answers;
}

function write(name: string, version: string, recorded: readonly unknown[]): void {
  const lines = recorded.map((line) => JSON.stringify(line));
  const file = fileURLToPath(new URL(`../../test/fixtures/${name}.json`, import.meta.url));
  writeFileSync(file, `{"torch": "${version}", "recorded": [\n${lines.join(",\n")}\n]}\n`);
}

function recordAnswers(name: string, cases: readonly Case[]): void {
  const { version, answers, refused } = ask(cases);
  const answered = cases.filter(({ id }) => id in answers);
  write(
    name,
    version,
    answered.map((question) => [question.id, fingerprint(question), answers[question.id]]),
  );
  const count = Object.keys(refused).length;
  console.log(`${name}: ${answered.length} answers of PyTorch ${version}; ${count} questions refused:`);
  for (const [id, reason] of Object.entries(refused)) console.log(`  ${id}: ${reason}`);
}

/** What PyTorch must refuse, with its reasons. */
function recordRefusals(): void {
  const questions = refusals.map((question) => ({ ...question, order: 0 as const }));
  const { version, refused } = ask(questions);
  for (const { id } of questions.filter(({ id }) => !(id in refused)))
    console.log(`  PyTorch does not refuse: ${id}`);
  write(
    "refusals",
    version,
    questions.flatMap((question) => {
      const reason = refused[question.id];
      return reason === undefined ? [] : [[question.id, fingerprint(question), reason]];
    }),
  );
  console.log(`refusals: ${Object.keys(refused).length} of PyTorch ${version}`);
}

const wanted = process.argv.slice(2);
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
for (const [name, cases] of Object.entries(sections)) if (isWanted(name)) recordAnswers(name, cases);
if (isWanted("refusals")) recordRefusals();
