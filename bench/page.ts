/**
 * The parts of docs/performance.md and of the README that a run writes, each between two marks:
 * `<!-- bench:name -->`, `<!-- /bench:name -->`.
 */
import { aimsGrid } from "./aims.ts";
import { disturbance } from "./machine.ts";
import type { RunRecord } from "./record.ts";
import { grid, markdown, notes, type Row, threeDigits } from "./report.ts";
import { lostGrid, standing, stepsGrid } from "./standing.ts";
import { groups } from "./workloads.ts";

/** Puts texts between their marks. Throws an Error for a part whose marks the page lacks. */
export function withParts(page: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((text, [name, part]) => {
    const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
    const from = text.indexOf(begin);
    const to = text.indexOf(end);
    if (from === -1 || to < from) throw new Error(`the page lacks ${begin} ... ${end}`);
    return `${text.slice(0, from + begin.length)}\n\n${part}\n\n${text.slice(to)}`;
  }, page);
}

const titlesOf = ({ contestants }: RunRecord): string[] => [
  ...new Set(contestants.flatMap(({ title }) => title ?? [])),
];

function machineText(run: RunRecord): string {
  const { date, machine, pace, seconds } = run;
  const { cpu, cores, memoryGiB, system, node } = machine;
  const warning = disturbance(machine);
  return [
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}; ${date.slice(0, 10)}.`,
    "",
    ...titlesOf(run).map((title) => `- ${title}`),
    "",
    `Medians of ${pace.rounds} rounds of ${pace.seconds} s, ± half the distance of their quartiles. ` +
      `The run took ${Math.round(seconds / 60)} minutes.`,
    ...(warning === null ? [] : ["", `**${warning}**`]),
  ].join("\n");
}

/** How often Xorch is quicker than all others, and every row in which it is not. */
function standingText(run: RunRecord, rows: readonly Row[]): string {
  const outcome = standing(rows);
  const { compared, lost } = outcome;
  const won = `Xorch is the quickest in ${compared - lost.length} of ${compared} rows`;
  if (lost.length === 0) return `${won}.`;
  return `${won}. It loses ${lost.length}, the worst first:\n\n${markdown(lostGrid(outcome, run.contestants))}`;
}

/** The parts of docs/performance.md that a run can fill: a table for each group that it measured, among others. */
export function partsOf(run: RunRecord, rows: readonly Row[]): Record<string, string> {
  const tables = groups.flatMap((group): [string, string][] => {
    const table = markdown(grid(rows, group, run.contestants));
    return table === "" ? [] : [[group, table]];
  });
  const remarks = notes(rows, run.contestants).map((line) => `- ${line}`);
  return {
    machine: machineText(run),
    standing: standingText(run, rows),
    aims: markdown(aimsGrid(run.aims)),
    ...Object.fromEntries(tables),
    notes: remarks.length > 0 ? remarks.join("\n") : "Nothing: everybody did everything.",
  };
}

/** The part of the README: the training steps, and how many rows of the page are lost. None without any step. */
export function readmePartsOf(run: RunRecord, rows: readonly Row[]): Record<string, string> {
  const steps = stepsGrid(rows, run.contestants);
  if (steps.length === 1) return {};
  const { machine, date, contestants } = run;
  const { compared, lost } = standing(rows);
  const worst = lost[0] ? `, the worst by ${threeDigits(1 / lost[0].ratio)}x,` : "";
  const warning = disturbance(machine);
  const pytorchTitle = contestants.find(({ name }) => name === "pytorch")?.title;
  return {
    claims: [
      markdown(steps),
      "",
      `${machine.cpu}, ${machine.cores} cores; ${date.slice(0, 10)}.`,
      `${pytorchTitle}.`,
      ...(warning === null ? [] : [`**${warning}**`]),
      `In ${compared - lost.length} of the ${compared} rows of [docs/performance.md](docs/performance.md#where-it-stands)`,
      `Xorch is the quickest of all; the ${lost.length} that it loses${worst} stand there first.`,
    ].join("\n"),
  };
}
