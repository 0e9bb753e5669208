/** What PyTorch refuses, and so must we: with an error of our own, before anything is changed. */
import * as torch from "../../src/index.ts";
import type { Case, Input } from "./case.ts";
import { numberRefusals } from "./number-refusals.ts";
import { indices, mask } from "./structural-cases.ts";

export type Refusal = Pick<Case, "id" | "inputs" | "python"> & {
  readonly call: (x: torch.Tensor[]) => unknown;
};

const F = torch.nn.functional;

type Item = Parameters<typeof torch.index>[1];

const counted = (shape: readonly number[], dtype: Input["dtype"] = "float32"): Input => ({
  shape,
  dtype,
  data: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
});
const box = counted([2, 3, 4]);
const row = counted([5]);
const point = counted([]);

/** Keys between brackets, asked as a read and as a write of a number. */
const keys: Record<
  string,
  { of: Input; extra?: readonly Input[]; python: string; items: Item[] | ((x: torch.Tensor[]) => Item[]) }
> = {
  "a fraction": { of: box, python: "0.5", items: [0.5] },
  "an array of texts": { of: box, python: "['a']", items: [["a"] as never] },
  "a text": { of: box, python: "'a'", items: ["a" as never] },
  "an object": { of: box, python: "{'a': 1}", items: [{ a: 1 } as never] },
  "an array of null": { of: box, python: "torch.tensor([None])", items: [[null] as never] },
  "a ragged array": { of: box, python: "torch.tensor([[0, 1], [1]])", items: [[[0, 1], [1]]] },
  "a number of a 0-d tensor": { of: point, python: "0", items: [0] },
  "a range of a 0-d tensor": { of: point, python: "1:", items: [new torch.Slice(1)] },
  "too many numbers": { of: row, python: "0, 0", items: [0, 0] },
  "too many, arrays among them": {
    of: row,
    python: "[0, 1], [1, 0]",
    items: [
      [0, 1],
      [1, 0],
    ],
  },
  "a number out of range": { of: box, python: "0, 3", items: [0, 3] },
  "a number out of range from the end": { of: box, python: "-3", items: [-3] },
  "an array out of range": { of: box, python: ":, [0, 3]", items: [":", [0, 3]] },
  "a tensor out of range": {
    of: box,
    extra: [indices([2], [-3, 0])],
    python: "x[1]",
    items: (x) => [x[1]!],
  },
  "a 0-d tensor out of range": { of: row, extra: [indices([], [5])], python: "x[1]", items: (x) => [x[1]!] },
  "a position in a dimension without elements": { of: counted([0, 3]), python: "[0]", items: [[0]] },
  "fractions in a tensor": {
    of: row,
    extra: [{ shape: [2], dtype: "float32", data: [0.5, 1] }],
    python: "x[1]",
    items: (x) => [x[1]!],
  },
  "arrays that do not broadcast": {
    of: box,
    python: "[0, 1], [0, 1, 2]",
    items: [
      [0, 1],
      [0, 1, 2],
    ],
  },
  "false beside three positions": { of: box, python: "False, [0, 1, 1]", items: [false, [0, 1, 1]] },
  "a mask that is too long": { of: box, python: "[True, False, True]", items: [[true, false, true]] },
  "a mask that is too short": {
    of: row,
    extra: [mask([4], [1, 0, 1, 1])],
    python: "x[1]",
    items: (x) => [x[1]!],
  },
  "a mask of a column": { of: box, extra: [mask([2, 1], [1, 0])], python: "x[1]", items: (x) => [x[1]!] },
  "a mask of more dimensions": {
    of: row,
    extra: [mask([5, 1], [1, 0, 1, 1, 0])],
    python: "x[1]",
    items: (x) => [x[1]!],
  },
  "a mask that does not fit positions": {
    of: box,
    extra: [mask([2, 3], [1, 0, 1, 0, 1, 1])],
    python: "x[1], [0, 1, 2]",
    items: (x) => [x[1]!, [0, 1, 2]],
  },
};

