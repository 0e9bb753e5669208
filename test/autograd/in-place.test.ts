import { describe, expect, it } from "vitest";
import * as torch from "xorch";
import { SAVES_OUTPUT } from "../../src/ops/executor.ts";
import { pointwiseOps } from "../../src/ops/registry.ts";

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

  it("gives every view its part of the gradient, whenever its base was changed", () => {
    const gradient = (use: (m: torch.Tensor, s: torch.Tensor, k: torch.Tensor) => torch.Tensor): unknown => {
      const x = torch.tensor([1, 2], f64);
      const m = x.mul(1);
      const [s, k] = [m.select(0, 0), m.view([2, 1])];
      m.mul_(3);
      use(m, s, k).backward();
      return x.grad!.tolist();
    };
    expect(gradient((_, s) => s.mul(2))).toEqual([6, 0]);
    expect(gradient((_, s) => s.mul(2).add(s.mul(3)))).toEqual([15, 0]);
    expect(gradient((m, s, k) => k.sum().mul(s).add(m.sum()))).toEqual([39, 12]);
  });

  it("keeps the retained gradient of the new value, while hooks stay with the old one", () => {
    const x = torch.tensor([1, 2], f64);
    const m = x.mul(1);
    const seen: unknown[] = [];
    m.retainGrad();
    m.registerHook((dy) => {
      seen.push(dy.tolist());
    });
    m.mul_(3);
    m.mul(2).sum().backward();
    expect(m.grad!.tolist()).toEqual([2, 2]);
    expect(seen).toEqual([[6, 6]]);
  });

  it("refuses to change a leaf that is itself a view, and views of it", () => {
    const x = torch.arange(4).to(torch.float32).reshape([2, 2]).requiresGrad_();
    expect(x.isLeaf).toBe(true);
    expect(() => x.mul_(2)).toThrow(/mul_: a leaf/);
    expect(() => x.select(0, 0).mul_(2)).toThrow(/mul_: a view of a leaf/);
    x.square().sum().backward();
    expect(x.grad!.tolist()).toEqual([
      [0, 2],
      [4, 6],
    ]);
  });

  it("refuses to walk through a leaf that has become the result of an op", () => {
    const base = torch.tensor([1, 2], { dtype: torch.float64 });
    const x = base.view([1, 2]).requiresGrad_();
    const before = x.mul(3).sum();
    base.mul_(torch.tensor([1, 2], f64));
    expect(x.isLeaf).toBe(false);
    expect(() => before.backward()).toThrow(/leaf of shape \[1, 2\].*in-place/s);
  });

  it("refuses views with which gradients cannot follow, and says why", () => {
    const y = torch.tensor([1, 2], f64).mul(1);
    const quiet = torch.noGrad(() => y.select(0, 0));
    const [part] = y.unbind();
    class Same extends torch.autograd.Function {
      static forward(_: torch.autograd.FunctionContext, x: torch.Tensor): torch.Tensor {
        return x.view([2, 1]);
      }
      static backward(_: torch.autograd.FunctionContext, dy: torch.Tensor): torch.Tensor {
        return dy.view([2]);
      }
    }
    const given = Same.apply(y);
    expect(() => quiet.mul_(2)).toThrow(/inside noGrad/);
    expect(() => part!.mul_(2)).toThrow(/unbind/);
    expect(() => given.mul_(2)).toThrow(/custom Function/);
    expect(y.tolist()).toEqual([1, 2]);
    y.mul_(3);
    const other = torch.tensor([5], { dtype: torch.float64 });
    for (const view of [quiet, part!, given]) {
      expect(() => view.mul(1)).toThrow(/changed in place since/);
      expect(() => other.add_(view.sum())).toThrow(torch.AutogradError);
    }
    expect(other.item()).toBe(5);
  });

  it("follows changes of views of a tensor that lies in another order", () => {
    const x = torch.tensor([2, 3], f64);
    const base = torch.ones([2, 2], { dtype: torch.float64 }).t().detach();
    base.select(0, 0).mul_(x);
    base.select(1, 1).mul_(5);
    base
      .mul(torch.tensor([1, 10, 100, 1000], { dtype: torch.float64 }).view([2, 2]))
      .sum()
      .backward();
    expect(base.tolist()).toEqual([
      [2, 15],
      [1, 5],
    ]);
    expect(x.grad!.tolist()).toEqual([1, 50]);
  });

  it("gives gradients of the dtype of each operand, where a result is stored in another", () => {
    const w = torch.tensor([1, 2], { requiresGrad: true });
    const u = torch.tensor([3, 4], f64);
    const v = w.mul(1);
    v.sub_(u).mul_(u);
    v.sum().backward();
    expect(v.dtype).toBe(torch.float32);
    expect(w.grad!.dtype).toBe(torch.float32);
    expect(w.grad!.tolist()).toEqual([3, 4]);
    expect(u.grad!.dtype).toBe(torch.float64);
    // d/du of (w - u) u
    expect(u.grad!.tolist()).toEqual([-5, -6]);
  });

  it("gives a gradient of 0, not none, for what was overwritten or rounded", () => {
    for (const change of ["zero_", "floor_", "sign_"] as const) {
      const x = torch.tensor([1.5, 2], f64);
      x.mul(1)[change]().sum().backward();
      expect(x.grad!.tolist(), change).toEqual([0, 0]);
    }
  });

  // In PyTorch 2.15 these have `grad_fn._saved_result`, and of all the pointwise ops here `pow` alone beside them.
  it("lets results be changed that no gradient needs, as in PyTorch", () => {
    const saving = "exp exp2 expm1 reciprocal relu rsqrt sigmoid sqrt tan tanh".split(" ");
    for (const [name, op] of Object.entries(pointwiseOps)) {
      // Those of integers have no gradient, and `where` keeps its condition alone.
      if (name.startsWith("bitwise") || name === "where") continue;
      const { arity } = op;
      const fn = op.specialize(new Array(arity).fill(torch.float32));
      const savesResult = (fn.saves((1 << arity) - 1) & SAVES_OUTPUT) !== 0;
      expect(savesResult, name).toBe(saving.includes(name));
    }
    const b = torch.tensor([2, 4], f64);
    torch.div(1, b).add_(1).sum().backward();
    expect(b.grad!.tolist()).toEqual([-0.25, -0.0625]);
  });

  it("overwrites what an op has made in memory of its own, a convolution without a batch", () => {
    const bias = torch.tensor([2], { requiresGrad: true });
    const y = torch.conv1d(torch.zeros([1, 3]), torch.ones([1, 1, 1]), bias);
    y.mul_(5).sum().backward();
    expect(bias.grad!.tolist()).toEqual([15]);
  });

  it("refuses results that do not fit", () => {
    const x = torch.zeros([2]);
    expect(() => x.add_(torch.ones([3, 2]))).toThrow(/\[3, 2\].*\[2\]/);
    expect(() => torch.tensor([1, 2], { dtype: torch.int32 }).add_(0.5)).toThrow(torch.DTypeError);
  });
});
