/** Questions about whatever takes positions: indexing, masks, gather and scatter, class numbers, parts of a dimension. */
import * as torch from "../../src/index.ts";
import type { Case, Input } from "./case.ts";
import { ALL, casesOf, indices, mask, type Question } from "./structural-cases.ts";

const F = torch.nn.functional;
const { Slice } = torch;

/** Whole numbers as floats: what PyTorch is asked with `.long()`. */
const floats = (shape: readonly number[], values: readonly number[]): Input => ({
  shape,
  dtype: "float32",
  data: values,
});

type Item = Parameters<typeof torch.index>[1];

interface Reading {
  readonly shape: readonly number[];
  /** What stands between the brackets. */
  readonly key: string;
  readonly items: (x: torch.Tensor[]) => Item[];
  readonly extra?: readonly Input[];
  readonly dependsOnValues?: boolean;
  /**
   * Whether PyTorch's gradient of the value is odd: where a position occurs more than once, values that do not stay have
   * one, too; and what is written at `False` alone has none, not even zeros.
   */
  readonly isOdd?: boolean;
}

const grid = mask([2, 3], [1, 0, 1, 0, 1, 1]);

/** Each is asked as a read, and as a write of a number, of a row and of as many values as are read. */
const readings: Record<string, Reading> = {
  "an array": { isOdd: true, shape: [3, 4], key: "[0, 2, 1, 2]", items: () => [[0, 2, 1, 2]] },
  "an array from the end": { shape: [3, 4], key: ":, [-1, 0]", items: () => [":", [-1, 0]] },
  "an array of arrays": {
    isOdd: true,
    shape: [3, 4],
    key: "torch.tensor([[0, 2, 1], [1, 1, 0]])",
    items: () => [
      [
        [0, 2, 1],
        [1, 1, 0],
      ],
    ],
  },
  "an array of booleans": {
    shape: [3, 4],
    key: "[True, False, True]",
    items: () => [[true, false, true]],
  },
  "an array of arrays of booleans": {
    shape: [2, 3, 2],
    key: "torch.tensor([[True, False, False], [True, True, False]])",
    items: () => [
      [
        [true, false, false],
        [true, true, false],
      ],
    ],
  },
  "an empty array": { shape: [3, 4], key: "[]", items: () => [[]] },
  "an empty array of a dimension without elements": { shape: [0, 4], key: "[]", items: () => [[]] },
  "arrays beside each other": {
    shape: [3, 4, 2],
    key: "[2, 0, 1], [3, 1, 0]",
    items: () => [
      [2, 0, 1],
      [3, 1, 0],
    ],
  },
  bigints: { shape: [3, 4], key: "1, [3, 0]", items: () => [1n, [3n, 0n]] },
  "a typed array": { shape: [3, 4], key: "[2, 0]", items: () => [Int32Array.of(2, 0)] },
  true: { shape: [3, 2], key: "True", items: () => [true] },
  false: { isOdd: true, shape: [3, 2], key: "False", items: () => [false] },
  "true and false": { shape: [3, 2], key: "True, False", items: () => [true, false] },
  "true of a 0-d tensor": { shape: [], key: "True", items: () => [true] },
  "false of a 0-d tensor": { isOdd: true, shape: [], key: "False", items: () => [false] },
  "a new axis of a 0-d tensor": { shape: [], key: "None, ...", items: () => [null, "..."] },
  "a 0-d mask": {
    shape: [3, 2],
    key: "x[-1]",
    extra: [mask([], [1])],
    items: (x) => [x.at(-1)!],
    dependsOnValues: true,
  },
  "a 0-d mask that is false, behind a dimension": {
    shape: [3, 2],
    key: ":, x[-1]",
    extra: [mask([], [0])],
    items: (x) => [":", x.at(-1)!],
    dependsOnValues: true,
  },
  "true beside positions": {
    isOdd: true,
    shape: [3, 4],
    key: "True, [0, 2, 2]",
    items: () => [true, [0, 2, 2]],
  },
  "true apart from positions": {
    isOdd: true,
    shape: [3, 4],
    key: "True, :, [0, 2, 2, 1, 3]",
    items: () => [true, ":", [0, 2, 2, 1, 3]],
  },
  "false beside one position": { shape: [3, 4], key: "False, [2]", items: () => [false, [2]] },
  "a 0-d position": {
    shape: [3, 4],
    key: "x[-1]",
    extra: [indices([], [-2])],
    items: (x) => [x.at(-1)!],
  },
  "a 0-d position and a range": {
    shape: [3, 4],
    key: "1:, x[-1]",
    extra: [indices([], [3])],
    items: (x) => [new Slice(1), x.at(-1)!],
  },
  "a 0-d position apart from others": {
    isOdd: true,
    shape: [2, 3, 4],
    key: "x[-1], :, [0, 2, 2, 1, 3]",
    extra: [indices([], [1])],
    items: (x) => [x.at(-1)!, ":", [0, 2, 2, 1, 3]],
  },
  "others apart from a 0-d position": {
    isOdd: true,
    shape: [2, 3, 4],
    key: "[1, 0, 0, 1, 1], :, x[-1]",
    extra: [indices([], [3])],
    items: (x) => [[1, 0, 0, 1, 1], ":", x.at(-1)!],
  },
  "a 0-d position between others": {
    shape: [2, 3, 4],
    key: "[1, 0, 0], x[-1], [3, 1, 0]",
    extra: [indices([], [2])],
    items: (x) => [[1, 0, 0], x.at(-1)!, [3, 1, 0]],
  },
  "positions behind a dimension": {
    isOdd: true,
    shape: [2, 3, 4],
    key: ":, x[-1]",
    extra: [indices([2, 2], [2, 0, -1, 1])],
    items: (x) => [":", x.at(-1)!],
  },
  "positions apart, around a new axis": {
    isOdd: true,
    shape: [2, 3],
    key: "[1, 0, 1, 1], None, [0, 2, 1, 1]",
    items: () => [[1, 0, 1, 1], null, [0, 2, 1, 1]],
  },
  "positions apart, behind a dimension": {
    shape: [2, 3, 2, 4],
    key: ":, [0, 2, 1], :, [3, 0, 1]",
    items: () => [":", [0, 2, 1], ":", [3, 0, 1]],
  },
  "positions around a number": {
    shape: [2, 3, 4],
    key: "[1, 0, 0, 1, 0], 2, [0, 3, 1, 1, 2]",
    items: () => [[1, 0, 0, 1, 0], 2, [0, 3, 1, 1, 2]],
  },
  "positions that broadcast": {
    shape: [3, 4, 2],
    key: "x[-2], x[-1]",
    extra: [indices([3, 1], [2, 0, 1]), indices([2], [3, 1])],
    items: (x) => [x.at(-2)!, x.at(-1)!],
  },
  "positions of int32": {
    shape: [4, 2],
    key: "x[-1]",
    extra: [{ shape: [3], dtype: "int32", data: [3, -4, 1] }],
    items: (x) => [x.at(-1)!],
  },
  "floats that are whole": {
    isOdd: true,
    shape: [2, 4],
    key: ":, x[-1].long()",
    extra: [floats([2, 2], [3, 0, -1, 1])],
    items: (x) => [":", x.at(-1)!],
  },
  "a mask": {
    shape: [2, 3, 2],
    key: "x[-1]",
    extra: [grid],
    items: (x) => [x.at(-1)!],
    dependsOnValues: true,
  },
  "a mask that is false": {
    shape: [2, 3, 2],
    key: "x[-1]",
    extra: [mask([2, 3], [0, 0, 0, 0, 0, 0])],
    items: (x) => [x.at(-1)!],
    dependsOnValues: true,
  },
  "a mask behind a dimension": {
    shape: [4, 2, 3],
    key: ":, x[-1]",
    extra: [grid],
    items: (x) => [":", x.at(-1)!],
    dependsOnValues: true,
  },
  "a mask behind a number": {
    shape: [2, 3, 4],
    key: "1, x[-1]",
    extra: [mask([3], [1, 0, 1])],
    items: (x) => [1, x.at(-1)!],
    dependsOnValues: true,
  },
  "a mask behind all others": {
    shape: [5, 2, 3],
    key: "..., x[-1]",
    extra: [mask([3], [0, 1, 1])],
    items: (x) => ["...", x.at(-1)!],
    dependsOnValues: true,
  },
  "a mask beside positions": {
    shape: [2, 3, 5],
    key: "x[-1], [0, 4, 2, 2]",
    extra: [grid],
    items: (x) => [x.at(-1)!, [0, 4, 2, 2]],
    dependsOnValues: true,
  },
  "a mask apart from positions": {
    shape: [3, 2, 5],
    key: "x[-1], :, [0, 4]",
    extra: [mask([3], [1, 0, 1])],
    items: (x) => [x.at(-1)!, ":", [0, 4]],
    dependsOnValues: true,
  },
  "two masks": {
    shape: [3, 4],
    key: "x[-2], x[-1]",
    extra: [mask([3], [1, 0, 1]), mask([4], [0, 1, 0, 1])],
    items: (x) => [x.at(-2)!, x.at(-1)!],
    dependsOnValues: true,
  },
};

