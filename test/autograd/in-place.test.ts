import { describe, expect, it } from "vitest";
import * as torch from "xorch";

const f64 = { dtype: torch.float64, requiresGrad: true };

describe("in-place changes", () => {
  it("refuses to change a leaf that requires gradients, and leaves it as it was", () => {
    const x = torch.tensor([1, 2], f64);
    expect(() => x.add_(1)).toThrow(/add_.*leaf.*noGrad/s);
    expect(() => x.select(0, 0).mul_(5)).toThrow(/view of a leaf/);
    expect(() => x.normal_()).toThrow(/normal_/);
    expect(x.tolist()).toEqual([1, 2]);
    torch.noGrad(() => x.add_(1));
    expect(x.tolist()).toEqual([2, 3]);
  });

  it("names the op that saved a value and the one that changed it, before any gradient is computed", () => {
    const x = torch.tensor([1, 2], f64);
    const other = torch.tensor([5], f64);
    const y = x.exp();
    const result = y.mul(y).sum().add(other.sum());
    y.add_(1);
    expect(() => result.backward()).toThrow(/mul saved.*add_ has changed/);
    expect(x.grad).toBeNull();
    expect(other.grad).toBeNull();
  });

  it("differentiates through an in-place op on an intermediate result", () => {
    const x = torch.tensor([1, 2], f64);
    const y = x.mul(3);
    y.mul_(x);
    y.sum().backward();
    expect(x.grad!.tolist()).toEqual([6, 12]);
  });

  it("uses the new value where an op saves its result", () => {
    const x = torch.tensor([0.5], f64);
    const y = x.mul(2);
    y.exp_();
    y.sum().backward();
    expect(x.grad!.item()).toBeCloseTo(2 * Math.E, 12);
  });

  it("carries the change of a view to the tensor whose memory it shows", () => {
    const x = torch.tensor([1, 2, 3], f64);
    const y = x.mul(1);
    y.slice(0, 1, 3).mul_(10);
    expect(y.tolist()).toEqual([1, 20, 30]);
    y.mul(y).sum().backward();
    // d/dx of x0^2 + 100 x1^2 + 100 x2^2
    expect(x.grad!.tolist()).toEqual([2, 400, 600]);
  });

  it("lets a preallocated tensor be filled row by row with results that need gradients", () => {
    const x = torch.tensor([1, 2], f64);
    const rows = torch.zeros([2, 2], { dtype: torch.float64 });
    rows.select(0, 0).copy_(x.mul(2));
    rows.select(0, 1).copy_(x.mul(x));
    expect(rows.requiresGrad).toBe(true);
    rows.sum().backward();
    expect(x.grad!.tolist()).toEqual([4, 6]);
  });

  it("refreshes views that were made before the change", () => {
    const x = torch.tensor([1, 2], f64);
    const y = x.mul(1);
    const first = y.select(0, 0);
    y.mul_(3);
    first.backward();
    expect(x.grad!.tolist()).toEqual([3, 0]);
  });

  it("indexPut_ writes values and sends gradients to both", () => {
    const x = torch.tensor([1, 2, 3], f64);
    const v = torch.tensor([7, 8], f64);
    const y = x.mul(2).indexPut_([[0, 2]], v);
    expect(y.tolist()).toEqual([7, 4, 8]);
    y.mul(torch.tensor([1, 10, 100], { dtype: torch.float64 }))
      .sum()
      .backward();
    expect(x.grad!.tolist()).toEqual([0, 20, 0]);
    expect(v.grad!.tolist()).toEqual([1, 100]);
  });

  it("refuses results that do not fit", () => {
    const x = torch.zeros([2]);
    expect(() => x.add_(torch.ones([3, 2]))).toThrow(/\[3, 2\].*\[2\]/);
    expect(() => torch.tensor([1, 2], { dtype: torch.int32 }).add_(0.5)).toThrow(torch.DTypeError);
  });
});
