/** `torch.nn.functional`: what modules compute, as functions without state. */

export { type ConvolutionOptions, conv1d, conv2d, conv3d } from "../../ops/convolution.ts";
export { type EmbeddingOptions, embedding } from "../../ops/embedding.ts";
export { linear } from "../../ops/matmul.ts";
export {
  type BatchNormOptions,
  batchNorm,
  groupNorm,
  layerNorm,
  type NormalizationOptions,
} from "../../ops/normalization.ts";
export { type PadOptions, pad } from "../../ops/padding.ts";
export {
  elu,
  gelu,
  hardtanh,
  leakyRelu,
  logSigmoid,
  mish,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softplus,
  softsign,
  tanh,
} from "../../ops/pointwise/index.ts";
export {
  type AvgPoolOptions,
  adaptiveAvgPool2d,
  avgPool1d,
  avgPool2d,
  type MaxPoolOptions,
  maxPool1d,
  maxPool2d,
} from "../../ops/pooling.ts";
export { logSoftmax, softmax, softmin } from "../../ops/softmax.ts";
export { type AttentionOptions, scaledDotProductAttention } from "./attention.ts";
export {
  type BinaryCrossEntropyOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  type LogitsOptions,
} from "./binary-cross-entropy.ts";
export { type CrossEntropyOptions, crossEntropy, type NLLOptions, nllLoss } from "./cross-entropy.ts";
export { type DropoutOptions, dropout } from "./dropout.ts";
export { oneHot } from "./one-hot.ts";
export type { LossOptions, LossReduction } from "./reduction.ts";
export {
  type HuberOptions,
  huberLoss,
  l1Loss,
  mseLoss,
  type SmoothL1Options,
  smoothL1Loss,
} from "./regression.ts";
export { type CosineOptions, cosineSimilarity, type NormalizeOptions, normalize } from "./similarity.ts";
