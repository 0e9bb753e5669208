/** Norms: the sizes of vectors. */
import {
  dims,
  dtype,
  flag,
  keyword,
  number,
  optional,
  required,
  signature,
} from "../base/arguments/index.ts";
import { formatShape, ShapeError } from "../base/index.ts";
import * as ir from "../ir/expr.ts";
import { compositeReduction } from "./composite-reduction.ts";
import { toDtype } from "./conversion.ts";
import type { Tensor } from "./handle.ts";
import { tensor } from "./kinds.ts";
import { abs, div, eq, isnan, logicalOr, mul, ne, pow, sign, where } from "./pointwise/index.ts";
import {
  type Dims,
  type DtypeOption,
  type ReduceOptions,
  type Reduction,
  reduction,
  requireFloat,
} from "./reduction.ts";
import { amax, amin, sum } from "./reductions.ts";

/** sqrt(sum x^2). Its slope is x / y, and 0 where y is 0. */
const euclidean: Reduction = /* @__PURE__ */ reduction({
  name: "norm",
  accumulator: requireFloat("norm"),
  element: (x) => ir.mul(x, x),
  combine: ir.add,
  identity: () => 0,
  finish: ir.sqrt,
  saves: { input: true, output: true },
  gradient: ({ dy, x, y }) => mul(dy, where(eq(y, 0), 0, div(x, y))),
});

/**
 * (sum |x|^p)^(1/p), and its limits for p of 0 and of either infinity. dx = dy sign(x) (|x| / y)^(p - 1), in the order in
 * which PyTorch multiplies; 0 where y is 0, and below p = 1 where x is 0. The extremes share dy among those that reach them.
 */
const ofPower = /* @__PURE__ */ compositeReduction<number>({
  name: "norm",
  savesOutput: true,
  compute(x, { dims: folded }, shape, p) {
    const options = { keepdim: shape.length === x.shape.length };
    const over = [...folded];
    if (p < 0 && over.some((d) => x.shape[d] === 0)) {
      throw new ShapeError(
        `norm: shape ${formatShape(x.shape)} has no elements to take a norm of order ${p} of, which only those above 0 have`,
      );
    }
    if (p === Infinity) return amax(abs(x), over, options);
    if (p === -Infinity) return amin(abs(x), over, options);
    if (p === 0) return sum(toDtype(ne(x, 0), x.dtype), over, options);
    if (p === 1) return sum(abs(x), over, options);
    return pow(sum(pow(abs(x), p), over, options), 1 / p);
  },
  gradient({ dy, x, y, dims: folded }, p) {
    const size = abs(x);
    if (p === 0) return null;
    if (p === 1) return mul(sign(x), dy);
    if (Math.abs(p) === Infinity) {
      const reached = toDtype(logicalOr(eq(size, y), isnan(size)), x.dtype);
      return mul(sign(x), mul(div(dy, sum(reached, [...folded], true)), reached));
    }
    if (p < 1) {
      const scaled = where(eq(x, 0), 0, mul(sign(x), pow(size, p - 1)));
      return mul(mul(scaled, dy), pow(y, 1 - p));
    }
    const scaled = p < 2 ? mul(sign(x), pow(size, p - 1)) : mul(x, pow(size, p - 2));
    return mul(scaled, where(eq(y, 0), 0, div(dy, pow(y, p - 1))));
  },
});

const parameters = /* @__PURE__ */ signature(
  "norm",
  required("x", tensor),
  optional("p", number, 2),
  optional("dim", dims),
  optional("keepdim", flag, false),
  keyword("dtype", dtype),
);

/**
 * Norm of order `p`: (sum |x|^p)^(1/p); 2 unless said. Infinity gives the largest, -Infinity the smallest
 * absolute value, 0 the number of nonzero elements.
 *
 * @throws DTypeError unless floating point; ShapeError for a dimension that is out of range or named twice, and for an order
 * below 0, or infinite, of no elements.
 * Source: https://pytorch.org/docs/stable/generated/torch.norm.html
 *
 * @example
 * torch.tensor([3, -4]).norm(); // tensor(5.)
 * torch.tensor([3, -4]).norm(1); // tensor(7.)
 */
export function norm(x: Tensor, p?: number, dim?: Dims, keepdim?: boolean, options?: DtypeOption): Tensor;
export function norm(x: Tensor, options: ReduceOptions & { p?: number; dim?: Dims }): Tensor;
export function norm(x: Tensor, p?: number, dim?: Dims, options?: ReduceOptions): Tensor;
export function norm(...given: unknown[]): Tensor {
  const [x, p, dim, keepdim, wanted] = parameters.read(given);
  const source = wanted === undefined ? x : toDtype(x, wanted);
  requireFloat("norm")(source.dtype);
  return p === 2 ? euclidean(source, dim, keepdim) : ofPower(source, dim, keepdim, p);
}
