/** `torch.nn`: modules, losses and what they are made of. */
export {
  type Activation,
  ELU,
  GELU,
  Hardtanh,
  type InplaceOption,
  LeakyReLU,
  LogSigmoid,
  LogSoftmax,
  Mish,
  ReLU,
  ReLU6,
  SELU,
  Sigmoid,
  SiLU,
  Softmax,
  Softmin,
  Softplus,
  Softsign,
  Tanh,
} from "./activations.ts";
export { BatchNorm1d, BatchNorm2d, type BatchNormOptions } from "./batch-norm.ts";
export * as utils from "./clip-grad.ts";
export { Conv1d, Conv2d, type ConvOptions } from "./convolution.ts";
export { Dropout, type DropoutOptions } from "./dropout.ts";
export { Embedding, type EmbeddingOptions, type PretrainedOptions } from "./embedding.ts";
export type { ForwardHook, ForwardPreHook, HookHandle } from "./forward-hooks.ts";
export * as functional from "./functional/index.ts";
export { GroupNorm, type GroupNormOptions } from "./group-norm.ts";
export * as init from "./init/index.ts";
export { LayerNorm, type LayerNormOptions } from "./layer-norm.ts";
export { Linear, type LinearOptions } from "./linear.ts";
export {
  BCELoss,
  BCEWithLogitsLoss,
  CrossEntropyLoss,
  HuberLoss,
  L1Loss,
  MSELoss,
  NLLLoss,
  SmoothL1Loss,
} from "./losses.ts";
export { Module, type NamesOptions } from "./module.ts";
export { ModuleDict } from "./module-dict.ts";
export { ModuleList } from "./module-list.ts";
export {
  type AttendOptions,
  MultiheadAttention,
  type MultiheadAttentionOptions,
} from "./multihead-attention.ts";
export { Parameter, type ParameterOptions } from "./parameter.ts";
export { ParameterList } from "./parameter-list.ts";
export {
  type FitOptions,
  Perceptron,
  type PerceptronOptions,
  type PerceptronReport,
} from "./perceptron.ts";
export { AdaptiveAvgPool2d, AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d } from "./pooling.ts";
export { Sequential } from "./sequential.ts";
export { Flatten, Identity, Unflatten } from "./shaping.ts";
export type { LoadOptions, LoadReport, Mismatch, StateDict } from "./state-dict.ts";
export {
  type EncodeOptions,
  TransformerEncoderLayer,
  type TransformerEncoderLayerOptions,
} from "./transformer-encoder-layer.ts";
