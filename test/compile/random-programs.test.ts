/** Programs put together at random, with views, in-place changes, reductions and gradients: the digits of eager mode. */
import fc from "fast-check";
import { it } from "vitest";
import * as torch from "../../src/index.ts";
import { agrees } from "./against-eager.ts";

/** One op of a program: what it makes of two of the tensors that there are, all of them of one shape [R, C]. */
type Op = (x: torch.Tensor, y: torch.Tensor) => torch.Tensor;

const ops: Record<string, Op> = {
  add: (x, y) => x.add(y),
  mul: (x, y) => x.mul(y),
  "sub a column": (x, y) => x.sub(y.select(1, 0).unsqueeze(1)),
  "div by a row": (x, y) => x.div(y.abs().add(1).select(0, 2)),
  exp: (x) => x.tanh().exp(),
  sigmoid: (x) => x.sigmoid(),
  where: (x, y) => torch.where(x.gt(y), x, y.mul(0.5)),
  "double and back": (x) => x.to(torch.float64).sin().to(torch.float32),
  softmax: (x) => x.softmax(1),
  "layer norm": (x, y) => torch.layerNorm(x, [x.size(1)], { weight: y.select(0, 0) }),
  "row sums": (x, y) => y.sub(x.sum(1, { keepdim: true })),
  "column means": (x, y) => y.mul(x.mean(0)),
  largest: (x, y) => y.add(x.max()),
  norm: (x) => x.div(x.square().sum().add(1).sqrt()),
  matmul: (x, y) => x.matmul(y.t()).matmul(y),
  "matmul with bias": (x, y) => torch.nn.functional.linear(x, y.t().matmul(y), y.select(0, 1)),
  transposed: (x) => x.t().mul(2).add(1).t(),
  reshaped: (x) =>
    x
      .reshape([x.size(1), x.size(0)])
      .t()
      .contiguous(),
  rolled: (x, y) => torch.cat([x.narrow(0, 1, x.size(0) - 1), y.narrow(0, 0, 1)]),
  "largest of columns": (x, y) => y.sub(x.max(0).values),
  gathered: (x, y) => x.gather(1, y.abs().mul(10).to(torch.int64).remainder(x.size(1))),
  expanded: (x) => x.select(0, 1).expand(x.shape).mul(x),
  detached: (x) => x.detach().neg(),
  dropout: (x) => torch.nn.functional.dropout(x, 0.3),
  "in place": (x, y) => x.clone().mul_(y).add_(1),
  "in place, a row": (x, y) => {
    const z = x.clone();
    z.select(0, 1).copy_(y.select(0, 2));
    return z;
  },
  "in place, transposed": (x, y) => {
    const z = x.mul(1);
    z.t()
      .narrow(0, 1, 2)
      .mul_(y.t().narrow(0, 0, 2));
    return z;
  },
  "in place, read before": (x) => {
    const z = x.clone();
    const before = z.mul(3);
    z.sub_(1);
    return before.add(z);
  },
  scattered: (x, y) => x.scatterAdd(0, y.abs().mul(10).to(torch.int64).remainder(x.size(0)), y),
};

const names = Object.keys(ops);

const program = fc.record({
  steps: fc.array(fc.tuple(fc.constantFrom(...names), fc.nat(), fc.nat()), { minLength: 1, maxLength: 14 }),
  shape: fc.constantFrom([3, 4], [5, 7], [16, 16], [33, 20], [4, 100]),
  results: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
  backward: fc.constantFrom("inside", "outside", "no"),
  update: fc.boolean(),
  outside: fc.boolean(),
});

it("the same op on neighbours in memory, each with last elements of its own", () => {
  agrees(1, (wrap, see) => {
    const tensors = Array.from({ length: 4 }, () => torch.randn([3, 4]));
    const f = wrap(() => {
      for (const x of tensors) x.sigmoid_();
    });
    for (let i = 0; i < 2; i++) {
      f();
      see(tensors);
    }
  });
});

it("random programs", () => {
  fc.assert(
    fc.property(program, ({ steps, shape, results, backward, update, outside }) => {
      agrees(1, (wrap, see) => {
        const leaves = [
          torch.randn(shape, { requiresGrad: true }),
          torch.randn(shape, { requiresGrad: true }),
        ] as const;
        const clear = (): void => {
          for (const leaf of leaves) leaf.grad = null;
        };
        const state = torch.randn(shape);
        const f = wrap((x: torch.Tensor) => {
          if (backward === "inside") clear();
          const tensors = [x, ...leaves, state];
          for (const [name, i, j] of steps) {
            tensors.push(ops[name]!(tensors[i % tensors.length]!, tensors[j % tensors.length]!));
          }
          const last = tensors.at(-1)!;
          const cost = last.mul(leaves[0]).sum().add(leaves[1].sum());
          if (backward === "inside") {
            cost.backward();
            if (update) torch.noGrad(() => leaves.map((leaf) => leaf.sub_(leaf.grad!.mul(0.01))));
          }
          if (outside) state.copy_(last.detach().tanh());
          const wanted = results.map((i) => tensors[tensors.length - 1 - (i % steps.length)]!.detach());
          return { wanted, cost: backward === "outside" ? cost : cost.detach() };
        });
        for (let run = 0; run < 3; run++) {
          const result = f(torch.randn(shape));
          see(result);
          if (backward === "outside" && !outside) {
            clear();
            result.cost.backward();
          }
          see([state, ...leaves, ...leaves.map((leaf) => leaf.grad)]);
        }
      });
    }),
    { numRuns: Number(process.env.XORCH_PROGRAMS ?? 60) },
  );
});
