/** The axes that a loop nest walks, as few as the strides of all operands allow. */

export interface Axes {
  /** The outermost first; at least one. */
  readonly sizes: readonly number[];
  /** For each operand, the step of each axis in elements. */
  readonly strides: readonly (readonly number[])[];
}

/** Drops axes of size 1 and joins neighbours that all operands walk through evenly. */
export function mergeAxes(sizes: readonly number[], strides: readonly (readonly number[])[]): Axes {
  const merged: number[] = [];
  const steps = strides.map((): number[] => []);
  for (const [d, size] of sizes.entries()) {
    if (size === 1) continue;
    const last = merged.length - 1;
    const evenly = last >= 0 && steps.every((own, i) => own[last] === strides[i]![d]! * size);
    if (evenly) merged[last]! *= size;
    else merged.push(size);
    for (const [i, own] of steps.entries()) own[merged.length - 1] = strides[i]![d]!;
  }
  if (merged.length > 0) return { sizes: merged, strides: steps };
  return { sizes: [1], strides: strides.map(() => [0]) };
}

/** The axes ordered by the strides of one operand, so that it is walked from front to back. */
export function orderAxes({ sizes, strides }: Axes, by: number): Axes {
  const order = sizes.map((_, d) => d).sort((a, b) => strides[by]![b]! - strides[by]![a]!);
  return mergeAxes(
    order.map((d) => sizes[d]!),
    strides.map((own) => order.map((d) => own[d]!)),
  );
}
