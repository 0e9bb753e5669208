/** Writing by index: what repeats, what overlaps, what is refused. */
import { describe, expect, it } from "vitest";
import * as torch from "xorch";

const float64 = torch.float64;
const index = torch.tensor([[2n, 0n, 2n, 1n]]);

describe("scatter where positions repeat", () => {
  it("keeps the last of them", () => {
    const source = torch.tensor([[1, 2, 3, 4]]);
    expect(torch.zeros([1, 4]).scatter(1, index, source).tolist()).toEqual([[2, 4, 3, 0]]);
  });

  it("gives the gradient to what has stayed", () => {
    const x = torch.randn([1, 4], { dtype: float64, requiresGrad: true });
    const source = torch.randn([1, 4], { dtype: float64, requiresGrad: true });
    const call = (a: torch.Tensor, b: torch.Tensor) => a.mul(a).scatter(1, index, b.mul(b));
    expect(torch.autograd.gradcheck(call, [x, source])).toBe(true);
    expect(torch.autograd.gradgradcheck(call, [x, source])).toBe(true);
    call(x, source).sum().backward();
    expect(source.grad!.ne(0).tolist()).toEqual([[false, true, true, true]]);
  });

  it("holds for indexPut_ as well", () => {
    const call = (a: torch.Tensor, b: torch.Tensor) => a.mul(2).indexPut_([[0, 2, 0]], b.mul(3));
    const x = torch.randn([3, 2], { dtype: float64, requiresGrad: true });
    const values = torch.randn([3, 2], { dtype: float64, requiresGrad: true });
    expect(torch.autograd.gradcheck(call, [x, values])).toBe(true);
    expect(call(x, values).select(0, 0).tolist()).toEqual(values.mul(3).select(0, 2).tolist());
  });
});

describe("in place", () => {
  it("reads a source in the same memory as it was before", () => {
    const rows = torch.tensor([
      [1, 5],
      [2, 6],
      [3, 7],
      [4, 8],
    ]);
    const x = rows.select(1, 0);
    const shifted = torch.tensor([1n, 2n, 3n]);
    x.scatter_(0, shifted, x.slice(0, 0, 3));
    expect(x.tolist()).toEqual([1, 1, 2, 3]);
  });

  it("changes the tensor behind a view, and says so to autograd", () => {
    const x = torch.zeros([2, 3]);
    x.select(0, 1).scatterAdd_(0, torch.tensor([2n, 2n]), torch.tensor([5, 6]));
    expect(x.tolist()).toEqual([
      [0, 0, 0],
      [0, 0, 11],
    ]);
    const w = torch.ones([3], { requiresGrad: true });
    const doubled = w.mul(2);
    const y = doubled.square();
    doubled.scatter_(0, torch.tensor([1n]), 7);
    expect(() => y.sum().backward()).toThrow(/square saved its input.*scatter_ has changed it/);
  });

  it("refuses leaves and positions that are out of range before anything is changed", () => {
    const leaf = torch.ones([3], { requiresGrad: true });
    expect(() => leaf.scatter_(0, torch.tensor([0n]), 2)).toThrow(torch.AutogradError);
    const x = torch.ones([3]);
    expect(() => x.indexAdd_(0, torch.tensor([0n, 3n]), torch.ones([2]))).toThrow(torch.IndexError);
    expect(() => x.indexPut_([torch.tensor([0n, -4n])], 9)).toThrow(
      /item 0: index -4 at \[1\] is out of range/,
    );
    expect(x.add(leaf.detach()).tolist()).toEqual([2, 2, 2]);
  });
});

describe("in compiled programs", () => {
  const F = torch.nn.functional;
  const x = torch.tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);

  it("writes as at once", () => {
    const call = (index: torch.Tensor) => [
      x.scatter(1, index, 9),
      x.clone().indexPut_([":", index.select(0, 0)], torch.tensor([7, 8])),
      x.indexAdd(0, index.select(1, 1), x),
    ];
    const positions = torch.tensor([
      [2n, 0n],
      [1n, 1n],
    ]);
    const results = torch.compile(call)(positions);
    expect(results.map((y) => y.tolist())).toEqual(call(positions).map((y) => y.tolist()));
  });

  it("checks positions and classes at each run", () => {
    const pick = torch.compile((index: torch.Tensor) => x.indexSelect(1, index));
    expect(pick(torch.tensor([2n])).tolist()).toEqual([[3], [6]]);
    expect(() => pick(torch.tensor([3n]))).toThrow(
      /indexSelect: an index is out of range for dimension 1 of size 3/,
    );
    expect(pick(torch.tensor([0n])).tolist()).toEqual([[1], [4]]);
    const loss = torch.compile((classes: torch.Tensor) => F.crossEntropy(x, classes));
    expect(loss(torch.tensor([0n, -100n])).item()).toBe(F.crossEntropy(x, torch.tensor([0n, -100n])).item());
    expect(() => loss(torch.tensor([0n, 3n]))).toThrow(/crossEntropy: a class number is out of range/);
  });
});