/** Reads of the squares, so that second derivatives are not zero. */
function reads(): Record<string, Question> {
  return Object.fromEntries(
    Object.entries(readings).map(([name, { shape, key, items, extra = [], dependsOnValues }]) => [
      `index ${name}`,
      {
        shapes: [shape],
        extra,
        python: `(x[0] * x[0])[${key}]`,
        call: (x): torch.Tensor => x[0]!.mul(x[0]!).index(...items(x)),
        order: 2,
        dtypes: ALL,
        dependsOnValues,
      } satisfies Question,
    ]),
  );
}

/** Writes of one number, of one for each column (which broadcasts), and of one for each place. */
function writes(): Record<string, Question> {
  const questions: Record<string, Question> = {};
  for (const [name, reading] of Object.entries(readings)) {
    const { shape, key, items, extra = [], dependsOnValues, isOdd } = reading;
    const assign = (value: string): string => `put(x[0] * x[0], at[${key}], ${value})`;
    const put = (x: torch.Tensor[], value: torch.Tensor | number): torch.Tensor =>
      x[0]!.mul(x[0]!).indexPut_(items(x), value).mul(x[0]!);
    // What is the same at all places of a mask is written without reading the mask.
    const isMask = extra.length === 1 && extra[0]!.dtype === "bool" && extra[0]!.shape.length > 0;
    const alone = isMask && !key.includes("[0");
    questions[`indexPut_ a number, ${name}`] = {
      shapes: [shape],
      extra,
      python: `${assign("3")} * x[0]`,
      call: (x) => put(x, 3),
      order: 1,
      dependsOnValues: dependsOnValues && !alone,
    };
    questions[`indexPut_ a 0-d tensor, ${name}`] = {
      shapes: [shape, []],
      extra,
      python: `${assign("x[1] * x[1]")} * x[0]`,
      call: (x) => put(x, x[1]!.mul(x[1]!)),
      order: isOdd ? 0 : 2,
      dependsOnValues: dependsOnValues && !alone,
    };
    questions[`indexPut_ values, ${name}`] = {
      shapes: [shape],
      extra,
      python: `${assign(`x[0][${key}].detach() * 2 - 1`)} * x[0]`,
      call: (x) =>
        put(
          x,
          x[0]!
            .index(...items(x))
            .detach()
            .mul(2)
            .sub(1),
        ),
      order: 1,
      dependsOnValues,
    };
  }
  return questions;
}

