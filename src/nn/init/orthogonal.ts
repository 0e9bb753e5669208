/** Matrices that are drawn as a whole: orthogonal and sparse ones. */
import { keyword, number, optional, probability, required, signature } from "../../base/arguments/index.ts";
import { float64, formatShape, int64, ShapeError } from "../../base/index.ts";
import { withoutTape } from "../../ops/executor.ts";
import { tensor } from "../../ops/kinds.ts";
import { type GeneratorOption, generatorKind } from "../../tensor/generator-option.ts";
import { empty, randperm, type Tensor } from "../../tensor/index.ts";
import { checkMatrix } from "./fixed.ts";

/**
 * Makes the columns of a row-major rows x columns matrix, rows >= columns, orthonormal: the Q of A = Q R with the diagonal of
 * R positive, which is one matrix only, so that it is LAPACK's up to rounding. By Householder's reflections
 * H = I - 2 v v^T / (v^T v), one a column; Q is their product.
 */
function orthonormalize(A: Float64Array, rows: number, columns: number): void {
  const reflections: Float64Array[] = [];
  const signs = new Float64Array(columns);
  const reflect = (v: Float64Array, k: number, j: number): void => {
    let product = 0;
    let squares = 0;
    for (let i = k; i < rows; i++) {
      product += v[i]! * A[i * columns + j]!;
      squares += v[i]! * v[i]!;
    }
    if (squares === 0) return;
    const factor = (2 * product) / squares;
    for (let i = k; i < rows; i++) A[i * columns + j]! -= factor * v[i]!;
  };
  for (let k = 0; k < columns; k++) {
    const v = new Float64Array(rows);
    let squares = 0;
    for (let i = k; i < rows; i++) {
      v[i] = A[i * columns + k]!;
      squares += v[i]! * v[i]!;
    }
    const length = Math.sqrt(squares);
    // Away from zero, so that nothing cancels; the diagonal of R is then -sign * length.
    const sign = v[k]! < 0 ? -1 : 1;
    signs[k] = length === 0 ? 0 : -sign;
    v[k]! += sign * length;
    for (let j = k; j < columns; j++) reflect(v, k, j);
    reflections.push(v);
  }
  // Q = H_0 H_1 ... times the first columns of the identity, with the signs of R's diagonal.
  A.fill(0);
  for (let j = 0; j < columns; j++) {
    A[j * columns + j] = 1;
    for (let k = columns - 1; k >= 0; k--) reflect(reflections[k]!, k, j);
    for (let i = 0; i < rows; i++) A[i * columns + j]! *= signs[j]!;
  }
}

const orthogonalParameters = signature(
  "orthogonal_",
  required("x", tensor),
  optional("gain", number, 1),
  keyword("generator", generatorKind),
);

const sparseParameters = signature(
  "sparse_",
  required("x", tensor),
  required("sparsity", probability),
  optional("std", number, 0.01),
  keyword("generator", generatorKind),
);

/** Options of `orthogonal_`. */
export interface OrthogonalOptions extends GeneratorOption {
  /** A factor; 1 unless said. */
  gain?: number;
}

/**
 * A (semi-)orthogonal matrix: rows, or columns if they are fewer, of length `gain` at right angles. Dimensions after the first
 * count as one.
 *
 * Source: Saxe et al. 2013; https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.orthogonal_
 */
export function orthogonal_(x: Tensor, gain?: number, options?: GeneratorOption): Tensor;
export function orthogonal_(x: Tensor, options: OrthogonalOptions): Tensor;
export function orthogonal_(...given: unknown[]): Tensor {
  const [x, gain, generator] = orthogonalParameters.read(given);
  if (x.shape.length < 2) {
    throw new ShapeError(`orthogonal_: expected at least 2 dimensions, got shape ${formatShape(x.shape)}`);
  }
  if (x.numel() === 0) return x;
  const rows = x.shape[0]!;
  const columns = x.numel() / rows;
  return withoutTape(() => {
    const normal = empty([rows, columns], { dtype: x.dtype, device: x.device }).normal_(0, 1, { generator });
    const wide = rows < columns;
    const tall = wide ? normal.t() : normal;
    const values = tall.to(float64).toTypedArray() as Float64Array;
    orthonormalize(values, Math.max(rows, columns), Math.min(rows, columns));
    const Q = x.detach().newTensor(values, tall.shape);
    x.copy_((wide ? Q.t() : Q).reshape(x.shape));
    return x.mul_(gain);
  });
}

/** Options of `sparse_`. */
export interface SparseOptions extends GeneratorOption {
  /** Standard deviation of the other elements; 0.01 unless said. */
  std?: number;
}

/**
 * A matrix of normal numbers in which, column by column, a share `sparsity` of the elements (rounded up) is 0.
 *
 * Source: Martens 2010; https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.sparse_
 */
export function sparse_(x: Tensor, sparsity: number, std?: number, options?: GeneratorOption): Tensor;
export function sparse_(x: Tensor, sparsity: number, options: SparseOptions): Tensor;
export function sparse_(...given: unknown[]): Tensor {
  const { x, sparsity, std, generator } = sparseParameters.named(given);
  checkMatrix("sparse_", x);
  const [rows, columns] = x.shape;
  const zeros = Math.ceil(sparsity * rows);
  return withoutTape(() => {
    x.normal_(0, std, { generator });
    for (let column = 0; column < columns; column++) {
      // Drawn whatever it is used for: the stream goes on as PyTorch's.
      const order = randperm(rows, { dtype: int64, generator });
      if (zeros > 0) x.indexPut_([order.slice(0, 0, zeros), column], 0);
    }
    return x;
  });
}
