/** What the functions of a reduce kernel have in common: the expressions, and how they become instructions. */
import type { Expr } from "../../ir/expr.ts";
import type { ReduceKernel } from "../../ir/kernel.ts";
import { lower } from "../../ir/lower.ts";
import type { FunctionBuilder } from "./assembler.ts";
import { Cursor } from "./cursor.ts";
import {
  chooseInstructionSet,
  Emission,
  type Layout,
  type Place,
  pushPointer,
  usedInputs,
} from "./emission.ts";
import type { InstructionSet } from "./instruction-set.ts";

/**
 * Vectors that a loop works on at once. One chain of additions waits four cycles for each result; four chains keep
 * the adders busy. In a row they are also partial sums, which keeps rounding errors small.
 */
export const CHAINS = 4;

/** The kernel in primitives, and what all its functions need. */
export interface FoldParts extends Pick<ReduceKernel, "element" | "combine" | "identity" | "finish"> {
  readonly set: InstructionSet;
  readonly layout: Layout;
  /** A bit for each input of which one element serves for all. */
  readonly repeated: number;
}

/** The parts of a kernel; `set` is the widest that can compute all of it, if it is not given. */
export function foldParts(
  kernel: ReduceKernel,
  repeated: number,
  layout: Layout,
  set?: InstructionSet,
): FoldParts {
  const element = lower(kernel.element);
  const combine = lower(kernel.combine);
  const identity = lower(kernel.identity);
  const finish = kernel.finish && lower(kernel.finish);
  const roots = [element, combine, identity, ...(finish ? [finish] : [])];
  const chosen = set ?? chooseInstructionSet(kernel.name, roots);
  return { element, combine, identity, finish, set: chosen, layout, repeated };
}

/** The inputs of which more than one element is read, `repeated` being a bit for each of which one is. */
export function streamedInputs(parts: FoldParts, repeated = parts.repeated): Expr[] {
  return usedInputs([parts.element]).filter((x) => !((repeated >>> Number(x.value)) & 1));
}

/** A cursor over inputs that lie packed in their regions, and where they are. */
export function packedInputs(parts: FoldParts, body: FunctionBuilder) {
  const dtypes = streamedInputs(parts).map((x) => x.dtype);
  const cursor = new Cursor(body, dtypes);
  const place = (x: Expr): Place => ({
    pointer: cursor.pointer(x.dtype),
    offset: parts.layout.region(Number(x.value)),
  });
  return { cursor, place };
}

/** Begins a function that folds elements: computes what stays the same in its loops. */
export function beginFold(parts: FoldParts, body: FunctionBuilder, finish: Expr | null) {
  const { set } = parts;
  const elements = new Emission(body, set, parts.layout);
  elements.hoist([parts.element], parts.repeated);
  /**
   * Gives what computes the elements `ahead` of those at `place`, as a local. Of the inputs of `repeated`, a bit each,
   * there is one element as long as the place stays the same; it is read now.
   */
  const elementsAt = (place: (x: Expr) => Place, repeated = 0): ((ahead: number) => number) => {
    const here = elements.nested();
    here.hoist([parts.element], repeated, place);
    return (ahead) => {
      const turn = here.turn((x) => {
        const at = place(x);
        set.load(pushPointer(body, at), x.dtype, at.offset + ahead * x.dtype.bytes);
      });
      return turn(parts.element);
    };
  };
  return { elementsAt, ...beginGathering(parts, body, finish) };
}

/** As beginFold, for a function that works on gathered values alone. */
export function beginGathering(parts: FoldParts, body: FunctionBuilder, finish: Expr | null) {
  // Not the emission of the elements: input 0 is something else here, the gathered value.
  const emission = new Emission(body, parts.set, parts.layout);
  emission.hoist([parts.combine, parts.identity, ...(finish ? [finish] : [])], 0);
  /** Pushes combine(gathered, next). */
  const combine = (gathered: number, next: number): void => {
    body.get(emission.turn((x) => body.get(Number(x.value) === 0 ? gathered : next))(parts.combine));
  };
  /** Local of the finished value, or the gathered one where nothing is to be done. */
  const finished = (gathered: number): number => {
    return finish ? emission.turn(() => body.get(gathered))(finish) : gathered;
  };
  return {
    identity: emission.hoisted(parts.identity),
    combine,
    finished,
    result: (finish ?? parts.element).dtype,
  };
}
