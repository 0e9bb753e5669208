/** Module: what it finds among its properties, and what it does with it. */

import { describe, expect, expectTypeOf, it } from "vitest";
import * as torch from "xorch";

const { Linear, Module, ModuleDict, ModuleList, Parameter, ParameterList, ReLU, Sequential } = torch.nn;

class Net extends Module {
  scale = new Parameter(torch.ones([1]));
  first = new Linear(2, 3);
  plain = torch.ones([2]);
  second = new Linear(3, 1, { bias: false });
  running!: torch.Tensor;
  scratch!: torch.Tensor;

  constructor() {
    super();
    this.registerBuffer("running", torch.zeros([2]));
    this.registerBuffer("scratch", torch.zeros([1]), { persistent: false });
  }

  override forward(x: torch.Tensor): torch.Tensor {
    return this.second.forward(this.first.forward(x).relu()).mul(this.scale);
  }
}

describe("what a module finds", () => {
  it("lists parameters in the order of definition, its own before those of submodules", () => {
    const net = new Net();
    expect(net.namedParameters().map(([name]) => name)).toEqual([
      "scale",
      "first.weight",
      "first.bias",
      "second.weight",
    ]);
    expect(net.parameters()[1]).toBe(net.first.weight);
    const own = net.parameters({ recurse: false });
    expect(own).toHaveLength(1);
    expect(own[0]).toBe(net.scale);
    expect(net.namedParameters({ prefix: "net" })[1]![0]).toBe("net.first.weight");
  });

  it("lists buffers, also when the property is given another tensor", () => {
    const net = new Net();
    net.running = torch.ones([2]);
    expect(net.namedBuffers().map(([name]) => name)).toEqual(["running", "scratch"]);
    expect(net.buffers()[0]).toBe(net.running);
  });

  it("lists modules, outer ones first", () => {
    const net = new Net();
    const model = new Sequential(net, new ReLU());
    expect(net.children()).toEqual([net.first, net.second]);
    expect(net.namedChildren().map(([name]) => name)).toEqual(["first", "second"]);
    expect(model.namedModules().map(([name]) => name)).toEqual(["", "0", "0.first", "0.second", "1"]);
    expect(model.modules()[1]).toBe(net);
  });

  it("lists what is shared once, and saves it under each name", () => {
    const layer = new Linear(2, 2);
    const model = new Sequential(layer, layer);
    expect(model.parameters()).toHaveLength(2);
    expect(model.modules()).toHaveLength(2);
    expect(Object.keys(model.stateDict())).toEqual(["0.weight", "0.bias", "1.weight", "1.bias"]);
    const tied = new Net();
    tied.second.weight = tied.first.weight;
    expect(tied.parameters()).toHaveLength(3);
  });

  it("registers by name what assigning would", () => {
    const module = new Module() as torch.nn.Module & { weight: torch.nn.Parameter; layer: torch.nn.Linear };
    module.registerParameter("weight", new Parameter(torch.ones([2])));
    module.registerParameter("bias", null);
    module.registerModule("layer", new Linear(1, 1));
    expect(module.weight.shape).toEqual([2]);
    expect(module.namedParameters().map(([name]) => name)).toEqual(["weight", "layer.weight", "layer.bias"]);
  });

  it("types forward as the subclass writes it", () => {
    expectTypeOf(new Net().forward).returns.toEqualTypeOf<torch.Tensor>();
    expectTypeOf(new ReLU().forward).returns.toEqualTypeOf<torch.Tensor>();
    expectTypeOf(new torch.nn.LeakyReLU().negativeSlope).toBeNumber();
  });
});

