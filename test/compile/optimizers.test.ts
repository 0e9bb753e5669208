/** Compiled training steps against eager ones: every optimizer, clipping, accumulation, changes between steps. */
import { describe, expect, it } from "vitest";
import * as torch from "../../src/index.ts";
import { agrees, errorOf, type Wrap } from "./against-eager.ts";

const { nn, optim } = torch;

function task() {
  const model = new nn.Sequential(new nn.Linear(3, 5), new nn.Tanh(), new nn.Linear(5, 2));
  return { model, x: torch.randn([6, 3]), y: torch.randn([6, 2]), criterion: new nn.MSELoss() };
}

type Optimizer = InstanceType<typeof optim.SGD> | InstanceType<typeof optim.Adam>;

const optimizers: Record<string, (params: torch.Tensor[]) => Optimizer> = {
  SGD: (params) => new optim.SGD(params, { lr: 0.1 }),
  "SGD, momentum": (params) => new optim.SGD(params, { lr: 0.1, momentum: 0.9 }),
  "SGD, dampening": (params) => new optim.SGD(params, { lr: 0.1, momentum: 0.9, dampening: 0.3 }),
  "SGD, nesterov": (params) =>
    new optim.SGD(params, { lr: 0.1, momentum: 0.8, nesterov: true, weightDecay: 0.01 }),
  "SGD, uphill": (params) => new optim.SGD(params, { lr: 0.01, maximize: true, weightDecay: 0.1 }),
  Adam: (params) => new optim.Adam(params, { lr: 0.05 }),
  "Adam, decay": (params) => new optim.Adam(params, { lr: 0.05, weightDecay: 0.1, betas: [0.8, 0.99] }),
  "Adam, amsgrad": (params) => new optim.Adam(params, { lr: 0.05, amsgrad: true }),
  AdamW: (params) => new optim.AdamW(params, { lr: 0.05 }),
  "AdamW, amsgrad, uphill": (params) => new optim.AdamW(params, { lr: 0.01, amsgrad: true, maximize: true }),
};

/** The first step of SGD with dampening has no momentum yet. */
const programsOf = (name: string): number => (name === "SGD, dampening" ? 2 : 1);

describe("optimizers", () => {
  it.each(Object.entries(optimizers))("%s: 20 steps, the learning rate changed on the way", (name, make) => {
    agrees(programsOf(name), (wrap, see) => {
      const { model, x, y, criterion } = task();
      const optimizer = make(model.parameters());
      const step = wrap(() => {
        optimizer.zeroGrad();
        const cost = criterion.forward(model.forward(x) as torch.Tensor, y);
        cost.backward();
        optimizer.step();
        return cost.detach();
      });
      for (let i = 0; i < 20; i++) {
        if (i % 5 === 4) optimizer.paramGroups[0]!.lr *= 0.7;
        see(step());
      }
      see(model.parameters().map((w) => [w, w.grad]));
      see(optimizer.stateDict());
    });
  });

  it("groups with options of their own, one of them without gradients", () => {
    agrees(1, (wrap, see) => {
      const { model, x, y, criterion } = task();
      const [w, b, v, c] = model.parameters() as [torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor];
      b.requiresGrad = false;
      const optimizer = new optim.AdamW([
        { params: [w, b], lr: 0.1 },
        { params: [v], weightDecay: 0 },
        { params: [c], amsgrad: true },
      ]);
      const step = wrap(() => {
        optimizer.zeroGrad();
        criterion.forward(model.forward(x) as torch.Tensor, y).backward();
        optimizer.step();
      });
      for (let i = 0; i < 5; i++) step();
      see(model.parameters().map((w) => [w, w.grad]));
    });
  });

  it("two optimizers in one step, and a parameter that joins later", () => {
    agrees(2, (wrap, see) => {
      const { model, x, y, criterion } = task();
      const [w, b, v, c] = model.parameters() as [torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor];
      const first = new optim.Adam([w, b], { lr: 0.02 });
      const second = new optim.SGD([v], { lr: 0.1, momentum: 0.5 });
      const step = wrap(() => {
        model.zeroGrad();
        criterion.forward(model.forward(x) as torch.Tensor, y).backward();
        first.step();
        second.step();
      });
      for (let i = 0; i < 3; i++) step();
      first.addParamGroup({ params: c, lr: 0.3 });
      for (let i = 0; i < 3; i++) step();
      see(model.parameters());
      see([first.stateDict(), second.stateDict()]);
    });
  });

  it.each(["Adam", "SGD, momentum"])("%s: a state that is loaded between steps", (name) => {
    agrees(2, (wrap, see) => {
      const { model, x, y, criterion } = task();
      const optimizer = optimizers[name]!(model.parameters());
      const step = wrap(() => {
        optimizer.zeroGrad();
        criterion.forward(model.forward(x) as torch.Tensor, y).backward();
        optimizer.step();
      });
      for (let i = 0; i < 3; i++) step();
      const saved = structuredCopy(optimizer.stateDict());
      for (let i = 0; i < 3; i++) step();
      optimizer.loadStateDict(saved);
      for (let i = 0; i < 3; i++) step();
      see([model.parameters(), optimizer.stateDict()]);
    });
  });

  it("an option that decides what is computed", () => {
    agrees(3, (wrap, see) => {
      const { model, x, y, criterion } = task();
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      const [group] = optimizer.paramGroups;
      const step = wrap(() => {
        optimizer.zeroGrad();
        criterion.forward(model.forward(x) as torch.Tensor, y).backward();
        optimizer.step();
      });
      for (const [weightDecay, maximize] of [
        [0, false],
        [0.1, false],
        [0.2, false],
        [0, true],
        [0, false],
      ] as const) {
        Object.assign(group!, { weightDecay, maximize });
        step();
        see(model.parameters());
      }
    });
  });

  it("a step with a closure", () => {
    agrees(1, (wrap, see) => {
      const { model, x, y, criterion } = task();
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
      const step = wrap(() =>
        torch.noGrad(() =>
          optimizer.step(() => {
            optimizer.zeroGrad();
            const cost = criterion.forward(model.forward(x) as torch.Tensor, y);
            cost.backward();
            return cost.detach();
          }),
        ),
      );
      for (let i = 0; i < 4; i++) see(step());
      see(model.parameters());
    });
  });
});

