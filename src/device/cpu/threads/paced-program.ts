/**
 * A program on one thread or on several, whichever takes less time. What the threads of a run gain depends on its work,
 * but also on what else the machine does: where another process keeps a processor busy, threads that must wait for each
 * other are slower than one. So the duration of the runs decides.
 */
import type { TeamProgram } from "./team.ts";

/** The share of the latest run in the mean duration. */
const SHARE = 0.25;

/** A run counts as at most so many times the mean: one that was interrupted says little. */
const MOST = 2;

/**
 * Several threads are given up after so many runs, and not before so many ms: those that slept are slow at first, and
 * Linux may have put them on one processor, from where it takes some ms to move them.
 */
const TRIAL = { runs: 3, time: 6 } as const;

/**
 * The way that seems worse is tried again when so many times its duration have passed: soon at first, since what made it
 * slow may be over (a collection of garbage, a process that ended), then twice as late each time, until what it costs is
 * a loss of 1.5% at most.
 */
const RETRY = { first: 16, last: 200 } as const;

export class PacedProgram {
  /** Mean durations in ms of the runs on one thread and of those on several; 0 where it is not known. */
  readonly #durations: [number, number] = [0, 0];
  /** While several threads are on trial: how many runs they had, and how long these took. */
  #trial: { runs: number; time: number } | null = null;
  /** What a run of a trial that failed costs, in ms, a longer trial being counted as so many longer runs. */
  #failureCost = 0;
  /** Whether several threads seem better. */
  #choice = true;
  /** Time in runs, in ms, since the way that seems worse was tried, or the choice changed. */
  #sinceTried = 0;
  /** When it is tried next: see RETRY. */
  #retry: number = RETRY.first;
  /** In its first run each thread prepares itself, which says nothing about the next. */
  #isPrepared = false;

  constructor(readonly program: Pick<TeamProgram, "run" | "threadsTaken">) {}

  /** As `TeamProgram.run`, on `threads` threads or on one. */
  run(threads: number): number {
    const several = this.#wantsSeveral();
    const start = performance.now();
    const result = this.program.run(several ? threads : 1);
    this.#note(performance.now() - start);
    return result;
  }

  #wantsSeveral(): boolean {
    const [one, several] = this.#durations;
    if (one === 0) return false;
    if (several === 0 || this.#trial !== null) return true;
    const better = several <= one;
    if (better !== this.#choice) {
      this.#choice = better;
      this.#sinceTried = 0;
      this.#retry = RETRY.first;
    }
    if (this.#sinceTried < this.#retry * Math.max(one, several, this.#failureCost)) return better;
    this.#sinceTried = 0;
    this.#retry = Math.min(2 * this.#retry, RETRY.last);
    // What is known of it is old.
    this.#durations[Number(!better)] = 0;
    return !better;
  }

  #note(duration: number): void {
    const i = Number(this.program.threadsTaken > 1);
    if (i === 1 && !this.#isPrepared) {
      this.#isPrepared = true;
      return;
    }
    const mean = this.#durations[i]!;
    if (i === 1 && mean === 0) this.#trial = { runs: 0, time: 0 };
    if (i === 1 && this.#trial !== null) {
      this.#durations[1] = mean === 0 ? duration : Math.min(mean, duration);
      this.#judge(this.#trial, duration);
    } else if (mean === 0) this.#durations[i] = duration;
    else this.#durations[i] = mean + SHARE * (Math.min(duration, MOST * mean) - mean);
    this.#sinceTried += duration;
  }

  /** Ends the trial once several threads were quicker, or had their chance. */
  #judge(trial: { runs: number; time: number }, duration: number): void {
    trial.runs++;
    trial.time += duration;
    const [one, several] = this.#durations;
    const failed = trial.runs >= TRIAL.runs && trial.time >= TRIAL.time;
    if (failed) this.#failureCost = trial.time / TRIAL.runs;
    if (failed || several < one) this.#trial = null;
  }
}