const others: Record<string, Question> = {
  "indexPut_ a row where a mask is true": {
    shapes: [[3, 4], [4]],
    extra: [mask([3], [1, 0, 1])],
    python: "put(x[0] * x[0], at[x[2]], x[1] * x[1]) * x[0]",
    call: ([x, row, m]) => x!.mul(x!).indexPut_([m!], row!.mul(row!)).mul(x!),
    order: 2,
  },
  "indexPut_ a column where a mask is true": {
    shapes: [
      [5, 2, 3],
      [5, 1],
    ],
    extra: [grid],
    python: "put(x[0] * x[0], at[:, x[2]], x[1] * x[1]) * x[0]",
    call: ([x, column, m]) => x!.mul(x!).indexPut_([":", m!], column!.mul(column!)).mul(x!),
    order: 2,
  },
  "indexPut_ added where a mask is true": {
    shapes: [[3, 4], [1]],
    extra: [mask([3, 4], [1, 0, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1])],
    python: "(x[0] * x[0]).index_put_((x[2],), x[1] * x[1], accumulate=True) * x[0]",
    call: ([x, value, m]) => x!.mul(x!).indexPut_([m!], value!.mul(value!), { accumulate: true }).mul(x!),
    order: 2,
  },
  "indexPut_ values added where a mask is true": {
    shapes: [
      [3, 2],
      [2, 2],
    ],
    extra: [mask([3], [1, 0, 1])],
    python: "(x[0] * x[0]).index_put_((x[2],), x[1] * x[1], accumulate=True) * x[0]",
    call: ([x, value, m]) => x!.mul(x!).indexPut_([m!], value!.mul(value!), { accumulate: true }).mul(x!),
    order: 2,
    dependsOnValues: true,
  },
  "indexPut_ added at places that repeat": {
    shapes: [
      [3, 4],
      [4, 4],
    ],
    extra: [indices([4], [2, 0, 2, -1])],
    python: "(x[0] * x[0]).index_put_((x[2],), x[1] * x[1], accumulate=True) * x[0]",
    call: ([x, value, i]) => x!.mul(x!).indexPut_([i!], value!.mul(value!), { accumulate: true }).mul(x!),
    order: 2,
  },
  "indexPut_ with leading ones": {
    shapes: [
      [3, 4],
      [1, 1, 2, 4],
    ],
    python: "put(x[0] * x[0], at[[2, 0]], x[1]) * x[0]",
    call: ([x, value]) =>
      x!
        .mul(x!)
        .indexPut_([[2, 0]], value!)
        .mul(x!),
    order: 2,
  },
  "indexPut_ with leading ones into a view": {
    shapes: [
      [3, 4],
      [1, 1, 2],
    ],
    python: "put(x[0] * x[0], at[1:, 3], x[1]) * x[0]",
    call: ([x, value]) =>
      x!
        .mul(x!)
        .indexPut_([new Slice(1), 3], value!)
        .mul(x!),
    order: 2,
  },
  "indexPut_ of another dtype into a view": {
    shapes: [[3, 4]],
    extra: [indices([4], [1, 2, 3, 4])],
    python: "put(x[0] * x[0], at[1:], x[1]) * x[0]",
    call: ([x, value]) =>
      x!
        .mul(x!)
        .indexPut_([new Slice(1)], value!)
        .mul(x!),
    order: 1,
  },
  "indexPut_ of another dtype where a mask is true": {
    shapes: [[3, 4]],
    extra: [mask([3], [1, 0, 1]), indices([1], [7])],
    python: "put(x[0] * x[0], at[x[1]], x[2]) * x[0]",
    call: ([x, m, value]) => x!.mul(x!).indexPut_([m!], value!).mul(x!),
    order: 1,
  },
  "indexPut_ where a mask over transposed dimensions is true": {
    shapes: [[3, 2], [4]],
    extra: [grid],
    python: "(lambda y: (y.t().index_put_((x[2],), x[1] * x[1]), y * x[0])[1])(x[0] * x[0])",
    call: ([x, value, m]) => {
      const y = x!.mul(x!);
      y.t().indexPut_([m!], value!.mul(value!));
      return y.mul(x!);
    },
    order: 2,
    dependsOnValues: true,
  },

  "maskedSelect of a 0-d tensor": {
    shapes: [[]],
    extra: [mask([], [1])],
    python: "torch.masked_select(x[0] * x[0], x[1])",
    call: ([x, m]) => x!.mul(x!).maskedSelect(m!),
    order: 2,
    dtypes: ALL,
    dependsOnValues: true,
  },
  "maskedSelect nothing of a 0-d tensor": {
    shapes: [[]],
    extra: [mask([], [0])],
    python: "torch.masked_select(x[0], x[1])",
    call: ([x, m]) => x!.maskedSelect(m!),
    order: 1,
    dependsOnValues: true,
  },
  "maskedSelect that repeats x": {
    shapes: [[3, 1]],
    extra: [mask([2, 1, 4], [1, 0, 1, 1, 0, 0, 1, 0])],
    python: "torch.masked_select(x[0] * x[0], x[1])",
    call: ([x, m]) => x!.mul(x!).maskedSelect(m!),
    order: 2,
    dependsOnValues: true,
  },
  "maskedSelect that repeats the mask": {
    shapes: [[2, 3]],
    extra: [mask([2, 1], [0, 1])],
    python: "torch.masked_select((x[0] * x[0]).t(), x[1].t())",
    call: ([x, m]) => x!.mul(x!).t().maskedSelect(m!.t()),
    order: 2,
    dependsOnValues: true,
  },
  "maskedFill that repeats x": {
    shapes: [[3], []],
    extra: [mask([2, 3], [1, 0, 1, 0, 0, 1])],
    python: "(x[0] * x[0]).masked_fill(x[2], x[1] * x[1])",
    call: ([x, value, m]) => x!.mul(x!).maskedFill(m!, value!.mul(value!)),
    order: 2,
  },
  maskedFill_: {
    shapes: [[2, 3], []],
    extra: [mask([3], [1, 0, 1])],
    python: "(x[0] * x[0]).masked_fill_(x[2], x[1] * x[1]) * x[0]",
    call: ([x, value, m]) => x!.mul(x!).maskedFill_(m!, value!.mul(value!)).mul(x!),
    order: 2,
  },

  "gather of a 0-d tensor": {
    shapes: [[]],
    extra: [indices([3], [0, 0, 0])],
    python: "torch.gather(x[0] * x[0], -1, x[1])",
    call: ([x, i]) => x!.mul(x!).gather(-1, i!),
    order: 2,
  },
  "gather of a 0-d tensor at a 0-d position": {
    shapes: [[]],
    extra: [indices([], [0])],
    python: "torch.gather(x[0] * x[0], 0, x[1])",
    call: ([x, i]) => x!.mul(x!).gather(0, i!),
    order: 2,
  },
  "gather at a 0-d position": {
    shapes: [[4]],
    extra: [indices([], [3])],
    python: "torch.gather(x[0] * x[0], 0, x[1])",
    call: ([x, i]) => x!.mul(x!).gather(0, i!),
    order: 2,
  },
  "gather at no position": {
    shapes: [[2, 3]],
    extra: [indices([5, 0, 7], [])],
    python: "torch.gather(x[0] * x[0], 1, x[1])",
    call: ([x, i]) => x!.mul(x!).gather(1, i!),
    order: 1,
  },
  "gather at floats that are whole": {
    shapes: [[2, 3]],
    extra: [floats([2, 4], [0, 1, 2, 0, 2, 2, 1, 0])],
    python: "torch.gather(x[0] * x[0], 1, x[1].long())",
    call: ([x, i]) => x!.mul(x!).gather(1, i!),
    order: 2,
  },
  "indexSelect of a 0-d tensor": {
    shapes: [[]],
    extra: [indices([1], [0])],
    python: "torch.index_select(x[0] * x[0], 0, x[1])",
    call: ([x, i]) => x!.mul(x!).indexSelect(0, i!),
    order: 2,
  },
  "indexSelect at floats that are whole": {
    shapes: [[4, 3]],
    extra: [floats([], [2])],
    python: "torch.index_select(x[0] * x[0], 0, x[1].long())",
    call: ([x, i]) => x!.mul(x!).indexSelect(0, i!),
    order: 2,
  },
  "take from the end": {
    shapes: [[2, 3]],
    extra: [indices([2, 2], [-1, 0, 1, -6])],
    python: "torch.take(x[0] * x[0], x[1])",
    call: ([x, i]) => x!.mul(x!).take(i!),
    order: 2,
    dtypes: ALL,
  },
  "take of a 0-d tensor": {
    shapes: [[]],
    extra: [floats([2], [0, -1])],
    python: "torch.take(x[0] * x[0], x[1].long())",
    call: ([x, i]) => x!.mul(x!).take(i!),
    order: 2,
  },
  "takeAlongDim from the end": {
    shapes: [[2, 3]],
    extra: [indices([1, 2], [-1, 0])],
    python: "torch.take_along_dim(x[0] * x[0], x[1], 1)",
    call: ([x, i]) => x!.mul(x!).takeAlongDim(i!, 1),
    order: 2,
  },
  "takeAlongDim at floats that are whole": {
    shapes: [[3, 2]],
    extra: [floats([2, 2], [-1, 0, 1, 1])],
    python: "torch.take_along_dim(x[0] * x[0], x[1].long(), 0)",
    call: ([x, i]) => x!.mul(x!).takeAlongDim(i!, 0),
    order: 2,
  },

  "scatter into a 0-d tensor": {
    shapes: [[], [2]],
    extra: [indices([2], [0, 0])],
    python: "(x[0] * x[0]).scatter(0, x[2], x[1])",
    call: ([x, source, i]) => x!.mul(x!).scatter(0, i!, source!),
  },
  "scatter a 0-d tensor": {
    shapes: [[], []],
    extra: [indices([], [0])],
    python: "(x[0] * x[0]).scatter(0, x[2], x[1] * x[1])",
    call: ([x, source, i]) => x!.mul(x!).scatter(0, i!, source!.mul(source!)),
    order: 2,
  },
  "scatter to a 0-d position": {
    shapes: [[4], []],
    extra: [indices([], [2])],
    python: "(x[0] * x[0]).scatter_(0, x[2], x[1] * x[1]) * x[0]",
    call: ([x, source, i]) => x!.mul(x!).scatter_(0, i!, source!.mul(source!)).mul(x!),
    order: 2,
  },
  "scatter to no position": {
    shapes: [[2, 3], [5]],
    extra: [indices([0], [])],
    python: "(x[0] * x[0]).scatter(1, x[2], x[1].detach())",
    call: ([x, source, i]) => x!.mul(x!).scatter(1, i!, source!.detach()),
    order: 2,
  },
  "scatter to floats that are whole": {
    shapes: [[3, 4]],
    extra: [floats([3, 1], [2, 0, 3])],
    python: "(x[0] * x[0]).scatter(1, x[1].long(), 1.5)",
    call: ([x, i]) => x!.mul(x!).scatter(1, i!, 1.5),
    order: 2,
  },
  "scatter that adds": {
    shapes: [
      [3, 4],
      [2, 4],
    ],
    extra: [indices([2, 4], [0, 1, 2, 0, 0, 2, 1, 0])],
    python: "x[0].scatter(0, x[2], x[1], reduce='add')",
    call: ([x, source, i]) => x!.scatter(0, i!, source!, { reduce: "add" }),
    dtypes: ALL,
  },
  "scatter that adds, differentiated": {
    shapes: [
      [3, 4],
      [2, 4],
    ],
    extra: [indices([2, 4], [0, 1, 2, 0, 0, 2, 1, 0])],
    python: "(x[0] * x[0]).scatter_add(0, x[2], x[1] * x[1])",
    call: ([x, source, i]) => x!.mul(x!).scatter(0, i!, source!.mul(source!), { reduce: "add" }),
    order: 2,
  },
  "scatter that adds a number": {
    shapes: [[3, 4]],
    extra: [indices([2, 4], [0, 1, 2, 0, 0, 2, 1, 0])],
    python: "x[0].scatter(0, x[1], 2, reduce='add')",
    call: ([x, i]) => x!.scatter(0, i!, 2, { reduce: "add" }),
    dtypes: ALL.slice(0, 5),
  },
  "scatter that multiplies": {
    shapes: [
      [3, 4],
      [2, 4],
    ],
    extra: [indices([2, 4], [0, 1, 2, 0, 0, 2, 1, 0])],
    python: "x[0].scatter(0, x[2], x[1], reduce='multiply')",
    call: ([x, source, i]) => x!.scatter(0, i!, source!, { reduce: "multiply" }),
    dtypes: ALL,
  },
  "scatter that multiplies rows": {
    shapes: [
      [3, 7],
      [2, 7],
    ],
    extra: [indices([2, 1], [2, 2])],
    python: "x[0].scatter(0, x[2].expand(2, 7), x[1], reduce='multiply')",
    call: ([x, source, i]) => x!.scatter(0, i!.expand([2, 7]), source!, { reduce: "multiply" }),
    dtypes: ALL,
  },
  "scatter that multiplies by a number": {
    shapes: [[3, 4]],
    extra: [indices([2, 4], [0, 1, 2, 0, 0, 2, 1, 0])],
    python: "x[0].scatter(0, x[1], 3, reduce='multiply')",
    call: ([x, i]) => x!.scatter(0, i!, 3, { reduce: "multiply" }),
    dtypes: ALL.slice(0, 5),
  },
  "scatter that multiplies, differentiated": {
    shapes: [
      [3, 4],
      [2, 4],
    ],
    extra: [indices([2, 4], [0, 1, 2, 0, 0, 2, 1, 0])],
    python: "(x[0] * x[0]).scatter_reduce(0, x[2], x[1] * x[1], reduce='prod')",
    call: ([x, source, i]) => x!.mul(x!).scatter(0, i!, source!.mul(source!), { reduce: "multiply" }),
    order: 2,
    tolerance: 1e-5,
  },
  "scatter that multiplies by zeros, differentiated": {
    shapes: [
      [3, 4],
      [2, 4],
    ],
    values: [1, 0, 2, 0, 3, 4, 0, 5, -1, 2, 3, 0],
    extra: [indices([2, 4], [0, 1, 2, 0, 0, 2, 1, 0]), floats([2, 4], [1, 1, 0, 0, 0, 1, 1, 0])],
    python: "x[0].scatter_reduce(0, x[2], x[1] * x[3].to(x[1].dtype), reduce='prod')",
    call: ([x, source, i, factor]) =>
      x!.scatter(0, i!, source!.mul(factor!.to(source!.dtype)), { reduce: "multiply" }),
    order: 1,
    tolerance: 1e-5,
  },
  "scatter_ that multiplies": {
    shapes: [
      [3, 4],
      [3, 2],
    ],
    extra: [indices([3, 2], [2, 0, 1, 1, 3, 1])],
    python: "(x[0] * x[0]).scatter_reduce_(1, x[2], x[1] * x[1], reduce='prod') * x[0]",
    call: ([x, source, i]) =>
      x!.mul(x!).scatter_(1, i!, source!.mul(source!), { reduce: "multiply" }).mul(x!),
    order: 2,
    tolerance: 1e-5,
  },
  "scatterAdd into a 0-d tensor": {
    shapes: [[], [2]],
    extra: [indices([2], [0, 0])],
    python: "(x[0] * x[0]).scatter_add(0, x[2], x[1] * x[1])",
    call: ([x, source, i]) => x!.mul(x!).scatterAdd(0, i!, source!.mul(source!)),
    order: 2,
  },
  "scatterAdd_ at a 0-d position": {
    shapes: [[3], []],
    extra: [floats([], [1])],
    python: "(x[0] * x[0]).scatter_add_(0, x[2].long(), x[1] * x[1]) * x[0]",
    call: ([x, source, i]) => x!.mul(x!).scatterAdd_(0, i!, source!.mul(source!)).mul(x!),
    order: 2,
  },
  "scatterAdd_ of all dtypes": {
    shapes: [
      [2, 3],
      [2, 4],
    ],
    extra: [indices([2, 4], [0, 1, 2, 0, 0, 2, 1, 0])],
    python: "x[0].clone().scatter_add_(1, x[2], x[1])",
    call: ([x, source, i]) => x!.clone().scatterAdd_(1, i!, source!),
    order: 1,
    dtypes: ALL,
  },
  "indexAdd_ of all dtypes": {
    shapes: [
      [2, 3],
      [2, 4],
    ],
    extra: [indices([4], [2, 0, 2, 2])],
    python: "x[0].clone().index_add_(1, x[2], x[1])",
    call: ([x, source, i]) => x!.clone().indexAdd_(1, i!, source!),
    order: 1,
    dtypes: ALL,
  },
  "indexAdd of integers with a fraction": {
    shapes: [[3], [2]],
    extra: [indices([2], [2, 2])],
    python: "x[0].index_add(0, x[2], x[1], alpha=-1.5)",
    call: ([x, source, i]) => x!.indexAdd(0, i!, source!, { alpha: -1.5 }),
    dtypes: ["int32", "int64"],
  },
  "indexPut_ of all dtypes": {
    shapes: [[3, 4], [4]],
    extra: [indices([2], [2, 0])],
    python: "put(x[0].clone(), at[x[2]], x[1])",
    call: ([x, value, i]) => x!.clone().indexPut_([i!], value!),
    order: 1,
    dtypes: ALL,
  },
  "indexAdd to a 0-d tensor": {
    shapes: [[], []],
    extra: [indices([], [0])],
    python: "(x[0] * x[0]).index_add(0, x[2], x[1] * x[1])",
    call: ([x, source, i]) => x!.mul(x!).indexAdd(0, i!, source!.mul(source!)),
    order: 2,
  },
  "indexAdd at floats that are whole": {
    shapes: [
      [3, 4],
      [3, 2],
    ],
    extra: [floats([2], [3, 3])],
    python: "(x[0] * x[0]).index_add(1, x[2].long(), x[1] * x[1], alpha=3)",
    call: ([x, source, i]) => x!.mul(x!).indexAdd(1, i!, source!.mul(source!), { alpha: 3 }),
    order: 2,
  },

  "nonzero of a 0-d tensor": {
    shapes: [[]],
    values: [3],
    python: "torch.nonzero(x[0])",
    call: ([x]) => x!.nonzero(),
    dtypes: ALL,
    dependsOnValues: true,
  },
  "nonzero of a 0-d zero": {
    shapes: [[]],
    values: [0],
    python: "torch.nonzero(x[0])",
    call: ([x]) => x!.nonzero(),
    dependsOnValues: true,
  },
  "nonzero of a 0-d tensor, as a tuple": {
    shapes: [[]],
    values: [3],
    python: "torch.nonzero(x[0], as_tuple=True)[0]",
    call: ([x]) => x!.nonzero({ asTuple: true })[0]!,
    dependsOnValues: true,
  },
  "nonzero in a view of three dimensions": {
    shapes: [[2, 3, 4]],
    values: Array.from({ length: 24 }, (_, i) => (i < 9 || i % 5 > 1 ? 0 : i === 11 ? Number.NaN : i)),
    python: "torch.nonzero(x[0].transpose(0, 2))",
    call: ([x]) => x!.transpose(0, 2).nonzero(),
    dependsOnValues: true,
  },
  "nonzero as a tuple": {
    shapes: [[3, 4, 2]],
    values: Array.from({ length: 24 }, (_, i) => (i % 3 === 1 ? i : 0)),
    python: "torch.stack(torch.nonzero(x[0], as_tuple=True)[::-1])",
    call: ([x]) => torch.stack(x!.nonzero({ asTuple: true }).reverse()),
    dtypes: ALL,
    dependsOnValues: true,
  },
  "nonzero of nothing": {
    shapes: [[2, 0, 3]],
    python: "torch.nonzero(x[0])",
    call: ([x]) => x!.nonzero(),
    dependsOnValues: true,
  },

  "max of a 0-d tensor": {
    shapes: [[]],
    python: "(x[0] * x[0]).max(0).values * x[0]",
    call: ([x]) => x!.mul(x!).max(0).values.mul(x!),
    order: 2,
  },
  "max taken apart": {
    shapes: [[3, 4]],
    python: "(lambda v, i: v * i)(*(x[0] * x[0]).max(0))",
    call: ([x]) => {
      const [values, indices] = x!.mul(x!).max(0);
      return values.mul(indices);
    },
    order: 2,
  },
  "min by position": {
    shapes: [[3, 4]],
    python: "x[0].min(1, keepdim=True)[1] + x[0].min(1, keepdim=True)[0]",
    call: ([x]) => x!.min(1, { keepdim: true })[1].add(x!.min(1, { keepdim: true })[0]),
    order: 1,
  },
  "unbind by iteration": {
    shapes: [[3, 2, 2]],
    python: "sum(row * row * n for n, row in enumerate(x[0]))",
    call: ([x]) => [...x!].map((row, n) => row.mul(row).mul(n)).reduce((a, b) => a.add(b)),
    order: 2,
  },
  "narrow from a tensor": {
    shapes: [[5, 2]],
    python: "(x[0] * x[0]).narrow(0, torch.tensor(-3), 2)",
    call: ([x]) => {
      const start = torch.tensor(-3n);
      return x!.mul(x!).narrow(0, start, 2);
    },
    order: 2,
  },
  "narrow from the end": {
    shapes: [[5, 2]],
    python: "(x[0] * x[0]).narrow(0, -3, 2)",
    call: ([x]) => x!.mul(x!).narrow(0, -3, 2),
    order: 2,
  },
  "movedim of several": {
    shapes: [[2, 3, 4, 5]],
    python: "torch.movedim(x[0] * x[0], (0, -1), (2, 0))",
    call: ([x]) => x!.mul(x!).movedim([0, -1], [2, 0]),
    order: 2,
  },
  "movedim of none": {
    shapes: [[2, 3]],
    python: "torch.movedim(x[0], (), ())",
    call: ([x]) => x!.movedim([], []),
    order: 1,
  },
  "movedim of a 0-d tensor": {
    shapes: [[]],
    python: "torch.movedim(x[0] * x[0], -1, 0)",
    call: ([x]) => x!.mul(x!).movedim(-1, 0),
    order: 2,
  },

  "embedding at floats that are whole": {
    shapes: [[5, 3]],
    extra: [floats([2, 3], [1, 0, 4, 1, 1, 3])],
    python: "F.embedding(x[1].long(), x[0], padding_idx=1) ** 3",
    call: ([weight, index]) => F.embedding(index!, weight!, { paddingIdx: 1 }).pow(3),
    order: 2,
  },
  "oneHot of floats that are whole": {
    shapes: [],
    extra: [floats([2, 3], [1, 0, 3, 1, 1, 2])],
    python: "F.one_hot(x[0].long(), 5)",
    call: ([x]) => F.oneHot(x!, 5),
    dtypes: ["float32"],
  },
  "oneHot of as many classes as there are": {
    shapes: [],
    extra: [floats([], [2])],
    python: "F.one_hot(x[0].long())",
    call: ([x]) => F.oneHot(x!),
    dtypes: ["float32"],
    dependsOnValues: true,
  },
  "crossEntropy of floats that are whole": {
    shapes: [[4, 3], [3]],
    extra: [floats([4], [2, 0, -100, 1])],
    python: "F.cross_entropy(x[0], x[2].long(), x[1].abs(), label_smoothing=0.2)",
    call: ([x, weight, t]) => F.crossEntropy(x!, t!, { weight: weight!.abs(), labelSmoothing: 0.2 }),
    order: 2,
    tolerance: 1e-5,
  },
  "crossEntropy of one row and a float": {
    shapes: [[3]],
    extra: [floats([], [2])],
    python: "F.cross_entropy(x[0], x[1].long())",
    call: ([x, t]) => F.crossEntropy(x!, t!),
    order: 2,
    tolerance: 1e-5,
  },
  "crossEntropy of floats in the shape of the input": {
    shapes: [[2, 3]],
    extra: [floats([2, 3], [0, 1, 0, 0, 0, 1])],
    python: "F.cross_entropy(x[0], x[1].to(x[0].dtype))",
    call: ([x, t]) => F.crossEntropy(x!, t!.to(x!.dtype)),
    order: 2,
    tolerance: 1e-5,
  },
  "nllLoss of floats that are whole": {
    shapes: [[2, 3, 2]],
    extra: [floats([2, 2], [2, 0, 1, 1])],
    python: "F.nll_loss(x[0] * x[0], x[1].long(), ignore_index=1, reduction='sum')",
    call: ([x, t]) => F.nllLoss(x!.mul(x!), t!, { ignoreIndex: 1, reduction: "sum" }),
    order: 2,
  },
};

export const positionCases: readonly Case[] = casesOf({ ...reads(), ...writes(), ...others });
