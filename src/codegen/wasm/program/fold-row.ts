/** The fold of one row within a function that does more with it, such as a softmax. */
import type { ReduceKernel } from "../../../ir/kernel.ts";
import type { FunctionBuilder } from "../assembler.ts";
import { foldParts } from "../fold.ts";
import type { InstructionSet } from "../instruction-set.ts";
import { rowFold } from "../row-fold.ts";

/** An input in the current row: its first element is `address` bytes from what the local `pointer` holds, or from 0. */
export interface RowInput {
  readonly pointer: number | null;
  readonly address: number;
  /** There is one element for the row; if not, the row is dense, and up to 15 bytes past its end are read. */
  readonly repeats: boolean;
}

export interface RowFoldSpec {
  readonly kernel: ReduceKernel;
  /** Elements of a row, at most as many as a block of the kernel has. */
  readonly length: number;
  readonly inputs: readonly RowInput[];
  readonly paramsAddress: number;
  /** The instruction set of the kernel whose digits are wanted, where that is not this one's own. */
  readonly set?: InstructionSet;
}

/**
 * Emits what is the same for all rows, to be called before the loop over them. What it returns emits the fold of the
 * row that the pointers are at (which it leaves where they are), and gives a local with the finished result: one
 * scalar, of the type that `scalarSet` holds the dtype in.
 */
export function emitRowFold(body: FunctionBuilder, spec: RowFoldSpec): () => number {
  const { kernel, length, inputs, paramsAddress } = spec;
  let always = 0;
  let repeated = 0;
  for (const [i, { pointer, repeats }] of inputs.entries()) {
    if (!repeats) continue;
    repeated |= 1 << i;
    if (pointer === null) always |= 1 << i;
  }
  const layout = { region: (i: number) => inputs[i]!.address, params: paramsAddress };
  const parts = foldParts(kernel, always, layout, spec.set);
  const fold = rowFold(parts, body, parts.finish);
  return () =>
    fold({
      length,
      place: (x) => {
        const { pointer, address } = inputs[Number(x.value)]!;
        return { pointer, offset: address };
      },
      repeated,
    });
}
