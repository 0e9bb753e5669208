/** Reductions over rows with the maps around them are one step, and give the bits of eager mode. */
import { afterEach, describe, expect, it } from "vitest";
import * as torch from "../../src/index.ts";
import { seen } from "./against-eager.ts";
import { onThreads } from "./on-threads.ts";

const { functional: F } = torch.nn;
type Rows = (x: torch.Tensor) => torch.Tensor | readonly torch.Tensor[];

/** The kinds of the steps of a compiled function that was called with one set of shapes. */
function kindsOf(compiled: (...args: never) => unknown): string[] {
  return Array.from(torch.compile.explain(compiled).matchAll(/^ +\d+ +(\w+) /gm), (line) => line[1]!);
}

/** The derivative of a sum in which every element has another weight. */
function derivative(f: (x: torch.Tensor) => torch.Tensor): Rows {
  return (x) => {
    const leaf = x.detach().clone().requiresGrad_(true);
    const y = f(leaf);
    const weights = torch.linspace(-1, 2, y.numel()).to(y.dtype).reshape(y.shape);
    return torch.autograd.grad(y.mul(weights).sum(), [leaf]) as torch.Tensor[];
  };
}

const softmax = (x: torch.Tensor): torch.Tensor => F.softmax(x, -1);
const logSoftmax = (x: torch.Tensor): torch.Tensor => F.logSoftmax(x, -1);
const layerNorm = (x: torch.Tensor): torch.Tensor => {
  const C = x.shape.at(-1)!;
  const weight = torch.linspace(0.5, 2, C).to(x.dtype);
  return F.layerNorm(x, [C], { weight, bias: weight.neg() });
};
const standardized = (x: torch.Tensor): torch.Tensor => F.layerNorm(x, [x.shape.at(-1)!]);
const masks = new Map([3, 6, 10, 64, 100, 1024, 4096].map((C) => [C, torch.arange(C).remainder(3).eq(1)]));
const scores = (x: torch.Tensor): torch.Tensor => {
  const mask = masks.get(x.shape.at(-1)!);
  const scaled = x.mul(0.125);
  return F.softmax(mask === undefined ? scaled : scaled.maskedFill(mask, Number.NEGATIVE_INFINITY), -1);
};

/** What is one step from the input to the result, whatever the shape. */
const single: Record<string, Rows> = {
  softmax,
  logSoftmax,
  layerNorm: standardized,
  "scores with scale and mask": scores,
  "derivative of softmax": derivative(softmax),
  "derivative of logSoftmax": derivative(logSoftmax),
};
const several: Record<string, Rows> = {
  "layerNorm with weights": layerNorm,
  "derivative of layerNorm": derivative(standardized),
  "derivative of layerNorm with weights": derivative(layerNorm),
  "values of rows and of elements": (x) => {
    const top = x.amax([-1], { keepdim: true });
    const distance = x.sub(top);
    const isFar = distance.lt(-1);
    return [top, distance, isFar, isFar.sum([-1]), distance.mul(x).sum([-1]), top.mul(2).add(1)];
  },
};
const all = { ...single, ...several };

function check(f: Rows, x: torch.Tensor): string[] {
  const compiled = torch.compile(f);
  const eager = seen(f(x));
  expect(seen(compiled(x))).toEqual(eager);
  expect(seen(compiled(x))).toEqual(eager);
  return kindsOf(compiled);
}

function input(shape: readonly number[], dtype: torch.DType): torch.Tensor {
  torch.manualSeed(shape.length + shape.at(-1)!);
  return torch
    .randn([...shape])
    .mul(3)
    .to(dtype);
}

