import { describe, expect, it } from "vitest";
import * as torch from "xorch";

type Tensor = torch.Tensor;
type Context = torch.autograd.FunctionContext;

class Cube extends torch.autograd.Function {
  static forward(context: Context, x: Tensor, scale: number): Tensor {
    context.saveForBackward(x);
    context.values.scale = scale;
    return x.mul(x).mul(x).mul(scale);
  }

  static backward(context: Context, dy: Tensor): (Tensor | null)[] {
    const [x] = context.savedTensors as [Tensor];
    return [dy.mul(x.mul(x)).mul(3 * (context.values.scale as number)), null];
  }
}

/** Results of different shapes. */
class Parts extends torch.autograd.Function {
  static forward(_context: Context, x: Tensor): [Tensor, Tensor] {
    return [x.narrow(0, 0, 2).clone(), x.clone()];
  }

  static backward(_context: Context, dPart: Tensor, dWhole: Tensor): Tensor {
    return dWhole.add(torch.cat([dPart, torch.zeros([1])]));
  }
}

class SinCos extends torch.autograd.Function {
  static forward(context: Context, x: Tensor): [Tensor, Tensor] {
    const [sine, cosine] = [x.sin(), x.cos()];
    context.saveForBackward(sine, cosine);
    return [sine, cosine];
  }

  static backward(context: Context, dSine: Tensor, dCosine: Tensor): Tensor {
    const [sine, cosine] = context.savedTensors as [Tensor, Tensor];
    return dSine.mul(cosine).sub(dCosine.mul(sine));
  }
}

const f64 = { dtype: torch.float64, requiresGrad: true };

describe("custom Function", () => {
  it("uses the hand-written gradient, of second order too", () => {
    const x = torch.tensor([2, 3], f64);
    const fn = (t: Tensor): Tensor => Cube.apply(t, 2);
    expect(fn(x).tolist()).toEqual([16, 54]);
    expect(torch.autograd.gradcheck(fn, [x])).toBe(true);
    expect(torch.autograd.gradgradcheck(fn, [x])).toBe(true);
  });

  it("may have results of different shapes", () => {
    const x = torch.ones([3], { requiresGrad: true });
    const [part, whole] = Parts.apply(x);
    part.sum().mul(5).add(whole.sum()).backward();
    expect(x.grad!.tolist()).toEqual([6, 6, 1]);
  });

  it("takes several results", () => {
    const x = torch.tensor([0.3, 1.1], f64);
    expect(torch.autograd.gradcheck((t) => SinCos.apply(t)[0].mul(SinCos.apply(t)[1]), [x])).toBe(true);
    const [sine] = SinCos.apply(x);
    sine.sum().backward();
    expect((x.grad!.tolist() as number[])[0]).toBeCloseTo(Math.cos(0.3), 14);
  });

  it("says so when backward returns the wrong number of gradients", () => {
    class Wrong extends torch.autograd.Function {
      static forward(_context: Context, x: Tensor, y: Tensor): Tensor {
        return x.add(y);
      }
      static backward(_context: Context, dy: Tensor): Tensor {
        return dy;
      }
    }
    const x = torch.tensor([1], f64);
    expect(() => Wrong.apply(x, x).sum().backward()).toThrow(
      /Wrong.backward: returned 1 gradients for the 2/,
    );
  });

  it("notices that a saved tensor was changed", () => {
    const x = torch.tensor([2], f64).mul(1);
    const y = Cube.apply(x, 1);
    x.add_(1);
    expect(() => y.sum().backward()).toThrow(/Cube saved.*add_/);
  });
});

describe("gradcheck", () => {
  it("finds a wrong gradient", () => {
    class Wrong extends torch.autograd.Function {
      static forward(context: Context, x: Tensor): Tensor {
        context.saveForBackward(x);
        return x.mul(x);
      }
      static backward(context: Context, dy: Tensor): Tensor {
        return dy.mul(context.savedTensors[0]!);
      }
    }
    const x = torch.tensor([2, 3], f64);
    expect(() => torch.autograd.gradcheck((t) => Wrong.apply(t), [x])).toThrow(/element 0/);
  });

  it("asks for float64", () => {
    const x = torch.tensor([2], { requiresGrad: true });
    expect(() => torch.autograd.gradcheck((t) => t.exp(), [x])).toThrow(/float64/);
  });
});

describe("detectAnomaly", () => {
  it("names the first op that makes a NaN or an infinity", () => {
    const x = torch.tensor([-1, 1], f64);
    expect(() => torch.autograd.detectAnomaly(() => x.log().exp().sum())).toThrow(/log made a NaN/);
    expect(() => torch.autograd.detectAnomaly(() => x.add(1).log())).toThrow(/log made an infinity/);
  });

  it("names the backward step too", () => {
    const x = torch.tensor([0], f64);
    expect(() => torch.autograd.detectAnomaly(() => x.sqrt().sum().backward())).toThrow(/sqrt backward made/);
    expect(x.grad).toBeNull();
  });

  it("stays silent about values that were not finite before, and afterwards", () => {
    const x = torch.tensor([Number.NaN], f64);
    torch.autograd.detectAnomaly(() => x.mul(2));
    expect(torch.tensor([-1], f64).log().isnan().tolist()).toEqual([true]);
  });
});
