/** Items of an index: what is taken, what is refused, and what shares memory. Values: test/oracle/position-cases.ts. */
import { describe, expect, it } from "vitest";
import * as torch from "xorch";

const eye = torch.eye(5);
const box = torch.arange(24).reshape([2, 3, 4]);

describe("arrays among the items", () => {
  it("are positions in their shape, or masks", () => {
    expect(eye.index([[0, 1, 0]]).shape).toEqual([1, 3, 5]);
    expect(torch.tensor([10, 20, 30]).index([true, false, true]).tolist()).toEqual([10, 30]);
    expect(box.index([[0, 1]], [[2], [0]]).shape).toEqual([2, 2, 4]);
  });

  const refused: [string, unknown, RegExp][] = [
    ["fractions", [0.7, 1.9], /index: item 1 has the position 0.7, which is not a whole number/],
    ["NaN", [[0], [Number.NaN]], /index: item 1 has the position NaN/],
    ["texts", [0, "a"], /index: item 1\[1\] is the string "a", expected a number/],
    ["undefined", [[undefined]], /index: item 1\[0\]\[0\] is undefined/],
    ["ragged rows", [[0, 1], [2]], /index: ragged array: item 1\[1\] has 1 elements/],
    ["booleans beside numbers", [true, 2], /index: item 1 has both booleans, of a mask, and numbers/],
    ["bytes", Uint8Array.of(1, 0), /index: item 1 is a Uint8Array, which could be a mask or positions/],
    ["a text", "all", /index: item 1 is the string "all"; expected a whole number, a Slice/],
    ["undefined itself", undefined, /index: item 1 is undefined; expected/],
    ["an object", { start: 1 }, /index: item 1 is an object.*; expected/],
    ["a fraction", 1.5, /index: item 1 is number 1.5; expected a whole number/],
    ["a number out of range", 3, /index: item 1: index 3 is out of range for dimension 1 of size 3/],
    ["an array out of range", [0, -4], /index: item 1: index -4 at \[1\] is out of range for dimension 1/],
    [
      "bytes in a tensor",
      torch.tensor([1, 0], { dtype: torch.uint8 }),
      /item 1: .* got torch.uint8; convert/,
    ],
    [
      "a mask that does not fit",
      [true, false],
      /item 1, a mask of shape \[2\], does not fit the tensor of shape \[2, 3, 4\] from dimension 1 on/,
    ],
  ];
  it.each(refused)("%s are refused by item, and nothing is written", (_, item, message) => {
    const x = box.clone();
    expect(() => x.index(":", item as never)).toThrow(message);
    expect(() => x.indexPut_([":", item as never], 9)).toThrow(torch.XorchError);
    expect(x.tolist()).toEqual(box.tolist());
  });

  it("may hold positions that an int32 cannot", () => {
    const wide = torch.tensor([7]).expand([2 ** 32]);
    expect(wide.index([2 ** 31 + 5, -1]).tolist()).toEqual([7, 7]);
    expect(() => wide.index([2 ** 32])).toThrow(/index 4294967296 at \[0\] is out of range/);
  });
});