/** Copies of the tensors of a state dict. */
function structuredCopy<T>(x: T): T {
  if (x instanceof torch.Tensor) return x.clone() as T;
  if (Array.isArray(x)) return x.map(structuredCopy) as T;
  if (typeof x !== "object" || x === null) return x;
  return Object.fromEntries(Object.entries(x).map(([name, part]) => [name, structuredCopy(part)])) as T;
}

function clipped(wrap: Wrap, see: (x: unknown) => void, clip: (params: torch.Tensor[]) => unknown): void {
  const { model, x, y, criterion } = task();
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.5 });
  const step = wrap(() => {
    optimizer.zeroGrad();
    criterion.forward(model.forward(x) as torch.Tensor, y).backward();
    const norm = clip(model.parameters());
    optimizer.step();
    return norm;
  });
  for (let i = 0; i < 5; i++) see(step());
  see(model.parameters().map((w) => [w, w.grad]));
}

describe("gradients", () => {
  it.each([2, 1, Number.POSITIVE_INFINITY])("clipped by their %s-norm", (normType) => {
    agrees(1, (wrap, see) =>
      clipped(wrap, see, (params) => nn.utils.clipGradNorm_(params, 0.3, { normType })),
    );
  });

  it("clipped by value", () => {
    agrees(1, (wrap, see) => clipped(wrap, see, (params) => nn.utils.clipGradValue_(params, 0.02)));
  });

  it("refused where their norm is infinite, with nothing changed", () => {
    const w = torch.ones([2], { requiresGrad: true });
    const optimizer = new optim.SGD([w], { lr: 0.1 });
    const step = torch.compile((x: torch.Tensor) => {
      optimizer.zeroGrad();
      w.mul(x).sum().backward();
      nn.utils.clipGradNorm_([w], 1, { errorIfNonfinite: true });
      optimizer.step();
    });
    step(torch.tensor([1, 1]));
    const before = w.tolist();
    expect(errorOf(() => step(torch.tensor([1, Number.POSITIVE_INFINITY])))).toContain(
      "the norm of the gradients is infinite or NaN",
    );
    expect(w.tolist()).toEqual(before);
  });

  it.each([true, false])("gathered over calls, and cleared outside, setToNone: %s", (setToNone) => {
    // With a grad and without one are two programs.
    agrees(2, (wrap, see) => {
      const { model, criterion } = task();
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      const gather = wrap((x: torch.Tensor, y: torch.Tensor) => {
        const cost = criterion.forward(model.forward(x) as torch.Tensor, y);
        cost.backward();
        return cost.item === undefined ? null : cost.detach();
      });
      for (let i = 0; i < 6; i++) {
        for (let k = 0; k < 3; k++) see(gather(torch.randn([4, 3]), torch.randn([4, 2])));
        see(model.parameters().map((w) => w.grad));
        optimizer.step();
        optimizer.zeroGrad({ setToNone });
      }
      see(model.parameters());
    });
  });

  it("gathered over calls, and used by another compiled function", () => {
    agrees(3, (wrap, see) => {
      const { model, criterion } = task();
      const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
      const gather = wrap((x: torch.Tensor, y: torch.Tensor) => {
        criterion.forward(model.forward(x) as torch.Tensor, y).backward();
      });
      const update = wrap(() => {
        optimizer.step();
        optimizer.zeroGrad();
      });
      for (let i = 0; i < 4; i++) {
        for (let k = 0; k < 3; k++) gather(torch.randn([4, 3]), torch.randn([4, 2]));
        see(model.parameters().map((w) => w.grad));
        update();
        see(model.parameters().map((w) => w.grad));
      }
      see(model.parameters());
    });
  });

  it("set to zeros within the function", () => {
    agrees(2, (wrap, see) => {
      const { model, x, y, criterion } = task();
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      const step = wrap(() => {
        optimizer.zeroGrad({ setToNone: false });
        criterion.forward(model.forward(x) as torch.Tensor, y).backward();
        optimizer.step();
      });
      for (let i = 0; i < 5; i++) {
        step();
        see(model.parameters().map((w) => [w, w.grad]));
      }
    });
  });

  it("of several backward passes in one call, and of a leaf that is the cost itself", () => {
    agrees(2, (wrap, see) => {
      const w = torch.tensor(0.5, { requiresGrad: true });
      const v = torch.tensor([1, 2], { requiresGrad: true });
      const step = wrap(() => {
        w.backward();
        v.mul(w).sum().backward();
        v.square().sum().backward();
      });
      for (let i = 0; i < 4; i++) {
        step();
        see([w.grad, v.grad]);
        if (i === 1) w.grad = v.grad = null;
      }
    });
  });

  it("with hooks, and of tensors that retain theirs", () => {
    agrees(1, (wrap, see) => {
      const w = torch.tensor([1, 2], { requiresGrad: true });
      w.registerHook((grad) => grad.mul(3));
      const step = wrap(() => {
        w.grad = null;
        const h = w.square();
        h.registerHook((grad) => grad.add(1));
        h.retainGrad();
        h.sum().backward();
        return h.grad;
      });
      for (let i = 0; i < 3; i++) see([step(), w.grad]);
    });
  });
});
