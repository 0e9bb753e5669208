/** Bad input to each family of ops: what the message names, and that nothing was changed. */

import { describe, expect, it } from "vitest";
import * as torch from "xorch";

const x23 = torch.ones([2, 3]);
const x45 = torch.ones([4, 5]);
const ints = torch.ones([2], { dtype: torch.int32 });
const bools = torch.tensor([true, false]);
const index = torch.tensor([0n, 5n]);

const cases: [string, () => unknown, new (...args: never[]) => Error, RegExp][] = [
  // Sizes come first: nothing is made, and the process lives.
  [
    "outer of too much",
    () => torch.zeros([1e5]).outer(torch.zeros([1e6])),
    torch.ShapeError,
    /^outer: shape \[100000, 1000000\] has 100000000000 elements; at most 4294967296/,
  ],
  [
    "pad of too much",
    () => torch.pad(x23, [1e15, 0]),
    torch.ShapeError,
    /^pad: shape \[2, 1000000000000003\]/,
  ],
  [
    "pooling to too much",
    () => torch.adaptiveAvgPool2d(torch.ones([1, 3, 3]), 3e6),
    torch.ShapeError,
    /^adaptiveAvgPool2d: shape \[1, 3000000, 3000000\]/,
  ],
  [
    "a sum of too much",
    () => torch.zeros([1e5, 1]).add(torch.zeros([1e6])),
    torch.ShapeError,
    /^add: shape \[100000, 1000000\]/,
  ],
  [
    "a product of too much",
    () => torch.zeros([1e5, 1]).matmul(torch.zeros([1, 1e6])),
    torch.ShapeError,
    /^matmul: shape \[100000, 1000000\]/,
  ],
  [
    "pointwise shapes",
    () => x23.add(x45),
    torch.ShapeError,
    /add: shapes \[2, 3\] and \[4, 5\].*3 against 5 at dimension -1/,
  ],
  [
    "pointwise operand",
    () => torch.sigmoid([1] as unknown as torch.Tensor),
    torch.ArgumentError,
    /sigmoid: x must be a tensor, got an array, \[1\]; make it one with torch.tensor/,
  ],
  [
    "missing operand",
    () => (torch.add as unknown as (x: torch.Tensor) => unknown)(x23),
    torch.ArgumentError,
    /add: b is missing: a tensor or a number; it takes add\(a, b, \{ alpha = 1 \}\)/,
  ],
  [
    "two numbers",
    () => torch.add(1 as unknown as torch.Tensor, 2),
    torch.ArgumentError,
    /add: at least one operand must be a tensor, got number 1 and number 2/,
  ],
  [
    "unknown option",
    () => x23.leakyRelu({ slope: 1 } as object),
    torch.ValueError,
    /leakyRelu: unknown option "slope".*negativeSlope/,
  ],
  [
    "option of a wrong type",
    () => x23.elu({ alpha: "1" as unknown as number }),
    torch.ValueError,
    /alpha must be a number, got the string "1"/,
  ],
  [
    "unknown formula",
    () => x23.gelu({ approximate: "relu" }),
    torch.ValueError,
    /approximate must be "none" or "tanh"/,
  ],
  ["bool arithmetic", () => bools.sub(bools), torch.DTypeError, /sub: not defined for torch.bool/],
  [
    "bits of floats",
    () => x23.bitwiseAnd(x23),
    torch.DTypeError,
    /bitwiseAnd: not defined for torch.float32/,
  ],
  ["where without a condition", () => x23.where(x23, 0), torch.DTypeError, /condition must be a bool tensor/],
  ["integer division by zero", () => ints.floorDivide(0), torch.ValueError, /floorDivide.*zero/],
  [
    "in-place shape",
    () => torch.ones([3]).add_(x23),
    torch.ShapeError,
    /add_: the result has shape \[2, 3\].*\[3\]/,
  ],
  ["in-place dtype", () => ints.clone().div_(2), torch.DTypeError, /div_: the result is torch.float32/],
  ["reduction dimension", () => x23.sum(2), torch.ShapeError, /sum: dimension 2 is out of range.*-2 to 1/],
  ["repeated dimension", () => x23.sum([0, -2]), torch.ShapeError, /more than once/],
  [
    "mean of integers",
    () => ints.mean(),
    torch.DTypeError,
    /mean: needs a floating-point tensor, got torch.int32/,
  ],
  ["max of nothing", () => torch.zeros([0, 3]).amax(0), torch.ShapeError, /amax.*size 0/],
  ["argmax of nothing", () => torch.zeros([0]).argmax(), torch.ShapeError, /argmax/],
  ["softmax of integers", () => ints.softmax(0), torch.DTypeError, /softmax/],
  [
    "matmul shapes",
    () => x23.matmul(x45),
    torch.ShapeError,
    /matmul: shapes \[2, 3\] and \[4, 5\].*size 3.*4.*transpose/,
  ],
  [
    "matmul dtypes",
    () => x23.matmul(torch.ones([3, 2], { dtype: torch.float64 })),
    torch.DTypeError,
    /float32 and torch.float64.*\.to\(torch.float64\)/,
  ],
  ["matmul of bools", () => bools.matmul(bools), torch.DTypeError, /bool/],
  ["matmul of a scalar", () => x23.matmul(torch.tensor(1)), torch.ShapeError, /at least 1 dimension/],
  [
    "matmul batches",
    () => torch.ones([2, 3, 4]).matmul(torch.ones([5, 4, 3])),
    torch.ShapeError,
    /batch dimensions/,
  ],
  [
    "mm rank",
    () => x23.mm(torch.ones([1, 3, 2])),
    torch.ShapeError,
    /mm: every operand must have 2 dimensions/,
  ],
  [
    "linear features",
    () => x23.linear(x45),
    torch.ShapeError,
    /linear: the input has shape \[2, 3\].*takes 5 features/,
  ],
  ["linear bias", () => x23.linear(torch.ones([4, 3]), torch.ones([3])), torch.ShapeError, /expected \[4\]/],
  [
    "reshape count",
    () => x23.reshape([4]),
    torch.ShapeError,
    /reshape: shape \[4\] needs 4 elements.*\[2, 3\] has 6/,
  ],
  ["reshape two holes", () => x23.reshape([-1, -1]), torch.ShapeError, /only one size may be -1/],
  ["reshape no fit", () => x23.reshape([4, -1]), torch.ShapeError, /no size in place of -1/],
  ["view that must copy", () => x23.t().view([6]), torch.ShapeError, /use reshape/],
  ["expand", () => x23.expand([4, 3]), torch.ShapeError, /only dimensions of size 1 can grow/],
  ["permute", () => x23.permute([0, 0]), torch.ShapeError, /not an order of the 2 dimensions/],
  ["select", () => x23.select(0, 2), torch.IndexError, /index 2 is out of range for dimension 0 of size 2/],
  ["narrow", () => x23.narrow(1, 2, 5), torch.IndexError, /narrow/],
  ["split sizes", () => x23.split([1, 1], 1), torch.ShapeError, /add up to 2.*has 3/],
  ["cat shapes", () => torch.cat([x23, x45]), torch.ShapeError, /cat: tensor 1 has shape \[4, 5\].*\[2, 3\]/],
  ["cat of nothing", () => torch.cat([]), torch.ShapeError, /at least one tensor/],
  ["stack shapes", () => torch.stack([x23, x45]), torch.ShapeError, /stack: tensor 1/],
  [
    "gather range",
    () => torch.ones([3]).gather(0, index),
    torch.IndexError,
    /gather: index 5 at \[1\] is out of range for dimension 0 of size 3/,
  ],
  [
    "gather dtype",
    () => torch.ones([3]).gather(0, torch.tensor([true])),
    torch.DTypeError,
    /index must be int64 or int32, or floats that are whole numbers, got torch.bool/,
  ],
  ["gather shape", () => x23.gather(0, index), torch.ShapeError, /does not fit/],
  [
    "scatterAdd shapes",
    () => torch.ones([9]).scatterAdd(0, index, torch.ones([1])),
    torch.ShapeError,
    /scatterAdd: the index has shape \[2\], the source \[1\]/,
  ],
  [
    "scatter_ range",
    () => x23.scatter_(1, torch.tensor([[-1n]]), 7),
    torch.IndexError,
    /scatter_: index -1 at \[0, 0\] is out of range for dimension 1 of size 3/,
  ],
  ["scatter shape", () => x23.scatter(0, index, 1), torch.ShapeError, /scatter: .*does not fit/],
  [
    "take range",
    () => x23.take(torch.tensor([6n])),
    torch.IndexError,
    /take: index 6 at \[0\] is out of range for dimension 0 of size 6/,
  ],
  [
    "indexSelect rank",
    () => x23.indexSelect(0, torch.tensor([[0n]])),
    torch.ShapeError,
    /indexSelect: the index must have 1 dimension, got shape \[1, 1\]/,
  ],
  [
    "indexAdd shape",
    () => x23.indexAdd(0, torch.tensor([0n]), torch.ones([2, 3])),
    torch.ShapeError,
    /indexAdd: the source has shape \[2, 3\], expected \[1, 3\]/,
  ],
  [
    "indexAdd_ range",
    () => x23.indexAdd_(0, torch.tensor([2n]), torch.ones([1, 3])),
    torch.IndexError,
    /indexAdd_: index 2 at \[0\] is out of range for dimension 0 of size 2/,
  ],
  [
    "takeAlongDim rank",
    () => x23.takeAlongDim(index, 1),
    torch.ShapeError,
    /takeAlongDim: the tensor of shape \[2, 3\] and the index of shape \[2\]/,
  ],
  [
    "index range",
    () => x23.index(":", torch.tensor([0n, -4n])),
    torch.IndexError,
    /index: item 1: index -4 at \[1\] is out of range for dimension 1 of size 3/,
  ],
  [
    "too many indices",
    () => x23.index(0, 0, 0),
    torch.IndexError,
    /items index 3 dimensions, but the tensor has 2/,
  ],
  ["mask shape", () => x23.index(bools.reshape([2, 1])), torch.IndexError, /mask of shape \[2, 1\]/],
  [
    "dimension of a non-number",
    () => x23.sum("0" as unknown as number),
    torch.ArgumentError,
    /sum: dim must be/,
  ],
];

describe("bad input", () => {
  it.each(cases)("%s", (_name, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });

  it("leaves the operands as they were", () => {
    expect(x23.sum().item()).toBe(6);
    expect(ints.tolist()).toEqual([1, 1]);
  });
});
