/** How a contraction is cut into products of matrices, by its sizes alone: so its digits do not depend on the threads. */
import { elementCount, isContiguous, type Shape } from "../../../base/index.ts";
import { type Axes, mergeAxes } from "../../../codegen/wasm/program/axes.ts";
import type { ContractStep, Place } from "../../program.ts";
import { leadingDimension } from "../blas/leading-dimension.ts";
import { Cut } from "./cut.ts";

const KIB = 1024;

/**
 * Bytes of the right operand that are brought into order at a time: what generated code reads row by row should stay in
 * the first-level cache; what it packs once more, or the BLAS does, in the second-level cache.
 */
const ROOM = { rows: 32 * KIB, packed: 128 * KIB, blas: 256 * KIB } as const;
/** The least columns in a part, if there are so many: rather than less, k is cut. */
const LEAST_COLUMNS = { rows: 48, packed: 64, blas: 256 } as const;
/** So many k are enough for a product to be quick. */
const ENOUGH_K = 256;
/** The least k along which the left operand must lie evenly to be read as it lies. */
const LEAST_EVEN_K = 64;
/** Into so many parts the work is cut at least, for threads to share. */
const SHARED_PARTS = 8;
/** The most bytes of partial sums. */
const SUMS_BYTES = 1024 * KIB;
/** The most bytes of a left operand that is brought into order as a whole. */
const LEFT_BYTES = 16 * 1024 * KIB;

/** An operand: in bytes where it is, in elements how it is walked through. */
export interface ContractOperand {
  readonly address: number;
  readonly batch: Shape;
  readonly free: Shape;
  readonly k: Shape;
}

export interface ContractPlan {
  readonly batchSizes: Shape;
  readonly M: number;
  readonly N: number;
  readonly K: number;
  readonly mSizes: Shape;
  readonly a: ContractOperand;
  readonly b: ContractOperand;
  /** Whether the left operand must be brought into order before anything else. */
  readonly ordersLeft: boolean;
  /** Parts of the columns, */
  readonly columns: Cut;
  /** and of k, */
  readonly depth: Cut;
  /** which are added up in order, so many to a sum; the sums are then added to each other. */
  readonly perSum: number;
  /** Whether parts of the right operand lie with k innermost when they have been brought into order. */
  readonly alongK: boolean;
}

/** The step of axes that are one; null if they are not, or run backwards. */
function stepOf(sizes: Shape, strides: Shape): number | null {
  const axes = mergeAxes(sizes, [strides]);
  const step = axes.strides[0]![0]!;
  return axes.sizes.length === 1 && step >= 0 ? step : null;
}

/** Steps in elements. */
export interface Matrix {
  readonly row: number;
  readonly column: number;
}

/** Two groups of axes as the rows and the columns of a matrix; null where it cannot be multiplied as it lies. */
export function matrixOf(
  rowSizes: Shape,
  rowStrides: Shape,
  columnSizes: Shape,
  columnStrides: Shape,
  usesBlas: boolean,
): Matrix | null {
  const [row, column] = [stepOf(rowSizes, rowStrides), stepOf(columnSizes, columnStrides)];
  if (row === null || column === null) return null;
  const takes =
    !usesBlas || leadingDimension(elementCount(rowSizes), elementCount(columnSizes), row, column) !== 0;
  return takes ? { row, column } : null;
}

/** Over how many of the last elements a group of axes is walked through evenly, and the step. */
function evenlyAtEnd({ sizes, strides }: Axes): { count: number; step: number } {
  const own = strides[0]!;
  let axis = sizes.length - 1;
  const step = own[axis]!;
  let count = sizes[axis]!;
  while (axis > 0 && own[axis - 1] === step * count) count *= sizes[--axis]!;
  return { count: step < 0 ? 0 : count, step };
}

