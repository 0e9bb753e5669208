/** The printed form of modules, against PyTorch's. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import * as torch from "xorch";
import { readRecorded } from "../fixture.ts";

const { nn } = torch;

class Net extends nn.Module {
  hidden = new nn.Linear(2, 3);
  rest = new nn.Sequential(new nn.ReLU({ inplace: true }), new nn.Dropout({ p: 0.2 }));

  override extraRepr(): string {
    return "width=3";
  }
}

class Lines extends nn.Module {
  override extraRepr(): string {
    return "a=1\nb=2";
  }
}

const inplace = { inplace: true };
const trees: Record<string, torch.nn.Module> = {
  sequential: new nn.Sequential(
    new nn.Linear(2, 10),
    new nn.Sigmoid(),
    new nn.Linear(10, 1, { bias: false }),
  ),
  empty: new nn.Sequential(),
  nested: new nn.Sequential(
    new nn.Sequential(new nn.Tanh(), new nn.Sequential(new nn.ReLU())),
    new nn.Flatten(),
  ),
  list: new nn.ModuleList([new nn.Linear(1, 2), new nn.Tanh()]),
  dict: new nn.ModuleDict({ a: new nn.Linear(2, 3), b: new nn.Sequential(new nn.ReLU()) }),
  own: new Net(),
  lines: new Lines(),
  parameters: new nn.ParameterList([torch.zeros([2, 3]), torch.ones([4])]),
  "parameter inside": new nn.Sequential(new nn.ParameterList([torch.zeros([2])])),
  inplace: new nn.Sequential(
    new nn.ReLU6(inplace),
    new nn.LeakyReLU({ negativeSlope: 0.5, ...inplace }),
    new nn.SiLU(inplace),
    new nn.Hardtanh(inplace),
  ),
};

describe("printed modules", () => {
  const recorded = readRecorded<Record<string, string>>("nn/printing.json");
  it.each(Object.entries(recorded))("%s", (name, text) => {
    expect(String(trees[name])).toBe(text);
    expect(inspect(trees[name])).toBe(text);
  });

  it("joins equal neighbours in a list, as PyTorch does", () => {
    const list = new nn.ModuleList([
      new nn.Linear(2, 2),
      new nn.Linear(2, 2),
      new nn.ReLU(),
      new nn.Sequential(new nn.Tanh()),
      new nn.Sequential(new nn.Tanh()),
    ]);
    expect(String(list)).toBe(`ModuleList(
  (0-1): 2 x Linear(in_features=2, out_features=2, bias=True)
  (2): ReLU()
  (3-4): 2 x Sequential(
    (0): Tanh()
  )
)`);
    expect(String(new nn.ModuleList())).toBe("ModuleList()");
  });

  it("says of a parameter that it is one", () => {
    expect(inspect(new nn.Parameter(torch.ones([2])))).toMatch(
      /^Parameter containing:\ntensor\(\[1\., 1\.\]/,
    );
    expect(String(new nn.Parameter(torch.ones([2])).detach())).toMatch(/^tensor/);
  });

  it("writes numbers as Python does", () => {
    expect(String(new nn.ELU({ alpha: 3 }))).toBe("ELU(alpha=3.0)");
    expect(String(new nn.LeakyReLU({ negativeSlope: 1.5e-7 }))).toBe("LeakyReLU(negative_slope=1.5e-07)");
    expect(String(new nn.Hardtanh({ maxVal: Infinity, minVal: -1e20 }))).toBe(
      "Hardtanh(min_val=-1e+20, max_val=inf)",
    );
    expect(String(new nn.Softplus())).toBe("Softplus(beta=1.0, threshold=20.0)");
  });
});
