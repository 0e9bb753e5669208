/** Gradients of what compiled functions return: backward outside of the function. */
import { describe, expect, it } from "vitest";
import * as torch from "../../src/index.ts";
import { agrees, errorOf } from "./against-eager.ts";

const { nn, optim } = torch;

/** What arrives on several ways is added up in another order than in eager mode: all but the last digits. */
function rounded(x: torch.Tensor | null | undefined): torch.Tensor {
  return x!.detach().mul(1e12).round();
}

it("a function that differentiates leaves of its own is traced once", () => {
  agrees(1, (wrap, see) => {
    const f = wrap((x: torch.Tensor) => {
      const w = torch.tensor([1, 2], { dtype: torch.float32, requiresGrad: true });
      x.mul(w).square().sum().backward();
      return w.grad!;
    });
    for (let i = 0; i < 3; i++) see(f(torch.randn([2])));
  });
});

describe("the result of a compiled function", () => {
  it("trains a model by a backward outside", () => {
    agrees(2, (wrap, see) => {
      const model = new nn.Sequential(
        new nn.Linear(3, 8),
        new nn.BatchNorm1d(8),
        new nn.Dropout(0.3),
        new nn.ReLU(),
        new nn.Linear(8, 1),
      );
      const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
      const forward = wrap((x: torch.Tensor) => model.forward(x) as torch.Tensor);
      for (let i = 0; i < 10; i++) {
        model.train(i !== 5);
        optimizer.zeroGrad();
        // Two calls before one backward: each keeps what it needs.
        const cost = forward(torch.randn([6, 3]))
          .square()
          .mean()
          .add(
            forward(torch.randn([6, 3]))
              .mean()
              .abs(),
          );
        cost.backward();
        optimizer.step();
        see([cost, ...model.parameters().map((w) => w.grad)]);
      }
      see(model.stateDict());
    });
  });

  it("sends gradients on to what its arguments come from", () => {
    agrees(1, (wrap, see) => {
      const w = torch.randn([3, 3], { requiresGrad: true });
      const f = wrap((x: torch.Tensor, { y }: { y: torch.Tensor }) => x.matmul(w).tanh().mul(y));
      for (let i = 0; i < 3; i++) {
        const x = torch.randn([2, 3], { requiresGrad: true });
        const y = torch.randn([3], { requiresGrad: true });
        const z = f(x.exp(), { y: y.mul(2) });
        // The same leaves on other ways, before and after.
        z.sum().add(w.sum()).add(x.mul(y).sum()).backward();
        see([z, x.grad, y.grad, w.grad]);
      }
    });
  });

  it("is one of several, of which some have a gradient", () => {
    agrees(1, (wrap, see) => {
      const w = torch.randn([4], { requiresGrad: true });
      const f = wrap((x: torch.Tensor) => {
        const h = w.mul(x);
        return {
          h,
          sum: h.sum(),
          part: h.narrow(0, 1, 2),
          log: h.sub(h).log(),
          plain: x.add(1),
          max: h.detach().max(),
        };
      });
      for (const used of [["sum"], ["h", "part"], ["part"], ["h", "sum", "part"]] as const) {
        w.grad = null;
        const result = f(torch.randn([4]));
        see(result);
        used
          .map((name) => result[name].sum())
          .reduce((a, b) => a.add(b))
          .backward();
        see(w.grad);
      }
    });
  });

  it("has derivatives of higher order", () => {
    // The first x is known by itself, then any x is taken; gradcheck calls without gradients, too.
    agrees(3, (wrap, see) => {
      const w = torch.randn([3], { requiresGrad: true, dtype: torch.float64 });
      const f = wrap((x: torch.Tensor) => x.mul(w).tanh().mul(x).sum());
      for (let i = 0; i < 2; i++) {
        const x = torch.randn([3], { requiresGrad: true, dtype: torch.float64 });
        const [dx, dw] = torch.autograd.grad(f(x), [x, w], { createGraph: true });
        const [dxx, dxw] = torch.autograd.grad(dx!.sum(), [x, w], { createGraph: true });
        dxx!.mul(dw!).sum().add(dxw!.sum()).backward();
        see([dx, dw, dxx, dxw, x.grad, w.grad].map(rounded));
        w.grad = null;
      }
      see(torch.autograd.gradcheck(f, [torch.randn([3], { dtype: torch.float64, requiresGrad: true })]));
      see(torch.autograd.gradgradcheck(f, [torch.randn([3], { dtype: torch.float64, requiresGrad: true })]));
    });
  });

  it("gives only the gradients that are asked for", () => {
    agrees(1, (wrap, see) => {
      const many = Array.from({ length: 40 }, () => torch.randn([2], { requiresGrad: true }));
      const f = wrap((x: torch.Tensor) => many.reduce((sum, w) => sum.add(w.mul(x).sin()), x));
      const x = torch.randn([2], { requiresGrad: true });
      see(torch.autograd.grad(f(x).sum(), [many[3]!, x, many[36]!]));
      f(x).sum().backward();
      see([...many, x].map((w) => w.grad));
    });
  });

  it("passes through hooks and tensors of its own, and through functions with hand-written gradients", () => {
    class Cube extends torch.autograd.Function {
      static forward(context: torch.autograd.FunctionContext, x: torch.Tensor) {
        context.saveForBackward(x);
        return x.pow(3);
      }
      static backward(context: torch.autograd.FunctionContext, dy: torch.Tensor) {
        return dy.mul(context.savedTensors[0]!.square()).mul(3);
      }
    }
    agrees(1, (wrap, see) => {
      const w = torch.randn([3], { requiresGrad: true });
      w.registerHook((grad) => grad.mul(2));
      const inner = torch.ones([3], { requiresGrad: true });
      const f = wrap((x: torch.Tensor) => {
        const own = torch.full([3], 2, { requiresGrad: true });
        const h = (Cube.apply(w.mul(x)) as torch.Tensor).mul(own).add(inner);
        h.registerHook((grad) => grad.add(1));
        return h.mul(2);
      });
      for (let i = 0; i < 3; i++) {
        const y = f(torch.randn([3]));
        y.retainGrad();
        y.sum().backward();
        see([y, y.grad, w.grad, inner.grad]);
      }
    });
  });

  it("flows through a tensor from outside that is no leaf", () => {
    agrees(1, (wrap, see) => {
      const w = torch.randn([3], { requiresGrad: true, dtype: torch.float64 });
      const h = w.exp();
      const f = wrap((x: torch.Tensor) => h.mul(x).add(h.view([3, 1]).sum()));
      for (let i = 0; i < 3; i++) {
        f(torch.randn([3]))
          .sum()
          .add(h.sum())
          .backward(null, { retainGraph: true });
        see(rounded(w.grad));
      }
    });
  });

  it("changed in place within the function, or afterwards", () => {
    agrees(1, (wrap, see) => {
      const w = torch.randn([2, 3], { requiresGrad: true });
      const f = wrap((x: torch.Tensor) => {
        const h = w.mul(x);
        h.select(0, 1).mul_(3);
        return h.add_(1);
      });
      for (let i = 0; i < 2; i++) {
        const y = f(torch.randn([3]));
        y.mul_(2);
        y.select(0, 0).zero_();
        y.sum().backward();
        see([y, w.grad]);
      }
    });
  });

  it("keeps its graph where it is told to, and once only", () => {
    agrees(1, (wrap, see) => {
      const w = torch.randn([3], { requiresGrad: true });
      const f = wrap(() => w.square().sum());
      const y = f();
      y.backward(null, { retainGraph: true });
      y.backward();
      see(w.grad);
    });
    const w = torch.ones([2], { requiresGrad: true });
    const y = torch.compile(() => w.square().sum())();
    y.backward();
    expect(errorOf(() => y.backward())).toMatch(
      /AutogradError: backward: the graph through a compiled function has already been used/,
    );
    expect(w.grad!.tolist()).toEqual([2, 2]);
  });

  it("says when what it needs has been changed, before any gradient is computed", () => {
    const w = torch.ones([2], { requiresGrad: true });
    const b = torch.ones([2], { requiresGrad: true });
    const f = torch.compile((x: torch.Tensor) => w.square().mul(x).add(b));
    const x = torch.ones([2]);
    const y = f(x);
    // Neither is read by the gradient: the bias, and the argument, of which the call has a copy.
    torch.noGrad(() => b.add_(1));
    x.add_(1);
    y.sum().backward();
    expect(w.grad!.tolist()).toEqual([2, 2]);
    const z = f(x);
    torch.noGrad(() => w.add_(1));
    expect(errorOf(() => z.sum().backward())).toMatch(
      /a tensor of 2 elements.*but add_? has changed it since the call/,
    );
    expect([w.grad!.tolist(), b.grad!.tolist()]).toEqual([
      [2, 2],
      [1, 1],
    ]);
  });

  it("cannot be differentiated where the function has changed what its gradient needs", () => {
    const w = torch.ones([2], { requiresGrad: true });
    const state = torch.ones([2]);
    const f = torch.compile(() => {
      const y = w.mul(state.mul(2));
      state.add_(1);
      return y;
    });
    expect(f().tolist()).toEqual([2, 2]);
    const y = f();
    expect(y.tolist()).toEqual([4, 4]);
    expect(errorOf(() => y.sum().backward())).toMatch(
      /changes a tensor in place whose values before that its gradient needs/,
    );
    expect(w.grad).toBeNull();
  });

  it("is a view of its own at each call, where it shows the memory of a tensor from outside", () => {
    agrees(1, (wrap, see) => {
      const w = torch.rand([2, 3], { requiresGrad: true });
      const f = wrap(() => [w.t(), w.expand([2, 2, 3]).mul(2)] as const);
      for (let i = 0; i < 3; i++) {
        const [view, doubled] = f();
        view
          .mul(torch.rand([3, 2]))
          .sum()
          .add(doubled.sum())
          .backward();
        see([view, doubled, w.grad]);
        torch.noGrad(() => view.mul_(2));
        see(w);
      }
    });
  });

  it("has no graph left where backward was called within the function", () => {
    const w = torch.ones([2], { requiresGrad: true });
    const step = () => {
      w.grad = null;
      const cost = w.square().sum();
      cost.backward();
      return cost;
    };
    const compiled = torch.compile(step);
    for (let i = 0; i < 2; i++) {
      const message = errorOf(() => compiled().backward());
      expect(message).toBe(errorOf(() => step().backward()));
      expect(message).toMatch(/the graph through .* has already been used/);
      expect(String(compiled())).toBe(String(step()));
    }
  });

  it("is as detached as in eager mode", () => {
    const w = torch.ones([2], { requiresGrad: true });
    const f = torch.compile((x: torch.Tensor) => [x.mul(w).detach(), torch.noGrad(() => w.mul(2)), w.gt(0)]);
    expect(f(torch.ones([2])).map((y) => y.requiresGrad)).toEqual([false, false, false]);
  });
});
