/** What the models of the workloads start from: names and shapes as in PyTorch's state dict. */
import type { Kind, Kinds } from "./workloads.ts";

/** Elements are `values(count, seed, scale, offset)` of inputs.ts. */
export interface Parameter {
  name: string;
  shape: number[];
  seed: number;
  scale: number;
  offset: number;
}

type Part = Omit<Parameter, "seed">;

const part = (name: string, shape: number[], scale: number, offset = 0): Part => ({
  name,
  shape,
  scale,
  offset,
});

/** Within 1 / sqrt(fan in) of zero, as PyTorch begins; weights are [out, in]. */
const dense = (name: string, inputs: number, outputs: number): Part[] => [
  part(`${name}.weight`, [outputs, inputs], 1 / Math.sqrt(inputs)),
  part(`${name}.bias`, [outputs], 1 / Math.sqrt(inputs)),
];

const convolution = (name: string, inputs: number, outputs: number): Part[] => [
  part(`${name}.weight`, [outputs, inputs, 3, 3], 1 / Math.sqrt(9 * inputs)),
  part(`${name}.bias`, [outputs], 1 / Math.sqrt(9 * inputs)),
];

const norm = (name: string, width: number): Part[] => [
  part(`${name}.weight`, [width], 0.1, 1),
  part(`${name}.bias`, [width], 0.1),
];

/** Linear layers stand at every other place of a Sequential, activations between them. */
const layers = (sizes: readonly number[]): Part[] =>
  sizes.slice(1).flatMap((outputs, i) => dense(String(2 * i), sizes[i]!, outputs));

function gptParts({ layers, width, context, vocabulary }: Kinds["gpt"]): Part[] {
  const blocks = Array.from({ length: layers }, (_, i) => `blocks.${i}`).flatMap((block) => [
    ...norm(`${block}.norm1`, width),
    ...dense(`${block}.attention`, width, 3 * width),
    ...dense(`${block}.projection`, width, width),
    ...norm(`${block}.norm2`, width),
    ...dense(`${block}.expand`, width, 4 * width),
    ...dense(`${block}.contract`, 4 * width, width),
  ]);
  return [
    part("tokens.weight", [vocabulary, width], 0.5),
    part("positions.weight", [context, width], 0.5),
    ...blocks,
    ...norm("norm", width),
    ...dense("head", width, vocabulary),
  ];
}

const parts: { [K in Kind]?: (settings: Kinds[K]) => Part[] } = {
  xorByHand: () => [part("w1", [2, 2], 1), part("b1", [2], 1), part("w2", [2, 1], 1), part("b2", [1], 1)],
  xorModules: ({ sizes }) => layers(sizes),
  mlp: ({ sizes }) => layers(sizes),
  cnn: () => [...convolution("0", 1, 16), ...convolution("3", 16, 32), ...dense("7", 1568, 10)],
  gpt: gptParts,
};

/** The parameters of a workload's model, none where it has no model. */
export function parametersOf<K extends Kind>(kind: K, settings: Kinds[K]): Parameter[] {
  return (parts[kind]?.(settings) ?? []).map((one, i) => ({ ...one, seed: i + 1 }));
}
