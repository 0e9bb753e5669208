/** Finding the first op that makes a NaN or an infinity. */
import { callback, required, signature } from "../base/arguments/index.ts";
import { AutogradError, formatShape } from "../base/index.ts";
import { withoutTape } from "../ops/executor.ts";
import { isfinite, isnan } from "../ops/pointwise/index.ts";
import { all, any } from "../ops/reductions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { graphTape } from "./tape.ts";

const parameters = signature("detectAnomaly", required("body", callback));

/** Whether the code runs inside `detectAnomaly`. */
export function isDetectingAnomalies(): boolean {
  return graphTape.inspect !== null;
}

function isAllFinite(x: Tensor): boolean {
  return !x.dtype.isFloatingPoint || all(isfinite(x)).item() !== 0;
}

/** Throws if `output` holds a NaN or an infinity that none of the inputs held. */
export function checkFinite(name: string, output: Tensor, inputs: readonly Tensor[]): void {
  withoutTape(() => {
    if (isAllFinite(output) || !inputs.every(isAllFinite)) return;
    const what = any(isnan(output)).item() !== 0 ? "a NaN" : "an infinity";
    const shapes = inputs.map((x) => formatShape(x.shape)).join(", ");
    throw new AutogradError(
      `detectAnomaly: ${name} made ${what} from finite values (inputs of shape ${shapes}; result of shape ${formatShape(output.shape)}). The stack of this error shows where it was called`,
    );
  });
}

/**
 * Runs `body` and throws at the first op, forward or backward, that makes a NaN or an infinity out of finite
 * numbers. Each result is checked, so use it to search, not to train.
 *
 * @throws AutogradError that names the op and the shapes.
 * Source: https://pytorch.org/docs/stable/autograd.html#torch.autograd.detect_anomaly
 *
 * @example
 * torch.autograd.detectAnomaly(() => torch.tensor([4]).sqrt()); // tensor([2.])
 */
export function detectAnomaly<T>(body: () => T): T;
export function detectAnomaly(...given: unknown[]): unknown {
  const [body] = parameters.read(given);
  const before = graphTape.inspect;
  graphTape.inspect = checkFinite;
  try {
    return body();
  } finally {
    graphTape.inspect = before;
  }
}
