/**
 * The perceptron rule finds the weights of AND, NAND and OR by itself, and cannot find any for XOR.
 *
 *     npx tsx examples/perceptron.ts
 */
import * as nn from "xorch/nn";

const X = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];

/** What each gate answers to the four rows of X. */
export const targets = {
  AND: [0, 0, 0, 1],
  NAND: [1, 1, 1, 0],
  OR: [0, 1, 1, 1],
  XOR: [0, 1, 1, 0],
} as const;

export function learnGate(y: readonly number[], { lr = 1 } = {}) {
  const neuron = new nn.Perceptron(2, { lr });
  const report = neuron.fit(X, y);
  return { neuron, report, output: neuron.predict(X) };
}

// Run as a script.
if (globalThis.process?.argv[1]?.endsWith("perceptron.ts")) {
  for (const [name, y] of Object.entries(targets)) {
    const { neuron, report } = learnGate(y);
    console.log(name, neuron.weights, neuron.bias, report.reason);
  }
}
