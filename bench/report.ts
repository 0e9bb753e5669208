/** The results of a run, as tables for people. */
import { type Column, columns, membersOf } from "./contestants.ts";
import type { Entry } from "./field.ts";
import type { Group, Workload } from "./workloads.ts";

/** One contestant's nanoseconds at one workload, round by round, and the way that it went where it had a choice. */
export type Result = { rounds: number[]; way?: string } | { unable: string } | { error: string };

export interface Row {
  workload: Workload;
  /** By name of the contestant; none of those that did not take part. */
  results: Record<string, Result>;
}

/** Between the numbers in order, at a share of the way from the first to the last. */
function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  const above = sorted[Math.ceil(place)]!;
  return below + (place % 1) * (above - below);
}

export const median = (numbers: readonly number[]): number => quantile(numbers, 0.5);

/** Half of the distance between the quartiles of the rounds, relative to their median. */
export function spread(rounds: readonly number[]): number {
  return (quantile(rounds, 0.75) - quantile(rounds, 0.25)) / 2 / median(rounds);
}

export interface Best {
  name: string;
  /** Median of the rounds, in nanoseconds. */
  time: number;
  spread: number;
}

/** The quickest of some contestants in a row; null where none of them was measured. */
export function best(row: Row, names: readonly string[]): Best | null {
  const times = names.flatMap((name): Best[] => {
    const result = row.results[name];
    if (!result || !("rounds" in result) || result.rounds.length === 0) return [];
    return [{ name, time: median(result.rounds), spread: spread(result.rounds) }];
  });
  return times.sort((a, b) => a.time - b.time)[0] ?? null;
}

export function formatTime(nanoseconds: number): string {
  for (const [unit, size] of [
    ["s", 1e9],
    ["ms", 1e6],
    ["us", 1e3],
  ] as const) {
    if (nanoseconds >= size) return `${threeDigits(nanoseconds / size)} ${unit}`;
  }
  return `${threeDigits(nanoseconds)} ns`;
}

/** Three digits without an exponent: 1.23, 12.3, 123, 1234. */
export function threeDigits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

const ours = membersOf("ours");

const labelOf = (entries: readonly Entry[], name: string): string =>
  entries.find((entry) => entry.name === name)!.label;

/** With the settings, where all of a column were measured under the same. */
function heading({ title, members }: Column, entries: readonly Entry[]): string {
  return members.length > 1 ? title : `${title}, ${labelOf(entries, members[0]!)}`;
}

function cell(row: Row, column: Column, entries: readonly Entry[]): string {
  const quickest = best(row, column.members);
  if (!quickest) {
    const results = column.members.flatMap((name) => row.results[name] ?? []);
    if (results.some((result) => "error" in result)) return "failed";
    return results.length > 0 ? "unable" : "";
  }
  const { time } = quickest;
  const { flops } = row.workload;
  const parts = [
    flops ? `${threeDigits(flops / time)} GFLOPS` : formatTime(time),
    `±${Math.round(quickest.spread * 100)}%`,
  ];
  if (column.members.length > 1) parts.push(labelOf(entries, quickest.name));
  const own = best(row, ours);
  if (column.side !== "ours" && own) parts.push(`${threeDigits(time / own.time)}x`);
  return parts.join(", ");
}

/** The table of a group, header first: a row a workload, a column for each that took part. Empty without rows. */
export function grid(rows: readonly Row[], group: Group, entries: readonly Entry[]): string[][] {
  const chosen = rows.filter(({ workload }) => workload.group === group);
  if (chosen.length === 0) return [];
  const present = columns.filter(({ members }) =>
    chosen.some(({ results }) => members.some((name) => name in results)),
  );
  return [
    ["", ...present.map((column) => heading(column, entries))],
    ...chosen.map((row) => [row.workload.name, ...present.map((column) => cell(row, column, entries))]),
  ];
}

/** A grid for a terminal: columns padded to equal widths. */
export function aligned(table: readonly string[][]): string {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((line) => line[column]!.length)));
  const pad = (part: string, column: number) => part.padEnd(widths[column]!);
  return table.map((line) => line.map(pad).join("  ").trimEnd()).join("\n");
}

/** A grid for a page: a table of Markdown. */
export function markdown(table: readonly string[][]): string {
  const [head, ...body] = table;
  if (!head) return "";
  const lines = [head, head.map(() => "---"), ...body];
  return lines.map((line) => `| ${line.join(" | ")} |`).join("\n");
}

/** What belongs to each text, in the order in which the texts appear. */
function gathered(pairs: readonly (readonly [text: string, member: string])[]): [string, string[]][] {
  const groups = new Map<string, string[]>();
  for (const [text, member] of pairs) groups.set(text, [...(groups.get(text) ?? []), member]);
  return [...groups];
}

/** What the cells cannot say: who is absent, and why there is no number, one line for each reason. */
export function notes(rows: readonly Row[], entries: readonly Entry[]): string[] {
  const missing = entries.flatMap(({ name, absent }) => (absent === null ? [] : [[absent, name] as const]));
  const failures = rows.flatMap(({ workload, results }) =>
    Object.entries(results).flatMap(([name, result]) => {
      if ("rounds" in result) return [];
      const reason = "error" in result ? `failed: ${result.error}` : `unable: ${result.unable}`;
      return [[`${name} ${reason}`, workload.name] as const];
    }),
  );
  return [
    ...gathered(missing).map(([reason, names]) => `absent: ${names.join(", ")}: ${reason}`),
    ...gathered(failures).map(([line, names]) => `${line} (${names.join(", ")})`),
  ];
}
