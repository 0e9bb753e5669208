/** Loops that write the same memory again and again, as filling an expanded tensor does. */
import type { Shape } from "../base/index.ts";
import type { Ref } from "./graph.ts";

/** What a loop over `shape` reads and writes. */
interface Loop {
  readonly shape: Shape;
  readonly inputs: readonly Ref[];
  readonly outputs: readonly Ref[];
}

/** The size of an operand along dimension d of the loop, and how far its elements are apart; 1 where it has no such one. */
function along({ shape, strides }: Ref, d: number, rank: number): { size: number; stride: number } {
  const own = d - rank + shape.length;
  return own < 0 ? { size: 1, stride: 0 } : { size: shape[own]!, stride: strides[own]! };
}

/** A ref with size 1 along dimension d of the loop. */
function first(ref: Ref, d: number, rank: number): Ref {
  const own = d - rank + ref.shape.length;
  return own < 0 ? ref : { ...ref, shape: ref.shape.with(own, 1) };
}

/** The loop without the turns that only repeat others: along dimensions in which no operand moves on. */
export function writeOnce({ shape, inputs, outputs }: Loop): Loop {
  const rank = shape.length;
  let loop: Loop = { shape, inputs, outputs };
  for (let d = 0; d < rank; d++) {
    const repeats = (ref: Ref): boolean => {
      const { size, stride } = along(ref, d, rank);
      return size === 1 || stride === 0;
    };
    if (shape[d]! <= 1 || ![...inputs, ...outputs].every(repeats)) continue;
    const narrow = (refs: readonly Ref[]): Ref[] => refs.map((ref) => first(ref, d, rank));
    loop = { shape: loop.shape.with(d, 1), inputs: narrow(loop.inputs), outputs: narrow(loop.outputs) };
  }
  return loop;
}
