/** The choice between the fastest digits and the same digits everywhere. */
import { settings } from "../device/cpu/settings.ts";

/**
 * With true, the same program gives the same bits on every machine: no fused multiply-add, no system BLAS. Products of
 * the size of the XOR programs always run so; only large ones get slower.
 */
export function useDeterministicAlgorithms(enabled: boolean): void {
  settings.deterministic = enabled;
}

export function areDeterministicAlgorithmsEnabled(): boolean {
  return settings.deterministic;
}
