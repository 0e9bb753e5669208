/** How many inputs and outputs a weight has, and how much a nonlinearity shrinks what passes. */
import { choice, number, optional, required, signature } from "../../base/arguments/index.ts";
import { formatShape, ShapeError } from "../../base/index.ts";
import type { Tensor } from "../../tensor/index.ts";

/** For [out, in, ...]: in and out, each times the product of the other sizes. Throws a ShapeError below 2 dimensions. */
export function fans(where: string, x: Tensor): { fanIn: number; fanOut: number } {
  if (x.shape.length < 2) {
    throw new ShapeError(
      `${where}: a tensor of shape ${formatShape(x.shape)} has no fan in and fan out; expected at least 2 dimensions, [out, in, ...]`,
    );
  }
  const [out, inputs, ...rest] = x.shape as [number, number, ...number[]];
  const field = rest.reduce((product, size) => product * size, 1);
  return { fanIn: inputs * field, fanOut: out * field };
}

/** The gain of each nonlinearity; `leakyRelu` takes its negative slope. */
const gains = {
  linear: () => 1,
  conv1d: () => 1,
  conv2d: () => 1,
  conv3d: () => 1,
  convTranspose1d: () => 1,
  convTranspose2d: () => 1,
  convTranspose3d: () => 1,
  sigmoid: () => 1,
  tanh: () => 5 / 3,
  relu: () => Math.sqrt(2),
  leakyRelu: (negativeSlope = 0.01) => Math.sqrt(2 / (1 + negativeSlope * negativeSlope)),
  selu: () => 3 / 4,
} satisfies Record<string, (param?: number) => number>;

/** The functions for which `calculateGain` knows a factor. */
export type Nonlinearity = keyof typeof gains;

export const nonlinearity = /* @__PURE__ */ choice(.../* @__PURE__ */ (Object.keys(gains) as Nonlinearity[]));

const gainParameters = signature(
  "calculateGain",
  required("nonlinearity", nonlinearity),
  optional("param", number),
);

/**
 * The factor by which weights before a nonlinearity should be larger, so that variances stay the same from layer to layer.
 * `param` is the negative slope of "leakyRelu", 0.01 unless said.
 *
 * Source: https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.calculate_gain
 *
 * @example
 * torch.nn.init.calculateGain("leakyRelu", 0.2); // 1.3867504905630728
 */
export function calculateGain(nonlinearity: Nonlinearity, param?: number): number;
export function calculateGain(...given: unknown[]): number {
  const [nonlinearity, param] = gainParameters.read(given);
  return gains[nonlinearity](param);
}
