/** The results, as a table for people and as a record for programs. */
import type { Workload } from "./workloads.ts";

/** One peer's rounds of one workload. */
export type Result = { rounds: number[] } | { error: string };

export interface Row {
  workload: Workload;
  /** By peer name. */
  results: Record<string, Result>;
}

export interface PeerInfo {
  name: string;
  title: string | null;
  /** Why it could not be measured. */
  absent: string | null;
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Half of the range of the rounds, relative to their median. */
export function spread(rounds: readonly number[]): number {
  return (Math.max(...rounds) - Math.min(...rounds)) / 2 / median(rounds);
}

function formatTime(nanoseconds: number): string {
  for (const [unit, size] of [
    ["s", 1e9],
    ["ms", 1e6],
    ["us", 1e3],
  ] as const) {
    if (nanoseconds >= size) return `${(nanoseconds / size).toPrecision(3)} ${unit}`;
  }
  return `${nanoseconds.toPrecision(3)} ns`;
}

function cell(row: Row, name: string, reference: string): string {
  const result = row.results[name];
  if (!result) return "-";
  if ("error" in result) return "failed";
  const time = median(result.rounds);
  const parts = [formatTime(time), `±${Math.round(spread(result.rounds) * 100)}%`];
  if (row.workload.flops) parts.push(`${(row.workload.flops / time).toFixed(1)} GFLOPS`);
  const own = row.results[reference];
  if (name !== reference && own && "rounds" in own) parts.push(`${(time / median(own.rounds)).toFixed(2)}x`);
  return parts.join("  ");
}

/** `reference` is the peer to whose time the others' are compared: 3x means that they take three times as long. */
export function table(rows: readonly Row[], peers: readonly PeerInfo[], reference: string): string {
  const present = peers.filter(({ absent }) => absent === null);
  const lines = [["", ...present.map(({ title }) => title!)]];
  for (const row of rows)
    lines.push([row.workload.name, ...present.map(({ name }) => cell(row, name, reference))]);
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const text = lines.map((line) =>
    line
      .map((part, i) => part.padEnd(widths[i]!))
      .join("  ")
      .trimEnd(),
  );
  const notes = peers
    .filter(({ absent }) => absent !== null)
    .map(({ name, absent }) => `${name} is absent: ${absent}`);
  for (const { workload, results } of rows) {
    for (const [name, result] of Object.entries(results)) {
      if ("error" in result) notes.push(`${name} failed at ${workload.name}: ${result.error}`);
    }
  }
  return [...text, ...(notes.length > 0 ? ["", ...notes] : [])].join("\n");
}

export function record(
  rows: readonly Row[],
  peers: readonly PeerInfo[],
  settings: object,
  machine: object,
): object {
  return {
    date: new Date().toISOString(),
    machine,
    settings,
    peers,
    workloads: rows.map(({ workload, results }) => ({
      ...workload,
      results: Object.fromEntries(
        Object.entries(results).map(([name, result]) => [
          name,
          "error" in result
            ? result
            : {
                medianNs: median(result.rounds),
                bestNs: Math.min(...result.rounds),
                spread: spread(result.rounds),
                roundsNs: result.rounds,
              },
        ]),
      ),
    })),
  };
}
