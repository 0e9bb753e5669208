/** Saving and loading the parameters of modules. */

import { describe, expect, it } from "vitest";
import * as torch from "xorch";

const make = () =>
  new torch.nn.Sequential(new torch.nn.Linear(2, 3), new torch.nn.ReLU(), new torch.nn.Linear(3, 1));

describe("stateDict and loadStateDict", () => {
  it("shares memory with the module, without its history", () => {
    const model = make();
    const state = model.stateDict();
    expect(Object.keys(state)).toEqual(["0.weight", "0.bias", "2.weight", "2.bias"]);
    expect(state["0.bias"]!.requiresGrad).toBe(false);
    state["0.bias"]!.fill_(7);
    expect(model.parameters()[1]!.tolist()).toEqual([7, 7, 7]);
  });

  it("carries the numbers to another module, converting the dtype", () => {
    const [a, b] = [make(), make().to(torch.float64)];
    const report = b.loadStateDict(a.stateDict());
    expect(report).toEqual({ missingKeys: [], unexpectedKeys: [], mismatched: [] });
    const x = torch.rand([4, 2]);
    expect(
      b.forward(x.to(torch.float64)).to(torch.float32).sub(a.forward(x)).abs().max().item(),
    ).toBeLessThan(1e-6);
    expect(b.parameters()[0]!.dtype).toBe(torch.float64);
  });

  it("keeps persistent buffers, and leaves out the others", () => {
    const loss = new torch.nn.BCEWithLogitsLoss({ weight: torch.ones([2]), posWeight: torch.tensor([3]) });
    expect(Object.keys(loss.stateDict())).toEqual(["weight", "pos_weight"]);
    const module = new torch.nn.Module();
    module.registerBuffer("cache", torch.ones([1]), { persistent: false });
    module.registerBuffer("none", null);
    expect(module.stateDict()).toEqual({});
    expect(module.buffers()).toHaveLength(1);
  });

  it("lists everything that does not fit, and changes nothing", () => {
    const model = make();
    const before = model.parameters().map((parameter) => parameter.tolist());
    const state: Record<string, torch.Tensor> = {
      "0.weight": torch.ones([3, 2]),
      "0.bias": torch.ones([4]),
      "2.weight": 5 as unknown as torch.Tensor,
      extra: torch.ones([1]),
      other: torch.ones([1]),
    };
    let error: unknown;
    try {
      model.loadStateDict(state);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(torch.StateDictError);
    const { message } = error as Error;
    expect(message).toContain("does not fit Sequential");
    expect(message).toContain("missing keys: 2.bias");
    expect(message).toContain("unexpected keys: extra, other");
    expect(message).toContain("size mismatch for 0.bias: shape [4] in the state dict, [3] in the module");
    expect(message).toContain(
      "2.weight is number 5, expected a tensor of shape [1, 3], or what JSON.stringify",
    );
    expect(model.parameters().map((parameter) => parameter.tolist())).toEqual(before);
  });

  it("names the keys that are spelt as properties", () => {
    const norm = new torch.nn.BatchNorm1d(2);
    const { running_mean, ...others } = norm.stateDict();
    expect(() => norm.loadStateDict({ ...others, runningMean: running_mean! })).toThrow(
      /missing keys: running_mean\n {2}runningMean is written running_mean\n/,
    );
  });

  it("says what is wrong with nested arrays, and with JSON that holds no tensor", () => {
    const layer = new torch.nn.Linear(2, 1);
    const nested = { weight: [[1, 2]], bias: [1] };
    expect(() => layer.loadStateDict(nested as never)).toThrow(
      /weight is an array.*expected a tensor of shape \[1, 2\]/,
    );
    const wrong = { ...layer.stateDict(), bias: { dtype: "float32", shape: [2], data: [1] } as const };
    expect(() => layer.loadStateDict(wrong)).toThrow(
      /loadStateDict: bias: shape \[2\] needs 2 elements, data has 1/,
    );
  });

  it("loads what fits where that is enough, and reports the rest", () => {
    const model = make();
    const state = { "0.bias": torch.ones([3]), "2.bias": torch.ones([2]), extra: torch.ones([1]) };
    const report = model.loadStateDict(state, { strict: false });
    expect(report).toEqual({
      missingKeys: ["0.weight", "2.weight"],
      unexpectedKeys: ["extra"],
      mismatched: [{ key: "2.bias", expected: [1], found: [2] }],
    });
    expect(model.parameters()[1]!.tolist()).toEqual([1, 1, 1]);
  });

  it("refuses what is no state dict", () => {
    expect(() => make().loadStateDict(null as never)).toThrow(torch.StateDictError);
    expect(() => make().loadStateDict("file" as never)).toThrow(/expected an object of tensors by name/);
  });
});
