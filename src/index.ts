/**
 * Xorch: PyTorch for TypeScript. This is the only public door of the library.
 *
 * @example
 * import * as torch from "xorch";
 *
 * const w = torch.randn([2, 1], { requiresGrad: true });
 * torch.tensor([[0, 1]]).matmul(w).sum().backward();
 * console.log(w.grad);
 */

export { enableGrad, isGradEnabled, noGrad, setGradEnabled } from "./autograd/grad-mode.ts";
export * as autograd from "./autograd/index.ts";
export type { DType, DTypeName, Shape, TypedArray } from "./base/index.ts";
export {
  ArgumentError,
  AutogradError,
  bool,
  CompileError,
  DeviceError,
  DTypeError,
  float32,
  float64,
  IndexError,
  int32,
  int64,
  ShapeError,
  StateDictError,
  uint8,
  ValueError,
  XorchError,
} from "./base/index.ts";
export { type CompileOptions, compile } from "./compile/index.ts";
export { numThreads as getNumThreads } from "./device/cpu/threads/count.ts";
export { setNumThreads } from "./device/cpu/threads/set-num-threads.ts";
export type { Device } from "./device/device.ts";
export * as nn from "./nn/index.ts";
export * from "./ops/clamp.ts";
export * from "./ops/convolution.ts";
export { argmax, argmin, max, min } from "./ops/extremes.ts";
export { gather, indexSelect, take, takeAlongDim } from "./ops/gathering.ts";
export type { TensorLike } from "./ops/handle.ts";
export * from "./ops/indexing.ts";
export * from "./ops/joining.ts";
export * from "./ops/masking.ts";
export * from "./ops/matmul.ts";
export { nonzero } from "./ops/nonzero.ts";
export * from "./ops/norm.ts";
export * from "./ops/normalization.ts";
export * from "./ops/ordering.ts";
export * from "./ops/padding.ts";
export * from "./ops/pointwise/index.ts";
export * from "./ops/pooling.ts";
export * from "./ops/reductions.ts";
export * from "./ops/repeat.ts";
export * from "./ops/reshaping.ts";
export * from "./ops/scattering.ts";
export { Slice } from "./ops/slice.ts";
export * from "./ops/slicing.ts";
export * from "./ops/softmax.ts";
export * from "./ops/triangle.ts";
export type { ValuesAndIndices } from "./ops/values-and-indices.ts";
export * from "./ops/variance.ts";
export * as optim from "./optim/index.ts";
export { Generator } from "./random/generator.ts";
export * as backends from "./tensor/backends.ts";
export { areDeterministicAlgorithmsEnabled, useDeterministicAlgorithms } from "./tensor/determinism.ts";
export { getDefaultDtype, promoteTypes, setDefaultDtype } from "./tensor/dtypes.ts";
export * from "./tensor/index.ts";
