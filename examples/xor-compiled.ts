/**
 * Program B once more, with its training step compiled: the same costs, digit for digit, many times as fast.
 *
 *     npx tsx examples/xor-compiled.ts
 */
import * as torch from "xorch";
import * as nn from "xorch/nn";
import * as optim from "xorch/optim";

/** Sees every hundredth step. */
type Print = (step: number, cost: number) => void;

export function xorCompiled({ seed = 777, steps = 10_001, lr = 3, print = console.log as Print } = {}) {
  torch.manualSeed(seed);
  const samples = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  const X = torch.tensor(samples);
  const Y = torch.tensor([[0], [1], [1], [0]]);

  const widths = [2, 10, 10, 10, 1];
  const layers = widths.slice(1).flatMap((width, i) => [new nn.Linear(widths[i]!, width), new nn.Sigmoid()]);
  const model = new nn.Sequential(...layers);
  const criterion = new nn.BCELoss();
  const optimizer = new optim.SGD(model.parameters(), { lr });

  // The whole step as one function: nothing in it reads a value
  const train = torch.compile((x: torch.Tensor, y: torch.Tensor) => {
    optimizer.zeroGrad();
    const cost = criterion.forward(model.forward(x), y);
    cost.backward();
    optimizer.step();
    return cost;
  });

  for (let step = 0; step < steps; step++) {
    const cost = train(X, Y);
    if (step % 100 === 0) {
      print(step, cost.item());
    }
  }

  // Another function over the same parameters
  const predict = torch.compile((x: torch.Tensor) => torch.noGrad(() => model.forward(x)));
  const hypothesis = predict(X);
  const accuracy = hypothesis.gt(0.5).to(torch.float32).eq(Y).to(torch.float32).mean().item();
  return { model, train, hypothesis, accuracy };
}

// Run as a script.
if (globalThis.process?.argv[1]?.endsWith("xor-compiled.ts")) {
  const { train, hypothesis, accuracy } = xorCompiled();
  console.log("\nHypothesis:", hypothesis, "\nAccuracy:", accuracy);
  console.log(`\n${torch.compile.explain(train)}`);
}
