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

/** A way is tried so many times before it is judged, by its quickest run: threads that slept are slow at first. */
const TRIES = 3;

/**
 * The way that seems worse is tried again when so many times its duration have passed: soon at first, since what made it
 * slow may be over (a collection of garbage, a process that ended), then twice as late each time, until what it costs is
 * a loss of 1.5% at most.
 */
const RETRY = { first: 16, last: 200 } as const;

export class PacedProgram {
  /** Mean durations in ms of the runs on one thread and of those on several; 0 where it is not known. */
  readonly #durations: [number, number] = [0, 0];
  /** How often each way has been tried since nothing was known of it. */
  readonly #tries: [number, number] = [0, 0];
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
    if (this.#tries[1] > 0 && this.#tries[1] < TRIES) return true;
    const better = several <= one;
    if (better !== this.#choice) {
      this.#choice = better;
      this.#sinceTried = 0;
      this.#retry = RETRY.first;
    }
    if (this.#sinceTried < this.#retry * Math.max(one, several)) return better;
    this.#sinceTried = 0;
    this.#retry = Math.min(2 * this.#retry, RETRY.last);
    // What is known of it is old.
    this.#durations[Number(!better)] = 0;
    this.#tries[Number(!better)] = 0;
    return !better;
  }

  #note(duration: number): void {
    const i = Number(this.program.threadsTaken > 1);
    if (i === 1 && !this.#isPrepared) {
      this.#isPrepared = true;
      return;
    }
    const mean = this.#durations[i]!;
    const isTried = this.#tries[i]!++ < TRIES;
    if (isTried) this.#durations[i] = mean === 0 ? duration : Math.min(mean, duration);
    else this.#durations[i] = mean + SHARE * (Math.min(duration, MOST * mean) - mean);
    this.#sinceTried += duration;
  }
}
