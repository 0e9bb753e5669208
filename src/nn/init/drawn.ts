/** Initial values drawn independently, with PyTorch's numbers for the same seed. All change the tensor and give it back. */
import { describe, ValueError } from "../../base/index.ts";
import { withoutTape } from "../../ops/executor.ts";
import type { Generator } from "../../random/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { checkChoice } from "../options.ts";
import { calculateGain, fans, type Nonlinearity } from "./fans.ts";

export interface GeneratorOption {
  /** Where the numbers come from; the default generator unless said. */
  generator?: Generator;
}

/** Uniform numbers on [a, b). */
export function uniform_(x: Tensor, a = 0, b = 1, options: GeneratorOption = {}): Tensor {
  return withoutTape(() => x.uniform_(a, b, options));
}

/** Normal numbers. */
export function normal_(x: Tensor, mean = 0, std = 1, options: GeneratorOption = {}): Tensor {
  return withoutTape(() => x.normal_(mean, std, options));
}

export interface XavierOptions extends GeneratorOption {
  /** A factor, see `calculateGain`; 1 unless said. */
  gain?: number;
}

/** The standard deviation gain * sqrt(2 / (fan in + fan out)). */
function xavierStd(where: string, x: Tensor, gain: number): number {
  if (typeof gain !== "number")
    throw new ValueError(`${where}: gain must be a number, got ${describe(gain)}`);
  const { fanIn, fanOut } = fans(where, x);
  return gain * Math.sqrt(2 / (fanIn + fanOut));
}

/**
 * Glorot's uniform initialisation: U(-a, a), a = gain sqrt(6 / (fan in + fan out)). For sigmoid and tanh.
 * Source: Glorot and Bengio 2010; https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.xavier_uniform_
 */
export function xavierUniform_(x: Tensor, { gain = 1, generator }: XavierOptions = {}): Tensor {
  const a = Math.sqrt(3) * xavierStd("xavierUniform_", x, gain);
  return uniform_(x, -a, a, { generator });
}

/** Glorot's normal initialisation: N(0, std^2), std = gain sqrt(2 / (fan in + fan out)). */
export function xavierNormal_(x: Tensor, { gain = 1, generator }: XavierOptions = {}): Tensor {
  return normal_(x, 0, xavierStd("xavierNormal_", x, gain), { generator });
}

export interface KaimingOptions extends GeneratorOption {
  /** Negative slope of the leaky ReLU that follows; 0 (a plain ReLU) unless said. */
  a?: number;
  /** Keeps the variance of the forward pass ("fanIn", unless said) or of the backward pass ("fanOut"). */
  mode?: "fanIn" | "fanOut";
  /** What follows; "leakyRelu" unless said. */
  nonlinearity?: Nonlinearity;
}

/** The standard deviation gain / sqrt(fan). */
function kaimingStd(where: string, x: Tensor, options: KaimingOptions): number {
  const { a = 0, mode = "fanIn", nonlinearity = "leakyRelu" } = options;
  checkChoice(where, "mode", mode, ["fanIn", "fanOut"]);
  return calculateGain(nonlinearity, a) / Math.sqrt(fans(where, x)[mode]);
}

/**
 * He's uniform initialisation: U(-bound, bound), bound = gain sqrt(3 / fan). For ReLU and its kin. A tensor without elements
 * stays as it is.
 * Source: He et al. 2015; https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.kaiming_uniform_
 */
export function kaimingUniform_(x: Tensor, options: KaimingOptions = {}): Tensor {
  if (x.shape.includes(0)) return x;
  const bound = Math.sqrt(3) * kaimingStd("kaimingUniform_", x, options);
  return uniform_(x, -bound, bound, options);
}

/** He's normal initialisation: N(0, std^2), std = gain / sqrt(fan). A tensor without elements stays as it is. */
export function kaimingNormal_(x: Tensor, options: KaimingOptions = {}): Tensor {
  if (x.shape.includes(0)) return x;
  return normal_(x, 0, kaimingStd("kaimingNormal_", x, options), options);
}
