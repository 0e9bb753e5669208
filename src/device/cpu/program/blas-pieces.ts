/** How a product by the BLAS is cut, for threads to share. */
import { MOST_PROGRAM_THREADS } from "../threads/count.ts";

/** Multiplications in a piece, so that a BLAS works at its full speed. */
const PIECE_WORK = 2 ** 21;

/** Pieces are so many rows or columns wide, or a multiple. */
const GRAIN = 16;

export interface Pieces {
  readonly count: number;
  /** Rows or columns of each; the last one may have fewer. */
  readonly width: number;
}

/**
 * The pieces of `extent` rows or columns of a product of `work` multiplications: one for each processor where they come
 * out large enough, since each packs an operand anew. Which piece an element is in depends on the sizes and the machine,
 * but not on the number of threads: nor do its digits.
 */
export function blasPieces(extent: number, work: number, processors: number): Pieces {
  const most = Math.min(processors, MOST_PROGRAM_THREADS);
  const enough = Math.max(1, work / PIECE_WORK);
  // Where they are fewer, a power of two: two or four threads then have equally many.
  const wanted = enough >= most ? most : 2 ** Math.floor(Math.log2(enough));
  const width = Math.ceil(extent / wanted / GRAIN) * GRAIN;
  return { count: Math.ceil(extent / width), width };
}
