/**
 * One neuron, three gates: AND, NAND and OR need nothing but the right weights and bias.
 *
 *     npx tsx examples/gates.ts
 */
import * as torch from "xorch";

/** All inputs of a gate with two inputs. */
export const X = torch.tensor([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
]);

/** The weights and biases that the course book sets by hand, and the outputs that are wanted. */
export const gates = {
  AND: { w: [0.5, 0.5], b: -0.7, target: [0, 0, 0, 1] },
  NAND: { w: [-0.5, -0.5], b: 0.7, target: [1, 1, 1, 0] },
  OR: { w: [0.6, 0.6], b: -0.5, target: [0, 1, 1, 1] },
} as const;

/** The neuron: inputs times weights, summed, plus the bias; active (1) where that is above 0. */
export function neuron(x: torch.Tensor, w: readonly number[], b: number) {
  const sum = torch.matmul(x, torch.tensor(w)).add(b);
  const output = sum.gt(0).to(torch.float32);
  return { sum, output };
}

// Run as a script.
if (globalThis.process?.argv[1]?.endsWith("gates.ts")) {
  for (const [name, { w, b }] of Object.entries(gates)) {
    console.log(name, neuron(X, w, b).output);
  }
}
