/** What may be put in the place of a parameter, a buffer or a submodule, and what a module finds afterwards. */
import { describe, expect, it } from "vitest";
import * as torch from "xorch";

const { nn } = torch;
const { Linear, Module, Parameter } = nn;

class Net extends Module {
  scale = new Parameter(torch.ones([1]));
  layer = new Linear(2, 3);
  plain = torch.ones([2]);
  note: unknown;
  readonly #secret = 7;
  declare running: torch.Tensor | null;

  constructor() {
    super();
    this.registerBuffer("running", torch.zeros([2]));
    this.registerParameter("extra", null);
  }

  secret(): number {
    return this.#secret;
  }
}

/** A module of the library that a user extends, with fields. */
class Adapted extends Linear {
  low = new Parameter(torch.zeros([1, 2]));
  #count = 0;

  override forward(x: torch.Tensor): torch.Tensor {
    this.#count++;
    return super.forward(x).add(x.matmul(this.low.t()));
  }

  get count(): number {
    return this.#count;
  }
}

const x = torch.ones([1, 2]);
const names = (module: torch.nn.Module) => module.namedParameters().map(([name]) => name);
const set = (target: object, name: string, value: unknown) => {
  (target as Record<string, unknown>)[name] = value;
};

describe("a plain tensor in a parameter's place", () => {
  const places: [string, () => [torch.nn.Module, string]][] = [
    ["Linear", () => [new Linear(2, 1), "weight"]],
    ["Conv2d", () => [new nn.Conv2d(1, 1, 3), "bias"]],
    ["LayerNorm", () => [new nn.LayerNorm(3), "weight"]],
    ["GroupNorm", () => [new nn.GroupNorm(1, 2), "weight"]],
    ["BatchNorm1d", () => [new nn.BatchNorm1d(3), "bias"]],
    ["Embedding", () => [new nn.Embedding(3, 2), "weight"]],
    ["MultiheadAttention", () => [new nn.MultiheadAttention(4, 2), "inProjWeight"]],
    ["a layer without a bias", () => [new Linear(2, 1, { bias: false }), "bias"]],
    ["a module of one's own", () => [new Net(), "scale"]],
    ["a parameter that is null for now", () => [new Net(), "extra"]],
    ["a field beside those of a layer", () => [new Adapted(2, 1), "low"]],
    ["an inherited parameter", () => [new Adapted(2, 1), "weight"]],
  ];
  it.each(places)("%s: throws at once, and changes nothing", (_, place) => {
    const [module, name] = place();
    const before = names(module);
    const value = (module as unknown as Record<string, unknown>)[name];
    expect(() => set(module, name, torch.ones([1, 2]))).toThrow(torch.ValueError);
    expect(() => set(module, name, torch.ones([1, 2]))).toThrow(
      new RegExp(
        `${module.constructor.name}: ${name} is a parameter; a tensor of shape \\[1, 2\\] .*new nn\\.Parameter\\(tensor\\).*copy_`,
      ),
    );
    expect((module as unknown as Record<string, unknown>)[name]).toBe(value);
    expect(names(module)).toEqual(before);
  });

  it("is not hidden by a first look at the module, nor by other ways to assign", () => {
    const net = new Net();
    expect(names(net)).toHaveLength(3);
    expect(() => set(net, "scale", x)).toThrow(/scale is a parameter/);
    expect(() => Object.assign(net.layer, { bias: x })).toThrow(/Linear: bias is a parameter/);
    expect(() => Object.defineProperty(net, "scale", { value: x })).toThrow(/scale is a parameter/);
    expect(Reflect.set(net, "plain", x) && net.plain === x).toBe(true);
  });

  it("is noticed later in a property that was added to a module of the library", () => {
    const relu = new nn.ReLU() as torch.nn.ReLU & { gain?: unknown };
    relu.gain = new Parameter(torch.ones([1]));
    expect(names(relu)).toEqual(["gain"]);
    relu.gain = torch.ones([1]);
    expect(() => relu.parameters()).toThrow(/ReLU: gain is a parameter/);
  });
});

