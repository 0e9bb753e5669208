/** An input of a fold, seen in the order of the fold: where its rows begin, and how they are walked. */
import type { Expr } from "../../../ir/expr.ts";
import type { FunctionBuilder } from "../assembler.ts";
import type { FoldPlan } from "../fold-plan.ts";
import { type Axes, mergeAxes } from "./axes.ts";

/** How an operand lies over one shape. */
export interface Strided {
  /** Of its first element, in bytes. */
  readonly address: number;
  /** For each axis of the shape, in elements; 0 where the operand repeats. */
  readonly strides: readonly number[];
}

/** A matrix for each index of the axes that stay: steps in elements from row to row and along a row. */
export interface Steps {
  readonly row: number;
  readonly column: number;
}

export class FoldOperand {
  readonly address: number;
  readonly bytes: number;
  /** The axes that stay and are no columns. */
  readonly kept: Axes;
  /** All axes in the order of the fold. */
  readonly all: Axes;
  /** One element serves for all. */
  readonly isRepeated: boolean;
  readonly #over: (axes: readonly number[]) => Axes;
  readonly #plan: FoldPlan;

  constructor(input: Strided, bytes: number, shape: readonly number[], plan: FoldPlan) {
    const { kept, folded, inner } = plan;
    this.address = input.address;
    this.bytes = bytes;
    this.#plan = plan;
    this.#over = (axes) =>
      mergeAxes(
        axes.map((d) => shape[d]!),
        [axes.map((d) => input.strides[d]!)],
      );
    this.kept = this.#over(kept);
    this.all = this.#over([...kept, ...folded, ...inner]);
    this.isRepeated = plan.rows > 0 && this.all.strides[0]!.every((step) => step === 0);
  }

  /** The step along a row of folded elements; null where it is not the same everywhere. */
  get rowStep(): number | null {
    return stepOf(this.#over(this.#plan.folded));
  }

  /** The steps in a matrix of columns, `together` rows of which are taken as one; null where they are not even. */
  steps(together: number): Steps | null {
    const { folded, inner, width } = this.#plan;
    if (together > 1) {
      const step = stepOf(this.#over([...folded, ...inner]));
      return step === null ? null : { row: step * together * width, column: step };
    }
    const [row, column] = [stepOf(this.#over(folded)), stepOf(this.#over(inner))];
    return row === null || column === null ? null : { row, column };
  }
}

function stepOf({ sizes, strides }: Axes): number | null {
  return sizes.length === 1 ? strides[0]![0]! : null;
}

/** Pushes the offset in bytes of element number `index`, a local, of axes with one operand. */
export function pushOffset(
  body: FunctionBuilder,
  { sizes, strides }: Axes,
  index: number,
  bytes: number,
): void {
  let inner = 1;
  let pushed = false;
  for (let d = sizes.length - 1; d >= 0; d--) {
    const step = strides[0]![d]! * bytes;
    if (step !== 0) {
      body.get(index);
      if (inner > 1) body.i32(inner).op("i32.div_u");
      // The digit of the outermost axis is all that is left.
      if (d > 0) body.i32(sizes[d]!).op("i32.rem_u");
      if (step !== 1) body.i32(step).op("i32.mul");
      if (pushed) body.op("i32.add");
      pushed = true;
    }
    inner *= sizes[d]!;
  }
  if (!pushed) body.i32(0);
}

/** The operand that an input of the element expression reads. */
export function operandOf(operands: readonly FoldOperand[], x: Expr): FoldOperand {
  return operands[Number(x.value)]!;
}
