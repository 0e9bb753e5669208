/** What optimizers have in common: groups, closures, state dicts, bad input. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import * as torch from "xorch";
import { readRecorded } from "../fixture.ts";

const { Adam, AdamW, SGD } = torch.optim;
const parameter = (...sizes: number[]) => new torch.nn.Parameter(torch.ones(sizes.length > 0 ? sizes : [2]));

function withGradient(x: torch.Tensor, value = 1): torch.Tensor {
  x.grad = torch.full(x.shape, value, { dtype: x.dtype });
  return x;
}

describe("groups", () => {
  it("have options of their own over the defaults, and take changes between steps", () => {
    const [a, b, c] = [parameter(), parameter(), parameter()];
    const optimizer = new SGD([{ params: [a] }, { params: b, lr: 0.5 }], { lr: 0.1 });
    optimizer.addParamGroup({ params: [c], lr: 1, momentum: 0.9 });
    expect(optimizer.paramGroups.map(({ lr, momentum }) => [lr, momentum])).toEqual([
      [0.1, 0],
      [0.5, 0],
      [1, 0.9],
    ]);
    optimizer.paramGroups[0]!.lr = 0.25;
    for (const x of [a, b, c]) withGradient(x);
    optimizer.step();
    expect([a, b, c].map((x) => x.tolist())).toEqual([
      [0.75, 0.75],
      [0.5, 0.5],
      [0, 0],
    ]);
  });

  it("skip parameters without a gradient", () => {
    const x = parameter();
    const optimizer = new Adam([x]);
    optimizer.step();
    expect(x.tolist()).toEqual([1, 1]);
    expect(optimizer.state.size).toBe(0);
  });

  it("take any iterable", () => {
    expect(new SGD(new Set([parameter()])).paramGroups[0]!.params).toHaveLength(1);
    expect(new SGD(new torch.nn.Linear(2, 1).parameters()).paramGroups[0]!.params).toHaveLength(2);
  });
});

describe("step", () => {
  it("runs a closure with gradients on, and gives its result", () => {
    const x = parameter(1);
    const optimizer = new SGD([x], { lr: 0.5 });
    const loss = torch.noGrad(() =>
      optimizer.step(() => {
        optimizer.zeroGrad();
        const y = x.mul(x).sum();
        y.backward();
        return y;
      }),
    );
    expect(loss.item()).toBe(1);
    expect(x.item()).toBe(0);
    expect(optimizer.step()).toBeUndefined();
  });

  it("is noticed by a graph that saved the parameter, and named as the writer", () => {
    const x = parameter(1);
    const optimizer = new SGD([x], { lr: 0.5 });
    const y = x.mul(x).sum();
    withGradient(x);
    optimizer.step();
    expect(() => y.backward()).toThrow(/mul saved.*SGD has changed/);
  });

  it("works on parameters that are not contiguous, and with gradients that are views", () => {
    const x = torch.ones([2, 3]).t().requiresGrad_();
    x.grad = torch.tensor([1, 2]).expand([3, 2]);
    new SGD([x], { lr: 1, momentum: 0.5 }).step();
    expect(x.tolist()).toEqual([
      [0, -1],
      [0, -1],
      [0, -1],
    ]);
  });

  it("sets gradients to null or to zeros", () => {
    const [x, y] = [withGradient(parameter(), Number.NaN), parameter()];
    const optimizer = new SGD([x, y]);
    optimizer.zeroGrad({ setToNone: false });
    expect([x.grad!.tolist(), y.grad]).toEqual([[0, 0], null]);
    optimizer.zeroGrad();
    expect(x.grad).toBeNull();
  });

  it("lets the options that choose the formula change on the way", () => {
    const x = parameter(1);
    const optimizer = new SGD([x], { lr: 1 });
    const step = () => {
      withGradient(x);
      optimizer.step();
      return x.item();
    };
    expect(step()).toBe(0);
    optimizer.paramGroups[0]!.momentum = 0.5;
    expect([step(), step()]).toEqual([-1, -2.5]);
    optimizer.paramGroups[0]!.maximize = true;
    expect(step()).toBe(-2.25);
  });
});

describe("state dicts", () => {
  /** An optimizer after `steps` steps, and its parameters. */
  function trained(make: (params: torch.Tensor[]) => torch.optim.Optimizer<object>, steps: number) {
    const params = [parameter(2), parameter(3)];
    const optimizer = make(params);
    const step = (i: number) => {
      for (const x of params) withGradient(x, Math.cos(i) + 0.1);
      optimizer.step();
    };
    for (let i = 0; i < steps; i++) step(i);
    return { params, optimizer, step };
  }

  it("have PyTorch's form: state by the number of the parameter, groups with numbers", () => {
    const { optimizer, params } = trained(
      (params) => new Adam([{ params: params[0]! }, { params: params[1]! }]),
      3,
    );
    const state = optimizer.stateDict();
    expect(Object.keys(state.state)).toEqual(["0", "1"]);
    expect(Object.keys(state.state[1]!)).toEqual(["step", "exp_avg", "exp_avg_sq"]);
    expect(state.state[1]!.step).toBe(3);
    expect(state.param_groups).toEqual([
      {
        lr: 1e-3,
        betas: [0.9, 0.999],
        eps: 1e-8,
        weight_decay: 0,
        amsgrad: false,
        maximize: false,
        params: [0],
      },
      expect.objectContaining({ params: [1] }),
    ]);
    expect(optimizer.state.get(params[0]!)!.expAvg).toBe(state.state[0]!.exp_avg);
  });

  it.each([
    ["SGD", (params: torch.Tensor[]) => new SGD(params, { lr: 0.1, momentum: 0.9 })],
    ["Adam", (params: torch.Tensor[]) => new Adam(params, { lr: 0.1, amsgrad: true })],
  ])("resume %s as if it had not been interrupted", (_, make) => {
    const whole = trained(make, 6);
    const first = trained(make, 3);
    const saved = first.optimizer.stateDict();
    const resumed = trained((params) => make(params), 0);
    torch.noGrad(() => resumed.params.forEach((x, i) => void x.copy_(first.params[i]!)));
    resumed.optimizer.loadStateDict(saved);
    // The copy is the resumed optimizer's own.
    first.step(9);
    for (const i of [3, 4, 5]) resumed.step(i);
    expect(resumed.params.map((x) => x.tolist())).toEqual(whole.params.map((x) => x.tolist()));
  });

  it("take over the options, and read PyTorch's null for a buffer that is not in use", () => {
    const x = parameter();
    const optimizer = new SGD([x]);
    const options = new SGD([parameter()], { lr: 7 }).stateDict().param_groups;
    const state = { 0: { momentum_buffer: null as never } };
    optimizer.loadStateDict({ state, param_groups: options });
    expect(optimizer.paramGroups[0]!.lr).toBe(7);
    expect(optimizer.paramGroups[0]!.params[0]).toBe(x);
    expect(optimizer.state.get(x)).toEqual({});
  });

  it("of version 0.1, with names as properties have them, load too", () => {
    const x = parameter();
    const optimizer = new SGD([x], { momentum: 0.9 });
    const old = {
      state: { 0: { momentumBuffer: torch.ones(x.shape) } },
      paramGroups: [{ lr: 0.5, momentum: 0.9, weightDecay: 0.25, params: [0] }],
    };
    optimizer.loadStateDict(old as never);
    expect(optimizer.paramGroups[0]).toHaveProperty("weightDecay", 0.25);
    expect(Object.keys(optimizer.stateDict().state[0]!)).toEqual(["momentum_buffer"]);
  });

  it("that do not fit change nothing", () => {
    const { optimizer } = trained((params) => new SGD(params, { lr: 0.1, momentum: 0.9 }), 2);
    const good = optimizer.stateDict();
    const [group] = good.param_groups;
    const bad: [unknown, RegExp][] = [
      [null, /expected \{ state, param_groups \}.*null/],
      [{ ...good, param_groups: [] }, /has 0 parameter groups, the optimizer 1/],
      [
        { ...good, param_groups: [{ ...group, params: [0] }] },
        /group 0 has 1 parameters in the state dict, 2 in the optimizer/,
      ],
      [
        { ...good, state: { 1: { momentum_buffer: torch.ones([2]) } } },
        /momentumBuffer of parameter 1 has shape \[2\], the parameter has shape \[3\]/,
      ],
      [{ ...good, state: { 0: { momentum_buffer: "x" } } }, /the string "x"/],
    ];
    const before = inspect(optimizer.state, { depth: 9 });
    for (const [state, message] of bad) {
      expect(() => optimizer.loadStateDict(state as never)).toThrow(torch.StateDictError);
      expect(() => optimizer.loadStateDict(state as never)).toThrow(message);
    }
    const negative = { ...good, param_groups: [{ ...group!, lr: -1 }] };
    expect(() => optimizer.loadStateDict(negative)).toThrow(/lr must be a number of at least 0/);
    expect(inspect(optimizer.state, { depth: 9 })).toBe(before);
    expect(optimizer.paramGroups[0]).toHaveProperty("lr", 0.1);
  });
});

