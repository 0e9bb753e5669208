/** The devices there are, by name. */
import { Kind, required, signature, text } from "../base/arguments/index.ts";
import { DeviceError, describe } from "../base/index.ts";
import { cpu } from "../device/cpu/cpu.ts";
import type { Device } from "../device/device.ts";

const deviceParameters = signature("device", required("name", text));

const devices = new Map<string, Device>([[cpu.type, cpu]]);

/** Where new tensors go unless told otherwise. */
export const defaultDevice: Device = cpu;

/**
 * A device by its name, such as "cpu".
 *
 * @throws DeviceError that lists the devices there are.
 * Source: https://pytorch.org/docs/stable/tensor_attributes.html#torch.device
 *
 * @example
 * torch.device("cpu").type; // "cpu"
 */
export function device(name: string): Device;
export function device(...given: unknown[]): Device {
  const [name] = deviceParameters.read(given);
  const found = devices.get(name);
  if (!found) {
    throw new DeviceError(
      `device: there is no device "${name}" here; available: ${[...devices.keys()].join(", ")}`,
    );
  }
  return found;
}

/** A device, or its name. */
export const deviceKind = /* @__PURE__ */ new Kind<Device | string>(
  "a device or its name",
  (value): value is Device | string => typeof value === "string" || isDevice(value),
);

function isDevice(value: unknown): value is Device {
  for (const known of devices.values()) if (known === value) return true;
  return false;
}

/** The device that an option names. */
export function toDevice(where: string, given: Device | string | undefined): Device {
  if (given === undefined) return defaultDevice;
  if (typeof given === "string") return device(given);
  if (!isDevice(given)) throw new DeviceError(`${where}: ${describe(given)} is not a device`);
  return given;
}

/**
 * The accelerators of this machine.
 *
 * Source: https://pytorch.org/docs/stable/accelerator.html
 *
 * @example
 * const device = torch.accelerator.currentAccelerator() ?? torch.device("cpu");
 * torch.zeros([2], { device }).device === device; // true
 */
export const accelerator = {
  /** Whether there is a device faster than the CPU. */
  isAvailable: (): boolean => devices.size > 1,
  /** The accelerator, or null without one: `torch.accelerator.currentAccelerator() ?? torch.device("cpu")`. */
  currentAccelerator: (): Device | null => [...devices.values()].find((found) => found !== cpu) ?? null,
};
