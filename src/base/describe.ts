/** How error messages name the values that they were given. */
import { formatShape, type Shape } from "./shape.ts";

/** The longest text that a message repeats. */
const LONGEST_TEXT = 40;

/** The shape of a value that looks like a tensor: the only objects with a storage and a shape. */
export function shapeOfTensor(value: unknown): Shape | null {
  if (typeof value !== "object" || value === null) return null;
  const { storage, shape } = value as { storage?: unknown; shape?: unknown };
  return storage !== undefined && Array.isArray(shape) ? shape : null;
}

/** Whether a value is an object of no class, such as { dim: 1 }: what options are. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  // Objects of another realm, such as a page's frame, have another Object.prototype.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** An element of an array, in few letters. */
function brief(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, LONGEST_TEXT));
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "[...]" : "{...}";
  return typeof value === "symbol" || typeof value === "function" ? typeof value : String(value);
}

function describeArray(value: readonly unknown[]): string {
  if (value.length === 0) return "an empty array";
  const shown = Array.from(value.slice(0, 4), brief).join(", ");
  return `an array, [${shown}${value.length > 4 ? ", ..." : ""}]`;
}

function describeObject(value: object): string {
  const shape = shapeOfTensor(value);
  if (shape) return `a tensor of shape ${formatShape(shape)}`;
  if (Array.isArray(value)) return describeArray(value);
  if (isPlainObject(value)) {
    const names = Object.keys(value);
    return names.length === 0 ? "an empty object" : `an object with ${names.slice(0, 4).join(", ")}`;
  }
  const type: unknown = value.constructor;
  const name = typeof type === "function" ? type.name : "";
  return name === "" ? "an object" : `an object of class ${name}`;
}

/** Names a value in an error message: "the string "a"", "a tensor of shape [2, 3]", "number NaN". */
export function describe(value: unknown): string {
  switch (typeof value) {
    case "string": {
      const text = value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}...` : value;
      return `the string ${JSON.stringify(text)}`;
    }
    case "number":
      return `number ${Object.is(value, -0) ? "-0" : value}`;
    case "boolean":
      return `boolean ${value}`;
    case "bigint":
      return `bigint ${value}n`;
    case "symbol":
      return "a symbol";
    case "function":
      return value.name === "" ? "a function" : `function ${value.name}`;
    case "object":
      return value === null ? "null" : describeObject(value);
    default:
      return String(value);
  }
}
