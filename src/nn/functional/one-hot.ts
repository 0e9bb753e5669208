/** Class numbers as vectors. */
import { optional, required, signature, wholeFrom } from "../../base/arguments/index.ts";
import { DTypeError, IndexError, int32, int64, uint8, ValueError } from "../../base/index.ts";
import { tensor } from "../../ops/kinds.ts";
import { eq } from "../../ops/pointwise/index.ts";
import { unsqueeze } from "../../ops/reshaping.ts";
import type { Tensor } from "../../tensor/index.ts";
import { checkClasses } from "./classes.ts";

const parameters = signature("oneHot", required("x", tensor), optional("numClasses", wholeFrom(-1), -1));

/**
 * For each class number a row with 1 at its place and 0 elsewhere: [...] -> [..., numClasses], int64. Without `numClasses` (or
 * with -1) there are as many classes as the largest number needs. The numbers are int64, int32 or uint8.
 *
 * @throws IndexError where a number is negative or not below `numClasses`.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.one_hot.html
 */
export function oneHot(x: Tensor, numClasses?: number): Tensor;
export function oneHot(x: Tensor, options: { numClasses?: number }): Tensor;
export function oneHot(...given: unknown[]): Tensor {
  const [x, numClasses] = parameters.read(given);
  if (x.dtype !== int64 && x.dtype !== int32 && x.dtype !== uint8) {
    throw new DTypeError(
      `oneHot: class numbers must be integers, got ${x.dtype}; convert with .to(torch.int64)`,
    );
  }
  if (numClasses === 0) {
    throw new ValueError(`oneHot: numClasses must be a whole number of at least 1, or -1, got ${numClasses}`);
  }
  let count = numClasses;
  if (count > 0) checkClasses("oneHot", x, count);
  else {
    if (x.numel() === 0) throw new ValueError("oneHot: without class numbers, numClasses must be given");
    const lowest = x.min().item();
    if (lowest < 0) throw new IndexError(`oneHot: class ${lowest} is out of range; expected 0 or more`);
    count = x.max().item() + 1;
  }
  return eq(unsqueeze(x, -1), x.newArange(count).to(x.dtype)).to(int64);
}
