/** Ops that show or lay out elements otherwise: views, copies, joins, padding. */
import { elementCount } from "../../../src/base/index.ts";
import { ALL, type Builder } from "../builder.ts";
import type { Argument, Reference } from "../program.ts";
import type { Rule, Rules } from "./rule.ts";

/** Another shape of as many elements, one size maybe -1. */
function reshaped(b: Builder, shape: readonly number[]): number[] {
  const count = elementCount(shape);
  let rest = count;
  const result: number[] = [];
  while (rest > 1 && result.length < 4) {
    const factors = [1, 2, 3, 4, 5, 7].filter((size) => rest % size === 0);
    const size = b.draw.chance(0.2) ? rest : b.draw.pick(factors);
    result.push(size);
    rest /= size;
  }
  if (count === 0) result.push(0, ...(b.draw.chance(0.5) ? [b.size()] : []));
  else if (rest > 1) result[result.length - 1]! *= rest;
  if (b.draw.chance(0.2)) result.splice(b.draw.int(0, result.length), 0, 1);
  const shuffled = b.draw.shuffle(result);
  if (shuffled.length > 0 && b.draw.chance(0.3)) shuffled[b.draw.int(0, shuffled.length - 1)] = -1;
  return shuffled;
}

const reshape: Rule = (b) => {
  const x = b.tensor();
  return { args: [x, reshaped(b, b.shapeOf(x))] };
};

/** A shape that one of this shape expands to. */
function expanded(b: Builder, shape: readonly number[], keep: boolean): number[] {
  const grown = shape.map((size) =>
    size === 1 && b.draw.chance(0.6) ? b.size() : keep && b.draw.chance(0.2) ? -1 : size,
  );
  return b.draw.chance(0.3) ? [b.size(), ...grown] : grown;
}

const dimIf = (b: Builder, x: Reference): Argument[] => (b.draw.chance(0.3) ? [] : [b.dim(x)]);

const sizeAt = (b: Builder, x: Reference, dim: number): number => b.shapeOf(x).at(dim) ?? 1;

const part = (b: Builder, count: number): number => b.draw.int(0, Math.max(count - 1, 0));

/** Parts of a whole number. */
function parts(b: Builder, total: number): number[] {
  const result: number[] = [];
  for (let rest = total; rest > 0 || result.length === 0; ) {
    const size = b.draw.chance(0.1) ? 0 : b.draw.int(Math.min(1, rest), rest);
    result.push(size);
    rest -= size;
  }
  return result;
}

