/** Plain state that a traced function reads and that is changed afterwards: a program is made anew, or it says so. */
import { describe, expect, it } from "vitest";
import * as torch from "../../src/index.ts";
import { agrees, errorOf } from "./against-eager.ts";

const { nn, optim } = torch;
const F = nn.functional;

/** Runs what `make` gives before and after each of the changes that come with it: each needs another program. */
function retraces(
  make: () => { run: (x: torch.Tensor) => unknown; changes: readonly (() => unknown)[] },
): void {
  agrees(1 + make().changes.length, (wrap, see) => {
    const { run, changes } = make();
    const f = wrap(run);
    const x = torch.randn([3, 4]);
    for (const change of [() => {}, ...changes]) {
      change();
      // The second run is that of the same program.
      see([f(x), f(x)]);
    }
  });
}

class Net extends nn.Module {
  scale = new nn.Parameter(torch.full([4], 2));
  first: torch.nn.Module = new nn.Linear(4, 4);
  rate = 0.5;
  config = { shift: 1, deep: [1, 2] };
  hidden = [new nn.Linear(4, 4)];
  extra?: torch.Tensor;
  override forward(x: torch.Tensor): torch.Tensor {
    let y = (this.first.forward(x) as torch.Tensor).mul(this.scale).mul(this.rate);
    y = this.hidden[0]!.forward(y.add(this.config.shift * this.config.deep[1]!));
    return this.extra === undefined ? y : y.add(this.extra);
  }
}

