/** Ctrl-C during the lessons: what there is so far is kept, and a second one ends the program at once. */
import { constants } from "node:os";

const signals = ["SIGINT", "SIGTERM"] as const;

/** The exit code of a program that a signal ended, as shells give it. */
export const exitCodeOf = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];

/** Listens until it is closed. */
export class Interruption {
  /** The signal that asked for the end; null while none did. */
  signal: NodeJS.Signals | null = null;

  constructor() {
    for (const signal of signals) process.on(signal, this.#listen);
  }

  readonly #listen = (signal: NodeJS.Signals): void => {
    if (this.signal !== null) process.exit(exitCodeOf(signal));
    this.signal = signal;
  };

  close(): void {
    for (const signal of signals) process.off(signal, this.#listen);
  }
}