export const shapeRules: Rules = {
  reshape,
  view: reshape,
  permute: (b) => {
    const x = b.tensor();
    const rank = b.shapeOf(x).length;
    const order = b.draw.shuffle(b.shapeOf(x).map((_, d) => d));
    return { args: [x, order.map((d) => (b.draw.chance(0.2) ? d - rank : d))] };
  },
  transpose: (b) => {
    const x = b.tensor();
    return { args: [x, b.dim(x), b.dim(x)] };
  },
  t: (b) => ({ args: [b.tensor({ rank: [0, 2] })] }),
  movedim: (b) => {
    const x = b.tensor();
    if (b.draw.chance(0.5)) return { args: [x, b.dim(x), b.dim(x)] };
    const from = b.dims(x);
    const to = b.draw.shuffle(b.shapeOf(x).map((_, d) => d)).slice(0, from.length);
    return { args: [x, from, to] };
  },
  expand: (b) => {
    const x = b.tensor();
    return { args: [x, expanded(b, b.shapeOf(x), true)] };
  },
  expandAs: (b) => {
    const x = b.tensor();
    return { args: [x, b.like(expanded(b, b.shapeOf(x), false))] };
  },
  repeat: (b) => {
    const x = b.tensor();
    const times = b.shapeOf(x).map(() =>
      b.draw.weighted([
        [1, 6],
        [2, 3],
        [3, 1],
        [0, 0.4],
      ] as const),
    );
    return { args: [x, b.draw.chance(0.3) ? [b.draw.int(1, 3), ...times] : times] };
  },
  unsqueeze: (b) => {
    const x = b.tensor();
    const rank = b.shapeOf(x).length;
    return { args: [x, b.draw.int(-rank - 1, rank)] };
  },
  squeeze: (b) => {
    const x = b.tensor();
    const form = b.draw.pick(["all", "one", "some"] as const);
    return { args: form === "all" ? [x] : [x, form === "one" ? b.dim(x) : b.dims(x)] };
  },
  flatten: (b) => {
    const x = b.tensor();
    const rank = b.shapeOf(x).length;
    const start = b.draw.int(0, Math.max(rank - 1, 0));
    const end = b.draw.int(start, Math.max(rank - 1, 0));
    return {
      args: b.draw.pick<Argument[]>([[x], [x, start], [x, start, end], [x, start, end - Math.max(rank, 1)]]),
    };
  },
  unflatten: (b) => {
    const x = b.tensor({ rank: [1, 3] });
    const dim = b.dim(x);
    const sizes = reshaped(b, [sizeAt(b, x, dim)]);
    return { args: [x, dim, sizes.length > 0 ? sizes : [1]] };
  },
  slice: (b) => {
    const x = b.tensor({ rank: [1, 4] });
    const dim = b.dim(x);
    const size = sizeAt(b, x, dim);
    const bound = (): Argument => (b.draw.chance(0.25) ? null : b.draw.int(-size - 1, size + 1));
    const args: Argument[] = [x, dim, bound(), bound()];
    return { args: b.draw.chance(0.4) ? [...args, b.draw.int(1, 3)] : args };
  },
  narrow: (b) => {
    const x = b.tensor({ rank: [1, 4] });
    const dim = b.dim(x);
    const size = sizeAt(b, x, dim);
    const start = b.draw.int(0, size);
    return { args: [x, dim, b.draw.chance(0.2) ? start - size : start, b.draw.int(0, size - start)] };
  },
  select: (b) => {
    const x = b.tensor({ rank: [1, 4] });
    const dim = b.dim(x);
    const size = sizeAt(b, x, dim);
    return { args: [x, dim, b.draw.int(-size, Math.max(size - 1, 0))] };
  },
  unbind: (b) => {
    const x = b.tensor({ rank: [1, 4] });
    const dim = dimIf(b, x);
    return { args: [x, ...dim], pick: part(b, sizeAt(b, x, (dim[0] as number | undefined) ?? 0)) };
  },
  split: (b) => {
    const x = b.tensor({ rank: [1, 4] });
    const dim = b.dim(x);
    const size = sizeAt(b, x, dim);
    if (b.draw.chance(0.5)) {
      const sizes = parts(b, size);
      return { args: [x, sizes, dim], pick: part(b, sizes.length) };
    }
    const each = b.draw.int(1, size + 1);
    return { args: [x, each, dim], pick: part(b, Math.ceil(size / each)) };
  },
  chunk: (b) => {
    const x = b.tensor({ rank: [1, 4] });
    const dim = b.dim(x);
    return { args: [x, b.draw.int(1, 4), dim], pick: b.draw.chance(0.7) ? 0 : 1 };
  },
  cat: (b) => {
    const x = b.tensor({ rank: [1, 4] });
    const dim = b.dim(x);
    const at = dim < 0 ? dim + b.shapeOf(x).length : dim;
    const others = Array.from({ length: b.draw.int(0, 2) }, () => {
      if (b.draw.chance(0.05)) return b.like([0]);
      const shape = b.shapeOf(x).map((size, d) => (d === at && b.draw.chance(0.5) ? b.size() : size));
      return b.like(shape, b.draw.chance(0.7) ? [b.dtypeOf(x)] : ALL);
    });
    return { args: [b.draw.shuffle([x, ...others]), dim] };
  },
  stack: (b) => {
    const x = b.tensor({ rank: [0, 3] });
    const rank = b.shapeOf(x).length;
    const others = Array.from({ length: b.draw.int(0, 2) }, () =>
      b.like(b.shapeOf(x), b.draw.chance(0.8) ? [b.dtypeOf(x)] : ALL),
    );
    return { args: [b.draw.shuffle([x, ...others]), b.draw.int(-rank - 1, rank)] };
  },
  pad: (b) => {
    const x = b.tensor({ rank: [1, 4] });
    const pairs = b.draw.int(1, b.shapeOf(x).length);
    const padding = Array.from({ length: 2 * pairs }, () =>
      b.draw.weighted([
        [0, 3],
        [1, 4],
        [2, 2],
        [-1, 1.5],
      ] as const),
    );
    const value = b.number(b.dtypeOf(x));
    return b.draw.chance(0.5) ? { args: [x, padding] } : { args: [x, padding], options: { value } };
  },
  clone: (b) => ({ args: [b.tensor()] }),
  contiguous: (b) => ({ args: [b.tensor()] }),
  detach: (b) => ({ args: [b.tensor()] }),
};
