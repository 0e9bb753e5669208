/** How the axes of a fold become rows or columns. All digits of a result follow from this and the length of a block. */

/** Folded first: [count, rows, width] over dimension 1, or the rows of [count, rows] where the width is 1. */
export interface FoldPlan {
  readonly count: number;
  readonly rows: number;
  readonly width: number;
  /** The axes of each of these, the outermost first; in the order of the shape, but for those that are folded. */
  readonly kept: readonly number[];
  readonly folded: readonly number[];
  readonly inner: readonly number[];
}

/** Rows that columns add up one by one before the sum is merged with others. */
export const CHAIN_ROWS = 32;

/** Below so many columns, several rows are taken as one wide one where there are many. */
const NARROW = 16;
/** How wide that is, at most: 16 vectors of float32. */
const WIDE = 64;

/** Fewest elements for which one call to fold columns is worth its price. */
const LEAST_COLUMNS = 32;

/** So many calls are cheaper than another order of the axes. */
const FEW = 16;

/** Whether [count, rows, width] is folded as columns; if not, the rows become the innermost axis. */
export function asColumns(count: number, rows: number, width: number): boolean {
  return width > 1 && (count <= FEW || rows * width >= LEAST_COLUMNS);
}

/** How many rows are taken as one wide row: a power of two. */
export function rowsTogether(rows: number, width: number): number {
  let parts = 1;
  if (width < NARROW && rows > CHAIN_ROWS) while (parts * 2 * width <= WIDE) parts *= 2;
  return parts;
}

/**
 * The plan of a fold over the axes `dims` of operands with any strides, given for each axis of the shape (0 where an
 * operand repeats).
 */
export function planFold(
  shape: readonly number[],
  dims: readonly number[],
  strides: readonly (readonly number[])[],
): FoldPlan {
  const kept: number[] = [];
  const folded: number[] = [];
  const inner: number[] = [];
  // Columns are the last axes that stay, as far as all operands walk through them evenly.
  let inColumns = true;
  for (let d = shape.length - 1; d >= 0; d--) {
    const next = inner[0];
    const isFolded = dims.includes(d);
    if (shape[d] !== 1) {
      const evenly = next === undefined || strides.every((own) => own[d] === own[next]! * shape[next]!);
      inColumns &&= !isFolded && evenly;
      if (inColumns) inner.unshift(d);
    }
    if (isFolded) folded.unshift(d);
    else if (inner[0] !== d) kept.unshift(d);
  }
  const product = (axes: readonly number[]) => axes.reduce((n, d) => n * shape[d]!, 1);
  const [count, rows, width] = [product(kept), product(folded), product(inner)];
  if (count * rows * width > 0 && asColumns(count, rows, width)) {
    return { count, rows, width, kept, folded, inner };
  }
  const staying = [...kept, ...inner].sort((a, b) => a - b);
  return { count: count * width, rows, width: 1, kept: staying, folded, inner: [] };
}
