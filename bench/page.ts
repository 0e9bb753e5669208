/** The parts of docs/performance.md that a run writes, each between two marks: `<!-- bench:name -->`, `<!-- /bench:name -->`. */
import { aimsGrid } from "./aims.ts";
import type { RunRecord } from "./record.ts";
import { grid, markdown, notes, type Row } from "./report.ts";
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

function machineText({ date, machine, pace, contestants }: RunRecord): string {
  const { cpu, cores, memoryGiB, system, node } = machine;
  const titles = new Set(contestants.flatMap(({ title }) => title ?? []));
  return [
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}; ${date.slice(0, 10)}.`,
    `${[...titles].join("; ")}.`,
    `Medians of ${pace.rounds} rounds of ${pace.seconds} s, ± half the distance of their quartiles.`,
  ].join("\n");
}

/** The parts that a run can fill: a table for each group that it measured. */
export function partsOf(run: RunRecord, rows: readonly Row[]): Record<string, string> {
  const tables = groups.flatMap((group): [string, string][] => {
    const table = markdown(grid(rows, group, run.contestants));
    return table === "" ? [] : [[group, table]];
  });
  const remarks = notes(rows, run.contestants).map((line) => `- ${line}`);
  return {
    machine: machineText(run),
    aims: markdown(aimsGrid(run.aims)),
    ...Object.fromEntries(tables),
    notes: remarks.join("\n"),
  };
}
