/** Runs one call on the CPU device and on the reference device, and compares all the memory bit for bit. */
import { expect } from "vitest";
import type { DType } from "../../src/base/index.ts";
import { cpu } from "../../src/device/cpu/cpu.ts";
import type { Device } from "../../src/device/device.ts";
import { reference } from "../../src/device/reference/reference.ts";
import type { View } from "../../src/device/storage.ts";
import { type Layout, storageOf, type Value, valuesOf, viewOf } from "./operands.ts";

export interface OperandOf {
  readonly dtype: DType;
  readonly layout: Layout;
  /** Where in the dtype's list of values the operand begins, so that operands differ. */
  readonly shift?: number;
  readonly values?: readonly Value[];
}

function make(device: Device, { dtype, layout, shift = 0, values = valuesOf(dtype) }: OperandOf): View {
  return viewOf(device, dtype, layout, [
    ...values.slice(shift % values.length),
    ...values.slice(0, shift % values.length),
  ]);
}

/**
 * Calls `run` on both devices with operands of the same content, and expects them to hold the same afterwards: equal
 * bits, but that any NaN equals any other.
 */
export function expectAgreement(
  operands: readonly OperandOf[],
  run: (device: Device, views: readonly View[]) => void,
): void {
  const [actual, expected] = [cpu, reference].map((device) => {
    const views = operands.map((operand) => make(device, operand));
    run(device, views);
    return views.map(storageOf);
  });
  expected!.forEach((values, i) => {
    expect(actual![i]!.length).toBe(values.length);
    // An assertion for each element would take most of the time of the test.
    const at = values.findIndex((value, k) => !Object.is(value, actual![i]![k]));
    if (at >= 0) expect(actual![i]![at], `operand ${i}[${at}]`).toBe(values[at]);
  });
}