function ofKeys(): Refusal[] {
  return Object.entries(keys).flatMap(([name, { of, extra = [], python, items }]) => {
    const itemsOf = (x: torch.Tensor[]): Item[] => (typeof items === "function" ? items(x) : items);
    const inputs = [of, ...extra];
    return [
      { id: `index ${name}`, inputs, python: `x[0][${python}]`, call: (x) => x[0]!.index(...itemsOf(x)) },
      {
        id: `indexPut_ at ${name}`,
        inputs,
        python: `put(x[0], at[${python}], 3)`,
        call: (x) => x[0]!.indexPut_(itemsOf(x), 3),
      },
    ] satisfies Refusal[];
  });
}

const others: Record<string, Omit<Refusal, "id">> = {
  "Slice with a fraction": {
    inputs: [row],
    python: "x[0][0.5:]",
    call: ([x]) => x!.index(new torch.Slice(0.5)),
  },
  "Slice with NaN": {
    inputs: [row],
    python: "x[0][:math.nan]",
    call: ([x]) => x!.index(new torch.Slice(null, Number.NaN)),
  },
  "Slice backwards": {
    inputs: [row],
    python: "x[0][::-1]",
    call: ([x]) => x!.index(new torch.Slice(null, null, -1)),
  },
  "slice with a fraction": { inputs: [row], python: "x[0][0:1.5]", call: ([x]) => x!.slice(0, 0, 1.5) },
  "padding that takes more away than there is, and gives it back": {
    inputs: [counted([2, 0])],
    python: "F.pad(x[0], (-1, 2))",
    call: ([x]) => F.pad(x!, [-1, 2]),
  },
  "norm of a negative order of nothing": {
    inputs: [counted([0])],
    python: "torch.norm(x[0], -1)",
    call: ([x]) => x!.norm(-1),
  },
  "slice with NaN": { inputs: [row], python: "x[0][math.nan:]", call: ([x]) => x!.slice(0, Number.NaN) },
  "indexPut_ of values that do not fit": {
    inputs: [row, counted([2])],
    python: "put(x[0], at[[0, 1, 1]], x[1])",
    call: ([x, value]) => x!.indexPut_([[0, 1, 1]], value!),
  },
  "indexPut_ of a column into a view": {
    inputs: [row, counted([2, 1])],
    python: "put(x[0], at[1:3], x[1])",
    call: ([x, value]) => x!.indexPut_([new torch.Slice(1, 3)], value!),
  },
  "indexPut_ of too many values for a mask": {
    inputs: [row, mask([5], [1, 0, 1, 1, 0]), counted([2])],
    python: "put(x[0], at[x[1]], x[2])",
    call: ([x, m, value]) => x!.indexPut_([m!], value!),
  },
  "indexPut_ of a row of another width": {
    inputs: [box, mask([2], [1, 0]), counted([3])],
    python: "put(x[0], at[x[1]], x[2])",
    call: ([x, m, value]) => x!.indexPut_([m!], value!),
  },
  "maskedSelect with a mask that does not fit": {
    inputs: [row, mask([2], [1, 0])],
    python: "torch.masked_select(x[0], x[1])",
    call: ([x, m]) => x!.maskedSelect(m!),
  },
  "maskedSelect with a mask of uint8": {
    inputs: [row, counted([5], "uint8")],
    python: "torch.masked_select(x[0], x[1])",
    call: ([x, m]) => x!.maskedSelect(m!),
  },
  "maskedFill with several values": {
    inputs: [row, mask([5], [1, 0, 1, 1, 0]), counted([5])],
    python: "x[0].masked_fill(x[1], x[2])",
    call: ([x, m, value]) => x!.maskedFill(m!, value!),
  },
  "maskedFill with a mask of numbers": {
    inputs: [row, counted([5], "int64")],
    python: "x[0].masked_fill(x[1], 3)",
    call: ([x, m]) => x!.maskedFill(m!, 3),
  },
  "maskedFill_ with a mask that is larger": {
    inputs: [row, mask([2, 1], [1, 0])],
    python: "x[0].masked_fill_(x[1], 3)",
    call: ([x, m]) => x!.maskedFill_(m!, 3),
  },
  "gather from the end": {
    inputs: [row, indices([1], [-1])],
    python: "torch.gather(x[0], 0, x[1])",
    call: ([x, i]) => x!.gather(0, i!),
  },
  "gather out of range": {
    inputs: [row, indices([1], [5])],
    python: "torch.gather(x[0], 0, x[1])",
    call: ([x, i]) => x!.gather(0, i!),
  },
  "gather with uint8": {
    inputs: [row, counted([2], "uint8")],
    python: "torch.gather(x[0], 0, x[1])",
    call: ([x, i]) => x!.gather(0, i!),
  },
  "gather with bool": {
    inputs: [row, mask([2], [1, 0])],
    python: "torch.gather(x[0], 0, x[1])",
    call: ([x, i]) => x!.gather(0, i!),
  },
  "gather of a 0-d tensor out of range": {
    inputs: [point, indices([1], [1])],
    python: "torch.gather(x[0], 0, x[1])",
    call: ([x, i]) => x!.gather(0, i!),
  },
  "gather of a 0-d tensor by a matrix": {
    inputs: [point, indices([1, 1], [0])],
    python: "torch.gather(x[0], 0, x[1])",
    call: ([x, i]) => x!.gather(0, i!),
  },
  "gather by an index that is wider": {
    inputs: [counted([2, 3]), indices([1, 4], [0, 0, 0, 0])],
    python: "torch.gather(x[0], 0, x[1])",
    call: ([x, i]) => x!.gather(0, i!),
  },
  "take out of range": {
    inputs: [row, indices([], [5])],
    python: "torch.take(x[0], x[1])",
    call: ([x, i]) => x!.take(i!),
  },
  "take out of range from the end": {
    inputs: [row, indices([1], [-6])],
    python: "torch.take(x[0], x[1])",
    call: ([x, i]) => x!.take(i!),
  },
  "take of nothing": {
    inputs: [counted([0]), indices([1], [0])],
    python: "torch.take(x[0], x[1])",
    call: ([x, i]) => x!.take(i!),
  },
  "takeAlongDim from the end of all": {
    inputs: [row, indices([1], [-1])],
    python: "torch.take_along_dim(x[0], x[1])",
    call: ([x, i]) => x!.takeAlongDim(i!),
  },
  "takeAlongDim of other ranks": {
    inputs: [box, indices([1, 1], [0])],
    python: "torch.take_along_dim(x[0], x[1], 1)",
    call: ([x, i]) => x!.takeAlongDim(i!, 1),
  },
  "takeAlongDim of a 0-d tensor": {
    inputs: [point, indices([], [0])],
    python: "torch.take_along_dim(x[0], x[1], 0)",
    call: ([x, i]) => x!.takeAlongDim(i!, 0),
  },
  "indexSelect from the end": {
    inputs: [row, indices([1], [-1])],
    python: "torch.index_select(x[0], 0, x[1])",
    call: ([x, i]) => x!.indexSelect(0, i!),
  },
  "indexSelect by a matrix": {
    inputs: [row, indices([1, 1], [0])],
    python: "torch.index_select(x[0], 0, x[1])",
    call: ([x, i]) => x!.indexSelect(0, i!),
  },
  "indexSelect two of a 0-d tensor": {
    inputs: [point, indices([2], [0, 0])],
    python: "torch.index_select(x[0], 0, x[1])",
    call: ([x, i]) => x!.indexSelect(0, i!),
  },
  "indexAdd of a list to a 0-d tensor": {
    inputs: [point, indices([1], [0]), counted([1])],
    python: "x[0].index_add_(0, x[1], x[2])",
    call: ([x, i, source]) => x!.indexAdd_(0, i!, source!),
  },
  "indexAdd of a 0-d tensor to a list": {
    inputs: [row, indices([], [0]), point],
    python: "x[0].index_add_(0, x[1], x[2])",
    call: ([x, i, source]) => x!.indexAdd_(0, i!, source!),
  },
  "indexAdd out of range": {
    inputs: [row, indices([1], [-1]), counted([1])],
    python: "x[0].index_add_(0, x[1], x[2])",
    call: ([x, i, source]) => x!.indexAdd_(0, i!, source!),
  },
  "scatter out of range": {
    inputs: [counted([2, 3]), indices([1, 2], [0, -1])],
    python: "x[0].scatter_(1, x[1], 7)",
    call: ([x, i]) => x!.scatter_(1, i!, 7),
  },
  "scatter by an index that is wider": {
    inputs: [counted([2, 3]), indices([1, 4], [0, 0, 0, 0])],
    python: "x[0].scatter_(0, x[1], 7)",
    call: ([x, i]) => x!.scatter_(0, i!, 7),
  },
  "scatter of too small a source": {
    inputs: [counted([2, 3]), indices([2, 2], [0, 0, 1, 1]), counted([1, 2])],
    python: "x[0].scatter_(0, x[1], x[2])",
    call: ([x, i, source]) => x!.scatter_(0, i!, source!),
  },
  "scatter with another reduction": {
    inputs: [row, indices([1], [0])],
    python: "x[0].scatter_(0, x[1], 7, reduce='sum')",
    call: ([x, i]) => x!.scatter_(0, i!, 7, { reduce: "sum" as never }),
  },
  "scatter of another dtype": {
    inputs: [row, indices([1], [0]), counted([1], "int64")],
    python: "x[0].scatter_(0, x[1], x[2])",
    call: ([x, i, source]) => x!.scatter_(0, i!, source!),
  },
  "scatterAdd of another dtype": {
    inputs: [counted([5], "int64"), indices([1], [0]), row],
    python: "x[0].scatter_add(0, x[1], x[2])",
    call: ([x, i, source]) => x!.scatterAdd(0, i!, source!),
  },
  "indexAdd of another dtype": {
    inputs: [row, indices([1], [0]), counted([1], "float64")],
    python: "x[0].index_add_(0, x[1], x[2])",
    call: ([x, i, source]) => x!.indexAdd_(0, i!, source!),
  },
  "indexPut_ of another dtype": {
    inputs: [row, indices([1], [0]), counted([], "int64")],
    python: "put(x[0], at[x[1]], x[2])",
    call: ([x, i, value]) => x!.indexPut_([i!], value!),
  },
  "narrow beyond the end": {
    inputs: [row],
    python: "x[0].narrow(0, 3, 3)",
    call: ([x]) => x!.narrow(0, 3, 3),
  },
  "narrow from beyond the end": {
    inputs: [row],
    python: "x[0].narrow(0, 6, 0)",
    call: ([x]) => x!.narrow(0, 6, 0),
  },
  "narrow from before the start": {
    inputs: [row],
    python: "x[0].narrow(0, -6, 1)",
    call: ([x]) => x!.narrow(0, -6, 1),
  },
  "narrow of a fraction": {
    inputs: [row],
    python: "x[0].narrow(0, 0.5, 1)",
    call: ([x]) => x!.narrow(0, 0.5, 1),
  },
  "narrow of NaN": {
    inputs: [row],
    python: "x[0].narrow(0, math.nan, 1)",
    call: ([x]) => x!.narrow(0, Number.NaN, 1),
  },
  "narrow to a fraction": {
    inputs: [row],
    python: "x[0].narrow(0, 0, 1.5)",
    call: ([x]) => x!.narrow(0, 0, 1.5),
  },
  "narrow to less than nothing": {
    inputs: [row],
    python: "x[0].narrow(0, 2, -1)",
    call: ([x]) => x!.narrow(0, 2, -1),
  },
  "narrow from a list": {
    inputs: [row, indices([1], [2])],
    python: "x[0].narrow(0, x[1], 1)",
    call: ([x, start]) => x!.narrow(0, start!, 1),
  },
  "narrow from a float tensor": {
    inputs: [row, point],
    python: "x[0].narrow(0, x[1], 1)",
    call: ([x, start]) => x!.narrow(0, start!, 1),
  },
  "narrow of a 0-d tensor": {
    inputs: [point],
    python: "x[0].narrow(0, 0, 1)",
    call: ([x]) => x!.narrow(0, 0, 1),
  },
  "select of a fraction": { inputs: [row], python: "x[0].select(0, 0.5)", call: ([x]) => x!.select(0, 0.5) },
  "select of a 0-d tensor": { inputs: [point], python: "x[0].select(0, 0)", call: ([x]) => x!.select(0, 0) },
  "split into nothing": { inputs: [row], python: "x[0].split(0)", call: ([x]) => x!.split(0) },
  "split into less than nothing": { inputs: [row], python: "x[0].split(-1)", call: ([x]) => x!.split(-1) },
  "split into fractions": { inputs: [row], python: "x[0].split(2.5)", call: ([x]) => x!.split(2.5) },
  "split into listed fractions": {
    inputs: [row],
    python: "x[0].split([2.5, 2.5])",
    call: ([x]) => x!.split([2.5, 2.5]),
  },
  "split into a negative size": {
    inputs: [row],
    python: "x[0].split([2, -1, 4])",
    call: ([x]) => x!.split([2, -1, 4]),
  },
  "split of a 0-d tensor": { inputs: [point], python: "x[0].split(1)", call: ([x]) => x!.split(1) },
  "chunk of a 0-d tensor": { inputs: [point], python: "x[0].chunk(1)", call: ([x]) => x!.chunk(1) },
  "chunk into no pieces": { inputs: [row], python: "x[0].chunk(0)", call: ([x]) => x!.chunk(0) },
  "unbind of a 0-d tensor": { inputs: [point], python: "x[0].unbind()", call: ([x]) => x!.unbind() },
  "iteration over a 0-d tensor": { inputs: [point], python: "[*x[0]]", call: ([x]) => [...x!] },
  "movedim of a dimension twice": {
    inputs: [box],
    python: "x[0].movedim((0, 0), (1, 2))",
    call: ([x]) => x!.movedim([0, 0], [1, 2]),
  },
  "movedim to a dimension twice": {
    inputs: [box],
    python: "x[0].movedim((0, 1), (1, -2))",
    call: ([x]) => x!.movedim([0, 1], [1, -2]),
  },
  "movedim of more than places": {
    inputs: [box],
    python: "x[0].movedim((0, 1), (1,))",
    call: ([x]) => x!.movedim([0, 1], [1]),
  },
  "oneHot of a class that is not there": {
    inputs: [indices([2], [0, 2])],
    python: "F.one_hot(x[0], 2)",
    call: ([x]) => F.oneHot(x!, 2),
  },
  "oneHot of a negative class": {
    inputs: [indices([2], [0, -2])],
    python: "F.one_hot(x[0])",
    call: ([x]) => F.oneHot(x!),
  },
  "oneHot of no class": {
    inputs: [indices([0], [])],
    python: "F.one_hot(x[0])",
    call: ([x]) => F.oneHot(x!),
  },
  "crossEntropy of a class that is not there": {
    inputs: [counted([2, 3]), indices([2], [1, 3])],
    python: "F.cross_entropy(x[0], x[1])",
    call: ([x, t]) => F.crossEntropy(x!, t!),
  },
  "crossEntropy of bool": {
    inputs: [counted([2, 3]), mask([2], [1, 0])],
    python: "F.cross_entropy(x[0], x[1])",
    call: ([x, t]) => F.crossEntropy(x!, t!),
  },
  "nllLoss of fractions": {
    inputs: [counted([2, 3]), { shape: [2], dtype: "float32", data: [1, 0.5] }],
    python: "F.nll_loss(x[0], x[1])",
    call: ([x, t]) => F.nllLoss(x!, t!),
  },
  "embedding of fractions": {
    inputs: [counted([2, 3]), { shape: [2], dtype: "float32", data: [1, 0.5] }],
    python: "F.embedding(x[1], x[0])",
    call: ([table, i]) => F.embedding(i!, table!),
  },
  "embedding out of range": {
    inputs: [counted([2, 3]), indices([1], [-1])],
    python: "F.embedding(x[1], x[0])",
    call: ([table, i]) => F.embedding(i!, table!),
  },
};

export const refusals: readonly Refusal[] = [
  ...ofKeys(),
  ...Object.entries({ ...others, ...numberRefusals }).map(([id, refusal]) => ({ id, ...refusal })),
];
