/**
 * Where in the first page of the program memory the main thread and its workers tell each other what to do, as numbers
 * of 32-bit words. The barrier has its own place there (codegen/wasm/barrier.ts).
 */

/** Not 0 while the main thread sleeps until a worker is done. */
export const MAIN_SLEEPS = 128;

/** Of the failure that aborted a run: whether it is a trap, and its text, 16 bits a character. */
export const failure = { isTrap: 256, length: 257, text: 258, mostCharacters: 400 } as const;

/** How long a thread that waits stays awake, in ms: some times what it costs to wake it. */
export const AWAKE_MS = 0.1;

/** Each worker has two cache lines; the words of the second are written by the worker alone. */
const FIRST_WORKER = 1024;
const WORKER_WORDS = 32;

/** The words of a worker, counted from the first one of its own. */
export const workerWords = {
  /** One of `commands`. */
  command: 0,
  /** How many messages have been posted to it. */
  sent: 1,
  /** What to run, as which thread of how many. */
  program: 2,
  thread: 3,
  threads: 4,
  /** One of `states`. */
  state: 16,
  /** How many messages it has dealt with. */
  received: 17,
  /** What its last run returned. */
  result: 18,
} as const;

/** The worker takes a command back (`none`) when it has done it. */
export const commands = { none: 0, readMessages: 1, run: 2 } as const;

/** Whether a worker waits for commands, and how; `away` it is busy with messages, or not there yet. */
export const states = { away: 0, awake: 1, asleep: 2 } as const;

/** The first word of worker number `index`. */
export function wordsOf(index: number): number {
  return FIRST_WORKER + index * WORKER_WORDS;
}
