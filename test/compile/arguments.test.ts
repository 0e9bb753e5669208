/** What goes into and comes out of compiled functions, and what makes them be traced again. */
import { afterEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import * as torch from "../../src/index.ts";
import { agrees, errorOf, seen } from "./against-eager.ts";

/** A compiled function, and how often it has been traced. */
function counted<A extends readonly unknown[], R>(fn: (...args: A) => R, options?: torch.CompileOptions) {
  const count = { traces: 0 };
  const compiled = torch.compile((...args: A) => {
    count.traces++;
    return fn(...args);
  }, options);
  return { compiled, count };
}

describe("arguments and results", () => {
  it("are nested in arrays and objects", () => {
    agrees(1, (wrap, see) => {
      const f = wrap(
        (batch: { x: torch.Tensor; parts: [torch.Tensor, { scale: torch.Tensor }] }, factor: number) => ({
          sum: batch.x.add(batch.parts[0]).mul(factor),
          list: [batch.parts[1].scale.exp(), [batch.x.sum(), "text", null, undefined, factor]],
          values: batch.x.max(0),
        }),
      );
      for (let i = 0; i < 3; i++)
        see(f({ x: torch.randn([2, 3]), parts: [torch.randn([3]), { scale: torch.rand([2]) }] }, 2));
    });
  });

  it("of every dtype, contiguous or not, with no elements or no dimensions", () => {
    for (const dtype of [torch.float32, torch.float64, torch.int32, torch.int64, torch.uint8, torch.bool]) {
      agrees(4, (wrap, see) => {
        const f = wrap((x: torch.Tensor) => [x.t(), x.eq(x.min()), x.to(torch.float32).sum(0)]);
        const g = wrap((x: torch.Tensor) => [x, x.mul(1), x.sum()]);
        for (let i = 0; i < 2; i++) {
          const x = torch.randint(2, [4, 6], { dtype: torch.int32 }).to(dtype);
          see([f(x.slice(0, 0, 4, 2)), f(x.t().narrow(1, 0, 2).t().narrow(1, 0, 6))]);
          see([g(x.select(0, 1).select(0, 0)), g(torch.zeros([0, 3], { dtype }))]);
        }
      });
    }
  });

  it("are overwritten where the function does so", () => {
    agrees(1, (wrap, see) => {
      const f = wrap((x: torch.Tensor, { y }: { y: torch.Tensor }) => {
        x.add_(1);
        y.select(0, 1).mul_(x);
        x.narrow(0, 0, 1).fill_(7);
        return x;
      });
      for (let i = 0; i < 3; i++) {
        const [x, y] = [torch.randn([3]), torch.randn([4, 3])];
        const part = y.narrow(0, 1, 2);
        const version = x.storage.version;
        const result = f(x, { y: part });
        see([x, y, result, result === x, x.storage.version > version]);
      }
    });
  });

  it("are nested in Maps and Sets", () => {
    agrees(2, (wrap, see) => {
      const f = wrap((batch: Map<unknown, torch.Tensor>, all: Set<torch.Tensor>) => {
        const sums = [...all].map((x) => x.sum());
        return new Map<unknown, unknown>([
          ["product", batch.get(1)!.mul(batch.get("two")!)],
          [2, new Set(sums)],
        ]);
      });
      const tensor = () => torch.randn([3]);
      for (let i = 0; i < 3; i++) {
        const batch = new Map<unknown, torch.Tensor>([
          [1, tensor()],
          ["two", tensor()],
        ]);
        for (let k = 0; k < 2; k++) {
          const result = f(batch, new Set([tensor(), tensor()]));
          see([result.get("product"), [...(result.get(2) as Set<torch.Tensor>)]]);
          batch.set(1, tensor());
        }
      }
      const other = new Map<unknown, torch.Tensor>().set(1, tensor()).set("two", tensor());
      see(f(other, new Set([tensor()])).get("product"));
    });
  });

  it("may be objects of classes without tensors, of which each content is another constant", () => {
    agrees(3, (wrap, see) => {
      class Config {
        scale = 2;
        readonly #secret = 3;
        readonly parts = [1, new Date(5)] as const;
        get factor(): number {
          return this.scale * this.#secret * this.parts[1].getTime();
        }
      }
      const f = wrap((x: torch.Tensor, config: Config) => x.mul(config.factor));
      const config = new Config();
      for (const scale of [2, 7, 2, 7]) {
        config.scale = scale;
        see(f(torch.randn([3]), config));
      }
      config.parts[1].setTime(9);
      see(f(torch.randn([3]), config));
    });
  });

  it("have their layout: what copies in eager mode copies, and what fails there fails", () => {
    agrees(6, (wrap, see) => {
      const layouts = (): torch.Tensor[] => [
        torch.randn([2, 3]),
        torch.randn([3, 2]).t(),
        torch.randn([2, 7]).narrow(1, 2, 3),
        torch.randn([2, 3, 40]).select(2, 7),
        torch.randn([3, 100, 2]).select(1, 50).t(),
        torch.randn([3]).expand([2, 3]),
      ];
      const f = wrap((x: torch.Tensor) => {
        const y = x.reshape([6]);
        if (!x.isContiguous() || x.dense) y.abs_();
        const z = x.contiguous().mul_(2);
        let viewed: torch.Tensor | string;
        try {
          viewed = x.view([3, 2]);
        } catch (error) {
          viewed = (error as Error).name;
        }
        return [y, z, x.t().reshape([6]), viewed, x.matmul(x.t()), x.sum(0), x.contiguous()];
      });
      for (let i = 0; i < 2; i++) for (const x of layouts()) see([f(x), x]);
    });
  });

  it("that lie in another order are copied by reshape, as in PyTorch", () => {
    // x = torch.tensor([[-1., -2.], [-3., -4.], [-5., -6.]]).t(); x.reshape(6).abs_(): x stays as it is
    const f = torch.compile((x: torch.Tensor) => x.reshape([6]).abs_());
    const dense = torch.tensor([
      [-1, -3, -5],
      [-2, -4, -6],
    ]);
    const x = torch
      .tensor([
        [-1, -2],
        [-3, -4],
        [-5, -6],
      ])
      .t();
    expect(f(dense).tolist()).toEqual([1, 3, 5, 2, 4, 6]);
    expect(f(x).tolist()).toEqual([1, 3, 5, 2, 4, 6]);
    expect(dense.tolist()).toEqual([
      [1, 3, 5],
      [2, 4, 6],
    ]);
    expect(x.tolist()).toEqual([
      [-1, -3, -5],
      [-2, -4, -6],
    ]);
  });

  it("are filled where they are expanded", () => {
    for (const shape of [[], [1], [3], [1, 3], [2, 1], [1, 1, 1]]) {
      agrees(1, (wrap, see) => {
        const outside = torch.zeros(shape);
        const f = wrap((x: torch.Tensor) => {
          return [x, x.mul(2), torch.zeros(shape), outside].map((y, i) => {
            y.expand([2, 2, 3]).fill_(i);
            return [y, y.add(1)];
          });
        });
        for (let i = 0; i < 2; i++) see([f(torch.randn(shape)), outside]);
      });
    }
  });

  it("may be one tensor twice", () => {
    agrees(2, (wrap, see) => {
      const f = wrap((x: torch.Tensor, y: torch.Tensor) => {
        x.mul_(2);
        return x.add(y);
      });
      const [x, y] = [torch.randn([3]), torch.randn([3])];
      for (let i = 0; i < 2; i++) see([f(x, x), f(x, y), x, y]);
    });
  });

  it("come back as what they are, without a copy", () => {
    const captured = torch.ones([2]);
    const f = torch.compile((x: torch.Tensor) => ({ x, captured, y: x.add(captured) }));
    for (let i = 0; i < 2; i++) {
      const x = torch.ones([2]);
      const result = f(x);
      expect(result.x).toBe(x);
      expect(result.captured).toBe(captured);
      expect(result.y.tolist()).toEqual([2, 2]);
    }
  });

  it("have the types of the function", () => {
    const f = torch.compile((x: torch.Tensor, { scale }: { scale: number }) => ({
      y: [x.mul(scale)],
      scale,
    }));
    expectTypeOf(f).toEqualTypeOf<
      (x: torch.Tensor, options: { scale: number }) => { y: torch.Tensor[]; scale: number }
    >();
    expect(f(torch.ones([1]), { scale: 3 }).y[0]!.item()).toBe(3);
  });

  it("belong to the caller: later runs do not change them", () => {
    const f = torch.compile((x: torch.Tensor) => [x.mul(2), torch.ones([2]), torch.zeros([2])]);
    const first = f(torch.tensor([1, 2]));
    for (const x of first) x.add_(10);
    expect(f(torch.tensor([3, 4])).map((x) => x.tolist())).toEqual([
      [6, 8],
      [1, 1],
      [0, 0],
    ]);
    expect(first.map((x) => x.tolist())).toEqual([
      [12, 14],
      [11, 11],
      [10, 10],
    ]);
  });

  it("may be new leaves", () => {
    agrees(1, (wrap, see) => {
      const f = wrap(() => torch.randn([2], { requiresGrad: true }));
      for (let i = 0; i < 2; i++) {
        const w = f();
        w.square().sum().backward();
        see([w, w.isLeaf, w.grad]);
      }
    });
  });

  it("that are the same memory twice are copies of it", () => {
    agrees(1, (wrap, see) => {
      const f = wrap((x: torch.Tensor) => {
        const y = x.exp();
        return [y, y, y.t(), y.select(0, 1), y.view([-1])];
      });
      for (let i = 0; i < 2; i++) see(f(torch.randn([2, 3])));
    });
  });
});

describe("outside tensors", () => {
  it("are changed in place, whole, in part and through views", () => {
    agrees(1, (wrap, see) => {
      const total = torch.zeros([3]);
      const table = torch.zeros([4, 3]);
      const column = table.select(1, 2);
      const f = wrap((x: torch.Tensor) => {
        total.add_(x);
        table.select(0, 1).copy_(total);
        column.mul_(0.5).add_(1);
        table.t().narrow(0, 0, 1).sub_(3);
        return [total.sum(), column.clone()];
      });
      for (let i = 0; i < 4; i++) see([f(torch.randn([3])), total, table, column]);
      total.zero_();
      see([f(torch.randn([3])), total, table]);
    });
  });

  it("swap their contents", () => {
    agrees(1, (wrap, see) => {
      const [a, b] = [torch.randn([3]), torch.randn([3])];
      const f = wrap(() => {
        const before = a.clone();
        a.copy_(b);
        b.copy_(before);
      });
      for (let i = 0; i < 3; i++) {
        f();
        see([a, b]);
      }
    });
  });

  it("are scattered into, and read before and after", () => {
    agrees(1, (wrap, see) => {
      const counts = torch.zeros([5]);
      const f = wrap((index: torch.Tensor) => {
        const before = counts.clone();
        counts.scatterAdd_(0, index, torch.ones([3]));
        return [before, counts.mul(2)];
      });
      for (let i = 0; i < 3; i++) see([f(torch.randint(5, [3], { dtype: torch.int64 })), counts]);
    });
  });
});

describe("a new trace", () => {
  it("for each shape, dtype and plain argument, not for elements", () => {
    const { compiled, count } = counted(
      (x: torch.Tensor, { scale, name }: { scale: number; name: string }) => {
        return name === "exp" ? x.exp() : x.mul(scale);
      },
    );
    const calls: [torch.Tensor, number, string][] = [
      [torch.ones([2]), 2, "mul"],
      [torch.ones([3]), 2, "mul"],
      [torch.ones([3], { dtype: torch.float64 }), 2, "mul"],
      [torch.ones([3]), 0, "mul"],
      [torch.ones([3]), -0, "mul"],
      [torch.ones([3]), Number.NaN, "mul"],
      [torch.ones([3]), 2, "exp"],
    ];
    for (const round of [1, 2]) {
      for (const [i, [x, scale, name]] of calls.entries()) {
        const y = compiled(x.mul(round), { scale, name });
        expect(seen(y)).toEqual(seen(name === "exp" ? x.mul(round).exp() : x.mul(round).mul(scale)));
        expect(count.traces).toBe(round === 1 ? i + 1 : calls.length);
      }
    }
  });

  it("for modes: recording, the default dtype, deterministic algorithms", () => {
    const w = torch.ones([2], { requiresGrad: true });
    const { compiled, count } = counted((x: torch.Tensor) => x.mul(w).add(torch.full([1], 0.5)));
    const x = torch.ones([2]);
    expect(compiled(x).requiresGrad).toBe(true);
    expect(torch.noGrad(() => compiled(x)).requiresGrad).toBe(false);
    expect(count.traces).toBe(2);
    torch.setDefaultDtype(torch.float64);
    try {
      expect(compiled(x).dtype).toBe(torch.float64);
    } finally {
      torch.setDefaultDtype(torch.float32);
    }
    expect(count.traces).toBe(3);
    torch.useDeterministicAlgorithms(true);
    compiled(x);
    torch.useDeterministicAlgorithms(false);
    expect(count.traces).toBe(4);
    compiled(x);
    torch.noGrad(() => compiled(x));
    expect(count.traces).toBe(4);
  });

  it("not for an argument that gathers gradients, one after the other", () => {
    agrees(2, (wrap, see) => {
      const f = wrap((x: torch.Tensor) => {
        const y = x.square().sum();
        y.backward();
        return x.grad;
      });
      for (let i = 0; i < 5; i++) {
        const x = torch.randn([3], { requiresGrad: true });
        see([f(x), x.grad]);
      }
    });
  });

  it("not for parameters that are always the same, whose gradients are gathered", () => {
    agrees(2, (wrap, see) => {
      const [w, b] = [torch.randn([3], { requiresGrad: true }), torch.randn([3], { requiresGrad: true })];
      const f = wrap((params: torch.Tensor[], x: torch.Tensor) => {
        // `w` is known by another name, too.
        params[0]!.mul(x).add(params[1]!).add(w).square().sum().backward();
        torch.noGrad(() => {
          for (const p of params) p.sub_(p.grad!.mul(0.1));
        });
      });
      for (let i = 0; i < 4; i++) {
        f([w, b], torch.randn([3]));
        see([w, b, w.grad, b.grad]);
      }
    });
  });
});

describe("the cache", () => {
  afterEach(() => vi.restoreAllMocks());

  it("holds cacheSize programs, drops the one that was not used for longest, and says so once", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const { compiled, count } = counted((x: torch.Tensor) => x.add(1), { cacheSize: 2 });
    const call = (n: number): number => {
      compiled(torch.ones([n]));
      return count.traces;
    };
    expect([call(1), call(2), call(1), call(2)]).toEqual([1, 2, 2, 2]);
    expect(warn).not.toHaveBeenCalled();
    expect([call(1), call(3), call(1), call(2)]).toEqual([2, 3, 3, 4]);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]![0]).toMatch(/more than 2 different shapes/);
  });

  it("keeps 8 unless told, and refuses what is no size", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const { compiled, count } = counted((x: torch.Tensor) => x.add(1));
    for (const round of [1, 2]) for (let n = 1; n <= 8; n++) compiled(torch.full([n], round));
    expect(count.traces).toBe(8);
    expect(warn).not.toHaveBeenCalled();
    for (const cacheSize of [0, -1, 1.5, Number.NaN]) {
      expect(errorOf(() => torch.compile(() => 0, { cacheSize }))).toMatch(
        /cacheSize must be an integer above 0/,
      );
    }
  });
});
