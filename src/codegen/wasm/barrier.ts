/**
 * Where the threads of a program wait for each other: a barrier that counts generations. Who arrives last starts the
 * next generation, for which the others spin a while and then sleep. A thread that fails aborts the run: it says so
 * first and then starts a generation too, so that nobody waits for it; all others trap.
 */
import { FunctionBuilder } from "./assembler.ts";

/** Byte addresses of the barrier's words. Those that change at each barrier stand on a cache line of their own. */
export const barrierWords = {
  generation: 256,
  /** The number of the thread that failed, plus 1; or 0. */
  aborted: 260,
  /** How many sleep, or are about to. */
  sleepers: 264,
  /** Not 0 where thread 0 may sleep; the main thread of a page must not. */
  mainMaySleep: 268,
  /** How many times a thread looks at the generation before it sleeps. */
  spins: 272,
  arrived: 384,
} as const;

/** `(thread, threads)`: returns once all threads have called it. */
export function barrierFunction(): FunctionBuilder {
  const f = new FunctionBuilder(["i32", "i32"]);
  const [thread, threads] = [0, 1];
  const generation = f.local("i32");
  const spins = f.local("i32");
  const load = (word: keyof typeof barrierWords): FunctionBuilder =>
    f.i32(0).atomic("i32.atomic.load", barrierWords[word]);
  const add = (word: keyof typeof barrierWords, by: number): FunctionBuilder =>
    f.i32(0).i32(by).atomic("i32.atomic.rmw.add", barrierWords[word]);
  const trapIfAborted = (): void => {
    load("aborted").open("if").op("unreachable").end();
  };

  // The generation first: a failure after it starts another, one before it is seen here.
  load("generation").set(generation);
  trapIfAborted();
  add("arrived", 1).i32(1).op("i32.add").get(threads).op("i32.eq").open("if");
  f.i32(0).i32(0).atomic("i32.atomic.store", barrierWords.arrived);
  add("generation", 1).op("drop");
  load("sleepers").open("if");
  f.i32(0).i32(-1).atomic("memory.atomic.notify", barrierWords.generation).op("drop");
  f.end().op("return").end();

  load("spins").set(spins);
  f.open("block").open("loop");
  load("generation").get(generation).op("i32.ne").op("br_if", 1);
  f.get(spins).i32(1).op("i32.sub").tee(spins).op("br_if", 0);
  f.i32(1).set(spins);
  f.get(thread);
  load("mainMaySleep").op("i32.or").op("i32.eqz").op("br_if", 0);
  add("sleepers", 1).op("drop");
  f.i32(0).get(generation).i64(-1n).atomic("memory.atomic.wait32", barrierWords.generation).op("drop");
  add("sleepers", -1).op("drop");
  f.op("br", 0).end().end();
  trapIfAborted();
  return f;
}

/** Waits for all threads, where there are several: `barrier` is the number of the function above, the others are locals. */
export function emitBarrier(body: FunctionBuilder, barrier: number, thread: number, threads: number): void {
  body.get(threads).i32(1).op("i32.gt_u").open("if");
  body.get(thread).get(threads).op("call", barrier).end();
}
