/** The printed form of tensors: PyTorch's, with JavaScript's spelling of what follows the elements. */
import { plainObject, required, signature } from "../base/arguments/index.ts";
import {
  bool,
  type DType,
  elementCount,
  getDefaultDtype,
  int32,
  type Shape,
  ValueError,
} from "../base/index.ts";
import { formatElements } from "./number-format.ts";

/** What printing needs of a tensor. */
export interface Printable {
  readonly shape: Shape;
  readonly dtype: DType;
  /** The element at a row-major position: a bigint for int64, 0 or 1 for bool. Only what is shown is asked for. */
  at(position: number): number | bigint;
  readonly requiresGrad: boolean;
  /** The name of the op that made the tensor, if autograd recorded it. */
  readonly gradFnName: string | null;
}

/** How tensors are printed: see `setPrintOptions`. */
export interface PrintOptions {
  /** Digits after the point of floats that are not whole, 0 to 100. */
  precision: number;
  /** The largest number of elements that is printed in full; Infinity for no summary at all. */
  threshold: number;
  /** In a summary, the elements shown at either end of each dimension. */
  edgeitems: number;
  /** Columns in a line; Infinity never wraps a row. Summaries of more than one dimension may be wider. */
  linewidth: number;
  /** Exponents always (true), never (false), or where the values ask for it (null). */
  sciMode: boolean | null;
}

/** Source: https://pytorch.org/docs/stable/generated/torch.set_printoptions.html */
const initial: PrintOptions = { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80, sciMode: null };

const profiles = {
  default: initial,
  short: { ...initial, precision: 2, edgeitems: 2 },
  full: { ...initial, threshold: Infinity },
} satisfies Record<string, PrintOptions>;

type Rules = { readonly [K in keyof PrintOptions]: readonly [(value: PrintOptions[K]) => boolean, string] };

const rules: Rules = {
  precision: [(n) => Number.isInteger(n) && n >= 0 && n <= 100, "a whole number from 0 to 100"],
  threshold: [(n) => typeof n === "number" && n >= 0, "a number of at least 0 (Infinity: no summaries)"],
  // PyTorch takes 0 but then prints a whole vector after the dots, and fails on a matrix.
  edgeitems: [(n) => Number.isInteger(n) && n >= 1, "a whole number of at least 1"],
  linewidth: [
    (n) => n === Infinity || (Number.isInteger(n) && n >= 1),
    "a whole number of at least 1, or Infinity",
  ],
  sciMode: [(mode) => mode === null || typeof mode === "boolean", "true, false or null"],
};

let current: PrintOptions = initial;

/** `base` with the given options over it. Throws a ValueError that names an option that is unknown or impossible. */
function merged(where: string, base: PrintOptions, given: Partial<PrintOptions>): PrintOptions {
  const options = { ...base };
  const apply = <K extends keyof PrintOptions>(name: K, value: PrintOptions[K] | undefined): void => {
    if (value === undefined) return;
    if (!Object.hasOwn(rules, name)) {
      throw new ValueError(`${where}: unknown option "${name}" (it has: ${Object.keys(rules).join(", ")})`);
    }
    const [isValid, wanted] = rules[name];
    if (!isValid(value)) throw new ValueError(`${where}: ${name} must be ${wanted}, got ${String(value)}`);
    options[name] = value;
  };
  for (const name of Object.keys(given) as (keyof PrintOptions)[]) apply(name, given[name]);
  return options;
}

const setPrintOptionsParameters = signature(
  "setPrintOptions",
  required("options", plainObject("an options object")),
);

/**
 * Sets how tensors are printed from now on. A profile is a set of options to begin with: "default", "short" (2 digits,
 * 2 items at either end) or "full" (no summaries); the options given beside it come on top. What is not given stays,
 * but for `sciMode`, which goes back to null with every call that does not give it, as in PyTorch.
 *
 * Throws a ValueError for an unknown option or profile and for a value that makes no sense; nothing is changed then.
 * Source: https://pytorch.org/docs/stable/generated/torch.set_printoptions.html
 *
 * @example
 * torch.setPrintOptions({ precision: 2 });
 * String(torch.tensor([1.12345])); // "tensor([1.12])"
 * torch.setPrintOptions({ profile: "default" });
 */
export function setPrintOptions(options: Partial<PrintOptions> & { profile?: keyof typeof profiles }): void {
  const [read] = setPrintOptionsParameters.read([options]);
  const { profile, ...given } = read as typeof options;
  if (profile !== undefined && !Object.hasOwn(profiles, profile)) {
    const known = Object.keys(profiles).join(", ");
    throw new ValueError(`setPrintOptions: unknown profile "${String(profile)}" (there are: ${known})`);
  }
  const base = profile === undefined ? { ...current, sciMode: null } : profiles[profile];
  current = merged("setPrintOptions", base, given);
}

