/** What a library offers to be measured. */
import type { Kind } from "../workloads.ts";

export interface Prepared {
  /** One run of the workload. It returns once the result is there. */
  run(): unknown;
  /** A few numbers that only the right computation gives: compared between all peers before anything is timed. */
  check(): number[] | Promise<number[]>;
  /** Gives memory back, for libraries that ask for it. */
  dispose?(): void;
}

export interface Peer {
  /** Name and version. */
  title: string;
  /** Sets a workload up, with the numbers of inputs.ts. */
  prepare: Record<Kind, (size: number) => Prepared>;
}

/** The steps after which a training workload is checked by its cost. */
export const CHECKED_STEPS = 5;

/** The check of a training step that returns its cost. */
export function costAfter(step: () => number | Promise<number>): () => Promise<number[]> {
  return async () => {
    const costs: number[] = [];
    for (let i = 0; i < CHECKED_STEPS; i++) costs.push(await step());
    return costs;
  };
}

/** Of a result: its sum, and elements at both ends. */
export function digest(data: ArrayLike<number>): number[] {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += Math.abs(data[i]!);
  return [sum, data[0]!, data[data.length - 1]!];
}
