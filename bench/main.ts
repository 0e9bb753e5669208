/** Measures Xorch against its peers and writes what it saw: tables to the terminal, a record to results/, on demand docs/. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { aimsGrid } from "./aims.ts";
import { type Entry, Field } from "./field.ts";
import { growthPlots } from "./growthPlot.ts";
import { measureWorkload } from "./measure.ts";
import { readOptions } from "./options.ts";
import { partsOf, withParts } from "./page.ts";
import { type Machine, record, rowsOf } from "./record.ts";
import { aligned, grid, notes, type Row } from "./report.ts";
import { groups, workloads } from "./workloads.ts";

const { chosen, again, contestants, threads, earlier, pace, docs, json, quiet } = readOptions(
  process.argv.slice(2),
);

/** What goes on, on a terminal only. */
const progress = (text: string) => {
  if (process.stderr.isTTY && !quiet) process.stderr.write(`\r\x1b[K${text}`);
};

const machine: Machine = {
  cpu: cpus()[0]?.model ?? "unknown processor",
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  system: `${type()} ${release()}`,
  node: process.version,
};

const folder = fileURLToPath(new URL("results", import.meta.url));
mkdirSync(folder, { recursive: true });
const date = new Date().toISOString();
const file = join(folder, `${date.replaceAll(":", "-").slice(0, 19)}.json`);

const measured = new Map<string, Row>(
  (earlier ? rowsOf(earlier) : []).map((row) => [row.workload.name, row]),
);
const missing = chosen.filter(({ name }) => again || !measured.has(name));
/** What is only shown again was measured there and then. */
const circumstances = earlier && missing.length === 0 ? earlier : { date, machine, pace };

let entries: readonly Entry[] = earlier?.contestants ?? [];
const rowsInOrder = () => workloads.flatMap(({ name }) => measured.get(name) ?? []);
const recordNow = () => {
  const { date, machine, pace } = circumstances;
  return record(rowsInOrder(), { date, machine, pace, threads, contestants: entries });
};

if (missing.length > 0) {
  const field = await Field.start(contestants, progress);
  const others = entries.filter(({ name }) => !field.entries.some((entry) => entry.name === name));
  entries = [...others, ...field.entries];
  for (const [i, workload] of missing.entries()) {
    const say = (text: string) => progress(`${i + 1}/${missing.length} ${text}`);
    measured.set(workload.name, await measureWorkload(workload, field, pace, say));
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
    if (title !== null) console.log(`${name}: ${[title, label].filter(Boolean).join(", ")}`);
  }
  for (const group of groups) {
    const table = grid(rows, group, entries);
    if (table.length > 0) console.log(`\n${aligned(table)}`);
  }
  console.log(`\n${aligned(aimsGrid(run.aims))}`);
  const remarks = notes(rows, entries);
  if (remarks.length > 0) console.log(`\n${remarks.join("\n")}`);
  console.log(
    `\nMedian of ${run.pace.rounds} rounds, ± half the distance of their quartiles; 3.00x takes three times as long as the quickest Xorch.`,
  );
}
if (missing.length > 0 && !json) console.log(`Written to ${relative(process.cwd(), file)}`);

if (docs) {
  const documents = fileURLToPath(new URL("../docs/", import.meta.url));
  const page = join(documents, "performance.md");
  writeFileSync(page, withParts(readFileSync(page, "utf8"), partsOf(run, rows)));
  for (const [name, svg] of Object.entries(growthPlots(rows) ?? {})) {
    writeFileSync(join(documents, `growth-${name}.svg`), `${svg}\n`);
  }
}
if (rows.some(({ results }) => Object.values(results).some((result) => "error" in result)))
  process.exitCode = 1;
