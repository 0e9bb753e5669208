/** Long programs: deeper than the stack of the engine, and more than fits into one kernel or one function. */
import { describe, expect, it } from "vitest";
import * as torch from "../../src/index.ts";
import { agrees } from "./against-eager.ts";

/** Applies `step` so many times. */
function repeated(
  count: number,
  x: torch.Tensor,
  step: (x: torch.Tensor, i: number) => torch.Tensor,
): torch.Tensor {
  let y = x;
  for (let i = 0; i < count; i++) y = step(y, i);
  return y;
}

const programs: Record<string, (x: torch.Tensor) => unknown> = {
  "200 sines and a sum": (x) => repeated(200, x, (y) => y.sin()).sum(),
  "4000 pointwise ops": (x) => repeated(4000, x, (y, i) => y.add(i % 7)),
  "1000 ops that read the same": (x) => repeated(1000, x, (y, i) => y.add(x.mul(i))),
  "1000 results": (x) => Array.from({ length: 1000 }, (_, i) => x.mul(i)),
  "1000 parts of one result": (x) => torch.stack(Array.from({ length: 1000 }, (_, i) => x.mul(i))),
  "1000 changes of parts": (x) => {
    const y = x.mul(1);
    for (let i = 0; i < 1000; i++) y.select(0, i % 3).add_(y.select(0, (i + 1) % 3).mul(0.1));
    return y;
  },
  "300 softmaxes": (x) => repeated(300, x, (y) => y.softmax(1).add(x)),
  "400 kernels of hundreds of primitives": (x) => repeated(1200, x, (y) => y.sin().matmul(x).tanh()),
};

describe.each(Object.entries(programs))("%s", (_name, program) => {
  it("are as in eager mode", () => {
    agrees(1, (wrap, see) => {
      const f = wrap(program);
      for (let i = 0; i < 2; i++) see(f(torch.randn([3, 3])));
    });
  });
});

it("are PyTorch's in their digits", () => {
  const f = torch.compile((x: torch.Tensor) => repeated(200, x, (y) => y.sin()));
  const x = torch.tensor([0.5, 1, 2, 3], { dtype: torch.float64 });
  const y = f(x).tolist() as number[];
  const expected = [0.1184707693206446, 0.1207876919408867, 0.12093637669918264, 0.09256241058276266];
  for (const [i, one] of expected.entries()) expect(y[i]).toBeCloseTo(one, 14);
});

it("can be differentiated, inside and outside", () => {
  agrees(2, (wrap, see) => {
    const w = torch.randn([3, 3], { requiresGrad: true });
    const chain = (x: torch.Tensor) => repeated(1000, w.mul(x), (y) => y.mul(w.mul(0.1)).add(0.5)).sum();
    const outside = wrap(chain);
    const inside = wrap((x: torch.Tensor) => torch.autograd.grad(chain(x), [w]));
    const x = torch.randn([3, 3]);
    see(torch.autograd.grad(outside(x), [w]));
    see(inside(x));
  });
});
