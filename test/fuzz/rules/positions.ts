/** Reading and writing by position, and overwriting. */
import { elementCount } from "../../../src/base/index.ts";
import { ALL, type Builder, type Call } from "../builder.ts";
import type { Argument, Reference } from "../program.ts";
import type { Rule, Rules } from "./rule.ts";

/** A shape for an index: as that of x, nowhere larger but along `dim`. A 0-d tensor and a list may stand for each other. */
function indexShape(b: Builder, x: Reference, dim: number, atMost = Infinity): number[] {
  const shape = b.shapeOf(x);
  if (shape.length === 0) return b.draw.chance(0.5) ? [] : [Math.min(b.size(), atMost)];
  if (shape.length === 1 && shape[0]! > 0 && b.draw.chance(0.1)) return [];
  const at = dim < 0 ? dim + shape.length : dim;
  return shape.map((size, d) =>
    d === at
      ? Math.min(b.size(), size === 0 ? 0 : atMost)
      : b.draw.chance(0.7)
        ? size
        : b.draw.int(Math.min(1, size), size),
  );
}

const sizeAt = (b: Builder, x: Reference, dim: number): number => b.shapeOf(x).at(dim) ?? 1;

/** Where positions repeat, PyTorch does not say which value stays: each is written once. */
const scatter =
  (inPlace: boolean): Rule =>
  (b) => {
    const x = inPlace ? b.target({ rank: [0, 3] }) : b.tensor({ rank: [0, 3] });
    const dim = b.dim(x);
    const size = sizeAt(b, x, dim);
    const shape = indexShape(b, x, dim, size);
    const at = shape.length === 0 ? null : dim < 0 ? dim + shape.length : dim;
    const index = b.positions(shape, size, at);
    // PyTorch has no derivatives of these.
    const reduce = b.at(x).requiresGrad || b.draw.chance(0.7) ? null : b.draw.pick(["add", "multiply"]);
    const options = reduce === null ? {} : { options: { reduce } };
    if (b.draw.chance(0.3)) return { args: [x, dim, index, b.number(b.dtypeOf(x))], ...options };
    const larger = shape.map((own) => (b.draw.chance(0.2) ? own + 1 : own));
    return { args: [x, dim, index, b.like(larger, [b.dtypeOf(x)])], ...options };
  };

const scatterAdd =
  (inPlace: boolean): Rule =>
  (b) => {
    const x = inPlace ? b.target({ rank: [0, 3] }) : b.tensor({ rank: [0, 3] });
    const dim = b.dim(x);
    const shape = indexShape(b, x, dim);
    const index = b.positions(shape, sizeAt(b, x, dim));
    return { args: [x, dim, index, b.like(shape, [b.dtypeOf(x)])] };
  };

const indexAdd =
  (inPlace: boolean): Rule =>
  (b) => {
    const x = inPlace ? b.target({ rank: [1, 3] }) : b.tensor({ rank: [1, 3] });
    const dim = b.dim(x);
    const size = sizeAt(b, x, dim);
    const count = size === 0 ? 0 : b.size();
    const at = dim < 0 ? dim + b.shapeOf(x).length : dim;
    const shape = b.shapeOf(x).map((own, d) => (d === at ? count : own));
    const args: Argument[] = [x, dim, b.positions([count], size), b.like(shape, [b.dtypeOf(x)])];
    return b.draw.chance(0.3) ? { args, options: { alpha: b.number(b.dtypeOf(x)) } } : { args };
  };

/** Items of an index. */
function items(b: Builder, x: Reference, tensorsOnly: boolean): Argument[] {
  const shape = b.shapeOf(x);
  const count = b.draw.int(tensorsOnly ? 1 : 0, shape.length);
  const common = b.shape(0, 2).map((size) => Math.min(size, 3));
  const chosen: Argument[] = [];
  for (let d = 0; d < count; d++) {
    const size = shape[d]!;
    const kind = tensorsOnly
      ? "tensor"
      : b.draw.weighted([
          ["number", 3],
          ["slice", 3],
          [":", 2],
          ["new", 1],
          ["tensor", 4],
          ["array", 1.5],
          ["truth", 0.5],
          ["mask", 1.5],
          ["wide mask", 0.5],
        ] as const);
    if (kind === "number" && size > 0) chosen.push(b.draw.int(-size, size - 1));
    else if (kind === "slice") {
      const bound = (): number | null => (b.draw.chance(0.3) ? null : b.draw.int(-size - 1, size + 1));
      chosen.push({ slice: [bound(), bound(), b.draw.int(1, 2)] });
    } else if (kind === "tensor" && (size > 0 || elementCount(common) === 0)) {
      chosen.push(b.positions(b.below(common), size));
    } else if (kind === "array" && size > 0) {
      const count = common.at(-1) ?? b.draw.int(0, 3);
      const isMask = b.draw.chance(0.3);
      const item = (): Argument => (isMask ? b.draw.chance(0.5) : b.draw.int(-size, size - 1));
      chosen.push(Array.from({ length: isMask ? size : count }, item));
    } else if (kind === "truth") {
      chosen.push(b.draw.chance(0.7), ":");
    } else if (kind === "mask") chosen.push(b.mask([size]));
    else if (kind === "wide mask" && d + 1 < count) chosen.push(b.mask([size, shape[++d]!]));
    else {
      chosen.push(":");
      if (kind === "new") chosen.push(null);
    }
  }
  if (!tensorsOnly && b.draw.chance(0.15)) chosen.splice(b.draw.int(0, chosen.length), 0, "...");
  return chosen;
}

