/** How work is spread over threads: neighbours for each, about equally many. */
import { FunctionBuilder } from "../assembler.ts";

/** The i32 locals with the number of the thread and how many there are. */
export interface Team {
  readonly thread: number;
  readonly threads: number;
}

/** New locals that say where this thread's share of `count` things begins and ends; shares begin at multiples of `unit`. */
export function emitShare(
  f: FunctionBuilder,
  { thread, threads }: Team,
  count: number,
  unit = 1,
): { first: number; end: number } {
  const [first, end] = [f.local("i32"), f.local("i32")];
  const bound = (): void => {
    f.i32(Math.ceil(count / unit))
      .op("i32.mul")
      .get(threads)
      .op("i32.div_u");
    if (unit > 1) f.i32(unit).op("i32.mul");
  };
  f.get(thread);
  bound();
  f.set(first).get(thread).i32(1).op("i32.add");
  bound();
  f.set(end);
  // The last unit may be smaller.
  if (count % unit > 0) f.get(end).i32(count).get(end).i32(count).op("i32.lt_u").op("select").set(end);
  return { first, end };
}

/** The locals of a stage's function. */
export interface Stage {
  readonly body: FunctionBuilder;
  /** The unit that is being worked on, and the first that is not this thread's. */
  readonly unit: number;
  readonly end: number;
  /** The parameter that says where the thread's scratch memory is. */
  readonly scratch: number;
  /** Emits the loop over the thread's units; `turn` does one and moves on by itself if it `moves`. */
  each(turn: () => void, moves?: boolean): void;
}

/**
 * Begins a function `(thread, threads, scratch)` that works on the thread's share of `units`. With `parallel` false,
 * thread 0 does all.
 */
export function beginStage(units: number, parallel: boolean): Stage {
  const body = new FunctionBuilder(["i32", "i32", "i32"]);
  const [thread, threads, scratch] = [0, 1, 2];
  if (!parallel) body.get(thread).open("if").op("return").end();
  const { first: unit, end } = parallel ? emitShare(body, { thread, threads }, units) : all(body, units);
  const each: Stage["each"] = (turn, moves = false) => {
    if (!parallel && units === 1) {
      turn();
      return;
    }
    body.whileLess(unit, end, () => {
      turn();
      if (!moves) body.increase(unit, 1);
    });
  };
  return { body, unit, end, scratch, each };
}

function all(body: FunctionBuilder, units: number): { first: number; end: number } {
  const [first, end] = [body.local("i32"), body.local("i32")];
  body.i32(units).set(end);
  return { first, end };
}
