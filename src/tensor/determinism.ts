/** The choice between the fastest digits and the same digits everywhere. */
import { flag, refuseArguments, required, signature } from "../base/arguments/index.ts";
import { settings } from "../device/cpu/settings.ts";

const parameters = signature("useDeterministicAlgorithms", required("enabled", flag));

/**
 * With true, the same program gives the same bits on every machine: no fused multiply-add, no system BLAS.
 * Products of the size of the XOR programs always run so; only large ones get slower.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.use_deterministic_algorithms.html
 *
 * @example
 * torch.useDeterministicAlgorithms(true);
 * torch.areDeterministicAlgorithmsEnabled(); // true
 * torch.useDeterministicAlgorithms(false);
 */
export function useDeterministicAlgorithms(enabled: boolean): void;
export function useDeterministicAlgorithms(...given: unknown[]): void {
  const [enabled] = parameters.read(given);
  settings.deterministic = enabled;
}

/**
 * Whether `useDeterministicAlgorithms` is on.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.are_deterministic_algorithms_enabled.html
 *
 * @example
 * torch.areDeterministicAlgorithmsEnabled(); // false
 */
export function areDeterministicAlgorithmsEnabled(...given: []): boolean {
  refuseArguments("areDeterministicAlgorithmsEnabled", given);
  return settings.deterministic;
}
