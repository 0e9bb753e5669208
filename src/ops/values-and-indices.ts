/** The pair that ops give which find values along a dimension. */
import type { Tensor } from "./handle.ts";

/**
 * Values, and where they were found. It can be taken apart by name and by position: `const { values } = x.max(0)`,
 * `const [values, indices] = x.max(0)`, `x.max(0)[1]`.
 */
export class ValuesAndIndices implements Iterable<Tensor> {
  constructor(
    /** The values that were found. */
    readonly values: Tensor,
    /** Where they stood, int64. */
    readonly indices: Tensor,
  ) {}

  /** The values. */
  get 0(): Tensor {
    return this.values;
  }

  /** The indices. */
  get 1(): Tensor {
    return this.indices;
  }

  /** Always 2: the values and the indices. */
  get length(): 2 {
    return 2;
  }

  /** The values, then the indices: `const [values, indices] = x.max(0)`. */
  *[Symbol.iterator](): IterableIterator<Tensor> {
    yield this.values;
    yield this.indices;
  }
}
