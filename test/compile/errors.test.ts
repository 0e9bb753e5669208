/** What compiled functions refuse, what they say, and that nothing is half done then. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import * as torch from "../../src/index.ts";
import { errorOf } from "./against-eager.ts";

const { nn, optim } = torch;

const ownLines = readFileSync(fileURLToPath(import.meta.url), "utf8").split("\n");

describe("compile refuses", () => {
  it("what is no function, and says how to compile a module", () => {
    expect(errorOf(() => torch.compile(3 as never))).toBe(
      "CompileError: compile: expected a function, got number 3",
    );
    expect(errorOf(() => torch.compile(new nn.Linear(1, 1) as never))).toContain(
      "compile((x) => model.forward(x))",
    );
  });

  it("async functions, also where they go on to fail", async () => {
    const f = torch.compile(async function train() {
      await Promise.resolve();
      torch.ones([1]).item();
      throw new Error("later");
    });
    expect(errorOf(f)).toMatch(/^CompileError: compile: train is async.*compile the synchronous part/);
    // The rest of the function runs now; that it fails is nobody's business.
    await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it("typed arrays among the arguments", () => {
    expect(errorOf(() => torch.compile((x: Float32Array) => x.length)(new Float32Array(2)))).toContain(
      "torch.fromTypedArray",
    );
  });
});

describe("values that are read while tracing", () => {
  const w = torch.ones([2], { requiresGrad: true });
  const made = (x: torch.Tensor) => x.mul(2);
  const reads: Record<string, (x: torch.Tensor) => unknown> = {
    "of a result": (x) => made(x).sum().item(),
    "of an argument": (x) => x.tolist(),
    "of an outside tensor": () => w.toTypedArray(),
    "of random numbers": () => torch.rand([2]).tolist(),
    "of a constant that was changed": () => torch.zeros([1]).add_(1).item(),
    "to decide": (x) => (made(x).sum().item() > 0 ? x : x.neg()),
    "to print": (x) => `${made(x)}`,
    "for a shape": (x) => torch.nonzero(made(x)),
  };
  it.each(Object.entries(reads))("%s, are an error that names the line", (name, read) => {
    const message = errorOf(() => torch.compile(read)(torch.ones([2])));
    expect(message).toMatch(/^CompileError: compile: a value is read while the function is traced, at /);
    const [, file, line] = /, at (.*?):(\d+):\d+\. /.exec(message!)!;
    expect(file).toBe(fileURLToPath(import.meta.url));
    expect(ownLines[Number(line) - 1]).toContain(`"${name}": `);
  });

  it("are allowed of constants, and of what is outside of the trace", () => {
    const f = torch.compile((x: torch.Tensor) => x.mul(torch.tensor([3]).item()));
    expect(f(torch.ones([1])).tolist()).toEqual([3]);
  });
});

describe("tensors that leak out", () => {
  it("have no values, and say so", () => {
    let leaked: torch.Tensor | undefined;
    let counter: torch.Tensor | undefined;
    const f = torch.compile((x: torch.Tensor) => {
      leaked = x.mul(2);
      counter ??= torch.zeros([1]);
      counter.add_(1);
      return leaked.sum();
    });
    f(torch.ones([2]));
    for (const x of [leaked!, counter!]) {
      expect(errorOf(() => x.tolist())).toMatch(
        /^CompileError: compile: a tensor that was made inside a compiled function is read after the call, at .*errors\.test\.ts:\d+:\d+\. .*return the tensor/,
      );
    }
    // Neither can be used in another compiled function, nor in an eager one.
    expect(errorOf(() => torch.compile(() => leaked!.add(1))())).toMatch(
      /a tensor from inside another compiled function/,
    );
    expect(errorOf(() => leaked!.add(1))).toMatch(/is read after the call/);
  });

  it("also where the trace has failed", () => {
    let leaked: torch.Tensor | undefined;
    errorOf(
      torch.compile(() => {
        leaked = torch.ones([1]).exp();
        throw new Error("no");
      }),
    );
    expect(errorOf(() => leaked!.item())).toMatch(/is read after the call/);
  });
});

describe("histories that would grow from call to call", () => {
  const w = torch.ones([2], { requiresGrad: true });

  it("of outside tensors", () => {
    const total = torch.zeros([2]);
    const f = torch.compile((x: torch.Tensor) => total.add_(w.mul(x)));
    expect(errorOf(() => f(torch.ones([2])))).toMatch(
      /a tensor from outside of the function \(shape \[2\]\) is changed in place to something that requires gradients/,
    );
    expect([total.tolist(), total.requiresGrad, total.storage.version]).toEqual([[0, 0], false, 0]);
    const part = torch.compile((x: torch.Tensor) => total.narrow(0, 0, 1).add_(w.mul(x).sum()));
    expect(errorOf(() => part(torch.ones([2])))).toMatch(/from outside of the function/);
    expect(total.requiresGrad).toBe(false);
  });

  it("of a tensor that the function freezes", () => {
    const p = torch.ones([2]);
    const f = torch.compile(() => {
      p.requiresGrad = false;
      p.mul_(w);
    });
    expect(errorOf(f)).toMatch(/CompileError: .* is changed in place to something that requires gradients/);
    expect([p.tolist(), p.requiresGrad, p.gradFn]).toEqual([[1, 1], false, null]);
  });

  it("of arguments", () => {
    const f = torch.compile((x: torch.Tensor) => x.add_(w));
    const x = torch.ones([2]);
    expect(errorOf(() => f(x))).toMatch(
      /an argument of shape \[2\] cannot be used so: it is changed in place/,
    );
    expect([x.tolist(), x.requiresGrad]).toEqual([[1, 1], false]);
  });

  it("gradients that reach an argument with a history", () => {
    const f = torch.compile((x: torch.Tensor) => x.sum().backward());
    expect(errorOf(() => f(w.mul(2)))).toMatch(/a gradient reaches it within the function/);
    expect(w.grad).toBeNull();
  });
});

describe("compiled functions within others", () => {
  it("are traced through", () => {
    let calls = 0;
    const inner = torch.compile((x: torch.Tensor) => {
      calls++;
      return x.mul(2);
    });
    const outer = torch.compile((x: torch.Tensor) => inner(inner(x)).add(1));
    for (let i = 0; i < 3; i++) expect(outer(torch.full([2], i)).tolist()).toEqual([4 * i + 1, 4 * i + 1]);
    expect(calls).toBe(2);
    expect(inner(torch.ones([2])).tolist()).toEqual([2, 2]);
  });

  it("cannot be differentiated in a trace once they have run", () => {
    const w = torch.ones([2], { requiresGrad: true });
    const y = torch.compile(() => w.mul(2).sum())();
    expect(errorOf(torch.compile(() => y.backward()))).toMatch(/CompileError: .*call both inside, or none/);
    expect(w.grad).toBeNull();
    y.backward();
    expect(w.grad!.tolist()).toEqual([2, 2]);
  });

  it("run op by op inside detectAnomaly, which finds the op", () => {
    const f = torch.compile((x: torch.Tensor) => x.sub(1).log());
    expect(errorOf(() => torch.autograd.detectAnomaly(() => f(torch.ones([1]))))).toMatch(
      /AutogradError: detectAnomaly: log made an infinity/,
    );
    expect(f(torch.ones([1])).tolist()).toEqual([Number.NEGATIVE_INFINITY]);
  });
});

describe("a trace that fails", () => {
  /** A training step that fails at its end the first `failures` times. */
  function failing(
    failures: number,
    optimizerOf: (params: torch.Tensor[]) => { zeroGrad(): void; step(): void },
  ) {
    torch.manualSeed(1);
    const model = new nn.Sequential(
      new nn.Linear(2, 3),
      new nn.BatchNorm1d(3),
      new nn.Dropout(0.5),
      new nn.Linear(3, 1),
    );
    const optimizer = optimizerOf(model.parameters());
    let left = failures;
    const step = (x: torch.Tensor) => {
      optimizer.zeroGrad();
      const cost = (model.forward(x) as torch.Tensor).square().mean();
      cost.backward();
      optimizer.step();
      if (left-- > 0) throw new Error("failed");
      return cost.detach();
    };
    return { model, optimizer, step };
  }

  it.each([
    [
      "SGD, dampening",
      (params: torch.Tensor[]) => new optim.SGD(params, { lr: 0.1, momentum: 0.9, dampening: 0.5 }),
    ],
    ["Adam", (params: torch.Tensor[]) => new optim.Adam(params, { lr: 0.1 })],
  ])(
    "leaves parameters, gradients, optimizer, statistics and generator as they were: %s",
    (_, optimizerOf) => {
      const x = torch.randn([4, 2]);
      const results = [0, 2].map((failures) => {
        const { model, optimizer, step } = failing(failures, optimizerOf as never);
        const compiled = torch.compile(step);
        const before = model.parameters().map((w) => [w.tolist(), w.grad, w.storage.version]);
        for (let i = 0; i < failures; i++) {
          const state = torch.getRngState();
          expect(errorOf(() => compiled(x))).toBe("Error: failed");
          expect(torch.getRngState()).toEqual(state);
          expect(model.parameters().map((w) => [w.tolist(), w.grad, w.storage.version])).toEqual(before);
        }
        torch.manualSeed(2);
        const costs = Array.from({ length: 3 }, () => compiled(x).item());
        return JSON.stringify([
          costs,
          model.stateDict(),
          (optimizer as InstanceType<typeof optim.SGD>).stateDict(),
        ]);
      });
      expect(results[1]).toBe(results[0]);
    },
  );

  it("leaves graphs from before as they were", () => {
    const w = torch.ones([2], { requiresGrad: true });
    const y = w.square().sum();
    const f = torch.compile(() => {
      torch.noGrad(() => w.add_(1));
      throw new Error("failed");
    });
    expect(errorOf(f)).toBe("Error: failed");
    y.backward();
    expect(w.grad!.tolist()).toEqual([2, 2]);
  });
});

