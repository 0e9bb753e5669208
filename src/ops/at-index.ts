/** Reading, writing, adding and multiplying at positions that have been checked, with the gradients. */
import { int32 } from "../base/index.ts";
import type { Scattering } from "../ir/kernel.ts";
import { toDtype } from "./conversion.ts";
import { type Differentiable, execute, record } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { changeInPlace, type SharingRules } from "./in-place.ts";
import { div, eq, mul, sub, where } from "./pointwise/index.ts";
import { expand, reshape } from "./reshaping.ts";

/** The index is input 1 of all of them. */
const savesIndex = (): number => 2;

/** For y = x at the index: dx has dy added at the places that were read. */
const readRule: Differentiable = {
  name: "gather",
  saves: savesIndex,
  gradient(dy, call) {
    const dim = call.attributes as number;
    const index = call.input(1);
    const dx = execute.zeros(call.shapeOf(0), dy.dtype, dy);
    execute.scatter(dx, index, dy, dim, "add");
    return [record(spreadRule, [dy, index], dx, dim), null];
  },
};

/** For y = zeros with x added at the index: dx = dy at the index. */
const spreadRule: Differentiable = {
  name: "gather backward",
  saves: savesIndex,
  gradient: (dy, call) => [readAt(dy, call.attributes as number, call.input(1)), null],
};

/** y[i][j] = x[index[i][j]][j] for dim 0. */
export function readAt(x: Tensor, dim: number, index: Tensor): Tensor {
  return record(readRule, [x, index], execute.gather(x, index, dim), dim);
}

/** For y = x with the source added at the index: dx = dy, dsource = dy at the index. */
const addRule: Differentiable = {
  name: "scatterAdd",
  saves: savesIndex,
  gradient(dy, call) {
    const index = call.input(1);
    return [dy, null, call.needs(2) ? readAt(dy, call.attributes as number, index) : null];
  },
};

/**
 * For y = x with the source written at the index: dx = dy, but 0 where something was written; dsource = dy at the index
 * for the elements that stayed, 0 for those that later ones overwrote.
 */
const writeRule: Differentiable = {
  name: "scatter",
  saves: savesIndex,
  gradient(dy, call) {
    const dim = call.attributes as number;
    const index = call.input(1);
    const zeros = expand(execute.scalar(0, dy.dtype, dy), index.shape);
    return [
      call.needs(0) ? putAt(writing, dy, dim, index, zeros) : null,
      null,
      call.needs(2) ? where(stayed(dy, dim, index), readAt(dy, dim, index), 0) : null,
    ];
  },
};

/** Whether each element of the index is the last that names its place. `like` has the shape that is written to. */
function stayed(like: Tensor, dim: number, index: Tensor): Tensor {
  const numbers = reshape(like.newArange(index.numel()), index.shape);
  const latest = execute.zeros(like.shape, int32, like);
  execute.scatter(latest, index, numbers, dim, "write");
  return eq(execute.gather(latest, index, dim), numbers);
}

/**
 * For y = x times all sources at its place: dx = dy times these; dsource = dy x at the index, times all other sources of
 * its place. With P' the product of x and all sources that are not 0, that is dy P' / source where no source of the
 * place is 0; dy P' for the one source that is; and 0 elsewhere. There, second derivatives are lost.
 */
const multiplyRule: Differentiable = {
  name: "scatterMultiply",
  saves: (needs) => (needs & 4 ? 7 : 6),
  gradient(dy, call) {
    const dim = call.attributes as number;
    const index = call.input(1);
    const source = call.input(2);
    const ones = (): Tensor => expand(execute.scalar(1, dy.dtype, dy), dy.shape);
    const dx = call.needs(0) ? mul(dy, putAt(multiplying, ones(), dim, index, source)) : null;
    if (!call.needs(2)) return [dx, null, null];
    const isZero = eq(source, 0);
    const others = where(isZero, 1, source);
    const product = putAt(multiplying, call.input(0), dim, index, others);
    const zeros = putAt(adding, execute.zeros(dy.shape, dy.dtype, dy), dim, index, toDtype(isZero, dy.dtype));
    const zerosBeside = sub(readAt(zeros, dim, index), toDtype(isZero, dy.dtype));
    const share = div(readAt(mul(dy, product), dim, index), others);
    return [dx, null, where(eq(zerosBeside, 0), share, 0)];
  },
};

/** A way to change a tensor at an index. */
export interface Change {
  readonly rule: Differentiable;
  readonly how: Scattering;
}

export const adding: Change = { rule: addRule, how: "add" };
export const writing: Change = { rule: writeRule, how: "write" };
export const multiplying: Change = { rule: multiplyRule, how: "multiply" };

/** A changed copy of x. */
export function putAt({ rule, how }: Change, x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  const output = execute.zeros(x.shape, x.dtype, x);
  execute.copyInto(output, x);
  execute.scatter(output, index, source, dim, how);
  return record(rule, [x, index, source], output, dim);
}

/** Changes x itself; `name` is that of the op in messages. */
export function putAt_(
  name: string,
  { rule, how }: Change,
  x: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  sharing: SharingRules = {},
): Tensor {
  return changeInPlace(name, rule, [x, index, source], dim, sharing, ([into, at, from]) =>
    execute.scatter(into!, at!, from!, dim, how),
  );
}

/** A list of positions in `dim`, expanded over the other dimensions of x. */
export function alongDimension(index: Tensor, dim: number, x: Tensor): Tensor {
  const count = index.numel();
  const column = x.shape.map((_, d) => (d === dim ? count : 1));
  return expand(
    reshape(index, column),
    x.shape.map((size, d) => (d === dim ? count : size)),
  );
}
