/**
 * The numbers that every peer starts from, made by a formula rather than a generator so that all get the same
 * (peers/pytorch.py holds the same formula).
 */

/** Knuth's multiplicative hash (The Art of Computer Programming, volume 3, section 6.4): 2^32 / golden ratio. */
const HASH = 2654435761;

/** `count` float32 values spread over [-scale, scale); different for each seed. */
export function values(count: number, seed: number, scale = 1): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    { length: count },
    (_, i) => ((((i + 1) * HASH + seed * 40503) % 2 ** 32) / 2 ** 31 - 1) * scale,
  );
}

export const xor = {
  x: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  y: [[0], [1], [1], [0]],
};

/** Weights [out, in] and biases [out] of fully connected layers, each within 1 / sqrt(in) of zero. */
export function denseLayers(sizes: readonly number[]) {
  return sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i]!;
    const scale = 1 / Math.sqrt(inputs);
    return {
      inputs,
      outputs,
      weight: values(outputs * inputs, 2 * i + 1, scale),
      bias: values(outputs, 2 * i + 2, scale),
    };
  });
}

/** Row-major [rows, columns] to [columns, rows]: some libraries keep weights as [in, out]. */
export function transposed(data: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    { length: data.length },
    (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!,
  );
}

export const xorSizes = [2, 10, 10, 10, 1];
export const classifierSizes = [784, 128, 10];

/** The class of each sample of a batch. */
export const labels = (batch: number): number[] => Array.from({ length: batch }, (_, i) => (i * 7) % 10);

export const learningRate = { xorByHand: 1, xorModules: 3, classifier: 0.1 };