describe("modules", () => {
  it("whose parameters are replaced", () => {
    retraces(() => {
      const layer = new nn.Linear(4, 2);
      const fresh = () => new nn.Parameter(torch.randn([2, 4]));
      return {
        run: (x) => layer.forward(x),
        changes: [() => (layer.weight = fresh()), () => (layer.bias = null), () => (layer.weight = fresh())],
      };
    });
    retraces(() => {
      const layer = new nn.Linear(4, 2);
      return {
        run: (x) => x.matmul(layer.weight.t()),
        changes: [() => (layer.weight = new nn.Parameter(torch.randn([3, 4])))],
      };
    });
  });

  it("of users, whose properties are changed: parameters, submodules, numbers, what is in arrays and objects", () => {
    retraces(() => {
      const net = new Net();
      return {
        run: (x) => net.forward(x),
        changes: [
          () => (net.scale = new nn.Parameter(torch.randn([4]))),
          () => (net.first = new nn.Linear(4, 4)),
          () => (net.first = new nn.ReLU()),
          () => (net.rate = 3),
          () => (net.config.shift = 5),
          () => (net.config.deep[1] = 7),
          () => (net.config = { shift: 0, deep: [0, 0] }),
        ],
      };
    });
    retraces(() => {
      const net = new Net();
      return {
        run: (x) => net.forward(x),
        changes: [
          () => (net.hidden[0] = new nn.Linear(4, 4)),
          () => (net.extra = torch.ones([4])),
          () => delete net.extra && (net.rate = 1),
        ],
      };
    });
  });

  it("whose options are changed", () => {
    retraces(() => {
      const model = new nn.Sequential(new nn.LeakyReLU(0.1), new nn.Dropout(0.5), new nn.LayerNorm([4]));
      const [leaky, dropout, norm] = model as unknown as [object, object, object];
      return {
        run: (x) => model.forward(x),
        changes: [
          () => Object.assign(leaky, { negativeSlope: 0.3 }),
          () => Object.assign(dropout, { p: 0.9 }),
          () => Object.assign(norm, { eps: 0.5 }),
          () => model.eval(),
        ],
      };
    });
    retraces(() => {
      const net = { dropout: new nn.Dropout(0.5) };
      class Outer extends nn.Module {
        drop = net.dropout;
        override forward(x: torch.Tensor) {
          return F.dropout(x, this.drop.p, this.training);
        }
      }
      const outer = new Outer();
      return { run: (x) => outer.forward(x), changes: [() => Object.assign(net.dropout, { p: 0.1 })] };
    });
    retraces(() => {
      const conv = new nn.Conv1d(3, 2, 2);
      return { run: (x) => conv.forward(x), changes: [() => Object.assign(conv, { stride: [2] })] };
    });
  });

  it("in containers that grow", () => {
    retraces(() => {
      const model = new nn.Sequential(new nn.Linear(4, 4));
      return { run: (x) => model.forward(x), changes: [() => model.append(new nn.Linear(4, 2))] };
    });
    retraces(() => {
      const list = new nn.ModuleList([new nn.Linear(4, 4)]);
      const run = (x: torch.Tensor) => [...list].reduce((y, layer) => layer.forward(y) as torch.Tensor, x);
      return { run, changes: [() => list.append(new nn.Linear(4, 4))] };
    });
    retraces(() => {
      const named = new nn.ModuleDict({ a: new nn.Linear(4, 4), b: new nn.Linear(4, 4) });
      const run = (x: torch.Tensor) => (named.get("a").forward(x) as torch.Tensor).mul(named.length);
      return {
        run,
        changes: [() => named.set("a", new nn.Tanh()), () => named.delete("b")],
      };
    });
    retraces(() => {
      const list = new nn.ParameterList([torch.ones([4])]);
      const run = (x: torch.Tensor) => [...list].reduce((y: torch.Tensor, w) => y.mul(w), x);
      return { run, changes: [() => list.append(torch.full([4], 3))] };
    });
  });

  it("whose parameters are listed", () => {
    retraces(() => {
      const net = new Net();
      const run = (x: torch.Tensor) =>
        net.parameters().reduce((sum: torch.Tensor, w) => sum.add(w.square().sum()), x.sum());
      return {
        run,
        changes: [
          () => Object.assign(net, { more: new nn.Parameter(torch.ones([2])) }),
          () => ((net.first as torch.nn.Linear).bias = null),
        ],
      };
    });
  });

  it("whose forward is hooked or replaced", () => {
    retraces(() => {
      const [layer, net] = [new nn.Linear(4, 4), new Net()];
      const handles: { remove(): void }[] = [];
      const hook = (factor: number) => (_: unknown, _inputs: unknown, y: unknown) =>
        (y as torch.Tensor).mul(factor);
      return {
        run: (x) => net.forward(layer.forward(x)),
        changes: [
          () => handles.push(layer.registerForwardHook(hook(3))),
          () => handles.push(layer.registerForwardHook(hook(5))),
          () => handles[0]!.remove(),
          () => net.registerForwardPreHook((_, [x]) => (x as torch.Tensor).neg()),
          () => (layer.forward = (x) => x.exp()),
          () => (net.forward = (x) => x.sin()),
        ],
      };
    });
  });

  it("that are set up by others, or changed where nothing is read, leave programs alone", () => {
    agrees(1, (wrap, see) => {
      const [net, other] = [new Net(), new Net()];
      const f = wrap((x: torch.Tensor) => net.forward(x));
      for (let i = 0; i < 3; i++) {
        other.rate = i;
        Object.assign(net, { note: `run ${i}` });
        see([f(torch.randn([2, 4])), new Net().rate]);
      }
    });
  });
});

