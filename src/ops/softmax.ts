/** Softmax and its logarithm: scores become probabilities. Computed whole, with gradients in closed form. */
import { DTypeError, normalizeDim } from "../base/index.ts";
import { type Differentiable, record, SAVES_OUTPUT, withoutTape } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { div, exp, log, mul, sub } from "./pointwise/index.ts";
import { amax, sum } from "./reductions.ts";

/** For y = softmax(x): dx = y (dy - sum(dy y)). */
const softmaxRule: Differentiable = {
  name: "softmax",
  saves: () => SAVES_OUTPUT,
  gradient(dy, call) {
    const y = call.output;
    const weighted = mul(dy, y);
    return [sub(weighted, mul(y, sum(weighted, call.attributes as number, { keepdim: true })))];
  },
};

/** For y = ln softmax(x): dx = dy - exp(y) sum(dy). */
const logSoftmaxRule: Differentiable = {
  name: "logSoftmax",
  saves: () => SAVES_OUTPUT,
  gradient(dy, call) {
    const total = sum(dy, call.attributes as number, { keepdim: true });
    return [sub(dy, mul(exp(call.output), total))];
  },
};

function checkInput(name: string, x: Tensor, dim: number): number {
  if (!x.dtype.isFloatingPoint) {
    throw new DTypeError(
      `${name}: needs a floating-point tensor, got ${x.dtype}; convert it with .to(torch.float32)`,
    );
  }
  return normalizeDim(name, dim, x.shape.length);
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
export function softmax(x: Tensor, dim: number): Tensor {
  const at = checkInput("softmax", x, dim);
  const output = withoutTape(() => {
    const e = exp(sub(x, maximumAlong(x, at)));
    return div(e, sum(e, at, { keepdim: true }));
  });
  return record(softmaxRule, [x], output, at);
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
export function logSoftmax(x: Tensor, dim: number): Tensor {
  const at = checkInput("logSoftmax", x, dim);
  const output = withoutTape(() => {
    const shifted = sub(x, maximumAlong(x, at));
    return sub(shifted, log(sum(exp(shifted), at, { keepdim: true })));
  });
  return record(logSoftmaxRule, [x], output, at);
}

function maximumAlong(x: Tensor, dim: number): Tensor {
  // An axis without elements has no maximum, and nothing to shift.
  return x.numel() === 0 ? x : amax(x, dim, { keepdim: true });
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
export function softmin(x: Tensor, dim: number): Tensor {
  return softmax(mul(x, -1), dim);
}
