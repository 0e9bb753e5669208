/**
 * The numbers that every peer starts from, made by a formula rather than a generator so that all get the same
 * (peers/pytorch/inputs.py holds the same formula).
 */

/** Knuth's multiplicative hash (The Art of Computer Programming, volume 3, section 6.4): 2^32 / golden ratio. */
const HASH = 2654435761;

/** `count` float32 values spread over [offset - scale, offset + scale); different for each seed. */
export function values(count: number, seed: number, scale = 1, offset = 0): Float32Array<ArrayBuffer> {
  const result = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const hashed = (Math.imul(i + 1, HASH) + seed * 40503) >>> 0;
    result[i] = (hashed / 2 ** 31 - 1) * scale + offset;
  }
  return result;
}

/** Seeds of what is not a parameter. */
export const seeds = { x: 99, left: 1, right: 2 };

export const xor = {
  x: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  y: [[0], [1], [1], [0]],
};

/** The class of each of `count` samples. */
export const labels = (count: number, classes: number): number[] =>
  Array.from({ length: count }, (_, i) => (i * 7) % classes);

/** The token of each of `count` places; the token to foretell is the label of the same place. */
export const tokens = (count: number, vocabulary: number): number[] =>
  Array.from({ length: count }, (_, i) => (i * 31 + (i >> 5)) % vocabulary);

/**
 * Dense elements of `shape` with their axes in another order: axis i of the result is axis order[i]. Some libraries
 * keep weights as [in, out], or channels last.
 */
export function permuted(
  data: Float32Array,
  shape: readonly number[],
  order: readonly number[],
): Float32Array<ArrayBuffer> {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const result = new Float32Array(data.length);
  const index = order.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    result[i] = data[index.reduce((place, step, axis) => place + step * strides[order[axis]!]!, 0)]!;
    for (let axis = order.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < shape[order[axis]!]!) break;
      index[axis] = 0;
    }
  }
  return result;
}
