/** What is to be done with the rows of operands, see emitRowParts. */
import type { Expr } from "../../../ir/expr.ts";
import type { ReduceKernel } from "../../../ir/kernel.ts";
import type { InstructionSet } from "../instruction-set.ts";
import type { NestOperand } from "./emit-nest.ts";

interface Part {
  /** Operands by number: the inputs, and behind them the results of all parts before. */
  readonly inputs: readonly number[];
  /** The output that each result is; null for those that only other parts read. */
  readonly outputs: readonly (number | null)[];
}

export interface RowsMap extends Part {
  readonly kind: "map";
  readonly name: string;
  /** In primitives. */
  readonly roots: readonly Expr[];
  /** Whether it has a result for each element of the row; if not, for the row. */
  readonly isWide: boolean;
}

export interface RowsFold extends Part {
  readonly kind: "fold";
  readonly kernel: ReduceKernel;
  readonly set: InstructionSet;
}

export interface RowsSpec {
  /** The axes of the rows, and the elements of a row. */
  readonly outer: readonly number[];
  readonly length: number;
  /**
   * Strides along these. Up to 15 bytes past the last element are read. What is folded is dense along the row, or one
   * element.
   */
  readonly inputs: readonly NestOperand[];
  /** Dense, in the order of the rows; the last stride is 0 where there is one element a row. Nothing else is written. */
  readonly outputs: readonly NestOperand[];
  readonly parts: readonly (RowsMap | RowsFold)[];
  /** Address of the params, as float64. */
  readonly params: number;
  /** Whether the rows are shared between threads. */
  readonly parallel: boolean;
}
