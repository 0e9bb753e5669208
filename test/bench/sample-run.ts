/** A run that nobody has to wait for. */
import { contestantsOf } from "../../bench/contestants.ts";
import type { Entry } from "../../bench/field.ts";
import { type RunRecord, record } from "../../bench/record.ts";
import type { Row } from "../../bench/report.ts";
import { type Workload, workloads } from "../../bench/workloads.ts";

export const contestants = contestantsOf(2);

export const entries: readonly Entry[] = contestants.map(({ name, label, peer }) => ({
  name,
  label,
  title: `${peer} 1.0`,
  absent: null,
}));

export function workload(name: string): Workload {
  const found = workloads.find((one) => one.name === name);
  if (!found) throw new Error(`no workload "${name}"`);
  return found;
}

/** A row in which each of the contestants took so many nanoseconds, in every round. */
export const rowOf = (name: string, times: Record<string, number>): Row => ({
  workload: workload(name),
  results: Object.fromEntries(
    Object.entries(times).map(([who, time]) => [who, { rounds: [time, time, time] }]),
  ),
});

/** Every workload, by everybody who takes part in it. */
export const fullRows = (time: (contestant: string, workload: Workload) => number): Row[] =>
  workloads.map((one) =>
    rowOf(
      one.name,
      Object.fromEntries(
        contestants
          .filter(({ groups }) => groups.includes(one.group))
          .map(({ name }) => [name, time(name, one)]),
      ),
    ),
  );

export const runOf = (rows: readonly Row[]): RunRecord =>
  record(rows, {
    date: "2026-01-02T03:04:05.000Z",
    machine: { cpu: "A processor", cores: 2, memoryGiB: 8, system: "Linux 6", node: "v20.0.0", load: 0.1 },
    pace: { rounds: 3, seconds: 0.1 },
    seconds: 120,
    threads: 2,
    contestants: entries,
  });