/** The indices shown of a dimension, with null for those that the dots stand for. */
function shownIndices(size: number, edgeitems: number): (number | null)[] {
  const first = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i);
  if (size <= 2 * edgeitems) return first(size);
  return [...first(edgeitems), null, ...first(edgeitems, size - edgeitems)];
}

/** The row-major positions of the elements shown, in order. */
function shownPositions(shape: Shape, edgeitems: number): number[] {
  let positions = [0];
  for (const size of shape) {
    const shown = shownIndices(size, edgeitems).filter((index) => index !== null);
    positions = positions.flatMap((position) => shown.map((index) => position * size + index));
  }
  return positions;
}

const prefix = "tensor(";

/** The elements in brackets: rows broken at the line width, matrices a blank line apart. */
function formatContents(x: Printable, options: PrintOptions): string {
  const { shape } = x;
  const rank = shape.length;
  const edgeitems = elementCount(shape) > options.threshold ? options.edgeitems : Infinity;
  const elements = shownPositions(shape, edgeitems).map((position) => x.at(position));
  const { texts, width } = formatElements(elements, x.dtype, options.precision, options.sciMode);
  let taken = 0;
  const cell = () => texts[taken++]!.padStart(width);

  const row = (size: number, indent: number): string => {
    const cells = shownIndices(size, edgeitems).map((index) => (index === null ? " ..." : cell()));
    // Each takes a comma and a space. The dots count as one more, and what follows the last is not counted.
    const perLine = Math.max(1, Math.floor((options.linewidth - indent) / (width + 2)));
    const lines: string[] = [];
    for (let i = 0; i < cells.length; i += perLine) lines.push(cells.slice(i, i + perLine).join(", "));
    return `[${lines.join(`,\n${" ".repeat(indent + 1)}`)}]`;
  };

  const block = (dim: number, indent: number): string => {
    if (dim === rank) return cell();
    if (dim === rank - 1) return row(shape[dim]!, indent);
    const parts = shownIndices(shape[dim]!, edgeitems).map((index) =>
      index === null ? "..." : block(dim + 1, indent + 1),
    );
    return `[${parts.join(`,${"\n".repeat(rank - 1 - dim)}${" ".repeat(indent + 1)}`)}]`;
  };
  return block(0, prefix.length);
}

/** What the elements do not tell, each as `name=value`. */
function suffixesOf(x: Printable, isEmpty: boolean): string[] {
  const suffixes: string[] = [];
  if (isEmpty && x.shape.length !== 1) suffixes.push(`size=(${x.shape.join(", ")})`);
  // Without elements even the dtypes that elements show, integers and bool, must be told.
  const isTold = x.dtype === getDefaultDtype() || (!isEmpty && (x.dtype === int32 || x.dtype === bool));
  if (!isTold) suffixes.push(`dtype=${x.dtype}`);
  if (x.gradFnName !== null) suffixes.push(`gradFn=<${x.gradFnName}>`);
  else if (x.requiresGrad) suffixes.push("requiresGrad=true");
  return suffixes;
}

/**
 * A tensor as PyTorch prints it: `tensor([[1., 2.], [3., 4.]])` with aligned columns, rows broken at the line width,
 * and of tensors with more than `threshold` elements only both ends of each dimension, so that large ones print fast.
 * `options` change this one text; what they leave out is as `setPrintOptions` has it.
 *
 * Differences from PyTorch: the integers without a `dtype=` are int32, the default here, where PyTorch's are int64;
 * `requires_grad=True` is written `requiresGrad=true`, and `grad_fn=<MulBackward0>` is written `gradFn=<...>` with
 * the name that the tensor gives. A bool's elements stay True and False.
 *
 * Throws a ValueError for options that `setPrintOptions` does not take.
 */
export function formatTensor(x: Printable, options: Partial<PrintOptions> = {}): string {
  const settled = merged("formatTensor", current, options);
  const isEmpty = elementCount(x.shape) === 0;
  let text = prefix + (isEmpty ? "[]" : formatContents(x, settled));
  // PyTorch counts the last line of the elements two characters longer than it is.
  let lineLength = text.length - text.lastIndexOf("\n") + 1;
  for (const suffix of suffixesOf(x, isEmpty)) {
    const fits = lineLength + suffix.length + 2 <= settled.linewidth;
    text += (fits ? ", " : `,\n${" ".repeat(prefix.length)}`) + suffix;
    lineLength = (fits ? lineLength + 2 : prefix.length) + suffix.length;
  }
  return `${text})`;
}
