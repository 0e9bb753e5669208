/** Ops whose results have memory of their own, as in PyTorch, also where they change nothing. */
import { expect, it } from "vitest";
import * as torch from "../../src/index.ts";

const F = torch.nn.functional;

const copies: Record<string, (x: torch.Tensor) => torch.Tensor> = {
  "repeat once": (x) => x.repeat([1, 1]),
  "repeat along a new dimension": (x) => x.repeat([2, 1, 1]),
  "repeat of a single row": (x) => x.slice(0, 0, 1).repeat([3, 1]),
  "pad by nothing": (x) => F.pad(x, [0, 0]),
  "pad by less than nothing": (x) => F.pad(x, [-1, 0]),
  "cat of one tensor": (x) => torch.cat([x]),
  "stack of one tensor": (x) => torch.stack([x]),
  "the largest of a single number": (x) => x.select(0, 1).select(0, 1).max(0).values,
  "a masked selection": (x) => x.maskedSelect(torch.tensor(true)),
  "pooling to the same size": (x) => F.adaptiveAvgPool2d(x.reshape([1, 2, 3]), [null, null]),
};

it.each(Object.entries(copies))("%s", (_, copy) => {
  const x = torch.tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  const y = copy(x);
  y.fill_(9);
  expect(x.tolist()).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  // Nor does one element of the result show in another.
  if (y.ndim > 0 && y.numel() > 1) {
    y.reshape([-1]).select(0, 0).fill_(7);
    expect(y.eq(7).sum().item()).toBe(1);
  }
});
