/** Where Xorch stands among its peers, row by row: what it loses as plainly as what it wins. */
import { columns, membersOf, pytorch } from "./contestants.ts";
import type { Entry } from "./field.ts";
import { type Best, best, formatTime, type Row, threeDigits } from "./report.ts";

/** One row: the quickest Xorch and the quickest of others. */
export interface Duel {
  name: string;
  ours: Best;
  theirs: Best;
  /** Their time to ours: below 1 is lost. */
  ratio: number;
}

/** The rows in which both were measured. */
export function duels(rows: readonly Row[], against: readonly string[]): Duel[] {
  return rows.flatMap((row): Duel[] => {
    const ours = best(row, membersOf("ours"));
    const theirs = best(row, against);
    if (!ours || !theirs) return [];
    return [{ name: row.workload.name, ours, theirs, ratio: theirs.time / ours.time }];
  });
}

/** "3.12 ms, PyTorch compiled, 2 threads". */
function who({ name, time }: Best, entries: readonly Entry[]): string {
  const { title } = columns.find(({ members }) => members.includes(name))!;
  return [formatTime(time), title, entries.find((entry) => entry.name === name)!.label].join(", ");
}

const table = (
  title: string,
  others: string,
  all: readonly Duel[],
  entries: readonly Entry[],
): string[][] => [
  [title, "Xorch at its best", others, "their time / ours"],
  ...all.map(({ name, ours, theirs, ratio }) => [
    name,
    who(ours, entries),
    who(theirs, entries),
    `${threeDigits(ratio)}x`,
  ]),
];

export interface Standing {
  /** In how many rows somebody else was measured too. */
  compared: number;
  /** Those in which another was quicker, the worst first. */
  lost: Duel[];
}

export function standing(rows: readonly Row[]): Standing {
  const all = duels(rows, membersOf("theirs"));
  const lost = all.filter(({ ratio }) => ratio < 1).sort((a, b) => a.ratio - b.ratio);
  return { compared: all.length, lost };
}

/** The lost rows, header first. */
export const lostGrid = ({ lost }: Standing, entries: readonly Entry[]): string[][] =>
  table("", "the quickest other", lost, entries);

/** The training steps beside PyTorch at its best, header first. */
export function stepsGrid(rows: readonly Row[], entries: readonly Entry[]): string[][] {
  const steps = rows.filter(({ workload }) => workload.group === "steps");
  return table("a training step", "PyTorch at its best", duels(steps, pytorch), entries);
}
