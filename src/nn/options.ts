/** Reading options objects: what is not given takes its default, what nobody knows is an error. */
import { type DType, describe, ValueError } from "../base/index.ts";
import type { Device } from "../device/device.ts";

/** How and where the parameters and buffers of a module are made. */
export interface Placement {
  /** The default floating-point dtype unless said. */
  dtype: DType | undefined;
  device: Device | string | undefined;
}

export const anywhere: Placement = { dtype: undefined, device: undefined };

/**
 * The defaults with the given options over them. Throws a ValueError that names an option which does not exist, or
 * whose value is of another type than its default.
 */
export function readOptions<O extends object>(where: string, defaults: O, given: Partial<O> | undefined): O {
  if (given === undefined) return { ...defaults };
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new ValueError(
      `${where}: expected an options object such as { ${Object.keys(defaults).join(", ")} }, got ${describe(given)}`,
    );
  }
  const options = { ...defaults };
  for (const [name, value] of Object.entries(given) as [
    keyof O & string,
    O[keyof O & string] | undefined,
  ][]) {
    if (!(name in defaults)) {
      const known = Object.keys(defaults).join(", ");
      throw new ValueError(`${where}: unknown option "${name}" (it has: ${known})`);
    }
    if (value === undefined) continue;
    const initial = defaults[name];
    if (initial !== null && initial !== undefined && typeof value !== typeof initial) {
      throw new ValueError(`${where}: option ${name} must be a ${typeof initial}, got ${describe(value)}`);
    }
    options[name] = value;
  }
  return options;
}

/** Gives `value` back, or throws a ValueError unless it is a whole number of at least `least`. */
export function checkSize(where: string, name: string, value: number, least = 0): number {
  if (!Number.isInteger(value) || value < least) {
    throw new ValueError(
      `${where}: ${name} must be a whole number of at least ${least}, got ${describe(value)}`,
    );
  }
  return value;
}

/** Throws a ValueError unless `value` is one of `choices`. */
export function checkChoice<T extends string>(
  where: string,
  name: string,
  value: T,
  choices: readonly T[],
): T {
  if (!choices.includes(value)) {
    const listed = choices.map((choice) => `"${choice}"`).join(", ");
    throw new ValueError(`${where}: ${name} must be one of ${listed}, got ${describe(value)}`);
  }
  return value;
}
