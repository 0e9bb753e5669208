/**
 * What a device must be able to do: run the kernel kinds of the IR, and a few that are not pointwise. It knows
 * no ops. Shapes, dtypes and devices have been checked before a call; a device does not check them again.
 */
import type { DType, inspectCustom } from "../base/index.ts";
import type { ArgReduceKernel, ContractGroups, MapKernel, ReduceKernel, Scattering } from "../ir/kernel.ts";
import type { Storage, View } from "./storage.ts";

/** Where tensors live and what computes with them, as `x.device` names it. */
export interface Device {
  /** "cpu", "webgpu", ... */
  readonly type: string;

  /** The name that `torch.device` takes. */
  toString(): string;

  /** What consoles show. */
  [inspectCustom]?(): string;

  /** Memory for `count` elements, all zero. It is never freed by hand. */
  allocate(dtype: DType, count: number): Storage;

  /** As `allocate`, for what lives long (parameters, `.grad`): memory of its own that pins nothing else. */
  allocateRetained(dtype: DType, count: number): Storage;

  /** As `allocate`, holding the elements of `storage`, whose array is of this dtype. */
  allocateCopy(dtype: DType, storage: Storage): Storage;

  /**
   * Runs the kernel for every element of the outputs, which have one shape; inputs broadcast to it. Outputs may be
   * strided, and an output may be the very same view as an input (in-place ops) but must not overlap one otherwise.
   */
  map(kernel: MapKernel, outputs: readonly View[], inputs: readonly View[], params: readonly number[]): void;

  /**
   * Folds the axes `dims` (sorted, not negative) of the inputs, which broadcast to `shape`. The output is
   * contiguous and has the sizes of the other axes, in order (its own shape may hold extra ones).
   */
  reduce(
    kernel: ReduceKernel,
    output: View,
    inputs: readonly View[],
    shape: readonly number[],
    dims: readonly number[],
    params: readonly number[],
  ): void;

  /** As `reduce` over the one axis `dim`, giving int64 positions. */
  argReduce(kernel: ArgReduceKernel, output: View, input: View, dim: number): void;

  /**
   * output[..., M, N] = a[..., M, K] x b[..., K, N] (+ bias), any strides in a, b and bias. Batch dimensions of a, b
   * and bias broadcast to those of the output, which is contiguous; the bias broadcasts to [..., M, N].
   */
  matmul(output: View, a: View, b: View, bias: View | null): void;

  /**
   * A matrix product in which batch, M, N and K are groups of dimensions: output[batch..., m..., n...] = sum over k... of
   * a[batch..., m..., k...] b[batch..., k..., n...]. The sizes of a group are the same in both operands (a dimension that
   * repeats has stride 0); their strides are any, also negative and overlapping, as in the windows of a convolution. The
   * output is contiguous.
   */
  contract(output: View, a: View, b: View, groups: ContractGroups): void;

  /** output[i, j, k] = x[i, index[i, j, k], k] for dim 1, and alike for the others; output has the index's shape. */
  gather(output: View, x: View, index: View, dim: number): void;

  /**
   * output[i, index[i, j, k], k] = source[i, j, k] for dim 1, or += or *= (of bool: or, and), in row-major order: of
   * repeated indices the last is what stays, or all come together.
   */
  scatter(output: View, index: View, source: View, dim: number, how: Scattering): void;
}
