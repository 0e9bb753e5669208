/** How the units of a stage are spread over threads. */
import { FunctionBuilder } from "../assembler.ts";

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
 * Begins a function `(thread, threads, scratch)` that works on the thread's share of `units`: neighbours, about equally
 * many for each. With `parallel` false, thread 0 does all.
 */
export function beginStage(units: number, parallel: boolean): Stage {
  const body = new FunctionBuilder(["i32", "i32", "i32"]);
  const [thread, threads, scratch] = [0, 1, 2];
  const unit = body.local("i32");
  const end = body.local("i32");
  if (parallel) {
    const atMostUnits = (local: number) => {
      body.get(local).i32(units).get(local).i32(units).op("i32.lt_u").op("select").set(local);
    };
    // At first `end` is the share, ceil(units / threads).
    body
      .get(threads)
      .i32(units - 1)
      .op("i32.add")
      .get(threads)
      .op("i32.div_u")
      .tee(end);
    body.get(thread).op("i32.mul").tee(unit).get(end).op("i32.add").set(end);
    atMostUnits(unit);
    atMostUnits(end);
  } else {
    body.get(thread).open("if").op("return").end().i32(units).set(end);
  }
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
