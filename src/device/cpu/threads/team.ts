/**
 * The worker threads, and the programs that they run together with the calling thread. All threads of a run execute the
 * same function, each on its own share of the work; barriers within it (codegen/wasm/barrier.ts) keep them in step.
 *
 * Workers are started by the first run that wants them and come in when they are ready: a run takes those that wait and
 * know the program, and is right with any number, since results do not depend on it.
 */
import { barrierWords } from "../../../codegen/wasm/barrier.ts";
import { programMemory } from "../arena-memory.ts";
import { AWAKE_MS, commands, failure, MAIN_SLEEPS, states, wordsOf, workerWords } from "./control-words.ts";
import { numThreads, processors } from "./count.ts";
import { startWorker } from "./start-worker.ts";

/** A thread's share of a program: `thread` counts from 0, the calling thread. Returns 0, or a code that says what is wrong. */
export type Run = (thread: number, threads: number) => number;

/** How a worker makes the functions that a program imports, beside its memory. */
export interface WorkerImports {
  /**
   * The text of a JavaScript function `(description, memory, require) => ({ name: function, ... })` that depends on nothing
   * else. `require` is Node's, undefined in pages. It is called once in a worker for equal text and description.
   */
  readonly source: string;
  /** What the function is given: plain data. */
  readonly description: unknown;
}

export interface ProgramParts {
  /** Imports `env.memory` and functions of `env`; exports `run`. */
  readonly module: WebAssembly.Module;
  /** The export of the calling thread's own instance. */
  readonly run: Run;
  /** Imported functions that are missing here do nothing in workers: they are for thread 0 alone. */
  readonly workerImports?: WorkerImports | undefined;
}

/**
 * How often a thread looks whether the others have come to a barrier before it sleeps, by whether there is a processor
 * for each. With one, 0.1 ms: threads that soon sleep and wake each other are put on one processor by Linux, and stay
 * there for long if others are busy. Without one, those who wait must make way.
 */
const SPINS = { enough: 100_000, tooFew: 1000 } as const;

const generation = barrierWords.generation / 4;
const aborted = barrierWords.aborted / 4;

/** What workers are told of a program. */
interface Announcement {
  readonly id: number;
  readonly module: WebAssembly.Module;
  readonly workerImports: WorkerImports | undefined;
  /** Which message told it to a worker, by the worker's index. */
  readonly sentAs: number[];
}

/** A worker, seen from the calling thread. */
class Member {
  readonly #firstWord: number;
  readonly #worker: { postMessage(message: unknown): void };
  #sent = 0;

