/** Groups of dimensions seen as one: the stride that they share, and parts of them that are small enough. */

/** The stride of the dimensions walked through in row-major order; null if they have no common one. */
export function mergedStride(sizes: readonly number[], strides: readonly number[]): number | null {
  let merged: number | null = null;
  let count = 1;
  for (let d = sizes.length - 1; d >= 0; d--) {
    if (sizes[d] === 1) continue;
    if (merged === null) merged = strides[d]!;
    else if (strides[d] !== merged * count) return null;
    count *= sizes[d]!;
  }
  return merged ?? 1;
}

/** A block of a group of dimensions, with neighbouring elements in row-major order. */
export interface Part {
  /** Number of the first element, and of all. */
  readonly first: number;
  readonly count: number;
  /** The index of the first element, and the size, in each dimension. */
  readonly start: readonly number[];
  readonly sizes: readonly number[];
}

/** Cuts a group of dimensions into parts of at most `most` elements (at least one), as equal as may be. */
export function partsOf(sizes: readonly number[], most: number): Part[] {
  // Dimensions behind d are whole in every part, those before it have one index each.
  let d = sizes.length;
  let inner = 1;
  while (d > 0 && inner * sizes[d - 1]! <= most) inner *= sizes[--d]!;
  const cut = d - 1;
  const whole = cut < 0 ? 1 : sizes[cut]!;
  const step = Math.ceil(whole / Math.ceil(whole / Math.max(1, Math.floor(most / inner))));
  const total = sizes.reduce((product, size) => product * size, 1);
  const parts: Part[] = [];
  for (let first = 0; first < total; ) {
    const start = new Array<number>(sizes.length).fill(0);
    for (let k = cut, rest = first / inner; k >= 0; k--) {
      start[k] = rest % sizes[k]!;
      rest = Math.floor(rest / sizes[k]!);
    }
    const length = cut < 0 ? 1 : Math.min(step, whole - start[cut]!);
    const own = sizes.map((size, k) => (k > cut ? size : k === cut ? length : 1));
    parts.push({ first, count: inner * length, start, sizes: own });
    first += inner * length;
  }
  return parts;
}

/** How far from the start the element with this index lies. */
export function offsetOf(index: readonly number[], strides: readonly number[]): number {
  return index.reduce((offset, i, d) => offset + i * strides[d]!, 0);
}
