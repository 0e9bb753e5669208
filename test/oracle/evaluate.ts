/** What is asked of an op: its result, and the derivatives of the result's weighted sum. */
import * as torch from "../../src/index.ts";
import { type Case, weights } from "./case.ts";

export interface Evaluated {
  readonly y: torch.Tensor;
  /** By the inputs that require gradients; null where the result does not depend on one. */
  readonly first: readonly (torch.Tensor | null)[];
  readonly second: readonly (torch.Tensor | null)[];
}

function weightedSum(y: torch.Tensor): torch.Tensor {
  return y.mul(torch.tensor(weights(y.numel()), { dtype: y.dtype }).reshape(y.shape)).sum();
}

/** Calls the op on `x` and differentiates it `order` times. */
export function evaluate(question: Case, x: torch.Tensor[], order: number): Evaluated {
  const y = question.call(x);
  if (order === 0) return { y, first: [], second: [] };
  const leaves = x.filter((input) => input.requiresGrad);
  const first: (torch.Tensor | null)[] = torch.autograd.grad(weightedSum(y), leaves, {
    createGraph: question.order > 1,
    allowUnused: true,
  });
  if (order === 1) return { y, first, second: [] };
  const parts = first.flatMap((dx) => (dx?.requiresGrad ? [weightedSum(dx)] : []));
  if (parts.length === 0) return { y, first, second: [] };
  const total = parts.reduce((a, b) => a.add(b));
  return { y, first, second: torch.autograd.grad(total, leaves, { allowUnused: true }) };
}