describe("a run that fails", () => {
  it("changes no parameter, no gradient and no state of the optimizer, and the next one is right", () => {
    torch.manualSeed(1);
    const table = new nn.Embedding(5, 3);
    const optimizer = new optim.Adam(table.parameters(), { lr: 0.1, weightDecay: 0.1 });
    const step = torch.compile((index: torch.Tensor) => {
      optimizer.zeroGrad();
      const cost = table.forward(index).square().mean();
      cost.backward();
      optimizer.step();
      return cost.detach();
    });
    const index = torch.tensor([1, 2], { dtype: torch.int64 });
    step(index);
    const { weight } = table;
    const state = () => JSON.stringify([weight, weight.grad, optimizer.stateDict()]);
    const before = state();
    expect(before).toContain('"step":1');
    expect(errorOf(() => step(torch.tensor([1, 7], { dtype: torch.int64 })))).toMatch(
      /^IndexError: embedding/,
    );
    expect(state()).toBe(before);
    const cost = table.forward(index).square().mean().item();
    expect(step(index).item()).toBeCloseTo(cost, 6);
  });

  it("changes nothing outside that eager mode would not have changed by then", () => {
    const [late, again, moved, part] = [torch.ones([4]), torch.ones([4]), torch.ones([4]), torch.ones([4])];
    const table = torch.rand([5, 3]);
    const f = torch.compile((index: torch.Tensor) => {
      const results = [late.mul(2), again.mul(3), moved.mul(4)] as const;
      const found = nn.functional.embedding(index, table);
      // Could be one loop with the first result; is the second, is the third; is changed in part.
      late.add_(1);
      again.mul_(3);
      moved.copy_(results[2]);
      part.narrow(0, 1, 2).mul_(3);
      return [results[0], results[1].matmul(results[1]), results[2].matmul(results[2]), found];
    });
    f(torch.tensor([1], { dtype: torch.int64 }));
    const outside = () => [late, again, moved, part].map((x) => x.tolist());
    const before = outside();
    expect(before).toEqual([
      [2, 2, 2, 2],
      [3, 3, 3, 3],
      [4, 4, 4, 4],
      [1, 3, 3, 1],
    ]);
    expect(errorOf(() => f(torch.tensor([9], { dtype: torch.int64 })))).toMatch(/^IndexError/);
    expect(outside()).toEqual(before);
  });

  it("throws what eager mode throws for values out of range", () => {
    const bce = (p: torch.Tensor) => nn.functional.binaryCrossEntropy(p, torch.ones([2]));
    const nll = (t: torch.Tensor) => nn.functional.crossEntropy(torch.zeros([2, 3]), t);
    const divide = (d: torch.Tensor) => torch.ones([2], { dtype: torch.int32 }).remainder(d);
    const cases: [(x: torch.Tensor) => torch.Tensor, torch.Tensor, torch.Tensor][] = [
      [bce, torch.tensor([0.5, 0.5]), torch.tensor([0.5, 1.5])],
      [nll, torch.tensor([0, 2], { dtype: torch.int64 }), torch.tensor([0, 3], { dtype: torch.int64 })],
      [divide, torch.tensor([1, 2], { dtype: torch.int32 }), torch.tensor([1, 0], { dtype: torch.int32 })],
    ];
    for (const [f, good, bad] of cases) {
      const compiled = torch.compile(f);
      for (const x of [good, bad, good]) {
        const [found, wanted] = [errorOf(() => compiled(x)), errorOf(() => f(x))];
        expect(found?.split(":")[0]).toBe(wanted?.split(":")[0]);
        expect(found === null).toBe(x === good);
      }
    }
  });
});
