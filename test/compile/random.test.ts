/** Compiled functions draw the numbers that eager ones draw, in the same order. */
import { describe, expect, it } from "vitest";
import * as torch from "../../src/index.ts";
import { agrees, errorOf } from "./against-eager.ts";

const { nn } = torch;

/** Every way to draw numbers; the results of a few draws in a row, so that pairs and rests of words go on from call to call. */
const draws: Record<string, () => unknown> = {
  rand: () => [torch.rand([3]), torch.rand([2, 5], { dtype: torch.float64 })],
  randn: () => [
    torch.randn([3]),
    torch.randn([1]),
    torch.randn([20]),
    torch.randn([3], { dtype: torch.float64 }),
  ],
  normal: () => torch.normal(2, 3, [17]),
  randint: () => [torch.randint(7, [5]), torch.randint(-3, 1000, [4], { dtype: torch.int64 })],
  randperm: () => torch.randperm(9),
  bernoulli_: () => [torch.empty([9]).bernoulli_(0.3), torch.empty([4], { dtype: torch.int64 }).bernoulli_()],
  "bernoulli of what is computed": () => [
    torch.bernoulli(torch.rand([9])),
    torch.bernoulli(torch.rand([5], { dtype: torch.float64 })),
    torch.empty([2, 3]).bernoulli_(torch.rand([3])),
  ],
  uniform_: () => torch.empty([6]).uniform_(-2, 3),
  normal_: () => torch.empty([6]).normal_(1, 2),
  exponential_: () => torch.empty([6]).exponential_(0.5),
  random_: () => torch.empty([6], { dtype: torch.int32 }).random_(5, 50),
  "of another type": () => [torch.randLike(torch.ones([3])), torch.randnLike(torch.ones([2, 2]))],
  "into what is not contiguous": () => {
    const x = torch.zeros([3, 4]);
    x.t().normal_();
    x.select(0, 1).uniform_();
    return x;
  },
};

describe("random numbers", () => {
  it.each(Object.entries(draws))("%s, between eager draws", (_, draw) => {
    agrees(1, (wrap, see) => {
      const compiled = wrap(draw);
      for (let i = 0; i < 4; i++) {
        see(compiled());
        see(torch.randn([3]));
        see(draw());
      }
    });
  });

  it("of several compiled functions in turn, each with its share", () => {
    agrees(3, (wrap, see) => {
      const [a, b, c] = [draws.randn!, draws.rand!, draws.bernoulli_!].map((draw) => wrap(draw));
      for (let i = 0; i < 3; i++) see([a!(), c!(), b!(), a!()]);
    });
  });

  it("of a generator of one's own, and after seeds within the function", () => {
    agrees(2, (wrap, see) => {
      const generator = new torch.Generator().manualSeed(5);
      const own = wrap(() => [torch.randn([3], { generator }), torch.rand([2])]);
      const seeded = wrap(() => {
        const before = torch.rand([2]);
        torch.manualSeed(9);
        const first = torch.rand([2]);
        torch.manualSeed(9);
        return [before, first, torch.rand([2])];
      });
      for (let i = 0; i < 3; i++) {
        see([own(), seeded(), torch.rand([1])]);
        torch.manualSeed(i);
        generator.manualSeed(i);
      }
    });
  });

  it("that nobody reads are drawn as well", () => {
    agrees(1, (wrap, see) => {
      const f = wrap((x: torch.Tensor) => {
        torch.randn([5]);
        return x.add(1);
      });
      for (let i = 0; i < 3; i++) see([f(torch.rand([2])), torch.rand([1])]);
    });
  });

  it("for dropout, in training and not", () => {
    agrees(2, (wrap, see) => {
      const model = new nn.Sequential(new nn.Linear(4, 8), new nn.Dropout(0.4), new nn.Linear(8, 2));
      const optimizer = new torch.optim.SGD(model.parameters(), { lr: 0.1 });
      const step = wrap((x: torch.Tensor) => {
        optimizer.zeroGrad();
        const cost = (model.forward(x) as torch.Tensor).square().mean();
        cost.backward();
        optimizer.step();
        return cost.detach();
      });
      for (let i = 0; i < 8; i++) {
        model.train(i % 4 !== 3);
        see(step(torch.randn([5, 4])));
      }
      see(model.parameters());
    });
  });

  it("stay as they were where a trace fails", () => {
    const generator = new torch.Generator().manualSeed(3);
    const failing = torch.compile(() => {
      torch.randn([5]);
      torch.manualSeed(1);
      torch.rand([1], { generator }).item();
    });
    torch.manualSeed(4);
    torch.randn([1]);
    const before = [torch.getRngState(), generator.getState()];
    expect(errorOf(failing)).toContain("a value is read");
    expect([torch.getRngState(), generator.getState()]).toEqual(before);
  });

  it("bernoulli refuses probabilities out of range, also those that are computed", () => {
    const flip = torch.compile((p: torch.Tensor) => torch.bernoulli(p.mul(2)));
    expect(flip(torch.tensor([0.5, 0])).tolist()).toEqual([1, 0]);
    expect(errorOf(() => flip(torch.tensor([0.5, 0.6])))).toContain("p must be in [0, 1]");
  });
});
