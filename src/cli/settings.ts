/** The settings of a training that options change, and how each is read from its text. */
import { activationNamed, activationNames } from "./activations.ts";
import { UsageError } from "./errors.ts";
import type { Translate } from "./texts/index.ts";

export interface Settings {
  readonly seed: number;
  readonly steps: number;
  readonly lr: number;
  /** Widths of the hidden layers. */
  readonly layers: readonly number[];
  /** One of `activationNames()`. */
  readonly activation: string;
}

export type SettingName = keyof Settings;

const MAX_STEPS = 1_000_000_000;
const MAX_WIDTH = 4096;
const MAX_LAYERS = 32;

/** Digits only: Number() alone would take "0x10", "1e3" and an empty text. */
function wholeNumber(text: string, low: number, high: number): number | null {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= low && value <= high ? value : null;
}

type Reader<Value> = (text: string, t: Translate) => Value;

/** One reader a setting; each throws a UsageError that says what was expected and what it got. */
export const settingReaders: { readonly [Name in SettingName]: Reader<Settings[Name]> } = {
  seed: (text, t) => {
    const max = Number.MAX_SAFE_INTEGER;
    const value = wholeNumber(text, 0, max);
    if (value === null) throw new UsageError(t("error.seed", { max, value: text }));
    return value;
  },
  steps: (text, t) => {
    const value = wholeNumber(text, 1, MAX_STEPS);
    if (value === null) throw new UsageError(t("error.steps", { max: MAX_STEPS, value: text }));
    return value;
  },
  lr: (text, t) => {
    const value = /^\d*\.?\d+(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
      throw new UsageError(t("error.lr", { value: text }));
    }
    return value;
  },
  layers: (text, t) => {
    const widths = text.split(",").map((part) => wholeNumber(part.trim(), 1, MAX_WIDTH));
    if (widths.length > MAX_LAYERS || widths.includes(null)) {
      throw new UsageError(t("error.layers", { max: MAX_WIDTH, count: MAX_LAYERS, value: text }));
    }
    return widths as number[];
  },
  activation: (text, t) => {
    const name = activationNamed(text);
    if (name === null) {
      throw new UsageError(t("error.activation", { value: text, activations: activationNames().join(", ") }));
    }
    return name;
  },
};

export const settingNames = Object.keys(settingReaders) as SettingName[];

/** Reads the settings that were given; leaves out those that were not. */
export function readSettings(
  given: Readonly<Record<string, unknown>>,
  t: Translate,
): { readonly [Name in SettingName]?: Settings[Name] } {
  const read = settingNames
    .filter((name) => given[name] !== undefined)
    .map((name) => [name, settingReaders[name](String(given[name]), t)] as const);
  return Object.fromEntries(read);
}
