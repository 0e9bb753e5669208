/** One matrix product of a compiled program, and how its sums are cut. */
import type { Lanes } from "../matmul-lanes.ts";
import {
  ACROSS_ROWS,
  acrossStretch,
  blocks,
  isExact,
  isSmall,
  isThin,
  isTransposed,
  thinDepth,
  type Vectors,
} from "../matmul-plan.ts";
import { tileColumns } from "../matmul-tiled.ts";

/** c[M, N] = a[M, K] x b[K, N] (+ bias[M, N]). All strides in elements, none negative. */
export interface ProductSpec {
  readonly lanes: Lanes;
  readonly M: number;
  readonly N: number;
  readonly K: number;
  readonly aRow: number;
  readonly aColumn: number;
  readonly bRow: number;
  readonly bColumn: number;
  /** Strides of the bias, 0 where it repeats. */
  readonly bias: { readonly row: number; readonly column: number } | null;
  /** From one row of c to the next; its columns lie side by side. */
  readonly cRow: number;
  /** Adds to what c holds; there is no other bias then. */
  readonly accumulate?: boolean;
  /** Larger products multiply and add with one rounding (which the engine must be able to) and not two. */
  readonly fused: boolean;
  /** Shares the work between threads; else the thread that calls does it all. */
  readonly threads: boolean;
}

/** An operand's element i, k lies at address + i across + k along, in bytes. */
export interface Strides {
  readonly across: number;
  readonly along: number;
}

/** Element m, n of the result or the bias lies at address + m row + n column, in bytes. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

/** A product that is computed with a's elements one by one, b's and the result's by vectors of columns. */
export interface Oriented {
  readonly M: number;
  readonly N: number;
  readonly K: number;
  readonly a: Strides;
  readonly b: Strides;
  /** What the sums are added to. */
  readonly bias: Place | null;
  readonly c: Place;
}

/** The product as it is given, and as c^T = b^T x a^T. */
export function orientations(spec: ProductSpec): readonly [Oriented, Oriented] {
  const { M, N, K } = spec;
  const { bytes } = spec.lanes;
  const place = ({ row, column }: Place): Place => ({ row: row * bytes, column: column * bytes });
  const turned = (x: Place): Place => ({ row: x.column, column: x.row });
  const c = place({ row: spec.cRow, column: 1 });
  const bias = spec.accumulate ? c : spec.bias && place(spec.bias);
  const a = { across: spec.aRow * bytes, along: spec.aColumn * bytes };
  const b = { across: spec.bColumn * bytes, along: spec.bRow * bytes };
  return [
    { M, N, K, a, b, bias, c },
    { M: N, N: M, K, a: b, b: a, bias: bias && turned(bias), c: turned(c) },
  ];
}

/** Some rows or columns whose sums are cut alike: into parts of `depth` k, and these into stretches. */
export interface Cut {
  readonly first: number;
  readonly count: number;
  readonly depth: number;
  readonly stretch: number;
}

/** How an element of the result is summed, as the eager device does it. */
export type Summation =
  /** Over k in order; the sums of the stretches are then added to each other and the bias in order. */
  | {
      readonly kind: "chain";
      readonly exact: boolean;
      /** Whether the first stretch is added to 0, if there is no bias (which turns -0 into 0). */
      readonly fromZero: boolean;
      /** What is cut: the rows or the columns of the result. */
      readonly axis: "rows" | "columns";
      readonly cuts: readonly Cut[];
    }
  /** By dot products of the rows of a, or the columns of b, with the other's. */
  | { readonly kind: "dots"; readonly axis: "rows" | "columns" };

/** How the elements of this product are summed. */
export function summation(spec: ProductSpec): Summation {
  const { M, N, K } = spec;
  const { bytes } = spec.lanes;
  const chain = { kind: "chain", exact: isExact(spec), fromZero: false, axis: "rows" } as const;
  if (isSmall(spec)) return { ...chain, cuts: [{ first: 0, count: M, depth: K, stretch: K }] };
  const left: Vectors = { count: M, stride: spec.aRow, step: spec.aColumn };
  const right: Vectors = { count: N, stride: spec.bColumn, step: spec.bRow };
  for (const [matrix, vectors, axis] of [
    [left, right, "rows"],
    [right, left, "columns"],
  ] as const) {
    if (!isThin(matrix, vectors, K)) continue;
    if (matrix.step === 1) return { kind: "dots", axis };
    const depth = thinDepth(K, vectors.count, bytes);
    const whole = matrix.count - (matrix.count % ACROSS_ROWS);
    const cut = (first: number, count: number, rows: number): Cut[] =>
      count === 0 ? [] : [{ first, count, depth, stretch: Math.min(depth, acrossStretch(rows, bytes)) }];
    const cuts = [...cut(0, whole, ACROSS_ROWS), ...cut(whole, matrix.count - whole, matrix.count - whole)];
    return { ...chain, fromZero: true, axis, cuts };
  }
  const columns = tileColumns(spec.lanes);
  const { depth, kBlock } = isTransposed(spec, columns)
    ? blocks(N, M, K, columns, bytes)
    : blocks(M, N, K, columns, bytes);
  return { ...chain, cuts: [{ first: 0, count: M, depth: Math.min(depth, K), stretch: kBlock }] };
}
