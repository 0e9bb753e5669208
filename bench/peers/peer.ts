/** What a library offers to be measured. */
import type { PeerSettings } from "../contestants.ts";
import type { Parameter } from "../parameters.ts";
import type { Kind, Kinds } from "../workloads.ts";

export interface Prepared {
  /** One run of the workload. It returns once the result is there. */
  run(): unknown;
  /** A few numbers that only the right computation gives: compared between all peers before anything is timed. */
  check(): number[] | Promise<number[]>;
  /** Gives memory back, for libraries that ask for it. */
  dispose?(): void;
}

/** Sets a workload up, with the numbers of inputs.ts. A kind that is missing is none of the peer's business. */
export type Preparations = {
  [K in Kind]?: (settings: Kinds[K], parameters: readonly Parameter[]) => Prepared;
};

export interface Peer {
  /** Name and version. */
  title: string;
  prepare: Preparations;
}

/** The one export of each file that host.ts can run. */
export type Open = (settings: PeerSettings) => Peer | Promise<Peer>;

/** Why a library cannot do something: for the table, no failure of the run. */
export class Unable extends Error {}

/** The steps after which a training workload is checked by its cost. */
const CHECKED_STEPS = 5;

/** A training step that gives its cost, ready to be measured. */
export function training(step: () => number): Prepared {
  return { run: step, check: () => Array.from({ length: CHECKED_STEPS }, step) };
}

/** Of a result: its sum, and elements at both ends. */
export function digest(data: ArrayLike<number>): number[] {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += Math.abs(data[i]!);
  return [sum, data[0]!, data[data.length - 1]!];
}
