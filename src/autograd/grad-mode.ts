/** Switching the recording of gradients on and off. */
import { AutogradError } from "../base/index.ts";
import { setTape, tape } from "../ops/executor.ts";
import { graphTape } from "./tape.ts";

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
 * @example
 * const accuracy = torch.noGrad(() => model.forward(x).gt(0.5).eq(y).to(torch.float32).mean().item());
 */
export function noGrad<T>(body: () => T): T {
  return runWith("noGrad", false, body);
}

/** Runs `body` with gradients recorded, also inside `noGrad`. */
export function enableGrad<T>(body: () => T): T {
  return runWith("enableGrad", true, body);
}

/** Whether gradients are being recorded. */
export function isGradEnabled(): boolean {
  return tape !== null;
}

/** Switches recording for all that follows. */
export function setGradEnabled(enabled: boolean): void {
  setTape(enabled ? graphTape : null);
}
