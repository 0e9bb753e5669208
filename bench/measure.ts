/**
 * Measures one workload: in rounds, every contestant in turn in each, so that a noisy machine is noisy for all. Before
 * it is timed, all must agree on its numbers.
 */
import type { Contestant } from "./contestants.ts";
import type { Field } from "./field.ts";
import { parametersOf } from "./parameters.ts";
import { type Answer, PeerProcess, type PrepareRequest, type Request } from "./peer-process.ts";
import type { Result, Row } from "./report.ts";
import type { Workload } from "./workloads.ts";

export interface Pace {
  rounds: number;
  /** That a contestant is timed for in a round. */
  seconds: number;
}

/** Seconds for one contestant at one workload, after which it has no further round. */
const ENOUGH_SECONDS = 5;
/** Rounds that everybody has. */
const LEAST_ROUNDS = 2;

/** Largest relative difference allowed between two contestants' numbers: float32 sums in different orders. */
const TOLERANCE = 1e-3;

interface Check {
  name: string;
  numbers: readonly number[];
}

/** Why these numbers are not those of the first that gave any; null where they are. */
export function disagreement(numbers: readonly number[], first: Check): string | null {
  const wrong = first.numbers.findIndex(
    (value, i) => !(Math.abs(numbers[i]! - value) <= TOLERANCE * Math.max(Math.abs(value), 1e-3)),
  );
  if (wrong === -1) return null;
  return `computes ${numbers[wrong]} where ${first.name} has ${first.numbers[wrong]} (number ${wrong + 1})`;
}

const failed = ({ unable, error }: Answer): Result | null =>
  unable !== undefined ? { unable } : error !== undefined ? { error } : null;

function preparation(workload: Workload, check: boolean): PrepareRequest {
  // The kind and the settings belong together, which a spread of the union loses.
  const { kind, settings } = workload;
  const parameters = parametersOf(kind, settings as never);
  return { do: "prepare", kind, settings, parameters, check } as PrepareRequest;
}

/** Fresh processes take their time to start, and their first steps differ little. */
const MOST_FIRSTS = 3;
/** Seconds for one contestant's fresh processes, after which there is no further one. */
const ENOUGH_FOR_FIRSTS = 15;

/** The first run in the life of a process. */
async function firstRun(contestant: Contestant, workload: Workload): Promise<Answer> {
  const peer = await PeerProcess.start(contestant, true);
  const prepared = await peer.ask(preparation(workload, false));
  const answer = failed(prepared) ? prepared : await peer.ask({ do: "first" });
  peer.stop();
  return answer;
}

const asAnswer = (error: Error): Answer => ({ error: error.message });

/** How many seconds each contestant has been waited for. */
class Stopwatches {
  private readonly seconds = new Map<string, number>();

  of(name: string): number {
    return this.seconds.get(name) ?? 0;
  }

  async during<T>(name: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const result = await work();
    this.seconds.set(name, this.of(name) + (performance.now() - start) / 1000);
    return result;
  }
}

async function measureFirsts(
  workload: Workload,
  field: Field,
  rounds: number,
  progress: (text: string) => void,
): Promise<Row> {
  const row: Row = { workload, results: {} };
  const spent = new Stopwatches();
  for (let round = 1; round <= rounds; round++) {
    for (const contestant of field.of(workload.group)) {
      const { name } = contestant;
      const result = (row.results[name] ??= { rounds: [] });
      if (!("rounds" in result) || spent.of(name) > ENOUGH_FOR_FIRSTS) continue;
      progress(`${workload.name}: round ${round} of ${rounds}, ${name}`);
      const answer = await spent.during(name, () => firstRun(contestant, workload).catch(asAnswer));
      const wrong = failed(answer);
      if (wrong) row.results[name] = wrong;
      else result.rounds.push(answer.nanoseconds!);
    }
  }
  return row;
}

export async function measureWorkload(
  workload: Workload,
  field: Field,
  { rounds, seconds }: Pace,
  progress: (text: string) => void,
): Promise<Row> {
  if (workload.group === "first")
    return measureFirsts(workload, field, Math.min(rounds, MOST_FIRSTS), progress);
  const contestants = field.of(workload.group);
  const row: Row = { workload, results: {} };
  const ask = (contestant: Contestant, request: Request): Promise<Answer> =>
    field
      .process(contestant)
      .then((peer) => peer.ask(request))
      .catch(asAnswer);

  let first: Check | undefined;
  for (const contestant of contestants) {
    const { name } = contestant;
    progress(`${workload.name}: ${name} prepares`);
    const answer = await ask(contestant, preparation(workload, true));
    const wrong = failed(answer);
    // A ceiling computes nothing that could be compared.
    const numbers = answer.check ?? [];
    if (!wrong && numbers.length > 0) first ??= { name, numbers };
    const difference = numbers.length > 0 && first ? disagreement(numbers, first) : null;
    const { way } = answer;
    const start: Result = way === undefined ? { rounds: [] } : { rounds: [], way };
    row.results[name] = wrong ?? (difference === null ? start : { error: difference });
  }

  const spent = new Stopwatches();
  for (let round = 1; round <= rounds; round++) {
    for (const contestant of contestants) {
      const { name } = contestant;
      const result = row.results[name]!;
      if (!("rounds" in result) || (round > LEAST_ROUNDS && spent.of(name) > ENOUGH_SECONDS)) continue;
      progress(`${workload.name}: round ${round} of ${rounds}, ${name}`);
      const answer = await spent.during(name, () => ask(contestant, { do: "measure", seconds }));
      const wrong = failed(answer);
      if (wrong) row.results[name] = wrong;
      else result.rounds.push(answer.nanoseconds!);
    }
  }
  for (const contestant of contestants) await ask(contestant, { do: "drop" });
  return row;
}
