/** `torch.nn.utils`: keeping gradients within bounds. They change the `grad` of parameters in place. */

import {
  either,
  flag,
  iterable,
  nonNegative,
  number,
  optional,
  required,
  signature,
} from "../base/arguments/index.ts";
import { ArgumentError, AutogradError, describe } from "../base/index.ts";
import { checkValues } from "../ops/check-values.ts";
import { withoutTape } from "../ops/executor.ts";
import { isTensor } from "../ops/handle.ts";
import { stack } from "../ops/joining.ts";
import { tensor as tensorKind } from "../ops/kinds.ts";
import { isfinite } from "../ops/pointwise/index.ts";
import { type Tensor, tensor } from "../tensor/index.ts";

type Parameters = Tensor | Iterable<Tensor>;

const several = either(tensorKind, iterable("several of them in an array"));

const clipNormParameters = signature(
  "clipGradNorm_",
  required("parameters", several),
  required("maxNorm", nonNegative),
  optional("normType", number, 2),
  optional("errorIfNonfinite", flag, false),
);
const clipValueParameters = signature(
  "clipGradValue_",
  required("parameters", several),
  required("clipValue", nonNegative),
);

/** The gradients there are. */
function gradientsOf(where: string, parameters: Tensor | Iterable<unknown>): Tensor[] {
  const all = isTensor(parameters) ? [parameters] : ([...parameters] as Tensor[]);
  for (const [i, x] of all.entries()) {
    if (!isTensor(x))
      throw new ArgumentError(`${where}: parameter ${i} must be a tensor, got ${describe(x)}`);
  }
  return all.flatMap(({ grad }) => (grad === null ? [] : [grad]));
}

/** Options of `clipGradNorm_`. */
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
  normType?: number,
  errorIfNonfinite?: boolean,
): Tensor;
export function clipGradNorm_(parameters: Parameters, maxNorm: number, options: ClipNormOptions): Tensor;
export function clipGradNorm_(...given: unknown[]): Tensor {
  const [parameters, maxNorm, normType, errorIfNonfinite] = clipNormParameters.read(given);
  const gradients = gradientsOf("clipGradNorm_", parameters);
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
export function clipGradValue_(parameters: Parameters, clipValue: number): void;
export function clipGradValue_(...given: unknown[]): void {
  const [parameters, clipValue] = clipValueParameters.read(given);
  const gradients = gradientsOf("clipGradValue_", parameters);
  withoutTape(() => {
    for (const grad of gradients) grad.clamp_(-clipValue, clipValue);
  });
}
