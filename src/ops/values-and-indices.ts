/** The pair that ops give which find values along a dimension. */
import type { Tensor } from "./handle.ts";

/**
 * Values, and where they were found. It can be taken apart by name and by position: `const { values } = x.max(0)`,
 * `const [values, indices] = x.max(0)`, `x.max(0)[1]`.
 */
export class ValuesAndIndices implements Iterable<Tensor> {
  constructor(
    readonly values: Tensor,
    readonly indices: Tensor,
  ) {}

  get 0(): Tensor {
    return this.values;
  }

  get 1(): Tensor {
    return this.indices;
  }

  get length(): 2 {
    return 2;
  }

  *[Symbol.iterator](): IterableIterator<Tensor> {
    yield this.values;
    yield this.indices;
  }
}