describe("what a module does", () => {
  it("gives the same numbers as its formula", () => {
    torch.manualSeed(3);
    const net = new Net();
    const x = torch.randn([4, 2]);
    const hidden = x.matmul(net.first.weight.t()).add(net.first.bias!).relu();
    const expected = hidden.matmul(net.second.weight.t()).mul(net.scale);
    expect(net.forward(x).sub(expected).abs().max().item()).toBeLessThan(1e-6);
  });

  it("switches between training and evaluation all the way down", () => {
    const model = new Sequential(new Net(), new torch.nn.Dropout(0.5));
    expect(model.eval()).toBe(model);
    expect(model.modules().every((module) => !module.training)).toBe(true);
    model.train();
    expect(model.modules().every((module) => module.training)).toBe(true);
  });

  it("applies a function to submodules first", () => {
    const names: string[] = [];
    new Sequential(new Net()).apply((module) => names.push(module.constructor.name));
    expect(names).toEqual(["Linear", "Linear", "Net", "Sequential"]);
  });

  it("forgets gradients, or sets them to zero", () => {
    const layer = new Linear(2, 1);
    layer
      .forward(torch.ones([1, 2]))
      .sum()
      .backward();
    layer.zeroGrad({ setToNone: false });
    expect(layer.weight.grad!.tolist()).toEqual([[0, 0]]);
    layer.zeroGrad();
    expect(layer.weight.grad).toBeNull();
  });

  it("freezes its parameters", () => {
    const layer = new Linear(2, 1).requiresGrad_(false);
    expect(layer.forward(torch.ones([1, 2])).requiresGrad).toBe(false);
    layer.requiresGrad_();
    expect(layer.forward(torch.ones([1, 2])).requiresGrad).toBe(true);
  });

  it("converts to another dtype without exchanging the parameters", () => {
    torch.manualSeed(1);
    const net = new Net();
    net.registerBuffer("count", torch.tensor([1n]));
    const { weight } = net.first;
    const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0.1, momentum: 0.9 });
    const step = (x: torch.Tensor) => {
      optimizer.zeroGrad();
      net.forward(x).sum().backward();
      optimizer.step();
    };
    step(torch.ones([1, 2]));
    expect(net.to(torch.float64)).toBe(net);
    expect(net.first.weight).toBe(weight);
    expect(weight.grad!.dtype).toBe(torch.float64);
    expect(net.running.dtype).toBe(torch.float64);
    expect(net.namedBuffers().map(([, buffer]) => String(buffer.dtype))).toContain("torch.int64");
    const before = weight.tolist();
    step(torch.ones([1, 2], { dtype: torch.float64 }));
    expect(weight.dtype).toBe(torch.float64);
    expect(weight.tolist()).not.toEqual(before);
    expect(optimizer.state.get(weight)!.momentumBuffer).toHaveProperty("dtype", torch.float64);
    expect(net.to("cpu")).toBe(net);
  });

  it("notices that a graph was made with parameters that have been converted since", () => {
    const layer = new Linear(2, 1);
    const x = torch.ones([1, 2], { requiresGrad: true });
    const y = layer.forward(x).sum();
    layer.to(torch.float64);
    expect(() => y.backward()).toThrow(/linear saved its input 1.*assignment to data/);
  });

  it("copies what a Parameter is made of", () => {
    const source = torch.ones([2, 2]).t();
    const parameter = new Parameter(source);
    torch.noGrad(() => parameter.fill_(5));
    expect(source.tolist()).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(parameter).toBeInstanceOf(torch.Tensor);
    expect(parameter.isLeaf && parameter.requiresGrad).toBe(true);
    expect(new Parameter(torch.ones([1]), { requiresGrad: false }).requiresGrad).toBe(false);
  });
});

describe("containers", () => {
  it("Sequential: by position, by name, at, length, iteration, append", () => {
    const model = new Sequential(new Linear(2, 3), new ReLU());
    model.append(new Linear(3, 1)).extend([new ReLU()]);
    expect(model.length).toBe(4);
    expect(model.at(-1)).toBe([...model][3]);
    expect(model.forward(torch.ones([5, 2])).shape).toEqual([5, 1]);
    const named = new Sequential({ hidden: new Linear(2, 3), activation: new ReLU() });
    expect(Object.keys(named.stateDict())).toEqual(["hidden.weight", "hidden.bias"]);
    expect(named.forward(torch.ones([2])).shape).toEqual([3]);
    expect(new Sequential().forward(torch.ones([2])).tolist()).toEqual([1, 1]);
  });

  it("ModuleList and ModuleDict", () => {
    class Chain extends Module {
      layers = new ModuleList([new Linear(2, 2), new Linear(2, 2)]);
      ends = new ModuleDict({ a: new Linear(2, 1) }).set("b", new Linear(2, 3));
    }
    const chain = new Chain();
    expect(chain.namedParameters().map(([name]) => name)).toEqual([
      "layers.0.weight",
      "layers.0.bias",
      "layers.1.weight",
      "layers.1.bias",
      "ends.a.weight",
      "ends.a.bias",
      "ends.b.weight",
      "ends.b.bias",
    ]);
    expect([...chain.ends.keys()]).toEqual(["a", "b"]);
    expect(chain.ends.length).toBe(2);
    expect([...chain.ends.values()][1]).toBe(chain.ends.get("b"));
    expect([...chain.ends.entries()][0]![0]).toBe("a");
    expect(chain.ends.delete("a") && !chain.ends.has("a")).toBe(true);
    expect(() => chain.layers.forward()).toThrow(/ModuleList: this module has no forward/);
  });

  it("ParameterList", () => {
    const list = new ParameterList([torch.ones([2]), new Parameter(torch.ones([3]))]).append(
      torch.zeros([1]),
    );
    expect(Object.keys(list.stateDict())).toEqual(["0", "1", "2"]);
    expect(list.at(-1).shape).toEqual([1]);
    expect([...list]).toHaveLength(list.length);
  });
});

