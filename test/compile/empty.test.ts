/** Tensors without elements in compiled functions: they take no memory, and must not free that of others. */
import { describe, expect, it } from "vitest";
import * as torch from "../../src/index.ts";
import { agrees } from "./against-eager.ts";

const { linear } = torch.nn.functional;

describe("tensors without elements", () => {
  it("leave their neighbours alone, before and after them", () => {
    agrees(1, (wrap, see) => {
      const [w, v] = [torch.randn([9, 9]), torch.randn([3, 3])];
      const f = wrap((x: torch.Tensor, y: torch.Tensor) => {
        const long = y.matmul(w);
        const empty = x.exp();
        const sums = [empty.to(torch.int32).sum(), empty.matmul(torch.ones([0, 4])).sum(1)];
        // What comes into memory now must not lie where `long` is.
        const short = v.matmul(v).matmul(v);
        return [...sums, short.matmul(v), long.matmul(w)];
      });
      for (let i = 0; i < 2; i++) see(f(torch.randn([2, 0]), torch.randn([5, 9])));
    });
  });

  it("as operands of a linear layer", () => {
    const f = torch.compile((x: torch.Tensor, w: torch.Tensor, b: torch.Tensor) => [
      linear(x.exp(), w, b),
      x.exp().to(torch.int32).sum(),
    ]);
    // What lay in that memory before shows itself.
    torch.compile((x: torch.Tensor) => x.exp().matmul(x).sum())(torch.ones([30, 30]));
    const b = torch.arange(9).to(torch.float32);
    const [y, sum] = f(torch.zeros([2, 0]), torch.zeros([9, 0]), b) as [torch.Tensor, torch.Tensor];
    expect(y.tolist()).toEqual([b.tolist(), b.tolist()]);
    expect(sum.item()).toBe(0);
  });

  it("changed in place: nothing", () => {
    agrees(1, (wrap, see) => {
      const outside = torch.ones([3]);
      const f = wrap((x: torch.Tensor) => {
        const tensors = [torch.zeros([3]), torch.tensor([1, 2, 3]), x, x.mul(2), outside, torch.zeros([0])];
        for (const y of tensors) {
          const part = y.slice(0, 0, 0);
          part.add_(1);
          part.zero_();
          part.copy_(x.slice(0, 0, 0));
          part.clamp_(0, 1);
        }
        tensors[0]!.slice(0, 0, 0).scatterAdd_(0, torch.zeros([0], { dtype: torch.int64 }), x.slice(0, 0, 0));
        return [...tensors, ...tensors.map((y) => y.add(1)), ...tensors.map((y) => y.sum())];
      });
      for (let i = 0; i < 2; i++) see([f(torch.randn([3])), outside]);
    });
  });
});
