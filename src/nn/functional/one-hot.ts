/** Class numbers as vectors. */
import { optional, required, signature, wholeFrom } from "../../base/arguments/index.ts";
import { checkShape, int64, ValueError } from "../../base/index.ts";
import { tensor } from "../../ops/kinds.ts";
import { eq } from "../../ops/pointwise/index.ts";
import { unsqueeze } from "../../ops/reshaping.ts";
import type { Tensor } from "../../tensor/index.ts";
import { classNumbers } from "./classes.ts";

const parameters = signature("oneHot", required("x", tensor), optional("numClasses", wholeFrom(-1), -1));

/**
 * For each class number a row with 1 at its place and 0 elsewhere: [...] -> [..., numClasses], int64. Without `numClasses` (or
 * with -1) there are as many classes as the largest number needs.
 *
 * @throws IndexError where a number is no whole number, negative or not below `numClasses`; DTypeError for bool.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.one_hot.html
 *
 * @example
 * torch.nn.functional.oneHot(torch.tensor([2, 0])); // tensor([[0, 0, 1], [1, 0, 0]], dtype=torch.int64)
 */
export function oneHot(x: Tensor, numClasses?: number): Tensor;
export function oneHot(x: Tensor, options: { numClasses?: number }): Tensor;
export function oneHot(...given: unknown[]): Tensor {
  const [x, numClasses] = parameters.read(given);
  if (numClasses === 0) {
    throw new ValueError(`oneHot: numClasses must be a whole number of at least 1, or -1, got ${numClasses}`);
  }
  const isGiven = numClasses > 0;
  const classes = classNumbers("oneHot", x, isGiven ? numClasses : null);
  if (!isGiven && x.numel() === 0) {
    throw new ValueError("oneHot: without class numbers, numClasses must be given");
  }
  const count = isGiven ? numClasses : classes.max().item() + 1;
  checkShape("oneHot", [...x.shape, count]);
  return eq(unsqueeze(classes, -1), x.newArange(count).to(classes.dtype)).to(int64);
}
