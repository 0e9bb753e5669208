import { describe, expect, it } from "vitest";
import * as torch from "xorch";

const f64 = { dtype: torch.float64, requiresGrad: true };

describe("backward", () => {
  it("adds up the gradients of a value that is used twice", () => {
    const x = torch.tensor([2, 3], f64);
    x.mul(x).add(x).sum().backward();
    expect(x.grad!.tolist()).toEqual([5, 7]);
  });

  it("accumulates into grad over calls, and starts anew from null", () => {
    const x = torch.tensor([1], f64);
    x.mul(3).sum().backward();
    x.mul(4).sum().backward();
    expect(x.grad!.tolist()).toEqual([7]);
    x.grad = null;
    x.mul(4).sum().backward();
    expect(x.grad!.tolist()).toEqual([4]);
  });

  it("does not let two leaves share the memory of one gradient", () => {
    const a = torch.tensor([1, 2], f64);
    const b = torch.tensor([3, 4], f64);
    const dy = torch.tensor([1, 1], { dtype: torch.float64 });
    a.add(b).backward(dy);
    a.grad!.mul_(10);
    expect(b.grad!.tolist()).toEqual([1, 1]);
    expect(dy.tolist()).toEqual([1, 1]);
  });

  it("does not let two leaves share one gradient when the backward pass is recorded either", () => {
    const a = torch.tensor([1, 2], f64);
    const b = torch.tensor([3, 4], f64);
    a.add(b).backward(torch.ones([2], { dtype: torch.float64 }), { createGraph: true });
    a.grad!.mul_(10);
    expect(b.grad!.tolist()).toEqual([1, 1]);
  });

  it("sums over broadcast dimensions", () => {
    const w = torch.tensor([[1], [2]], f64);
    const x = torch.ones([3], { dtype: torch.float64, requiresGrad: true });
    w.mul(x).sum().backward();
    expect(w.grad!.tolist()).toEqual([[3], [3]]);
    expect(x.grad!.tolist()).toEqual([3, 3, 3]);
  });

  it("computes second and third derivatives", () => {
    const x = torch.tensor(3, f64);
    const [first] = torch.autograd.grad(x.pow(3), x, { createGraph: true });
    const [second] = torch.autograd.grad(first!, x, { createGraph: true });
    const [third] = torch.autograd.grad(second!, x);
    expect([first!.item(), second!.item(), third!.item()]).toEqual([27, 18, 6]);
  });

  it("throws at the second backward, naming the remedy, and works with retainGraph", () => {
    const x = torch.tensor([2], f64);
    const y = x.mul(x).sum();
    y.backward();
    expect(() => y.backward()).toThrow(/mul|sum/);
    expect(() => y.backward()).toThrow(/retainGraph/);
    expect(x.grad!.tolist()).toEqual([4]);
    const z = x.mul(x).sum();
    z.backward(null, { retainGraph: true });
    z.backward();
    expect(x.grad!.tolist()).toEqual([12]);
  });

  it("throws for a result of several elements without a gradient, with its shape", () => {
    const x = torch.tensor([1, 2], f64);
    expect(() => x.mul(2).backward()).toThrow(/\[2\]/);
    expect(() => x.mul(2).backward(torch.ones([3], { dtype: torch.float64 }))).toThrow(/\[3\].*\[2\]/);
  });

  it("throws for a result that needs no gradient", () => {
    expect(() => torch.tensor([1]).sum().backward()).toThrow(torch.AutogradError);
  });

  it("leaves every grad as it was when a hook throws on the way", () => {
    const a = torch.tensor([1], f64);
    const b = torch.tensor([1], f64);
    const middle = b.mul(2);
    middle.registerHook(() => {
      throw new Error("stop");
    });
    expect(() => a.mul(2).add(middle).sum().backward()).toThrow("stop");
    expect(a.grad).toBeNull();
    expect(b.grad).toBeNull();
  });

  it("keeps the gradient of an intermediate result on request", () => {
    const x = torch.tensor([1, 2], f64);
    const y = x.mul(3);
    y.retainGrad();
    y.mul(y).sum().backward();
    expect(y.grad!.tolist()).toEqual([6, 12]);
  });

  it("lets hooks see and replace gradients, and be removed", () => {
    const x = torch.tensor([1, 2], f64);
    const seen: unknown[] = [];
    const handle = x.registerHook((dx) => {
      seen.push(dx.tolist());
      return dx.mul(10);
    });
    x.mul(2).sum().backward();
    handle.remove();
    x.mul(2).sum().backward();
    expect(seen).toEqual([[2, 2]]);
    expect(x.grad!.tolist()).toEqual([22, 22]);
  });

  it("stops at detach and inside noGrad, and works again inside enableGrad", () => {
    const x = torch.tensor([2], f64);
    expect(x.detach().mul(2).requiresGrad).toBe(false);
    torch.noGrad(() => {
      expect(x.mul(2).requiresGrad).toBe(false);
      expect(torch.enableGrad(() => x.mul(2).requiresGrad)).toBe(true);
    });
    expect(x.mul(2).requiresGrad).toBe(true);
  });

  it("refuses an async function in noGrad, and restores the mode after errors", () => {
    expect(() => torch.noGrad(async () => 1)).toThrow(/async/);
    expect(() =>
      torch.noGrad(() => {
        throw new Error("inside");
      }),
    ).toThrow("inside");
    expect(torch.isGradEnabled()).toBe(true);
  });

  it("refuses requiresGrad on integers", () => {
    expect(() => torch.tensor([1], { dtype: torch.int32, requiresGrad: true })).toThrow(torch.DTypeError);
  });

  it("gives gradients by grad() without touching grad, and says which input is unused", () => {
    const x = torch.tensor([2], f64);
    const unused = torch.tensor([2], f64);
    expect(torch.autograd.grad(x.mul(x), x)[0]!.tolist()).toEqual([4]);
    expect(x.grad).toBeNull();
    expect(() => torch.autograd.grad(x.mul(x), [x, unused])).toThrow(/input 1/);
    expect(torch.autograd.grad(x.mul(x), [x, unused], { allowUnused: true })[1]).toBeNull();
  });
});

describe("gradients of another dtype", () => {
  it("are converted where they are given, as PyTorch does", () => {
    const x = torch.ones([4], { dtype: torch.float64, requiresGrad: true });
    x.mul(2).backward(torch.ones([4]));
    expect(x.grad?.tolist()).toEqual([2, 2, 2, 2]);
    const [dx] = torch.autograd.grad(x.mul(2), x, {
      gradOutputs: torch.tensor([1, 2, 3, 4], { dtype: torch.int32 }),
    });
    expect(dx!.dtype).toBe(torch.float64);
    expect(dx!.tolist()).toEqual([2, 4, 6, 8]);
  });

  it("are refused from hooks", () => {
    const x = torch.ones([2], { requiresGrad: true });
    x.registerHook((grad) => grad.to(torch.float64));
    expect(() => x.sum().backward()).toThrow(
      /hook: returned a gradient of torch.float64 for one of torch.float32/,
    );
    expect(x.grad).toBeNull();
  });
});
