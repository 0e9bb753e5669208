/**
 * The distance between the rows of a matrix, or if it lies transposed that between its columns, with a minus sign; 0 if
 * it lies neither way, or its rows overlap, which a BLAS does not take.
 */
export function leadingDimension(rows: number, columns: number, row: number, column: number): number {
  if (columns === 1 || column === 1) {
    if (rows === 1) return columns;
    if (row >= columns) return row;
  }
  if (rows === 1 || row === 1) {
    if (columns === 1) return -rows;
    if (column >= rows) return -column;
  }
  return 0;
}