describe("optimizers", () => {
  /** A step with parameters to spare. */
  function training(kind: "SGD" | "Adam") {
    const params = [torch.ones([4]), torch.full([4], 2), torch.full([4], 3)];
    for (const w of params) w.requiresGrad_();
    const [w, v, u] = params as [torch.Tensor, torch.Tensor, torch.Tensor];
    const optimizer: torch.optim.Optimizer<object> =
      kind === "SGD" ? new optim.SGD([w], { lr: 0.1, momentum: 0.9 }) : new optim.Adam([w], { lr: 0.1 });
    const run = (x: torch.Tensor) => {
      optimizer.zeroGrad();
      x.mul(w).add(v).mul(u).square().sum().backward();
      optimizer.step();
      return params.map((one) => one.detach().clone());
    };
    return { run, optimizer, w, v, u };
  }

  it.each(["SGD", "Adam"] as const)("%s: parameters that come, go and change places", (kind) => {
    const { traces } = counted(kind, ({ optimizer, v, u }) => [
      () => optimizer.paramGroups[0]!.params.push(v),
      () => optimizer.addParamGroup({ params: [u] }),
      () => optimizer.paramGroups.pop(),
      () => optimizer.paramGroups[0]!.params.reverse(),
      () => (optimizer.paramGroups[0] = { ...optimizer.paramGroups[0]!, params: [u] }),
    ]);
    expect(traces).toBeGreaterThanOrEqual(6);
  });

  it.each(["SGD", "Adam"] as const)("%s: a state that is thrown away, or replaced", (kind) => {
    const name = kind === "SGD" ? "momentumBuffer" : "expAvg";
    const { traces } = counted(kind, ({ optimizer, w }) => [
      () => optimizer.state.clear(),
      () => (optimizer.state.get(w)![name] = torch.full([4], 5)),
      () => optimizer.state.delete(w),
    ]);
    expect(traces).toBeGreaterThanOrEqual(4);
  });

  /** Compares with eager mode before and after each change; a gradient that is new takes another program, too. */
  function counted(
    kind: "SGD" | "Adam",
    changesOf: (parts: ReturnType<typeof training>) => (() => unknown)[],
  ): { traces: number } {
    const seen: unknown[][] = [];
    let traces = 0;
    for (const isCompiled of [false, true]) {
      const parts = training(kind);
      const f = isCompiled
        ? torch.compile((x: torch.Tensor) => {
            traces++;
            return parts.run(x);
          })
        : parts.run;
      seen.push([]);
      for (const change of [() => {}, ...changesOf(parts)]) {
        change();
        for (let i = 0; i < 3; i++) seen.at(-1)!.push(f(torch.full([4], 0.5)).map((one) => one.tolist()));
      }
    }
    expect(seen[1]).toEqual(seen[0]);
    return { traces };
  }
});

describe("tensors", () => {
  it("whose hooks come and go", () => {
    retraces(() => {
      const w = torch.ones([4], { requiresGrad: true });
      const run = (x: torch.Tensor) => {
        w.grad = null;
        x.mul(w).sum().backward();
        return w.grad;
      };
      const handles: { remove(): void }[] = [];
      return {
        run,
        changes: [
          () => handles.push(w.registerHook((dy) => dy.mul(2))),
          () => handles.push(w.registerHook((dy) => dy.mul(3))),
          () => handles[0]!.remove(),
        ],
      };
    });
  });
});

describe("what cannot be guarded", () => {
  it("says so: tensors in objects of classes, as arguments and as results", () => {
    class Batch {
      constructor(readonly x: torch.Tensor) {}
    }
    const [x, y] = [torch.ones([2]), torch.zeros([2])];
    const given = torch.compile((batch: { b: Batch }) => batch.b.x.mul(2));
    expect(errorOf(() => given({ b: new Batch(x) }))).toMatch(
      /an object of class Batch among the arguments holds a tensor.*pass the tensor by itself, or in an array/,
    );
    const gives = torch.compile((z: torch.Tensor) => [new Batch(z.mul(2))]);
    expect(errorOf(() => gives(x))).toMatch(/returns an object of class Batch that holds a tensor/);
    const nothing = torch.compile((z: torch.Tensor) => [z.mul(2), new Batch(y)] as const);
    for (let i = 0; i < 2; i++) expect(nothing(x)[1].x).toBe(y);
  });

  it("says so: arguments that the function changes, and that contain themselves", () => {
    const x = torch.ones([2]);
    const changes = torch.compile((batch: { x: torch.Tensor; y?: torch.Tensor }) => {
      batch.y = batch.x.mul(2);
    });
    expect(errorOf(() => changes({ x }))).toMatch(/changes an array or an object among its arguments/);
    const counts = torch.compile((state: { count: number }, z: torch.Tensor) => z.mul(++state.count));
    expect(errorOf(() => counts({ count: 1 }, x))).toMatch(/return the new value/);
    const circle: unknown[] = [x];
    circle.push(circle);
    expect(errorOf(() => torch.compile((list: unknown[]) => list.length)(circle))).toMatch(
      /contains itself, or is nested more than/,
    );
  });
});
