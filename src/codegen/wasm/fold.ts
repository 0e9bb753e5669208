/** What the functions of a reduce kernel have in common: the expressions, and a walk over the elements. */
import type { Expr } from "../../ir/expr.ts";
import type { ReduceKernel } from "../../ir/kernel.ts";
import type { FunctionBuilder } from "./assembler.ts";
import { Cursor } from "./cursor.ts";
import { Emission, type Layout, usedInputs } from "./emission.ts";
import type { InstructionSet } from "./instruction-set.ts";

/**
 * Vectors that a loop works on at once. One chain of additions waits four cycles for each result; four chains keep
 * the adders busy. In a row they are also partial sums, which keeps rounding errors small.
 */
export const CHAINS = 4;

/** The kernel in primitives, and what all its functions need. */
export interface FoldParts extends Pick<ReduceKernel, "element" | "combine" | "identity"> {
  readonly finish: Expr | null;
  readonly set: InstructionSet;
  readonly layout: Layout;
  readonly repeated: number;
}

/** Begins a function: what stays the same in its loops, and a cursor over the inputs that do not repeat. */
export function beginFold(parts: FoldParts, body: FunctionBuilder, finish: Expr | null) {
  // Two emissions, as input 0 means one thing in `element` and another, the gathered value, in the rest.
  const elements = new Emission(body, parts.set, parts.layout);
  elements.hoist([parts.element], parts.repeated);
  const folding = new Emission(body, parts.set, parts.layout);
  folding.hoist([parts.combine, parts.identity, ...(finish ? [finish] : [])], 0);
  const isStreamed = (x: Expr) => !((parts.repeated >>> Number(x.value)) & 1);
  const streamed = usedInputs([parts.element]).filter(isStreamed);
  const cursor = new Cursor(
    body,
    streamed.map((x) => x.dtype),
  );
  /** Local of the elements `ahead` of the cursor. */
  const element = (ahead: number): number => {
    const turn = elements.turn((x) => {
      const offset = parts.layout.region(Number(x.value)) + ahead * x.dtype.bytes;
      parts.set.load(body.get(cursor.pointer(x.dtype)), x.dtype, offset);
    });
    return turn(parts.element);
  };
  /** Pushes combine(gathered, next). */
  const combine = (gathered: number, next: number): void => {
    body.get(folding.turn((x) => body.get(Number(x.value) === 0 ? gathered : next))(parts.combine));
  };
  /** Local of the finished value, or the gathered one where nothing is to be done. */
  const finished = (gathered: number): number => {
    return finish ? folding.turn(() => body.get(gathered))(finish) : gathered;
  };
  const identity = folding.hoisted(parts.identity);
  return { cursor, identity, element, combine, finished, result: finish ?? parts.element };
}