describe("whole numbers as floats", () => {
  it("are exact beyond 2^24", () => {
    const x = torch.zeros([2 ** 24 + 1], { dtype: torch.uint8 });
    expect(x.take(torch.tensor([2 ** 24])).tolist()).toEqual([0]);
    expect(() => x.take(torch.tensor([2 ** 24 + 2]))).toThrow(/index 16777218 at \[0\] is out of range/);
    // In float32, the largest position of these would round up to this one.
    const more = torch.zeros([2 ** 24 + 4], { dtype: torch.uint8 });
    expect(() => more.take(torch.tensor([2 ** 24 + 4]))).toThrow(/index 16777220 at \[0\] is out of range/);
  });

  it("are refused with their place, also in compiled functions", () => {
    const x = torch.ones([2, 3]);
    expect(() => x.gather(1, torch.tensor([[0, 1.5]]))).toThrow(
      "gather: index 1.5 at [0, 1] is not a whole number",
    );
    expect(() => x.indexSelect(0, torch.tensor(Infinity))).toThrow("index Infinity is not a whole number");
    const pick = torch.compile((index: torch.Tensor) => x.indexSelect(1, index));
    expect(pick(torch.tensor([2, 0])).shape).toEqual([2, 2]);
    expect(() => pick(torch.tensor([2, 0.5]))).toThrow(
      "indexSelect: an index is not a whole number, or is out of range for dimension 1 of size 3",
    );
  });

  it("are looked at once where an index repeats", () => {
    const x = torch.tensor([
      [1, 2],
      [3, 4],
    ]);
    expect(x.gather(0, torch.tensor([[1], [0]]).expand([2, 2])).tolist()).toEqual([
      [3, 4],
      [1, 2],
    ]);
    expect(() => x.gather(0, torch.tensor([[1], [7]]).expand([2, 2]))).toThrow("index 7 at [1, 0]");
  });
});

describe("memory", () => {
  it("is shared by numbers, ranges and rows, and not by what picks", () => {
    const x = torch.zeros([3, 2]);
    for (const row of x) row.add_(1);
    x.index(0, new torch.Slice(1)).fill_(5);
    x.index([0]).fill_(9);
    x.index(true).fill_(9);
    x.index(torch.tensor(2)).fill_(7);
    x.index(torch.tensor(1), torch.tensor([0])).fill_(9);
    expect(x.tolist()).toEqual([
      [1, 5],
      [1, 1],
      [7, 7],
    ]);
  });

  it("of a 0-d tensor is not shared by what finds or picks", () => {
    const x = torch.tensor(3);
    x.max(0).values.fill_(9);
    x.min(0, { keepdim: true }).values.fill_(9);
    x.maskedSelect(torch.tensor(true)).fill_(9);
    x.gather(0, torch.tensor(0)).fill_(9);
    expect(x.item()).toBe(3);
  });

  it("of what a 0-d tensor picks is a copy in compiled functions, which refuse to show it", () => {
    const i = torch.tensor(1);
    const x = torch.ones([3, 2]);
    expect(
      torch
        .compile((n: torch.Tensor) => x.index(n).mul(2))(i)
        .tolist(),
    ).toEqual([2, 2]);
    const written = torch.compile((n: torch.Tensor) => x.index(n).fill_(5));
    expect(() => written(i)).toThrow(/changed in place.*write with indexPut_/);
    const late = torch.compile((n: torch.Tensor) => {
      const row = x.index(n);
      x.add_(1);
      return row;
    });
    expect(() => late(i)).toThrow(/used after a change in place/);
    expect(x.tolist()).toEqual(torch.ones([3, 2]).tolist());
    const step = torch.compile((n: torch.Tensor) => {
      const loss = x.index(n).sum();
      x.sub_(1);
      x.indexPut_([n], 4);
      return loss;
    });
    expect(step(i).item()).toBe(2);
    expect(x.tolist()).toEqual([
      [0, 0],
      [4, 4],
      [0, 0],
    ]);
  });

  it("of a value is not that of the tensor, as in PyTorch", () => {
    const x = torch.arange(4).to(torch.int64);
    expect(() => x.indexPut_([x.slice(0, 1)], x.slice(0, 0, 3))).toThrow(/lies in the memory.*clone/);
    expect(x.tolist()).toEqual([0, 1, 2, 3]);
  });

  it("of an index is not read as it will be", () => {
    const x = torch.tensor([0, 2, 1, 3]).to(torch.int64);
    x.indexPut_([x.slice(0, 1)], 0);
    expect(x.tolist()).toEqual([0, 0, 0, 0]);
  });
});

