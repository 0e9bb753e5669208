/** Copies elements of any strides into one stretch of scratch memory, as the folds read them. */
import { FunctionBuilder } from "../assembler.ts";
import type { Axes } from "./axes.ts";
import type { ProgramModule } from "./program-module.ts";

/** What is written past the last element, at most. */
export const COPY_ROOM = 16;

const accesses = {
  1: ["i32.load8_u", "i32.store8", "v128.load8_splat"],
  4: ["i32.load", "i32.store", "v128.load32_splat"],
  8: ["i64.load", "i64.store", "v128.load64_splat"],
} as const;

/**
 * The number of a function `(base, from, n, target)`: copies elements [from, from + n) of the axes, n at least 1, whose
 * first element is at address `base`. Whole vectors are read and written where elements are neighbours or alike.
 */
export function copyFunction(program: ProgramModule, { sizes, strides }: Axes, bytes: number): number {
  const steps = strides[0]!.map((step) => step * bytes);
  return program.shared(`fold copy ${bytes} ${sizes} ${steps}`, () => {
    const body = new FunctionBuilder(["i32", "i32", "i32", "i32"]);
    const [base, from, n, target] = [0, 1, 2, 3];
    const digits = sizes.map(() => body.local("i32"));
    const run = body.local("i32");
    const pointer = body.local("i32");
    const end = body.local("i32");
    const last = sizes.length - 1;
    const [load, store, splat] = accesses[bytes as 1 | 4 | 8];
    const step = steps[last]!;

    // From now on `base` is where the row begins, the innermost axis being at 0.
    for (let d = last, inner = 1; d >= 0; inner *= sizes[d--]!) {
      body.get(from).i32(inner).op("i32.div_u");
      if (d > 0) body.i32(sizes[d]!).op("i32.rem_u");
      body.set(digits[d]!);
      if (d < last) body.get(base).get(digits[d]!).i32(steps[d]!).op("i32.mul").op("i32.add").set(base);
    }
    const copyRun = () => {
      body.get(base).get(digits[last]!).i32(step).op("i32.mul").op("i32.add").set(pointer);
      body.get(target).get(run).i32(bytes).op("i32.mul").op("i32.add").set(end);
      const alike = body.local("v128");
      if (step === 0) body.get(pointer).memory(splat).set(alike);
      const vectors = step === 0 || step === bytes;
      body.open("loop").get(target);
      if (step === 0) body.get(alike).memory("v128.store");
      else if (vectors) body.get(pointer).memory("v128.load").memory("v128.store");
      else body.get(pointer).memory(load).memory(store);
      body.increase(pointer, vectors ? 16 : step).increase(target, vectors ? 16 : bytes);
      body.get(target).get(end).op("i32.lt_u").op("br_if", 0).end().get(end).set(target);
    };
    body.open("loop");
    body.get(n).i32(sizes[last]!).get(digits[last]!).op("i32.sub").tee(run);
    body.get(n).get(run).op("i32.lt_u").op("select").set(run);
    copyRun();
    body.get(n).get(run).op("i32.sub").tee(n).open("if");
    body.i32(0).set(digits[last]!).open("block");
    for (let d = last - 1; d >= 0; d--) {
      body.increase(digits[d]!, 1).increase(base, steps[d]!);
      if (d === 0) break;
      body.get(digits[d]!).i32(sizes[d]!).op("i32.lt_u").op("br_if", 0);
      body
        .i32(0)
        .set(digits[d]!)
        .increase(base, -sizes[d]! * steps[d]!);
    }
    // Out of the block, into the next turn of the loop.
    body.end().op("br", 1).end().end();
    return body;
  });
}
