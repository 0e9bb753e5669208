/** Normalisation: derivatives against differences, running statistics, and errors that change nothing. */
import { describe, expect, it } from "vitest";
import * as torch from "xorch";

const { nn } = torch;
const F = nn.functional;

const random = (shape: number[]) => torch.randn(shape, { dtype: torch.float64, requiresGrad: true });
const { gradcheck, gradgradcheck } = torch.autograd;

describe("derivatives of first and second order", () => {
  type Call = (x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) => torch.Tensor;
  const cases: [string, number[], number[], Call][] = [
    ["rows", [4, 5], [5], (x, weight, bias) => F.layerNorm(x, [5], { weight, bias })],
    ["blocks", [3, 2, 3], [2, 3], (x, weight, bias) => F.layerNorm(x, [2, 3], { weight, bias })],
    ["groups", [2, 4, 3], [4], (x, weight, bias) => F.groupNorm(x, 2, { weight, bias })],
    [
      "channels",
      [4, 2, 3],
      [2],
      (x, weight, bias) => F.batchNorm(x, null, null, { weight, bias, training: true }),
    ],
  ];
  it.each(cases)("%s", (_, shape, own, call) => {
    torch.manualSeed(3);
    const x = [random(shape), random(own), random(own)];
    expect(gradcheck(call, x)).toBe(true);
    expect(gradgradcheck(call, x)).toBe(true);
  });

  it("of third order, through the statistics", () => {
    const x = torch.tensor([1, 2, 4], { dtype: torch.float64, requiresGrad: true });
    const second = (given: torch.Tensor): torch.Tensor =>
      torch.enableGrad(() => {
        const at = given.requiresGrad ? given : given.detach().requiresGrad_();
        const y = F.layerNorm(at, [3], { eps: 0.5 }).pow(3).sum();
        const [first] = torch.autograd.grad(y, at, { createGraph: true });
        return torch.autograd.grad(first!.square().sum(), at, { createGraph: true })[0]!;
      });
    expect(gradcheck(second, [x])).toBe(true);
  });
});

describe("BatchNorm", () => {
  it("takes a changed momentum at the next batch", () => {
    const norm = new nn.BatchNorm1d(1, { momentum: 0.5 });
    const x = torch.tensor([[0], [4]]);
    norm.forward(x);
    expect(norm.runningMean!.item()).toBe(1);
    norm.momentum = 1;
    norm.forward(x);
    expect([norm.runningMean!.item(), norm.runningVar!.item()]).toEqual([2, 8]);
    norm.resetParameters();
    expect([norm.runningMean!.item(), norm.runningVar!.item()]).toEqual([0, 1]);
    expect(norm.numBatchesTracked!.item()).toBe(0);
  });

  it("keeps running statistics out of the graph, and may be called twice before backward", () => {
    const norm = new nn.BatchNorm1d(2);
    const x = torch.randn([3, 2], { requiresGrad: true });
    norm
      .forward(x)
      .add(norm.forward(x.mul(2)))
      .sum()
      .backward();
    expect(norm.runningMean!.requiresGrad).toBe(false);
    expect(norm.bias!.grad!.tolist()).toEqual([6, 6]);
  });

  it("learns nothing from an empty batch", () => {
    const norm = new nn.BatchNorm2d(2);
    expect(norm.forward(torch.zeros([0, 2, 3, 3])).shape).toEqual([0, 2, 3, 3]);
    expect(norm.runningMean!.tolist()).toEqual([0, 0]);
    expect(norm.runningVar!.tolist()).toEqual([1, 1]);
  });

  it("changes nothing where it throws", () => {
    const norm = new nn.BatchNorm1d(2);
    for (const shape of [[1, 2], [4, 3], [2], [2, 2, 2, 2]]) {
      expect(() => norm.forward(torch.rand(shape))).toThrow(torch.ShapeError);
    }
    expect(() => norm.forward(torch.rand([3, 2], { dtype: torch.float64 }))).toThrow(torch.DTypeError);
    expect(norm.numBatchesTracked!.item()).toBe(0);
    expect(norm.runningMean!.tolist()).toEqual([0, 0]);
  });
});

describe("compiled training steps", () => {
  const net = (momentum: number | null) => {
    torch.manualSeed(1);
    const norm = new nn.BatchNorm1d(12, { momentum });
    const table = new nn.Embedding(7, 4, { paddingIdx: 0 });
    const model = new nn.Sequential(table, new nn.LayerNorm(4), new nn.Flatten(), norm, new nn.Linear(12, 1));
    const optimizer = new torch.optim.SGD(model.parameters(), { lr: 0.1 });
    const x = torch.randint(0, 7, [8, 3]);
    const y = torch.randn([8, 1]);
    const step = (): torch.Tensor => {
      optimizer.zeroGrad();
      const cost = F.mseLoss(model.forward(x) as torch.Tensor, y);
      cost.backward();
      optimizer.step();
      return cost;
    };
    return { norm, model, x, step };
  };

  it.each([0.1, null])("keep the statistics of eager ones: momentum %s", (momentum) => {
    const [eager, other] = [net(momentum), net(momentum)];
    const compiled = torch.compile(other.step);
    for (let i = 0; i < 5; i++) {
      expect(compiled().item()).toBeCloseTo(eager.step().item(), 6);
      if (i === 2 && momentum !== null) eager.norm.momentum = other.norm.momentum = 0.5;
    }
    expect(other.norm.numBatchesTracked!.item()).toBe(5);
    const variance = (of: typeof eager) => of.norm.runningVar!;
    expect(variance(other).sub(variance(eager)).abs().max().item()).toBeLessThan(1e-6);
    // With a momentum that was not followed it would be far off.
    expect(variance(eager).sub(1).abs().max().item()).toBeGreaterThan(0.1);
    other.x.fill_(9);
    expect(compiled).toThrow("embedding: an index is out of range for dimension 0 of size 7");
  });
});

describe("errors", () => {
  const x = torch.rand([2, 4]);
  it.each<[string, () => unknown, string]>([
    [
      "one value",
      () => F.batchNorm(torch.rand([1, 4]), null, null, { training: true }),
      "[1, 4] has one value",
    ],
    ["no statistics", () => F.batchNorm(x, null, null), "needs a running mean and variance"],
    ["wide", () => new nn.BatchNorm2d(4).forward(x), "BatchNorm2d: expected an input of 4 dimensions"],
    ["features", () => F.layerNorm(x, [3]), "[2, 4] does not end in the normalized shape [3]"],
    ["weight", () => F.layerNorm(x, [4], { weight: torch.ones([2]) }), "weight has shape [2], expected [4]"],
    ["integers", () => F.layerNorm(x.to(torch.int32), [4]), "needs a floating-point tensor"],
    ["groups", () => F.groupNorm(x, 3), "numGroups must divide the 4 channels"],
    ["one value a group", () => F.groupNorm(torch.rand([1, 4]), 4), "[1, 4] has one value"],
    ["made of groups", () => new nn.GroupNorm(2, 5), "must be divisible"],
    ["no channels", () => F.groupNorm(torch.rand([4]), 1), "[batch, channels, ...], got [4]"],
    ["unknown option", () => new nn.LayerNorm(4, { epsilon: 1 } as object), 'unknown option "epsilon"'],
  ])("%s", (_, call, message) => {
    expect(call).toThrow(message);
  });
});
