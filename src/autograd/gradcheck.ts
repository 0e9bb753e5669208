/** Checking gradients against differences of the function's values. */
import {
  callback,
  either,
  nonNegative,
  optional,
  positive,
  required,
  signature,
} from "../base/arguments/index.ts";
import { AutogradError, float64, formatShape } from "../base/index.ts";
import { tensor, tensors } from "../ops/kinds.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { grad } from "./engine.ts";
import { enableGrad, noGrad } from "./grad-mode.ts";

/** Options of `gradcheck` and `gradgradcheck`. */
export interface GradcheckOptions {
  /** Step of the central difference. */
  eps?: number;
  /** Largest absolute and relative difference allowed. */
  atol?: number;
  rtol?: number;
}

type Checked = (...inputs: Tensor[]) => Tensor;

/* @__NO_SIDE_EFFECTS__ */
function checkParameters(name: string) {
  return signature(
    name,
    required("fn", callback),
    required("inputs", either(tensor, tensors)),
    optional("eps", positive, 1e-6),
    optional("atol", nonNegative, 1e-5),
    optional("rtol", nonNegative, 1e-3),
  );
}

const gradcheckParameters = checkParameters("gradcheck");
const gradgradcheckParameters = checkParameters("gradgradcheck");

/**
 * Compares the gradients of `fn` with central differences, (f(x + eps) - f(x - eps)) / (2 eps), for every
 * element of every float64 input that requires gradients. Returns true where they agree.
 *
 * @throws AutogradError that names the first difference, or an input that is not float64.
 * Source: https://pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html
 *
 * @example
 * const x = torch.tensor([0.5, 2], { dtype: torch.float64, requiresGrad: true });
 * torch.autograd.gradcheck((x) => x!.sin().mul(x!), [x]); // true
 */
export function gradcheck(
  fn: Checked,
  inputs: Tensor | readonly Tensor[],
  eps?: number,
  atol?: number,
  rtol?: number,
): true;
export function gradcheck(fn: Checked, inputs: Tensor | readonly Tensor[], options: GradcheckOptions): true;
export function gradcheck(...given: unknown[]): true {
  const { fn, inputs, ...options } = gradcheckParameters.named(given);
  return check(fn as Checked, [inputs].flat() as Tensor[], options);
}

function check(fn: Checked, inputs: readonly Tensor[], options: Required<GradcheckOptions>): true {
  const { eps, atol, rtol } = options;
  const active = inputs.filter((x) => x.requiresGrad);
  for (const x of active) {
    if (x.dtype !== float64) {
      throw new AutogradError(`gradcheck: differences need float64 inputs, got ${x.dtype}`);
    }
  }
  const output = fn(...inputs);
  const weights = weightsFor(output);
  const analytic = grad(output.mul(weights).sum(), active, { allowUnused: true });
  for (const [i, x] of active.entries()) {
    const expected = (analytic[i] as Tensor | null)?.detach().toTypedArray() ?? null;
    for (let k = 0; k < x.numel(); k++) {
      const numeric = difference(fn, inputs, x, k, eps, weights);
      const found = Number(expected?.[k] ?? 0);
      if (!(Math.abs(found - numeric) <= atol + rtol * Math.abs(numeric))) {
        throw new AutogradError(
          `gradcheck: input ${inputs.indexOf(x)} (shape ${formatShape(x.shape)}), element ${k}: the gradient is ${found}, differences of the values give ${numeric}`,
        );
      }
    }
  }
  return true;
}

/** Different factors for the elements of the result, so that errors in several do not cancel in their sum. */
function weightsFor(output: Tensor): Tensor {
  const values = Float64Array.from({ length: output.numel() }, (_, i) => 1 + ((i * 7) % 5) / 3);
  return output.detach().newTensor(values, output.shape);
}

function difference(
  fn: Checked,
  inputs: readonly Tensor[],
  x: Tensor,
  k: number,
  eps: number,
  weights: Tensor,
): number {
  const evaluate = (shift: number): number =>
    noGrad(() => {
      const moved = Float64Array.from(x.toTypedArray() as Float64Array);
      moved[k]! += shift;
      const replaced = x.detach().newTensor(moved, x.shape);
      return fn(...inputs.map((other) => (other === x ? replaced : other)))
        .mul(weights)
        .sum()
        .item();
    });
  return (evaluate(eps) - evaluate(-eps)) / (2 * eps);
}

/**
 * `gradcheck` of the gradient itself: compares second derivatives with differences of the first.
 *
 * @throws AutogradError that names the first difference, or an input that is not float64.
 * Source: https://pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradgradcheck.html
 *
 * @example
 * const x = torch.tensor([0.5, 2], { dtype: torch.float64, requiresGrad: true });
 * torch.autograd.gradgradcheck((x) => x!.pow(3), [x]); // true
 */
export function gradgradcheck(
  fn: Checked,
  inputs: Tensor | readonly Tensor[],
  eps?: number,
  atol?: number,
  rtol?: number,
): true;
export function gradgradcheck(
  fn: Checked,
  inputs: Tensor | readonly Tensor[],
  options: GradcheckOptions,
): true;
export function gradgradcheck(...given: unknown[]): true {
  const { fn: checked, inputs: list, ...options } = gradgradcheckParameters.named(given);
  const fn = checked as Checked;
  const inputs = [list].flat() as Tensor[];
  for (const [position, x] of inputs.entries()) {
    if (!x.requiresGrad) continue;
    const gradientOfOne: Checked = (...given) =>
      enableGrad(() => {
        // Differences are taken of plain values: these become leaves again.
        const leaves = given.map((value, k) => (inputs[k]!.requiresGrad ? value.requiresGrad_() : value));
        const output = fn(...leaves);
        const target = leaves[position]!;
        const [dx] = grad(output.mul(weightsFor(output)).sum(), target, {
          createGraph: true,
          allowUnused: true,
        });
        // The gradient of a linear function depends on nothing; its own gradient is zero, not an error.
        const zero = target.mul(0);
        return dx ? dx.add(zero) : zero;
      });
    check(gradientOfOne, inputs, options);
  }
  return true;
}
