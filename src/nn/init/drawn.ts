/** Initial values drawn independently, with PyTorch's numbers for the same seed. All change the tensor and give it back. */
import { choice, keyword, number, optional, required, signature } from "../../base/arguments/index.ts";
import { withoutTape } from "../../ops/executor.ts";
import { tensor } from "../../ops/kinds.ts";
import { type GeneratorOption, generatorKind } from "../../tensor/generator-option.ts";
import type { Tensor } from "../../tensor/index.ts";
import { calculateGain, fans, type Nonlinearity, nonlinearity } from "./fans.ts";

const generator = /* @__PURE__ */ keyword("generator", generatorKind);
const x = /* @__PURE__ */ required("x", tensor);
const uniformParameters = signature(
  "uniform_",
  x,
  optional("a", number, 0),
  optional("b", number, 1),
  generator,
);
const normalParameters = signature(
  "normal_",
  x,
  optional("mean", number, 0),
  optional("std", number, 1),
  generator,
);

/* @__NO_SIDE_EFFECTS__ */
function xavierParameters(name: string) {
  return signature(name, x, optional("gain", number, 1), generator);
}

const xavierUniformParameters = xavierParameters("xavierUniform_");
const xavierNormalParameters = xavierParameters("xavierNormal_");

/* @__NO_SIDE_EFFECTS__ */
function kaimingParameters(name: string) {
  return signature(
    name,
    x,
    optional("a", number, 0),
    optional("mode", choice("fanIn", "fanOut"), "fanIn"),
    optional("nonlinearity", nonlinearity, "leakyRelu"),
    generator,
  );
}

const kaimingUniformParameters = kaimingParameters("kaimingUniform_");
const kaimingNormalParameters = kaimingParameters("kaimingNormal_");

/** Uniform numbers on [a, b). */
export function uniform_(x: Tensor, a?: number, b?: number, options?: GeneratorOption): Tensor;
export function uniform_(x: Tensor, options: GeneratorOption & { a?: number; b?: number }): Tensor;
export function uniform_(...given: unknown[]): Tensor {
  const [x, a, b, generator] = uniformParameters.read(given);
  return withoutTape(() => x.uniform_(a, b, { generator }));
}

/** Normal numbers. */
export function normal_(x: Tensor, mean?: number, std?: number, options?: GeneratorOption): Tensor;
export function normal_(x: Tensor, options: GeneratorOption & { mean?: number; std?: number }): Tensor;
export function normal_(...given: unknown[]): Tensor {
  const [x, mean, std, generator] = normalParameters.read(given);
  return withoutTape(() => x.normal_(mean, std, { generator }));
}

/** Options of `xavierNormal_` and `xavierUniform_`. */
export interface XavierOptions extends GeneratorOption {
  /** A factor, see `calculateGain`; 1 unless said. */
  gain?: number;
}

/** The standard deviation gain * sqrt(2 / (fan in + fan out)). */
function xavierStd(where: string, x: Tensor, gain: number): number {
  const { fanIn, fanOut } = fans(where, x);
  return gain * Math.sqrt(2 / (fanIn + fanOut));
}

/**
 * Glorot's uniform initialisation: U(-a, a), a = gain sqrt(6 / (fan in + fan out)). For sigmoid and tanh.
 * Source: Glorot and Bengio 2010; https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.xavier_uniform_
 */
export function xavierUniform_(x: Tensor, gain?: number, options?: GeneratorOption): Tensor;
export function xavierUniform_(x: Tensor, options: XavierOptions): Tensor;
export function xavierUniform_(...given: unknown[]): Tensor {
  const [x, gain, generator] = xavierUniformParameters.read(given);
  const a = Math.sqrt(3) * xavierStd("xavierUniform_", x, gain);
  return uniform_(x, -a, a, { generator });
}

/** Glorot's normal initialisation: N(0, std^2), std = gain sqrt(2 / (fan in + fan out)). */
export function xavierNormal_(x: Tensor, gain?: number, options?: GeneratorOption): Tensor;
export function xavierNormal_(x: Tensor, options: XavierOptions): Tensor;
export function xavierNormal_(...given: unknown[]): Tensor {
  const [x, gain, generator] = xavierNormalParameters.read(given);
  return normal_(x, 0, xavierStd("xavierNormal_", x, gain), { generator });
}

/** Options of `kaimingNormal_` and `kaimingUniform_`. */
export interface KaimingOptions extends GeneratorOption {
  /** Negative slope of the leaky ReLU that follows; 0 (a plain ReLU) unless said. */
  a?: number;
  /** Keeps the variance of the forward pass ("fanIn", unless said) or of the backward pass ("fanOut"). */
  mode?: "fanIn" | "fanOut";
  /** What follows; "leakyRelu" unless said. */
  nonlinearity?: Nonlinearity;
}

/** The standard deviation gain / sqrt(fan). */
function kaimingStd(
  where: string,
  x: Tensor,
  { a, mode, nonlinearity }: Required<Omit<KaimingOptions, "generator">>,
): number {
  return calculateGain(nonlinearity, a) / Math.sqrt(fans(where, x)[mode]);
}

/**
 * He's uniform initialisation: U(-bound, bound), bound = gain sqrt(3 / fan). For ReLU and its kin. A tensor without elements
 * stays as it is.
 * Source: He et al. 2015; https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.kaiming_uniform_
 */
export function kaimingUniform_(
  x: Tensor,
  a?: number,
  mode?: "fanIn" | "fanOut",
  nonlinearity?: Nonlinearity,
  options?: GeneratorOption,
): Tensor;
export function kaimingUniform_(x: Tensor, options: KaimingOptions): Tensor;
export function kaimingUniform_(...given: unknown[]): Tensor {
  const { x, generator, ...options } = kaimingUniformParameters.named(given);
  if (x.shape.includes(0)) return x;
  const bound = Math.sqrt(3) * kaimingStd("kaimingUniform_", x, options);
  return uniform_(x, -bound, bound, { generator });
}

/** He's normal initialisation: N(0, std^2), std = gain / sqrt(fan). A tensor without elements stays as it is. */
export function kaimingNormal_(
  x: Tensor,
  a?: number,
  mode?: "fanIn" | "fanOut",
  nonlinearity?: Nonlinearity,
  options?: GeneratorOption,
): Tensor;
export function kaimingNormal_(x: Tensor, options: KaimingOptions): Tensor;
export function kaimingNormal_(...given: unknown[]): Tensor {
  const { x, generator, ...options } = kaimingNormalParameters.named(given);
  if (x.shape.includes(0)) return x;
  return normal_(x, 0, kaimingStd("kaimingNormal_", x, options), { generator });
}