  constructor(
    readonly index: number,
    readonly words: Int32Array,
  ) {
    this.#firstWord = wordsOf(index);
    this.#worker = startWorker(retire);
    this.post({ memory: programMemory(), firstWord: this.#firstWord });
  }

  /** Sends a message, with the command to read it: who waits for commands hears no messages. */
  post(message: unknown): void {
    this.words[this.#firstWord + workerWords.sent] = ++this.#sent;
    this.#worker.postMessage(message);
    this.#command(commands.readMessages);
  }

  /** Whether the worker waits and knows the program; it is told of one that it does not know. */
  isReadyFor(announcement: Announcement): boolean {
    const { words, index } = this;
    const { sentAs, id, module, workerImports } = announcement;
    if (sentAs[index] === undefined) {
      this.post({ id, module, workerImports });
      sentAs[index] = this.#sent;
    }
    return (
      Atomics.load(words, this.#firstWord) === commands.none &&
      Atomics.load(words, this.#firstWord + workerWords.state) !== states.away &&
      Atomics.load(words, this.#firstWord + workerWords.received) >= sentAs[index]
    );
  }

  start(program: number, thread: number, threads: number): void {
    const { words } = this;
    words[this.#firstWord + workerWords.program] = program;
    words[this.#firstWord + workerWords.thread] = thread;
    words[this.#firstWord + workerWords.threads] = threads;
    this.#command(commands.run);
  }

  /** Waits until the run is over and gives its result. */
  join(): number {
    const { words } = this;
    const end = performance.now() + AWAKE_MS;
    while (Atomics.load(words, this.#firstWord) !== commands.none) {
      if (!mayWait || performance.now() < end) continue;
      Atomics.store(words, MAIN_SLEEPS, 1);
      Atomics.wait(words, this.#firstWord, commands.run);
      Atomics.store(words, MAIN_SLEEPS, 0);
    }
    return words[this.#firstWord + workerWords.result]!;
  }

  #command(command: number): void {
    const { words } = this;
    Atomics.store(words, this.#firstWord, command);
    const state = Atomics.load(words, this.#firstWord + workerWords.state);
    if (state === states.asleep) Atomics.notify(words, this.#firstWord);
  }
}

const members: Member[] = [];
const nobody: readonly Member[] = [];

/** Whether this thread may sleep: the main thread of a page may not. */
let mayWait = false;

/** Of the machine. */
let available = 1;

/** Set once workers turned out not to work, and while a run is on its way: it may reach a function that wants another. */
let retired = false;
let busy = false;

/** Goes on with one thread. */
function retire(reason: string): void {
  if (!retired) console.warn(`xorch: worker threads do not work here, one thread only: ${reason}`);
  retired = true;
}

/** Starts workers until there are `count`. */
function hire(count: number): void {
  if (members.length >= count) return;
  const words = new Int32Array(programMemory().buffer);
  available = processors();
  try {
    mayWait = Atomics.wait(words, generation, ~Atomics.load(words, generation), 0) === "not-equal";
  } catch {
    mayWait = false;
  }
  words[barrierWords.mainMaySleep / 4] = Number(mayWait);
  try {
    while (members.length < count) members.push(new Member(members.length, words));
  } catch (error) {
    retire(String(error));
  }
}

/** Ends the run for all threads, since the calling one failed. */
function abort(words: Int32Array): void {
  Atomics.compareExchange(words, aborted, 0, 1);
  Atomics.add(words, generation, 1);
  Atomics.notify(words, generation);
}

/** After a run that was aborted: makes the barrier as new, and gives the failure that was the first. */
function takeFailure(words: Int32Array, own: unknown): unknown {
  const first = words[aborted];
  words[aborted] = 0;
  words[barrierWords.arrived / 4] = 0;
  if (first === 1) return own;
  const characters = words.buffer.slice(failure.text * 4, failure.text * 4 + words[failure.length]! * 2);
  const text = String.fromCharCode(...new Uint16Array(characters));
  // A trap belongs to the program's numbers; anything else would go wrong again.
  if (words[failure.isTrap] !== 0) return new WebAssembly.RuntimeError(text);
  retire(text);
  return new Error(`A worker thread failed: ${text}`);
}

/** The workers, `most` at most, that wait and know the program. */
function readyFor(announcement: Announcement, most: number): Member[] {
  hire(most);
  const ready: Member[] = [];
  for (const member of members) {
    if (ready.length < most && member.isReadyFor(announcement)) ready.push(member);
  }
  return ready;
}

/** Runs a program on this thread and on these workers. */
function runTogether(ready: readonly Member[], program: number, run: Run): number {
  const threads = ready.length + 1;
  const { words } = members[0]!;
  let result = 0;
  let failed: unknown;
  words[barrierWords.spins / 4] = threads <= available ? SPINS.enough : SPINS.tooFew;
  busy = true;
  for (const [i, member] of ready.entries()) member.start(program, i + 1, threads);
  try {
    result = run(0, threads);
  } catch (error) {
    failed = error;
    abort(words);
  }
  for (const member of ready) {
    const its = member.join();
    if (result === 0 || (its !== 0 && its < result)) result = its;
  }
  busy = false;
  if (words[aborted] !== 0) throw takeFailure(words, failed);
  return result;
}

let programs = 0;

/** Tells the workers to forget programs that nobody can run any more. */
const forgotten = /* @__PURE__ */ new FinalizationRegistry<Announcement>(({ id, sentAs }) => {
  for (const member of members) if (sentAs[member.index] !== undefined) member.post({ id });
});

/** A program that can run on several threads. Workers forget it once this object is gone. */
export class TeamProgram {
  /** How many threads the last run had. */
  threadsTaken = 1;
  readonly #announcement: Announcement;
  readonly #run: Run;

  constructor({ module, run, workerImports }: ProgramParts) {
    this.#announcement = { id: programs++, module, workerImports, sentAs: [] };
    this.#run = run;
    forgotten.register(this, this.#announcement);
  }

  /**
   * Runs the program once on at most `threads` threads, and at most `numThreads()`; returns when all are done. Where
   * workers are not there yet or do not know the program, it runs with fewer.
   *
   * @returns 0, or the least of the codes that threads returned which are not 0.
   * @throws what the failing thread threw: a WebAssembly.RuntimeError for a trap.
   */
  run(threads: number): number {
    const ready = this.#ready(threads);
    this.threadsTaken = ready.length + 1;
    if (ready.length === 0) return this.#run(0, 1);
    return runTogether(ready, this.#announcement.id, this.#run);
  }

  /** Whether a run now would have more than one thread. If it should, this starts workers and tells them the program. */
  isReady(threads: number): boolean {
    return this.#ready(threads).length > 0;
  }

  /** The workers for a run on `threads` threads. */
  #ready(threads: number): readonly Member[] {
    const wanted = Math.min(threads, numThreads());
    if (wanted <= 1 || busy || retired) return nobody;
    return readyFor(this.#announcement, wanted - 1);
  }
}