describe("other values", () => {
  const refused: [string, string, unknown, RegExp][] = [
    [
      "scale",
      "undefined",
      undefined,
      /scale is a parameter; expected an nn\.Parameter, or null for none, got undefined/,
    ],
    ["scale", "a number", 3, /got number 3/],
    [
      "running",
      "undefined",
      undefined,
      /running is a buffer; expected a tensor, or null for none, got undefined/,
    ],
    ["running", "an array", [1, 2], /running is a buffer.*got an array/],
    ["layer", "a tensor", x, /layer is a module; expected an nn\.Module, or null for none, got a tensor/],
    ["layer", "a function", () => x, /layer is a module/],
    ["layer", "undefined", undefined, /layer is a module/],
  ];
  it.each(refused)("%s = %s", (name, _, value, message) => {
    const net = new Net();
    expect(() => set(net, name, value)).toThrow(torch.ValueError);
    expect(() => set(net, name, value)).toThrow(message);
    expect(Object.keys(net.stateDict())).toEqual(["scale", "running", "layer.weight", "layer.bias"]);
  });

  it("are refused in the places of the library's modules, too", () => {
    const norm = new nn.BatchNorm1d(2);
    expect(() => set(norm, "runningMean", 0)).toThrow(
      /BatchNorm1d: runningMean is a buffer; expected a tensor/,
    );
    const attention = new nn.MultiheadAttention(4, 2);
    expect(() => set(attention, "outProj", x)).toThrow(/outProj is a module; expected an nn\.Module/);
    expect(() => set(new Linear(2, 1), "bias", undefined)).toThrow(/bias is a parameter; .* got undefined/);
  });

  it("are taken where they fit: another parameter, null, another tensor for a buffer", () => {
    const layer = new Linear(2, 1);
    const weight = new Parameter(torch.tensor([[2, 3]]));
    layer.weight = weight;
    layer.bias = null;
    expect(layer.forward(x).item()).toBe(5);
    expect(layer.parameters()).toHaveLength(1);
    expect(layer.parameters()[0]).toBe(weight);
    layer.bias = new Parameter(torch.ones([1]));
    expect(names(layer)).toEqual(["weight", "bias"]);
    const net = new Net();
    net.running = torch.ones([2]);
    expect(net.buffers()[0]).toBe(net.running);
    net.running = null;
    expect(net.buffers()).toEqual([]);
  });

  it("change the kind of a property as in PyTorch: a module in a parameter's place, a parameter in a buffer's", () => {
    const net = new Net();
    set(net, "scale", new Linear(1, 1));
    set(net, "running", new Parameter(torch.ones([1])));
    set(net, "layer", new Parameter(torch.ones([1])));
    // Its parameters come before those of modules; what changed its kind stands last among those of the new one.
    expect(Object.keys(net.stateDict())).toEqual(["running", "layer", "scale.weight", "scale.bias"]);
    expect(net.buffers()).toEqual([]);
    expect(net.children()).toHaveLength(1);
  });

  it("let a property go with delete", () => {
    const net = new Net() as Partial<Net> & torch.nn.Module;
    delete net.scale;
    expect(names(net)).toEqual(["layer.weight", "layer.bias"]);
    net.scale = torch.ones([1]) as never;
    expect(names(net)).toEqual(["layer.weight", "layer.bias"]);
  });
});

describe("modules with fields", () => {
  it("keep private fields, accessors and identity", () => {
    const net = new Net();
    expect(net.secret()).toBe(7);
    expect(net).toBeInstanceOf(Net);
    expect(new nn.Sequential(net).at(0)).toBe(net);
    const adapted = new Adapted(2, 1);
    adapted.forward(x);
    expect(adapted.count).toBe(1);
    expect(names(adapted)).toEqual(["weight", "bias", "low"]);
    expect(Object.keys(new nn.Sequential(adapted).stateDict())).toEqual(["0.weight", "0.bias", "0.low"]);
  });

  it("may define a parameter of the layer that they extend anew", () => {
    class Tied extends Linear {
      override weight = new Parameter(torch.tensor([[5, 6]]));
    }
    const tied = new Tied(2, 1, { bias: false });
    expect(tied.forward(x).item()).toBe(11);
    expect(names(tied)).toEqual(["weight"]);
    expect(() => set(tied, "weight", x)).toThrow(/Tied: weight is a parameter/);
  });

  it("list parts in the order of registration, also under names that are numbers", () => {
    const module = new Module();
    for (const name of ["10", "2", "a", "1"]) module.registerParameter(name, new Parameter(torch.ones([1])));
    expect(names(module)).toEqual(["10", "2", "a", "1"]);
  });

  it("keep their place when a value is replaced", () => {
    const net = new Net();
    net.layer = new Linear(2, 2);
    net.scale = new Parameter(torch.zeros([1]));
    expect(Object.keys(net.stateDict())).toEqual(["scale", "running", "layer.weight", "layer.bias"]);
  });
});

it("every module of the library keeps its parts behind accessors, none in a field that hides one", () => {
  const modules: torch.nn.Module[] = [
    new Linear(1, 1),
    new nn.Conv1d(1, 1, 1),
    new nn.BatchNorm2d(1),
    new nn.LayerNorm(1),
    new nn.GroupNorm(1, 1),
    new nn.Embedding(1, 1),
    new nn.MultiheadAttention(1, 1),
    new nn.TransformerEncoderLayer(1, 1),
    new nn.BCEWithLogitsLoss({ weight: x, posWeight: x }),
    new nn.CrossEntropyLoss({ weight: torch.ones([2]) }),
    new nn.NLLLoss(),
  ];
  for (const module of modules) {
    const parts = Object.values(module).filter(
      (value) => value instanceof torch.Tensor || value instanceof Module,
    );
    expect(parts, module.constructor.name).toEqual([]);
  }
});