const index: Rule = (b) => {
  const x = b.tensor({ rank: [0, 4] });
  if (b.draw.chance(0.15)) return { args: [x, b.mask(b.shapeOf(x))] };
  const chosen = items(b, x, false);
  return chosen.length > 0 ? { args: [x, ...chosen] } : null;
};

/** A value that broadcasts to what the index reads. */
const indexPut_: Rule = (b) => {
  const x = b.target({ rank: [1, 4] });
  const accumulate = b.draw.chance(0.3);
  const chosen = items(b, x, accumulate);
  // PyTorch accumulates where tensors alone point.
  if (chosen.length === 0 || (accumulate && chosen.includes(":"))) return null;
  const dtype = b.dtypeOf(x);
  if (b.draw.chance(0.3))
    return { args: [x, chosen, b.number(dtype)], ...(accumulate ? { options: { accumulate } } : {}) };
  // What is read says which shapes fit; whichever index comes twice, it is written the same.
  const read = b.step({ op: "index", args: [x, ...chosen] });
  if (!read) return null;
  const value = accumulate ? b.like(b.below(b.shapeOf(read)), [dtype]) : b.like([], [dtype]);
  return { args: [x, chosen, value], ...(accumulate ? { options: { accumulate } } : {}) };
};

const mask = (b: Builder, x: Reference): Reference => b.mask(b.below(b.shapeOf(x)));

function withNumber(b: Builder, x: Reference, ...before: Argument[]): Call {
  const value = b.draw.chance(0.8) ? b.number(b.dtypeOf(x)) : b.like([], [b.dtypeOf(x)]);
  return { args: [x, ...before, value] };
}

export const positionRules: Rules = {
  gather: (b) => {
    const x = b.tensor({ rank: [0, 3] });
    const dim = b.dim(x);
    if (b.draw.chance(0.05)) return { args: [x, dim, b.positions([0, ...b.shape(0, 2)], 1)] };
    return { args: [x, dim, b.positions(indexShape(b, x, dim), sizeAt(b, x, dim))] };
  },
  indexSelect: (b) => {
    const x = b.tensor({ rank: [0, 4] });
    const dim = b.dim(x);
    const size = sizeAt(b, x, dim);
    const isPoint = size > 0 && b.draw.chance(0.1);
    return { args: [x, dim, b.positions(isPoint ? [] : [size === 0 ? 0 : b.size()], size)] };
  },
  take: (b) => {
    const x = b.tensor();
    const count = elementCount(b.shapeOf(x));
    return { args: [x, b.fromEnd(b.positions(count === 0 ? [0] : b.shape(0, 2), count), count)] };
  },
  takeAlongDim: (b) => {
    const x = b.tensor({ rank: [1, 3] });
    const count = elementCount(b.shapeOf(x));
    if (b.draw.chance(0.2)) return { args: [x, b.positions(count === 0 ? [0] : b.shape(1, 2), count)] };
    const dim = b.dim(x);
    const at = dim < 0 ? dim + b.shapeOf(x).length : dim;
    const size = sizeAt(b, x, dim);
    const shape = b
      .shapeOf(x)
      .map((own, d) => (d === at ? (size === 0 ? 0 : b.size()) : b.draw.chance(0.2) ? 1 : own));
    return { args: [x, b.fromEnd(b.positions(shape, size), size), dim] };
  },
  index,
  indexPut_,
  maskedFill: (b) => {
    const x = b.tensor();
    return withNumber(b, x, mask(b, x));
  },
  maskedFill_: (b) => {
    const x = b.target();
    return withNumber(b, x, mask(b, x));
  },
  maskedSelect: (b) => {
    const x = b.tensor();
    // Either broadcasts to the other.
    const grown = b.shapeOf(x).map((size) => (size === 1 && b.draw.chance(0.5) ? b.size() : size));
    return { args: [x, b.draw.chance(0.3) ? b.mask(grown) : mask(b, x)] };
  },
  nonzero: (b) => ({ args: [b.tensor()] }),
  scatter: scatter(false),
  scatter_: scatter(true),
  scatterAdd: scatterAdd(false),
  scatterAdd_: scatterAdd(true),
  indexAdd: indexAdd(false),
  indexAdd_: indexAdd(true),
  copy_: (b) => {
    const x = b.target();
    return { args: [x, b.like(b.below(b.shapeOf(x)), b.draw.chance(0.7) ? [b.dtypeOf(x)] : ALL)] };
  },
  fill_: (b) => withNumber(b, b.target()),
  zero_: (b) => ({ args: [b.target()] }),
};