describe("bad input to optimizers", () => {
  const x = parameter();
  const cases: [string, () => unknown, new (...args: never[]) => Error, RegExp][] = [
    ["no parameters", () => new SGD([]), torch.ValueError, /SGD: the list of parameters is empty/],
    [
      "a group without parameters",
      () => new SGD([{ params: [] }]),
      torch.ValueError,
      /a group has an empty list/,
    ],
    [
      "a tensor",
      () => new SGD(x as never),
      torch.ArgumentError,
      /params must be a list of parameters such as model.parameters\(\), got a tensor of shape \[2\]/,
    ],
    ["nothing", () => new SGD(undefined as never), torch.ArgumentError, /params is missing/],
    [
      "a module",
      () => new SGD(new torch.nn.Linear(1, 1) as never),
      torch.ArgumentError,
      /model.parameters\(\)/,
    ],
    [
      "a number",
      () => new SGD([x, 3 as never]),
      torch.DTypeError,
      /parameter 1 must be a tensor, got number 3/,
    ],
    ["twice", () => new Adam([x, x]), torch.ValueError, /Adam: parameter 1 of shape \[2\] is given twice/],
    [
      "twice in two groups",
      () => new Adam([{ params: [x] }, { params: [x] }]),
      torch.ValueError,
      /given twice/,
    ],
    [
      "no leaf",
      () => new SGD([x.mul(2)]),
      torch.AutogradError,
      /parameter 0 of shape \[2\] is the result of an op \(mul\).*only leaves/,
    ],
    [
      "negative lr",
      () => new SGD([x], { lr: -1 }),
      torch.ValueError,
      /SGD: lr must be a number of at least 0, got number -1/,
    ],
    ["lr NaN", () => new Adam([x], { lr: Number.NaN }), torch.ValueError, /lr/],
    ["negative lr of a group", () => new SGD([{ params: [x], lr: -1 }]), torch.ValueError, /lr/],
    ["negative momentum", () => new SGD([x], { momentum: -0.5 }), torch.ValueError, /momentum/],
    ["negative decay", () => new AdamW([x], { weightDecay: -0.5 }), torch.ValueError, /AdamW: weightDecay/],
    [
      "nesterov alone",
      () => new SGD([x], { nesterov: true }),
      torch.ValueError,
      /nesterov needs a momentum above 0/,
    ],
    [
      "nesterov damped",
      () => new SGD([x], { nesterov: true, momentum: 0.9, dampening: 0.1 }),
      torch.ValueError,
      /dampening of 0/,
    ],
    [
      "betas",
      () => new Adam([x], { betas: [0.9, 1] }),
      torch.ValueError,
      /betas must be two numbers from 0 up to, not including, 1, got \[0.9, 1\]/,
    ],
    [
      "one beta",
      () => new Adam([x], { betas: 0.9 as never }),
      torch.ValueError,
      /Adam: betas must be an array of numbers, got number 0.9/,
    ],
    ["negative eps", () => new Adam([x], { eps: -1 }), torch.ValueError, /eps/],
    [
      "unknown option",
      () => new SGD([x], { learningRate: 1 } as object),
      torch.ValueError,
      /SGD: unknown option "learningRate" \(did you mean "lr"\?\); it takes SGD\(params, lr = 0.001/,
    ],
    [
      "unknown option of a group",
      () => new SGD([{ params: [x], beta: 1 } as never]),
      torch.ValueError,
      /unknown option "beta"/,
    ],
    [
      "an option twice",
      () => new SGD([x], 0.1, { lr: 0.2 } as never),
      torch.ArgumentError,
      /SGD: lr is given twice, as argument 2 and in the options/,
    ],
  ];
  it.each(cases)("%s", (_, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });

  it("a gradient that does not fit is refused before the parameter is changed", () => {
    const y = parameter();
    y.grad = torch.ones([3]);
    expect(() => new SGD([y]).step()).toThrow(
      /gradient of shape \[3\] and torch.float32 for a parameter of shape \[2\]/,
    );
    y.grad = torch.ones([2], { dtype: torch.float64 });
    expect(() => new Adam([y]).step()).toThrow(torch.ShapeError);
    expect(y.tolist()).toEqual([1, 1]);
  });

  it("a group that is refused is not added", () => {
    const optimizer = new SGD([x]);
    expect(() => optimizer.addParamGroup({ params: [parameter(), x] })).toThrow(/given twice/);
    expect(optimizer.paramGroups).toHaveLength(1);
  });
});

describe("printed optimizers", () => {
  const options = { lr: 0.1, momentum: 0.9, nesterov: true };
  const optimizers = {
    SGD: new SGD([{ params: [parameter()] }, { params: [parameter()], lr: 0.5 }], options),
    Adam: new Adam([parameter()]),
  };
  it.each(Object.entries(readRecorded<Record<"SGD" | "Adam", string>>("optim/printing.json")))(
    "%s",
    (name, text) => {
      expect(String(optimizers[name as "SGD"])).toBe(text);
      expect(inspect(optimizers[name as "SGD"])).toBe(text);
    },
  );
});
