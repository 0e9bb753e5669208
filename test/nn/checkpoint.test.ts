/** A training that PyTorch began goes on here: state dicts with PyTorch's keys, out of JSON and into it again. */
import { describe, expect, it } from "vitest";
import * as torch from "xorch";
import { readRecorded } from "../fixture.ts";

interface Checkpoint {
  model: Record<string, torch.TensorJSON>;
  optimizer: Parameters<torch.optim.Adam["loadStateDict"]>[0];
  steps: { input: torch.TensorJSON; loss: number }[];
  end: Record<string, torch.TensorJSON>;
}

const recorded = readRecorded<Checkpoint>("nn/checkpoint.json");

class Net extends torch.nn.Module {
  conv = new torch.nn.Conv1d(2, 4, 3, { padding: 1 });
  norm = new torch.nn.BatchNorm1d(4);
  encoder = new torch.nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 8, dropout: 0, batchFirst: true });
  last = new torch.nn.Linear(4, 1);

  override forward(x: torch.Tensor): torch.Tensor {
    return this.last.forward(this.encoder.forward(this.norm.forward(this.conv.forward(x)).transpose(1, 2)));
  }
}

function loaded({ model, optimizer }: Pick<Checkpoint, "model" | "optimizer">) {
  const net = new Net().to(torch.float64);
  const adam = new torch.optim.Adam(net.parameters(), { amsgrad: true });
  net.loadStateDict(model);
  adam.loadStateDict(optimizer);
  const step = (input: torch.TensorJSON): number => {
    adam.zeroGrad();
    const loss = net.forward(torch.fromJSON(input)).square().mean();
    loss.backward();
    adam.step();
    return loss.item();
  };
  return { net, adam, step };
}

describe("a checkpoint of PyTorch", () => {
  it("has the keys that modules and optimizers have here, in the same order", () => {
    const { net, adam } = loaded(recorded);
    expect(Object.keys(net.stateDict())).toEqual(Object.keys(recorded.model));
    const { state, param_groups } = adam.stateDict();
    expect(Object.keys(state[0]!)).toEqual(Object.keys(recorded.optimizer.state[0]!));
    const { foreach, fused, capturable, differentiable, decoupled_weight_decay, ...options } =
      recorded.optimizer.param_groups[0]!;
    expect(param_groups).toEqual([options]);
  });

  it("is trained further as PyTorch does", () => {
    const { net, step } = loaded(recorded);
    for (const { input, loss } of recorded.steps) expect(step(input)).toBeCloseTo(loss, 12);
    for (const [key, x] of Object.entries(net.stateDict())) {
      const expected = torch.fromJSON(recorded.end[key]!);
      expect(x.dtype, key).toBe(expected.dtype);
      expect(x.sub(expected).abs().max().item(), key).toBeLessThan(1e-12);
    }
  });

  it("goes through JSON without a loss", () => {
    const { net, adam, step } = loaded(recorded);
    step(recorded.steps[0]!.input);
    const text = JSON.stringify({ model: net.stateDict(), optimizer: adam.stateDict() });
    const again = loaded(JSON.parse(text) as Checkpoint);
    expect(again.step(recorded.steps[1]!.input)).toBe(step(recorded.steps[1]!.input));
    expect(JSON.stringify(again.net.stateDict())).toBe(JSON.stringify(net.stateDict()));
  });
});