describe("types of items", () => {
  const layers = () => [new Linear(2, 2), new Linear(2, 2)];

  it("ModuleList: of what it was made of, or as it says", () => {
    const list = new ModuleList(layers());
    for (const layer of list) expectTypeOf(layer.forward).returns.toEqualTypeOf<torch.Tensor>();
    expectTypeOf(list.at(0).weight).toEqualTypeOf<torch.nn.Parameter>();
    const mixed = new ModuleList([new Linear(2, 2), new ReLU()]);
    expectTypeOf(mixed.at(1).forward(torch.ones([2]))).toEqualTypeOf<torch.Tensor>();
    const later = new ModuleList<torch.nn.Linear>().append(new Linear(1, 1));
    // @ts-expect-error: another module
    later.append(new ReLU());
    expectTypeOf(new ModuleList().at).returns.toEqualTypeOf<torch.nn.Module>();
    const any: torch.nn.ModuleList = list;
    expect(any.length).toBe(2);
  });

  it("ModuleDict: by their names", () => {
    const dict = new ModuleDict({ linear: new Linear(2, 2), relu: new ReLU() });
    expectTypeOf(dict.get("linear")).toEqualTypeOf<torch.nn.Linear>();
    expectTypeOf(dict.get("relu").forward).returns.toEqualTypeOf<torch.Tensor>();
    // @ts-expect-error: no such name
    expect(() => dict.get("tanh")).toThrow(torch.IndexError);
    const more = dict.set("tanh", new torch.nn.Tanh());
    expectTypeOf(more.get("tanh").forward).returns.toEqualTypeOf<torch.Tensor>();
    const alike = new ModuleDict<Record<string, torch.nn.Linear>>();
    alike.set("any", new Linear(1, 1));
    expectTypeOf(alike.get("any" as string)).toEqualTypeOf<torch.nn.Linear>();
    for (const [name, module] of dict.entries()) {
      expectTypeOf(name).toBeString();
      expectTypeOf(module.forward(torch.ones([2]))).toEqualTypeOf<torch.Tensor>();
    }
  });

  it("Sequential: of any module, or as it is asked for", () => {
    const model = new Sequential(new Linear(2, 3), new ReLU());
    expectTypeOf(model.at(0)).toEqualTypeOf<torch.nn.Module>();
    expectTypeOf(model.at<torch.nn.Linear>(0).weight).toEqualTypeOf<torch.nn.Parameter>();
    expect(model.at<torch.nn.Linear>(0).weight.shape).toEqual([3, 2]);
  });

  it("refuses a name that is taken", () => {
    const model = new Sequential({ "1": new Linear(2, 3) });
    expect(() => model.append(new ReLU())).toThrow(/Sequential: there is already a module "1"/);
    expect(model.length).toBe(1);
  });
});

describe("hooks", () => {
  const x = torch.ones([1, 2]);

  it("see and replace inputs and outputs, in the order in which they were added", () => {
    const layer = new Linear(2, 2, { bias: false });
    torch.noGrad(() => layer.weight.fill_(1));
    const seen: unknown[] = [];
    const before = layer.registerForwardPreHook((module, inputs) => {
      seen.push(module, inputs.length);
      return [(inputs[0] as torch.Tensor).mul(2)];
    });
    const after = layer.registerForwardHook((_module, inputs, output) => {
      seen.push((inputs[0] as torch.Tensor).tolist());
      return (output as torch.Tensor).add(1);
    });
    layer.registerForwardHook(() => undefined);
    expect(layer.forward(x).tolist()).toEqual([[5, 5]]);
    expect(seen).toEqual([layer, 1, [[2, 2]]]);
    before.remove();
    after.remove();
    after.remove();
    expect(layer.forward(x).tolist()).toEqual([[2, 2]]);
  });

  it("run for modules inside others, and do not show among the properties", () => {
    const model = new Sequential(new Linear(2, 1), new ReLU());
    let calls = 0;
    model.at(0).registerForwardHook(() => void calls++);
    model.forward(x);
    expect(calls).toBe(1);
    expect(String(model.at(0))).toBe("Linear(in_features=2, out_features=1, bias=True)");
    expect(() => model.registerForwardHook(3 as never)).toThrow(
      /registerForwardHook: hook must be a function, got number 3/,
    );
  });

  it("take a single replacement for a single input", () => {
    const relu = new ReLU();
    relu.registerForwardPreHook((_, [input]) => (input as torch.Tensor).neg());
    expect(relu.forward(torch.tensor([-3])).tolist()).toEqual([3]);
  });
});
