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

/** Probabilities along `dim`: exp(x_i) / sum_j exp(x_j), shifted by the maximum so that nothing overflows. */
export function softmax(x: Tensor, dim: number): Tensor {
  const at = checkInput("softmax", x, dim);
  const output = withoutTape(() => {
    const e = exp(sub(x, maximumAlong(x, at)));
    return div(e, sum(e, at, { keepdim: true }));
  });
  return record(softmaxRule, [x], output, at);
}

/** ln(softmax(x)) along `dim`, without ever taking the logarithm of a rounded probability. */
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

/** exp(-x) over its sum: probabilities that prefer small values. */
export function softmin(x: Tensor, dim: number): Tensor {
  return softmax(mul(x, -1), dim);
}