describe("rows in one step", () => {
  afterEach(() => torch.useDeterministicAlgorithms(false));

  for (const [name, f] of Object.entries(all)) {
    it.each([1, 3, 10, 64, 100, 1024, 4096])(`${name}, rows of %i`, (C) => {
      for (const dtype of [torch.float32, torch.float64]) {
        for (const R of [1, 2, 7, 1000]) {
          if (R * C > 110_000) continue;
          torch.useDeterministicAlgorithms(R === 7);
          const kinds = check(f, input([R, C], dtype));
          // Longer rows are folded in several pieces, and what is between parts is to stay in the cache.
          if (C > 1 && C <= 1024 && name in single) expect(kinds, `[${R}, ${C}]`).toEqual(["rows"]);
        }
      }
    });
  }

  it("of several axes, and of views", () => {
    for (const f of Object.values(all)) {
      check(f, input([3, 5, 10], torch.float32));
      check(f, input([10, 7], torch.float32).t());
      check(f, input([4, 5, 6], torch.float32).transpose(0, 1));
      check(f, input([9, 20], torch.float32).narrow(1, 3, 10));
      check(f, input([1, 10], torch.float32).expand([6, 10]));
      check(f, input([6, 1], torch.float32).expand([6, 10]));
    }
    expect(check(softmax, input([4, 5, 6], torch.float32).transpose(0, 1))).toEqual(["rows"]);
    expect(check(scores, input([2, 3, 4, 6], torch.float32))).toContain("rows");
  });

  it("but not of what is read across rows", () => {
    const across: Rows[] = [
      (x) => x.sub(x.amax([1])),
      (x) => {
        const distance = x.sub(x.amax([1], { keepdim: true }));
        return distance.add(distance.t()).sum([1]);
      },
      (x) => softmax(softmax(x).reshape([4, 25])),
      (x) => softmax(softmax(x).reshape([5, 2, 10]).transpose(0, 1)),
      (x) => softmax(x).add(softmax(x).square().sum([1])),
      (x) => softmax(softmax(x).narrow(0, 2, 5)).sum([0]),
    ];
    for (const f of across) expect(check(f, input([10, 10], torch.float32))).not.toEqual(["rows"]);
  });

  it("of integers", () => {
    const f: Rows = (x) => {
      const top = x.amax([-1], { keepdim: true });
      return [x.sub(top), x.sub(top).square().sum([-1]), x.eq(top).sum([-1]).mul(top.squeeze(-1))];
    };
    for (const dtype of [torch.int32, torch.int64, torch.uint8]) {
      for (const C of [3, 10, 64, 1000]) expect(check(f, input([9, C], dtype).abs())).toEqual(["rows"]);
    }
  });

  it("of the cross-entropy, forward and backward", () => {
    for (const dtype of [torch.float32, torch.float64]) {
      for (const [R, C] of [
        [1, 3],
        [2, 10],
        [7, 64],
        [64, 10],
        [1000, 100],
        [7, 1024],
        [2, 2048],
      ] as const) {
        const target = torch.arange(R).mul(5).remainder(C);
        const kinds = check(
          derivative((x) => F.crossEntropy(x, target)),
          input([R, C], dtype),
        );
        expect(kinds, `[${R}, ${C}]`).toContain("rows");
        expect(check((x) => F.crossEntropy(x, target), input([R, C], dtype))).toContain("rows");
      }
    }
  });

  it("on 1, 2 and 3 threads", async () => {
    for (const [name, f] of Object.entries(all)) {
      for (const shape of [
        [1000, 100],
        [7, 1024],
        [3, 250, 64],
        [20_000, 3],
      ]) {
        const x = input(shape, torch.float32);
        const compiled = torch.compile(f);
        const eager = seen(f(x));
        for (const threads of shape[0] === 7 ? [1] : [1, 2, 3]) {
          const found = await onThreads(threads, () => compiled(x));
          expect(seen(found), `${name} [${shape}], ${threads} threads`).toEqual(eager);
        }
      }
    }
  });

  it("does not tear apart the updates of many tensors", () => {
    const model = new torch.nn.Sequential(new torch.nn.Linear(3, 5), new torch.nn.Linear(5, 1));
    const optimizer = new torch.optim.SGD(model.parameters(), { lr: 0.1 });
    const step = torch.compile((x: torch.Tensor) => {
      optimizer.zeroGrad();
      model.forward(x).square().mean().backward();
      optimizer.step();
    });
    step(torch.randn([8, 3]));
    // The gradient of the single bias is the sum of a row, and its update not to be a part of that.
    expect(torch.compile.explain(step)).toMatch(/ map .* SGD /);
    expect(torch.compile.explain(step)).not.toMatch(/ rows .*SGD/);
  });

  it("keeps what is read again after a first result", () => {
    torch.useDeterministicAlgorithms(true);
    const f: Rows = (x) => {
      const h = x.matmul(x);
      const distance = h.sub(h.amax([1], { keepdim: true })).exp();
      const share = distance.div(distance.sum([1], { keepdim: true }));
      return distance.matmul(share.add(h));
    };
    expect(check(f, input([16, 16], torch.float32))).toEqual(["matmul", "rows", "matmul"]);
  });

  it("lets a result take the place of what it is made of", () => {
    const compiled = torch.compile((x: torch.Tensor) => F.softmax(x.matmul(x.t()), -1).matmul(x));
    const x = torch.randn([32, 32]);
    compiled(x);
    expect(kindsOf(compiled)).toEqual(["matmul", "rows", "matmul"]);
    expect(torch.compile.explain(compiled)).toContain(
      "a workspace of 4.1 kB (8.2 kB if nothing were shared)",
    );
  });
});
