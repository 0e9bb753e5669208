import { describe, ValueError } from "../base/index.ts";
import { checkWhole } from "./bounds.ts";

/**
 * A range of a dimension, as Python's start:stop:step; null stands for the end of the dimension, negative numbers count
 * from there.
 *
 * @throws ValueError for bounds that are not whole numbers, and for a step that is not a whole number of at least 1.
 * Source: https://pytorch.org/docs/stable/tensor_view.html
 *
 * @example
 * torch.arange(6).index(new torch.Slice(1, null, 2)); // tensor([1, 3, 5])
 */
export class Slice {
  constructor(
    /** The first place; null for the beginning. */
    readonly start: number | null = null,
    /** The place before which it ends; null for the end. */
    readonly stop: number | null = null,
    /** How far apart the places are. */
    readonly step = 1,
  ) {
    if (start !== null) checkWhole("Slice", "start", start);
    if (stop !== null) checkWhole("Slice", "stop", stop);
    if (!Number.isInteger(step) || step < 1) {
      throw new ValueError(`Slice: step must be a whole number of at least 1, got ${describe(step)}`);
    }
  }
}
