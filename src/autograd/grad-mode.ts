/** Switching the recording of gradients on and off. */
import { callback, flag, refuseArguments, required, signature } from "../base/arguments/index.ts";
import { AutogradError } from "../base/index.ts";
import { setTape, tape } from "../ops/executor.ts";
import { graphTape } from "./tape.ts";

const body = /* @__PURE__ */ required("body", callback);
const noGradParameters = signature("noGrad", body);
const enableGradParameters = signature("enableGrad", body);
const setGradEnabledParameters = signature("setGradEnabled", required("enabled", flag));

function runWith<T>(name: string, enabled: boolean, body: () => T): T {
  const before = setTape(enabled ? graphTape : null);
  try {
    const result = body();
    if (result instanceof Promise) {
      throw new AutogradError(
        `${name}: the function must not be async, because other code would run in this mode while it waits; await outside, and wrap only the synchronous part`,
      );
    }
    return result;
  } finally {
    setTape(before);
  }
}

/**
 * Runs `body` without recording gradients: less work, less memory. Returns what `body` returns.
 *
 * @throws AutogradError where `body` is async.
 * Source: https://pytorch.org/docs/stable/generated/torch.no_grad.html
 *
 * @example
 * const w = torch.ones([2], { requiresGrad: true });
 * torch.noGrad(() => w.mul(2)).requiresGrad; // false
 * torch.noGrad(() => model.forward(x).gt(0.5).eq(y).to(torch.float32).mean().item()); // 0.5
 */
export function noGrad<T>(body: () => T): T;
export function noGrad(...given: unknown[]): unknown {
  const [body] = noGradParameters.read(given);
  return runWith("noGrad", false, body);
}

/**
 * Runs `body` with gradients recorded, also inside `noGrad`.
 *
 * @throws AutogradError where `body` is async.
 * Source: https://pytorch.org/docs/stable/generated/torch.enable_grad.html
 *
 * @example
 * torch.noGrad(() => torch.enableGrad(() => torch.isGradEnabled())); // true
 */
export function enableGrad<T>(body: () => T): T;
export function enableGrad(...given: unknown[]): unknown {
  const [body] = enableGradParameters.read(given);
  return runWith("enableGrad", true, body);
}

/**
 * Whether gradients are being recorded.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.is_grad_enabled.html
 *
 * @example
 * torch.noGrad(() => torch.isGradEnabled()); // false
 */
export function isGradEnabled(...given: []): boolean {
  refuseArguments("isGradEnabled", given);
  return tape !== null;
}

/**
 * Switches recording for all that follows.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.set_grad_enabled.html
 *
 * @example
 * torch.setGradEnabled(false);
 * torch.isGradEnabled(); // false
 * torch.setGradEnabled(true);
 */
export function setGradEnabled(enabled: boolean): void;
export function setGradEnabled(...given: unknown[]): void {
  const [enabled] = setGradEnabledParameters.read(given);
  setTape(enabled ? graphTape : null);
}
