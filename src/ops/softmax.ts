/** Softmax and its logarithm: scores become probabilities. Computed whole, with gradients in closed form. */
import { dim, dtype, keyword, required, signature } from "../base/arguments/index.ts";
import { normalizeDim } from "../base/index.ts";
import * as ir from "../ir/expr.ts";
import { mapKernel, reduceKernel } from "../ir/kernel.ts";
import { toDtype } from "./conversion.ts";
import { type Differentiable, execute, record, SAVES_OUTPUT } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { tensor } from "./kinds.ts";
import { perDtype } from "./per-dtype.ts";
import { mul } from "./pointwise/index.ts";
import { PointwiseFunction } from "./pointwise-function.ts";
import { type DtypeOption, requireFloat } from "./reduction.ts";
import { sum } from "./reductions.ts";
import { along, highestOf, shareKernels, shares, sharesGradient } from "./shares.ts";

/** For y = softmax(x): dx = y (dy - sum(dy y)). */
const softmaxRule: Differentiable = {
  name: "softmax",
  saves: () => SAVES_OUTPUT,
  gradient: (dy, call) => [sharesGradient(dy, call.output, call.attributes as number, 1)],
};

const softmaxKernels = perDtype((dtype) =>
  shareKernels(softmaxRule.name, [dtype], ir.input(0, dtype), false),
);

/** For y = ln softmax(x): dx = dy - exp(y) sum(dy). */
const logSoftmaxRule: Differentiable = {
  name: "logSoftmax",
  saves: () => SAVES_OUTPUT,
  gradient(dy, call) {
    const total = sum(dy, call.attributes as number, true);
    return [logSlope(dy.dtype).apply([dy, call.output, total])];
  },
};

const logSlope = perDtype((dtype) => {
  const [dy, y, total] = [ir.input(0, dtype), ir.input(1, dtype), ir.input(2, dtype)];
  const dx = ir.sub(dy, ir.mul(ir.exp(y), total));
  return new PointwiseFunction("logSoftmax backward", [dtype, dtype, dtype], dx, null);
});

const logSoftmaxKernels = perDtype((dtype) => {
  const [x, y] = [ir.input(0, dtype), ir.input(1, dtype)];
  const { name } = logSoftmaxRule;
  return {
    highest: highestOf(name, [dtype], x, false),
    difference: mapKernel(name, [dtype, dtype], [ir.sub(x, y)]),
    logarithm: reduceKernel(`${name} (sum)`, [dtype], {
      element: ir.exp(x),
      combine: ir.add(x, y),
      identity: ir.constant(0, dtype),
      finish: ir.log(x),
    }),
  };
});

/** Options of softmax and its kin, with the dimension among them. */
export interface AlongOptions extends DtypeOption {
  dim: number;
}

/* @__NO_SIDE_EFFECTS__ */
function alongParameters(name: string) {
  return signature(name, required("x", tensor), required("dim", dim), keyword("dtype", dtype));
}

const softmaxParameters = alongParameters("softmax");
const logSoftmaxParameters = alongParameters("logSoftmax");
const softminParameters = alongParameters("softmin");

/** The tensor in the dtype in which it is to be computed, and the dimension counted from the front. */
function readAlong(parameters: typeof softmaxParameters, given: unknown[]): [Tensor, number] {
  const [input, at, wanted] = parameters.read(given);
  const x = wanted === undefined ? input : toDtype(input, wanted);
  requireFloat(parameters.name)(x.dtype);
  return [x, normalizeDim(parameters.name, at, x.shape.length)];
}

/**
 * Probabilities along `dim`: y_i = exp(x_i) / sum_j exp(x_j), shifted by the maximum so that nothing
 * overflows.
 *
 * @throws DTypeError unless floating point; ShapeError for a dimension that is out of range.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html
 *
 * @example
 * torch.tensor([1, 2, 3]).softmax(0); // tensor([0.0900, 0.2447, 0.6652])
 */
export function softmax(x: Tensor, dim: number, options?: DtypeOption): Tensor;
export function softmax(x: Tensor, options: AlongOptions): Tensor;
export function softmax(...given: unknown[]): Tensor {
  const [x, at] = readAlong(softmaxParameters, given);
  return record(softmaxRule, [x], shares(softmaxKernels(x.dtype), [x], x.shape, at), at);
}

/**
 * ln(softmax(x)) along `dim`, without ever taking the logarithm of a rounded probability.
 *
 * @throws DTypeError unless floating point; ShapeError for a dimension that is out of range.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.log_softmax.html
 *
 * @example
 * torch.tensor([1, 2, 3]).logSoftmax(0); // tensor([-2.4076, -1.4076, -0.4076])
 */
export function logSoftmax(x: Tensor, dim: number, options?: DtypeOption): Tensor;
export function logSoftmax(x: Tensor, options: AlongOptions): Tensor;
export function logSoftmax(...given: unknown[]): Tensor {
  const [x, at] = readAlong(logSoftmaxParameters, given);
  const { shape } = x;
  const { highest, difference, logarithm } = logSoftmaxKernels(x.dtype);
  const { dims, kept } = along(shape, at);
  // (x - max) - ln(sum(exp(x - max)))
  const shift = execute.reduce(highest, [x], shape, dims, kept, []);
  const y = execute.map(difference, [x, shift], shape, []);
  const logs = execute.reduce(logarithm, [y], shape, dims, kept, []);
  execute.mapInto(difference, [y], [y, logs], []);
  return record(logSoftmaxRule, [x], y, at);
}

/**
 * Probabilities that prefer small values: softmax(-x) along `dim`.
 *
 * @throws DTypeError unless floating point; ShapeError for a dimension that is out of range.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.softmin.html
 *
 * @example
 * torch.tensor([1, 2, 3]).softmin(0); // tensor([0.6652, 0.2447, 0.0900])
 */
export function softmin(x: Tensor, dim: number, options?: DtypeOption): Tensor;
export function softmin(x: Tensor, options: AlongOptions): Tensor;
export function softmin(...given: unknown[]): Tensor {
  const [x, at] = readAlong(softminParameters, given);
  return softmax(mul(x, -1), at);
}
