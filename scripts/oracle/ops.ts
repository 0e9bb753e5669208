/** Asks PyTorch every question of test/oracle and records the answers: `npm run oracle`. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fingerprint } from "../../test/oracle/case.ts";
import { cases } from "../../test/oracle/cases.ts";

const python = process.env.XORCH_PYTHON ?? "python3";
const questions = cases.map(({ id, inputs, python: expression, order }) => ({
  id,
  inputs,
  python: expression,
  order,
}));
const answer = spawnSync(python, [fileURLToPath(new URL("ops.py", import.meta.url))], {
  input: JSON.stringify(questions),
  encoding: "utf8",
  maxBuffer: 1 << 28,
});
if (answer.status !== 0) {
  console.error(answer.stderr || String(answer.error));
  console.error(`${python} must be a Python that can import torch; set XORCH_PYTHON to one.`);
  process.exit(1);
}
const { version, answers, refused } = JSON.parse(answer.stdout) as {
  version: string;
  answers: Record<string, object>;
  refused: Record<string, string>;
};
const lines = cases
  .filter(({ id }) => id in answers)
  .map((question) => JSON.stringify([question.id, fingerprint(question), answers[question.id]]));
const file = fileURLToPath(new URL("../../test/fixtures/ops.json", import.meta.url));
writeFileSync(file, `{"torch": "${version}", "recorded": [\n${lines.join(",\n")}\n]}\n`);
console.log(
  `${lines.length} answers of PyTorch ${version}; ${Object.keys(refused).length} questions refused:`,
);
for (const [id, reason] of Object.entries(refused)) console.log(`  ${id}: ${reason}`);