describe("masks in compiled functions", () => {
  it("are written to where the values do not depend on the place", () => {
    const run = torch.compile((x: torch.Tensor, row: torch.Tensor) => {
      x.indexPut_([x.lt(0)], 0);
      return x.mul(1).indexPut_([x.sum(1).gt(3)], row);
    });
    const x = torch.tensor([
      [-1, 2],
      [3, 4],
    ]);
    expect(run(x, torch.tensor([7, 8])).tolist()).toEqual([
      [0, 2],
      [7, 8],
    ]);
    expect(x.tolist()).toEqual([
      [0, 2],
      [3, 4],
    ]);
  });

  it("of arrays are constants", () => {
    const run = torch.compile((x: torch.Tensor) => x.index([true, false, true]).mul(2));
    expect(run(torch.tensor([1, 2, 3])).tolist()).toEqual([2, 6]);
    expect(run(torch.tensor([4, 5, 6])).tolist()).toEqual([8, 12]);
  });

  it("cannot decide how much there is", () => {
    const run = torch.compile((x: torch.Tensor) => x.index(x.gt(0)));
    expect(() => run(torch.ones([2]))).toThrow(torch.CompileError);
  });
});

describe("pairs", () => {
  it("are taken apart by name and by position, and leave compiled functions as they are", () => {
    const x = torch.tensor([
      [1, 9, 2],
      [7, 2, 3],
    ]);
    const find = (y: torch.Tensor) => y.max(1);
    for (const pair of [find(x), torch.compile(find)(x)]) {
      const [values, indices] = pair;
      expect(values).toBe(pair.values);
      expect(indices).toBe(pair[1]);
      expect(pair.length).toBe(2);
      expect(pair[0].tolist()).toEqual([9, 7]);
      expect(indices.tolist()).toEqual([1, 0]);
    }
    const pooled = torch.maxPool1d(x, 2, { returnIndices: true });
    expect([...pooled].map((part) => part.tolist())).toEqual([
      [[9], [7]],
      [[1], [0]],
    ]);
  });

  it("can be the arguments of a compiled function", () => {
    const run = torch.compile(({ values, indices }: torch.ValuesAndIndices) => values.add(indices));
    expect(run(torch.tensor([3, 5, 4]).max(0)).item()).toBe(6);
    expect(run(torch.tensor([3, 5, 9]).max(0)).item()).toBe(11);
  });
});

describe("parts of a dimension", () => {
  it("are as many as were asked for, of nothing too", () => {
    const nothing = torch.zeros([2, 0]);
    expect(nothing.chunk(3, 1).map((part) => part.shape)).toEqual([
      [2, 0],
      [2, 0],
      [2, 0],
    ]);
    expect(nothing.split(4, 1).map((part) => part.shape)).toEqual([[2, 0]]);
    expect(nothing.split(0, 1)).toHaveLength(1);
    expect(nothing.split([], 1)).toEqual([]);
    expect(torch.arange(5).chunk(4)).toHaveLength(3);
    expect(() => nothing.chunk(2 ** 40, 1)).toThrow(torch.ValueError);
  });

  it("go by whole numbers", () => {
    const x = torch.arange(6);
    expect(() => x.narrow(0, 0.5, 1)).toThrow(
      "narrow: start must be a whole number or a tensor, got number 0.5",
    );
    expect(() => x.narrow(0, 0, Number.NaN)).toThrow("narrow: length must be a whole number");
    expect(() => x.slice(0, Number.NaN)).toThrow("slice: start must be a whole number");
    expect(() => new torch.Slice(0, 1.5)).toThrow("Slice: stop must be a whole number");
    expect(() => new torch.Slice(0, 1, 0.5)).toThrow("Slice: step must be a whole number of at least 1");
    expect(() => x.split([1.5, 4.5])).toThrow("its element 0 must be a whole number, got number 1.5");
    expect(() => [...torch.tensor(1)]).toThrow("a 0-d tensor cannot be iterated over");
  });
});