/** Whether rows along k are easier to copy than rows along the columns: they are closer, or longer. */
function isCloserAlongK(k: Axes, n: Axes): boolean {
  const [step, size] = [Math.abs(k.strides[1]!.at(-1)!), k.sizes.at(-1)!];
  const [otherStep, otherSize] = [Math.abs(n.strides[0]!.at(-1)!), n.sizes.at(-1)!];
  return step === otherStep ? size >= otherSize : step < otherStep;
}

/** Null where a step is for the eager device. */
export function planContract(
  step: ContractStep<Place>,
  addressOf: (place: Place) => number,
  usesBlas: boolean,
): ContractPlan | null {
  const [left, right] = step.inputs as [Place, Place];
  const [output] = step.outputs as [Place];
  const { batch, m, k } = step.groups;
  const { dtype } = output.buffer;
  const { bytes } = dtype;
  const kEnd = batch + k;
  const batches = mergeAxes(right.shape.slice(0, batch), [
    left.strides.slice(0, batch),
    right.strides.slice(0, batch),
  ]);
  const rows = mergeAxes(left.shape.slice(batch, batch + m), [left.strides.slice(batch, batch + m)]);
  const summed = mergeAxes(right.shape.slice(batch, kEnd), [
    left.strides.slice(batch + m),
    right.strides.slice(batch, kEnd),
  ]);
  const free = mergeAxes(right.shape.slice(kEnd), [right.strides.slice(kEnd)]);
  const [M, N, K] = [rows, free, summed].map(({ sizes }) => elementCount(sizes)) as [number, number, number];
  const batchCount = elementCount(batches.sizes);
  if (dtype.kind !== "float" || batchCount * M * N * K === 0) return null;
  if (!isContiguous(output.shape, output.strides)) return null;

  const a = {
    address: addressOf(left),
    batch: batches.strides[0]!,
    free: rows.strides[0]!,
    k: summed.strides[0]!,
  };
  const b = {
    address: addressOf(right),
    batch: batches.strides[1]!,
    free: free.strides[0]!,
    k: summed.strides[1]!,
  };
  const even = evenlyAtEnd(summed);
  const isRead =
    even.count >= Math.min(K, LEAST_EVEN_K) &&
    matrixOf(rows.sizes, a.free, [even.count], [even.step], usesBlas) !== null;
  const distinct = elementCount(batches.sizes.filter((_, d) => a.batch[d] !== 0));
  if (!isRead && distinct * M * K * bytes > LEFT_BYTES) return null;

  const alongK = isCloserAlongK(summed, free);
  const isMatrix = matrixOf(summed.sizes, b.k, free.sizes, b.free, usesBlas) !== null;
  const kind = usesBlas ? "blas" : alongK ? "packed" : "rows";
  const room = isMatrix ? Number.POSITIVE_INFINITY : ROOM[kind] / bytes;
  const leastColumns = LEAST_COLUMNS[kind];
  const mayCutSums = K >= SHARED_PARTS * ENOUGH_K && SHARED_PARTS * batchCount * M * N * bytes <= SUMS_BYTES;
  // Enough parts for all threads, be it of the columns or of k.
  const share = mayCutSums ? N : Math.ceil((N * batchCount) / SHARED_PARTS);
  const enoughK = alongK ? Math.min(K, ENOUGH_K) : K;
  const columns = new Cut(
    free.sizes,
    Math.min(Math.max(leastColumns, room / enoughK), Math.max(leastColumns, share)),
  );
  const widest = elementCount(columns.whole);
  const most = Math.min(isRead ? even.count : K, room / widest);
  const depth = new Cut(summed.sizes, mayCutSums ? Math.min(most, Math.ceil(K / SHARED_PARTS)) : most);
  const units = batchCount * columns.count;
  const perSum = mayCutSums
    ? Math.min(depth.count, Math.ceil((depth.count * units) / SHARED_PARTS))
    : depth.count;
  const { sizes: batchSizes } = batches;
  return {
    batchSizes,
    M,
    N,
    K,
    mSizes: rows.sizes,
    a,
    b,
    ordersLeft: !isRead,
    columns,
    depth,
    perSum,
    alongK,
  };
}
