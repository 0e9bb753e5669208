/** The results of a run, as JSON for programs; a later run can go on from it. */
import { type Aim, judge } from "./aims.ts";
import type { Entry } from "./field.ts";
import type { Machine } from "./machine.ts";
import type { Pace } from "./measure.ts";
import { median, type Result, type Row, spread } from "./report.ts";
import { type Workload, workloads } from "./workloads.ts";

type RecordedResult = Result & { medianNs?: number; bestNs?: number; spread?: number };

export interface RunRecord {
  date: string;
  machine: Machine;
  pace: Pace;
  threads: number;
  /** That the measurements took, all parts of a run that was gone on from together. */
  seconds: number;
  contestants: readonly Entry[];
  aims: readonly Aim[];
  workloads: readonly (Workload & { results: Record<string, RecordedResult> })[];
}

function withStatistics(result: Result): RecordedResult {
  if (!("rounds" in result) || result.rounds.length === 0) return result;
  const { rounds } = result;
  return { medianNs: median(rounds), bestNs: Math.min(...rounds), spread: spread(rounds), ...result };
}

const mapped = <A, B>(record: Record<string, A>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));

export function record(rows: readonly Row[], run: Omit<RunRecord, "aims" | "workloads">): RunRecord {
  return {
    ...run,
    aims: judge(rows),
    workloads: rows.map(({ workload, results }) => ({
      ...workload,
      results: mapped(results, withStatistics),
    })),
  };
}

function withoutStatistics(result: RecordedResult): Result {
  if ("rounds" in result) {
    const { rounds, way } = result;
    return way === undefined ? { rounds } : { rounds, way };
  }
  return "error" in result ? { error: result.error } : { unable: result.unable };
}

/** The rows of a record, of those workloads that are still measured in the same way. */
export function rowsOf(run: RunRecord): Row[] {
  return run.workloads.flatMap(({ results, ...recorded }) => {
    const workload = workloads.find(({ name }) => name === recorded.name);
    if (!workload || JSON.stringify(workload.settings) !== JSON.stringify(recorded.settings)) return [];
    return [{ workload, results: mapped(results, withoutStatistics) }];
  });
}
