/** Elements of one value around the last dimensions of a tensor. */
import type { Shape } from "../base/index.ts";
import { record, withoutTape } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { movementRule } from "./movement-rule.ts";
import { slice } from "./slicing.ts";
import { padded } from "./window.ts";

/** How many elements are before and behind each of the last dimensions. */
interface Around {
  readonly before: Shape;
  readonly after: Shape;
}

/** For y = x with elements around it: dx = dy without them. */
const surroundRule = /* @__PURE__ */ movementRule("pad", (dy, _shape, around) => {
  const { before, after } = around as Around;
  return crop(dy, before, after);
});

/** x without as many elements at the ends of its last dimensions. A view. */
export function crop(x: Tensor, before: Shape, after: Shape): Tensor {
  const lead = x.shape.length - before.length;
  return before.reduce((seen, size, d) => {
    const whole = size === 0 && after[d] === 0;
    return whole ? seen : slice(seen, lead + d, size, Math.max(0, seen.shape[lead + d]! - after[d]!));
  }, x);
}

/** x with as many elements of `value` before and behind its last dimensions; x itself where there are none. */
export function surround(x: Tensor, before: Shape, after: Shape, value: number | bigint): Tensor {
  const y = withoutTape(() => padded(x, before, after, value));
  return y === x ? x : record(surroundRule, [x], y, { before, after } satisfies Around);
}
