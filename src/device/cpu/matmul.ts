/** Matrix products on the CPU: takes batches apart and chooses the way for each matrix. */
import { float32 } from "../../base/index.ts";
import { isSmall } from "../../codegen/wasm/matmul-plan.ts";
import type { View } from "../storage.ts";
import { blasProduct } from "./blas/blas-product.ts";
import { type FloatArray, matmulKernels } from "./matmul-kernels.ts";
import { largeProduct } from "./matmul-large.ts";
import { plainProduct } from "./matmul-plain.ts";
import { smallProduct } from "./matmul-small.ts";
import type { MatrixProduct } from "./matrix-product.ts";

/**
 * Products of at least so many multiplications (M N K) go to the BLAS; below, the call costs more than it saves. The
 * smallest products, whose digits are the same on every machine, thus never go there (matmul-small.ts).
 */
const LEAST_BLAS_WORK = 2 ** 13;

/** The product at hand. One object serves every call, so that the smallest products allocate nothing. */
export const product: MatrixProduct = {
  M: 0,
  N: 0,
  K: 0,
  aRow: 0,
  aColumn: 0,
  bRow: 0,
  bColumn: 0,
  biasRow: 0,
  biasColumn: 0,
};

/**
 * output[..., M, N] = a[..., M, K] x b[..., K, N] (+ bias), see Device.matmul. For float32, float64, int32, int64 (which
 * wrap around) and uint8. With K = 0 the output is the bias, or 0.
 *
 * Each output is summed over k in increasing order, the bias last. In the smallest products (up to 16 x 16 x 16, say) a
 * step rounds once in float32 and twice in float64, on every machine: the digits of float32 are PyTorch's, as long as
 * its BLAS goes through k in order. Larger ones round once or twice, as `settings` and the engine have it, and the
 * largest also regroup the sum.
 */
export function matmul(output: View, a: View, b: View, bias: View | null): void {
  const { shape } = output;
  product.M = shape[shape.length - 2];
  product.N = shape[shape.length - 1];
  product.K = a.shape[a.shape.length - 1];
  product.aRow = a.strides[a.strides.length - 2];
  product.aColumn = a.strides[a.strides.length - 1];
  product.bRow = b.strides[b.strides.length - 2];
  product.bColumn = b.strides[b.strides.length - 1];
  product.biasRow = bias === null ? 0 : strideOf(bias, 2);
  product.biasColumn = bias === null ? 0 : strideOf(bias, 1);
  const outputAt = output.storage.base + output.offset;
  const aAt = a.storage.base + a.offset;
  const bAt = b.storage.base + b.offset;
  const biasAt = bias === null ? 0 : bias.storage.base + bias.offset;
  if (shape.length === 2) single(output, outputAt, a, aAt, b, bAt, bias, biasAt);
  else batched(output, outputAt, a, aAt, b, bAt, bias, biasAt);
}

/** The stride of the dimension `fromEnd` places before the end, 0 where the view has size 1 or no such dimension. */
function strideOf(view: View, fromEnd: number): number {
  const d = view.shape.length - fromEnd;
  return d < 0 || view.shape[d] === 1 ? 0 : view.strides[d];
}

/**
 * The product at hand, of matrices that start at these positions of their storages' data. The bias may be the output
 * itself, to which the product is then added.
 */
export function single(
  output: View,
  outputAt: number,
  a: View,
  aAt: number,
  b: View,
  bAt: number,
  bias: View | null,
  biasAt: number,
): void {
  const { dtype } = output;
  const outputData = output.storage.data;
  const biasData = bias === null ? null : bias.storage.data;
  if (product.M * product.N * product.K === 0 || dtype.kind !== "float") {
    plainProduct(product, outputData, outputAt, a.storage.data, aAt, b.storage.data, bAt, biasData, biasAt);
    return;
  }
  const outputFloats = outputData as FloatArray;
  const aFloats = a.storage.data as FloatArray;
  const bFloats = b.storage.data as FloatArray;
  const biasFloats = biasData as FloatArray | null;
  if (
    product.M * product.N * product.K >= LEAST_BLAS_WORK &&
    blasProduct(product, outputFloats, outputAt, aFloats, aAt, bFloats, bAt, biasFloats, biasAt)
  ) {
    return;
  }
  const kernels = matmulKernels(dtype === float32 ? "float32" : "float64");
  if (isSmall(product)) {
    smallProduct(kernels, product, outputFloats, outputAt, aFloats, aAt, bFloats, bAt, biasFloats, biasAt);
  } else {
    largeProduct(kernels, product, outputFloats, outputAt, aFloats, aAt, bFloats, bAt, biasFloats, biasAt);
  }
}

/** A product for each position in the batch dimensions, those of the output. */
function batched(
  output: View,
  outputAt: number,
  a: View,
  aAt: number,
  b: View,
  bAt: number,
  bias: View | null,
  biasAt: number,
): void {
  const rank = output.shape.length;
  let lead = rank - 2;
  while (lead > 0 && foldIntoRows(output.shape[lead - 1], rank - lead + 1, a, b, bias)) lead--;
  let count = 1;
  for (let d = 0; d < lead; d++) count *= output.shape[d];
  const index = new Array<number>(lead).fill(0);
  for (let i = 0; i < count; i++) {
    single(output, outputAt, a, aAt, b, bAt, bias, biasAt);
    outputAt += product.M * product.N;
    // Count `index` up; a dimension that starts again takes its steps back.
    for (let d = lead - 1; d >= 0; d--) {
      const restart = ++index[d] === output.shape[d];
      const steps = restart ? 1 - index[d] : 1;
      aAt += steps * strideOf(a, rank - d);
      bAt += steps * strideOf(b, rank - d);
      if (bias !== null) biasAt += steps * strideOf(bias, rank - d);
      if (!restart) break;
      index[d] = 0;
    }
  }
}

/**
 * Makes a batch dimension part of M, if b repeats along it and the rows of a and the bias go on at even distances:
 * [B, T, C] x [C, N] is one product with B T rows.
 */
function foldIntoRows(size: number, fromEnd: number, a: View, b: View, bias: View | null): boolean {
  if (size === 1) return true;
  const { M } = product;
  const aStep = strideOf(a, fromEnd);
  const biasStep = bias === null ? 0 : strideOf(bias, fromEnd);
  if (strideOf(b, fromEnd) !== 0) return false;
  if (M !== 1 && (aStep !== M * product.aRow || biasStep !== M * product.biasRow)) return false;
  if (M === 1) {
    product.aRow = aStep;
    product.biasRow = biasStep;
  }
  product.M *= size;
  return true;
}
