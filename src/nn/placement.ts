/** How and where the parameters and buffers of a module are made. */
import { dtype, keyword } from "../base/arguments/index.ts";
import type { DType } from "../base/index.ts";
import type { Device } from "../device/device.ts";
import { deviceKind } from "../tensor/devices.ts";

export interface PlacementOptions {
  device?: Device | string;
  /** The default floating-point dtype unless said. */
  dtype?: DType;
}

/** The last parameters of a constructor. */
export const placement = [keyword("device", deviceKind), keyword("dtype", dtype)] as const;

/** The options to hand on to another module: those that are given. */
export function placed({ device, dtype }: PlacementOptions): PlacementOptions {
  return { ...(device !== undefined && { device }), ...(dtype !== undefined && { dtype }) };
}
