/**
 * Small matrix products: both operands copied whole into the scratch memory, one kernel call, the result copied out.
 * At these sizes the copies cost as much as the arithmetic, so each goes by the quickest way for its size.
 */
import { isExact, SMALL_ELEMENTS } from "../../codegen/wasm/matmul-plan.ts";
import { copyDense, copyStrided } from "./matmul-copy.ts";
import type { FloatArray, MatmulKernels } from "./matmul-kernels.ts";
import type { MatrixProduct } from "./matrix-product.ts";
import { MATMUL_BASE } from "./scratch.ts";

/**
 * An element has at most 8 bytes. The rest is room for reading and writing past the end, and keeps equal places in
 * different regions from meeting in one cache set.
 */
const REGION_BYTES = SMALL_ELEMENTS * 8 + 832;
const A = MATMUL_BASE;
const B = A + REGION_BYTES;
const BIAS = B + REGION_BYTES;
const OUTPUT = BIAS + REGION_BYTES;
/** Last, since panels take up to twice the room of what they hold. */
const B_PANELS = OUTPUT + REGION_BYTES;

/** Up to this many elements, the view from which a result is copied out is kept for the next time. */
const KEPT_RESULTS = 4096;

/** output = a x b + bias; see MatrixProduct. Each array is given with the position of its first element. */
export function smallProduct(
  kernels: MatmulKernels,
  product: MatrixProduct,
  output: FloatArray,
  outputAt: number,
  a: FloatArray,
  aAt: number,
  b: FloatArray,
  bAt: number,
  bias: FloatArray | null,
  biasAt: number,
): void {
  const { M, N, K } = product;
  const { bytes, memory } = kernels;

  const aAlongM = place(memory, A / bytes, a, aAt, M, K, product.aRow, product.aColumn);
  const aRow = aAlongM ? bytes : K * bytes;
  const aColumn = aAlongM ? M * bytes : bytes;

  const bAlongK = place(memory, B / bytes, b, bAt, K, N, product.bRow, product.bColumn);
  // A b that lies along k is cut into panels of one vector's width: [vectors][k][lanes].
  if (bAlongK) kernels.packVectors(B, B_PANELS, Math.ceil(N / kernels.laneCount), K, K * bytes, K * 16);
  const bStart = bAlongK ? B_PANELS : B;
  const bRow = bAlongK ? 16 : N * bytes;
  const bVector = bAlongK ? K * 16 : 16;

  let biasRow = 0;
  if (bias !== null) {
    const rows = product.biasRow === 0 ? 1 : M;
    copyStrided(memory, BIAS / bytes, N, bias, biasAt, rows, N, product.biasRow, product.biasColumn);
    if (rows > 1) biasRow = N * bytes;
  }

  const biasStart = bias === null ? 0 : BIAS;
  const multiply = isExact(product) ? kernels.exact : kernels.multiplying.direct;
  multiply(A, bStart, biasStart, OUTPUT, M, N, K, aRow, aColumn, bRow, bVector, biasRow);

  copyDense(output, outputAt, result(kernels, M * N), 0, M * N);
}

/**
 * Copies a matrix into the scratch memory without gaps: row by row, or column by column where that is how it lies,
 * which is told by the result being true.
 */
function place(
  memory: FloatArray,
  to: number,
  data: FloatArray,
  at: number,
  rows: number,
  columns: number,
  rowStride: number,
  columnStride: number,
): boolean {
  const count = rows * columns;
  if ((columnStride === 1 || columns === 1) && (rowStride === columns || rows === 1)) {
    copyDense(memory, to, data, at, count);
    return false;
  }
  if ((rowStride === 1 || rows === 1) && (columnStride === rows || columns === 1)) {
    copyDense(memory, to, data, at, count);
    return true;
  }
  copyStrided(memory, to, columns, data, at, rows, columns, rowStride, columnStride);
  return false;
}

/** The first `count` elements of the output region. */
function result({ memory, bytes, results }: MatmulKernels, count: number): FloatArray {
  const start = OUTPUT / bytes;
  if (count > KEPT_RESULTS) return memory.subarray(start, start + count);
  return (results[count] ??= memory.subarray(start, start + count));
}
