/** `torch.nn.utils`: keeping gradients within bounds. They change the `grad` of parameters in place. */

import { AutogradError, describe, ValueError } from "../base/index.ts";
import { checkValues } from "../ops/check-values.ts";
import { withoutTape } from "../ops/executor.ts";
import { isTensor } from "../ops/handle.ts";
import { stack } from "../ops/joining.ts";
import { isfinite } from "../ops/pointwise/index.ts";
import { type Tensor, tensor } from "../tensor/index.ts";

type Parameters = Tensor | Iterable<Tensor>;

/** The gradients there are. */
function gradientsOf(parameters: Parameters): Tensor[] {
  const all = isTensor(parameters) ? [parameters as Tensor] : [...(parameters as Iterable<Tensor>)];
  return all.flatMap(({ grad }) => (grad === null ? [] : [grad]));
}

export interface ClipNormOptions {
  /** Order of the norm; 2 unless said, Infinity for the largest absolute value. */
  normType?: number;
  /** Throws where the norm is infinite or NaN, with nothing changed; false unless said. */
  errorIfNonfinite?: boolean;
}

/**
 * Scales all gradients by min(1, maxNorm / (norm + 1e-6)), the norm being that of all of them as one vector. Gives the norm,
 * a 0-d tensor.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html
 */
export function clipGradNorm_(
  parameters: Parameters,
  maxNorm: number,
  options: ClipNormOptions = {},
): Tensor {
  const { normType = 2, errorIfNonfinite = false } = options;
  if (!(maxNorm >= 0))
    throw new ValueError(`clipGradNorm_: maxNorm must be at least 0, got ${describe(maxNorm)}`);
  const gradients = gradientsOf(parameters);
  if (gradients.length === 0) return tensor(0);
  return withoutTape(() => {
    const norm = stack(gradients.map((grad) => grad.detach().norm(normType))).norm(normType);
    if (errorIfNonfinite) {
      checkValues(isfinite(norm), (mayRead) => {
        const found = mayRead ? norm.item() : "infinite or NaN";
        return new AutogradError(
          `clipGradNorm_: the norm of the gradients is ${found}, so that they cannot be clipped; find the op with torch.autograd.detectAnomaly`,
        );
      });
    }
    const factor = norm.add(1e-6).reciprocal().mul(maxNorm).clamp(null, 1);
    for (const grad of gradients) grad.mul_(factor);
    return norm;
  });
}

/**
 * Cuts every element of the gradients to [-clipValue, clipValue].
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_value_.html
 */
export function clipGradValue_(parameters: Parameters, clipValue: number): void {
  if (!(clipValue >= 0)) {
    throw new ValueError(`clipGradValue_: clipValue must be at least 0, got ${describe(clipValue)}`);
  }
  withoutTape(() => {
    for (const grad of gradientsOf(parameters)) grad.clamp_(-clipValue, clipValue);
  });
}
