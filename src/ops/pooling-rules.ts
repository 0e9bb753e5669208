/** The extreme and the sum of every window, with gradients of every order. */
import type { Shape } from "../base/index.ts";
import * as ir from "../ir/expr.ts";
import { type Differentiable, execute, record, tape, withoutTape } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { movementRule } from "./movement-rule.ts";
import { placesOf, reach, tap, type Window } from "./window.ts";
import { WindowFold, WindowSpread } from "./window-folds.ts";

/** A window that slides over the last dimensions of a tensor of `shape`, and how many of it there are. */
export interface Slide extends Window {
  readonly shape: Shape;
  readonly counts: Shape;
}

function tapsOf(x: Tensor, slide: Slide): Tensor[] {
  return placesOf(slide.kernel).map((place) => tap(x, slide, slide.counts, place));
}

/** Zeros of the shape that is slid over, with `spread` added to the taps. */
function spreadOver(spread: WindowSpread, operands: readonly Tensor[], slide: Slide): Tensor {
  return withoutTape(() => {
    const dx = execute.zeros(slide.shape, operands[0]!.dtype, operands[0]!);
    const overlap = slide.stride.some((step, d) => step < reach(slide, d));
    spread.apply(tapsOf(dx, slide), operands, overlap);
    return dx;
  });
}

/** The largest element so far and its number. As in PyTorch the first of equals, but the last NaN. */
const largest = /* @__PURE__ */ new WindowFold("maxPool", 2, 0, (results, x, number) => {
  if (results === null) return [x, number];
  const [best, place] = results as [ir.Expr, ir.Expr];
  const isBetter = ir.or(ir.gt(x, best), ir.ne(x, x));
  return [ir.select(isBetter, x, best), ir.select(isBetter, number, place)];
});

/** The largest element alone. */
const largestValue = /* @__PURE__ */ new WindowFold("maxPool", 1, 0, (results, x) => {
  if (results === null) return [x];
  const best = results[0]!;
  return [ir.select(ir.or(ir.gt(x, best), ir.ne(x, x)), x, best)];
});

/** The element whose number is the other operand. */
const picked = /* @__PURE__ */ new WindowFold("maxPool backward", 1, 1, (results, x, number, [place]) => [
  results === null ? x : ir.select(ir.eq(place!, number), x, results[0]!),
]);

/** dy to the element whose number is the second operand, 0 to the others. */
const routed = /* @__PURE__ */ new WindowSpread("maxPool backward", 2, ([dy, place], number) =>
  ir.select(ir.eq(place!, number), dy!, 0),
);

/** For y = the largest of every window: dx is dy at its place, and 0 elsewhere. */
const maxRule: Differentiable = {
  name: "maxPool",
  saves: () => 2,
  gradient: (dy, call) => [route(dy, call.input(1), call.attributes as Slide), null],
};

const routeRule: Differentiable = {
  name: "maxPool backward",
  saves: () => 2,
  gradient: (g, call) => [pick(g, call.input(1), call.attributes as Slide), null],
};

const pickRule: Differentiable = {
  name: "maxPool backward",
  saves: () => 2,
  gradient: (dy, call) => [route(dy, call.input(1), call.attributes as Slide), null],
};

/** dy, spread to the places in the windows. */
function route(dy: Tensor, places: Tensor, slide: Slide): Tensor {
  return record(routeRule, [dy, places], spreadOver(routed, [dy, places], slide), slide);
}

/** The elements of x at the places in the windows. */
function pick(x: Tensor, places: Tensor, slide: Slide): Tensor {
  const [y] = withoutTape(() => picked.apply(tapsOf(x, slide), [places]));
  return record(pickRule, [x, places], y!, slide);
}

/** The largest element of every window, and its number within it, in the dtype of x; null where nobody needs it. */
export function largestOf(
  x: Tensor,
  slide: Slide,
  needsPlaces: boolean,
): { values: Tensor; places: Tensor | null } {
  const fold = needsPlaces || (tape !== null && x.requiresGrad) ? largest : largestValue;
  const [values, places = null] = withoutTape(() => fold.apply(tapsOf(x, slide), [])) as [Tensor, Tensor?];
  if (places !== null) record(maxRule, [x, places], values, slide);
  return { values, places };
}

const total = /* @__PURE__ */ new WindowFold("avgPool", 1, 0, (results, x) => [
  results === null ? x : ir.add(results[0]!, x),
]);

const everywhere = /* @__PURE__ */ new WindowSpread("avgPool backward", 1, ([dy]) => dy!);

/** For y = the sum of every window: dx is dy in every element of the window. */
const sumRule = /* @__PURE__ */ movementRule("avgPool", (dy, _shape, slide) => spread(dy, slide as Slide));
const spreadRule = /* @__PURE__ */ movementRule("avgPool backward", (g, _shape, slide) =>
  sumsOf(g, slide as Slide),
);

function spread(dy: Tensor, slide: Slide): Tensor {
  return record(spreadRule, [dy], spreadOver(everywhere, [dy], slide), slide);
}

/** The sum of every window. */
export function sumsOf(x: Tensor, slide: Slide): Tensor {
  const [y] = withoutTape(() => total.apply(tapsOf(x, slide), []));
  return record(sumRule, [x], y!, slide);
}
