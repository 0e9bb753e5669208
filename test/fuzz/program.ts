/**
 * Programs as data: what random programs are made of, shrunk to, recorded as, and sent to PyTorch as. Two interpreters read
 * them: interpret.ts here, and scripts/fuzz/interpreter.py with PyTorch.
 */
import type { DTypeName } from "../../src/base/index.ts";

/** Memory: elements in row-major order. NaN, infinities and -0 are strings ("nan", "inf", "-inf", "-0.0"), as are large int64. */
export interface Source {
  readonly dtype: DTypeName;
  readonly shape: readonly number[];
  readonly data: readonly (number | string | boolean)[];
}

/** An input: a source seen through views. Several inputs may see one source. */
export interface InputView {
  readonly source: number;
  /** Steps whose first argument, the tensor so far, is left out. */
  readonly views: readonly { readonly op: string; readonly args: readonly Argument[] }[];
  readonly requiresGrad?: boolean;
}

/** A tensor of the program: input number x, or the result of step number y. */
export type Reference = { readonly x: number } | { readonly y: number };

/** What a call takes. Numbers that JSON has not, slices and dtypes are objects. */
export type Argument =
  | number
  | string
  | boolean
  | null
  | Reference
  | { readonly number: string }
  | { readonly slice: readonly (number | null)[] }
  | { readonly dtype: DTypeName }
  | readonly Argument[];

export interface Step {
  /** A function of torch or torch.nn.functional, or a method of Tensor. */
  readonly op: string;
  readonly args: readonly Argument[];
  readonly options?: Readonly<Record<string, Argument>>;
  /** Which of several results is meant. */
  readonly pick?: "values" | "indices" | number;
  readonly noGrad?: boolean;
  /** Whether Xorch is asked by the method, x.add(y), where there is a function, too. */
  readonly method?: boolean;
}

export interface Program {
  readonly sources: readonly Source[];
  readonly inputs: readonly InputView[];
  readonly steps: readonly Step[];
  /** What is differentiated: the weighted sum of all elements of these, by the inputs that require gradients. */
  readonly loss: readonly Reference[];
  /** How many times. */
  readonly order: 0 | 1 | 2;
}

export function isReference(argument: Argument | undefined): argument is Reference {
  return typeof argument === "object" && argument !== null && ("x" in argument || "y" in argument);
}

/** The arguments of a step, nested ones and options included, with every tensor replaced. */
export function mapReferences<T extends Step>(step: T, replace: (reference: Reference) => Argument): T {
  const visit = (argument: Argument): Argument => {
    if (Array.isArray(argument)) return argument.map(visit);
    return isReference(argument) ? replace(argument) : argument;
  };
  const options = step.options && {
    options: Object.fromEntries(Object.entries(step.options).map(([name, value]) => [name, visit(value)])),
  };
  return { ...step, args: step.args.map(visit), ...options };
}

/** The tensors that a step reads or changes. */
export function referencesOf(step: Step): Reference[] {
  const found: Reference[] = [];
  mapReferences(step, (reference) => {
    found.push(reference);
    return reference;
  });
  return found;
}

export const isSame = (a: Reference, b: Reference): boolean => JSON.stringify(a) === JSON.stringify(b);

/** x0, x1, ... are inputs, y0, y1, ... results of steps. */
export function nameOf(reference: Reference): string {
  return "x" in reference ? `x${reference.x}` : `y${reference.y}`;
}

/** Factors that make the gradient of every element differ; none is 0. */
const WEIGHTS = [1, -0.5, 1.75, 2.25, -1.25, 0.75, 1.5];

/** The weights of the elements of the k-th tensor in a sum. interpreter.py has the same. */
export function weightsOf(count: number, k: number): number[] {
  return Array.from({ length: count }, (_, i) => WEIGHTS[(i * 5 + k * 3) % WEIGHTS.length]!);
}
