/** Softmax of scaled scores, of which a mask may leave some out: how much each query attends to each key. */
import { bool, type DType } from "../base/index.ts";
import * as ir from "../ir/expr.ts";
import { type Differentiable, record, SAVES_OUTPUT } from "./executor.ts";
import type { Tensor } from "./handle.ts";
import { perDtype } from "./per-dtype.ts";
import { mul } from "./pointwise/index.ts";
import { shareKernels, shares, sharesGradient } from "./shares.ts";

/** For y = softmax(scale x + mask): dx = scale y (dy - sum(dy y)), and dmask the same without the scale. */
const rule: Differentiable = {
  name: "scaledDotProductAttention",
  saves: () => SAVES_OUTPUT,
  gradient(dy, call) {
    const y = call.output;
    const { scale } = call.attributes as { scale: number };
    const dim = y.shape.length - 1;
    if (!call.needs(1)) return [sharesGradient(dy, y, dim, scale)];
    const slope = sharesGradient(dy, y, dim, 1);
    return [call.needs(0) ? mul(slope, scale) : null, slope];
  },
};

const scaled = (dtype: DType): ir.Expr => ir.mul(ir.input(0, dtype), ir.param(0, dtype));

const plain = perDtype((dtype) => shareKernels(rule.name, [dtype], scaled(dtype), false));

const chosen = perDtype((dtype) => {
  const score = ir.select(ir.input(1, bool), scaled(dtype), -Infinity);
  return shareKernels(rule.name, [dtype, bool], score, true);
});

const shifted = perDtype((dtype) => {
  return shareKernels(rule.name, [dtype, dtype], ir.add(scaled(dtype), ir.input(1, dtype)), true);
});

/**
 * softmax(scale x + mask) along the last dimension; of a bool mask, false leaves a score out. A bool mask broadcasts to x,
 * another has its shape. A row of which nothing is left gives zeros.
 */
export function attentionWeights(x: Tensor, scale: number, mask: Tensor | null): Tensor {
  const kernels = mask === null ? plain : mask.dtype === bool ? chosen : shifted;
  const inputs = mask === null ? [x] : [x, mask];
  const y = shares(kernels(x.dtype), inputs, x.shape, x.shape.length - 1, [scale]);
  return record(rule, inputs, y, { scale });
}
