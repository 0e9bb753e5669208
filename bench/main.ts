/** Measures Xorch against its peers and writes what it saw: tables to the terminal, a record to results/, on demand docs/ and the README. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { aimsGrid } from "./aims.ts";
import { type Entry, Field } from "./field.ts";
import { growthPlots } from "./growth-plot.ts";
import { disturbance, thisMachine } from "./machine.ts";
import { measureWorkload } from "./measure.ts";
import { readOptions, results } from "./options.ts";
import { partsOf, readmePartsOf, withParts } from "./page.ts";
import { record, rowsOf } from "./record.ts";
import { aligned, grid, notes, type Row } from "./report.ts";
import { standing } from "./standing.ts";
import { groups, workloads } from "./workloads.ts";

const { chosen, again, contestants, threads, earlier, pace, docs, json, quiet } = readOptions(
  process.argv.slice(2),
);

/** What goes on, on a terminal. */
const progress = (text: string) => {
  if (process.stderr.isTTY && !quiet) process.stderr.write(`\r\x1b[K${text}`);
};
/** What is done, where there is no terminal. */
const log = (text: string) => {
  if (!process.stderr.isTTY && !quiet) console.error(text);
};

const machine = thisMachine();

mkdirSync(results, { recursive: true });
const date = new Date().toISOString();
const file = join(results, `${date.replaceAll(":", "-").slice(0, 19)}.json`);

const measured = new Map<string, Row>(
  (earlier ? rowsOf(earlier) : []).map((row) => [row.workload.name, row]),
);
const missing = chosen.filter(({ name }) => again || !measured.has(name));
/** What is only shown again was measured there and then. */
const circumstances = earlier && missing.length === 0 ? earlier : { date, machine, pace };

let entries: readonly Entry[] = earlier?.contestants ?? [];
const before = earlier?.seconds ?? 0;
let seconds = before;
const rowsInOrder = () => workloads.flatMap(({ name }) => measured.get(name) ?? []);
const recordNow = () => {
  const { date, machine, pace } = circumstances;
  return record(rowsInOrder(), { date, machine, pace, threads, seconds, contestants: entries });
};

if (missing.length > 0) {
  const warning = disturbance(machine);
  if (warning !== null) console.error(warning);
  const field = await Field.start(contestants, progress);
  const others = entries.filter(({ name }) => !field.entries.some((entry) => entry.name === name));
  entries = [...others, ...field.entries];
  const start = performance.now();
  for (const [i, workload] of missing.entries()) {
    const say = (text: string) => progress(`${i + 1}/${missing.length} ${text}`);
    measured.set(workload.name, await measureWorkload(workload, field, pace, say));
    log(`${i + 1}/${missing.length} ${workload.name}`);
    seconds = before + (performance.now() - start) / 1000;
    // After each, so that a run that is broken off can be resumed.
    writeFileSync(file, `${JSON.stringify(recordNow(), null, 2)}\n`);
  }
  field.stop();
  progress("");
}

const rows = rowsInOrder();
const run = recordNow();
if (json) {
  console.log(JSON.stringify(run, null, 2));
} else if (!quiet) {
  for (const { name, label, title } of entries) {
    if (title !== null) console.log(`${name}: ${title}, ${label}`);
  }
  for (const group of groups) {
    const table = grid(rows, group, entries);
    if (table.length > 0) console.log(`\n${aligned(table)}`);
  }
  console.log(`\n${aligned(aimsGrid(run.aims))}`);
  const remarks = notes(rows, entries);
  if (remarks.length > 0) console.log(`\n${remarks.join("\n")}`);
  const { compared, lost } = standing(rows);
  console.log(
    `\nMedian of ${run.pace.rounds} rounds, ± half the distance of their quartiles; 3.00x takes three times as long as the quickest Xorch.`,
  );
  console.log(
    `The quickest in ${compared - lost.length} of ${compared} rows; ${Math.round(seconds / 60)} minutes.`,
  );
}
if (missing.length > 0 && !json) console.log(`Written to ${relative(process.cwd(), file)}`);

if (docs) {
  const root = new URL("../", import.meta.url);
  const write = (name: string, parts: Record<string, string>) => {
    const file = new URL(name, root);
    writeFileSync(file, withParts(readFileSync(file, "utf8"), parts));
  };
  write("docs/performance.md", partsOf(run, rows));
  write("README.md", readmePartsOf(run, rows));
  for (const [name, svg] of Object.entries(growthPlots(rows) ?? {})) {
    writeFileSync(new URL(`docs/growth-${name}.svg`, root), `${svg}\n`);
  }
}
if (rows.some(({ results }) => Object.values(results).some((result) => "error" in result)))
  process.exitCode = 1;
