/** Runs a training step by step: progress, costs, an early end. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Tensor, ValueError } from "xorch";
import type { Stage } from "./lesson.ts";

/** [step, cost], as a program printed them. */
export type Costs = [number, number][];

/** What the programs return of their predictions. */
export interface Prediction {
  readonly hypothesis: Tensor;
  readonly predicted: Tensor;
  readonly accuracy: number;
}

/** How the programs are watched. */
export interface Watcher {
  print(step: number, cost: number): void;
  watch(step: number, cost: Tensor): boolean | Promise<boolean>;
}

export interface Training<Result> {
  /** What the program returned; null where the numbers of the network have become NaN. */
  readonly result: Result | null;
  readonly costs: Costs;
  /** Steps done. */
  readonly steps: number;
  readonly ending: "done" | "interrupted" | "diverged";
  /** The first step whose cost was no number, or could not be computed; null without one. */
  readonly firstNaN: number | null;
}

/** Between two looks at the clock, in ms: signals come and the bar moves so often. */
const PAUSE = 50;

const hasNumbers = ({ hypothesis }: Prediction): boolean =>
  hypothesis.toTypedArray().every((value) => Number.isFinite(Number(value)));

/** Runs a program, prints every so many steps, and stops where it is interrupted or its numbers are none any more. */
export async function watch<Result extends Prediction>(
  { screen, progress, interruption }: Stage,
  label: string,
  total: number,
  every: number,
  program: (watcher: Watcher) => Promise<Result>,
): Promise<Training<Result>> {
  const costs: Costs = [];
  let steps = 0;
  let firstNaN: number | null = null;
  let nextLook = 0;
  const watcher: Watcher = {
    print: (step, cost) => {
      costs.push([step, cost]);
      progress.update(step);
      if (step % every === 0) screen.step(step, cost);
    },
    watch: (step, cost) => {
      steps = step + 1;
      if (firstNaN === null && !Number.isFinite(cost.item())) firstNaN = step;
      const now = performance.now();
      if (now < nextLook) return false;
      nextLook = now + PAUSE;
      progress.update(steps);
      return nextTurn().then(() => interruption.signal !== null);
    },
  };
  progress.start(label, total);
  try {
    const result = await program(watcher);
    if (!hasNumbers(result))
      return { result: null, costs, steps, ending: "diverged", firstNaN: firstNaN ?? steps };
    return { result, costs, steps, ending: steps < total ? "interrupted" : "done", firstNaN };
  } catch (error) {
    // Shapes and dtypes are those of the step before: only the values can be refused now.
    if (!(error instanceof ValueError) || steps === 0) throw error;
    return { result: null, costs, steps, ending: "diverged", firstNaN: firstNaN ?? steps };
  } finally {
    progress.stop();
  }
}
