/**
 * Program B: XOR with modules. Make the layers, define the model, define cost and optimizer, run.
 *
 *     npx tsx examples/xor.ts
 */
import * as torch from "xorch";
import * as nn from "xorch/nn";
import * as optim from "xorch/optim";

/** Sees every hundredth step. */
type Print = (step: number, cost: number) => void;

/** Sees every step; where it answers true, the training ends there. */
type Watch = (step: number, cost: torch.Tensor) => boolean | Promise<boolean>;

export async function xor({
  seed = 777,
  steps = 10_001,
  lr = 3,
  layers = [10, 10, 10] as readonly number[],
  activation = (): nn.Module => new nn.Sigmoid(),
  print = console.log as Print,
  watch = (() => false) as Watch,
} = {}) {
  // An accelerator if there is one, else the CPU
  const device = torch.accelerator.currentAccelerator() ?? torch.device("cpu");
  torch.manualSeed(seed);

  const samples = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  const X = torch.tensor(samples).to(device);
  const Y = torch.tensor([[0], [1], [1], [0]]).to(device);

  // The layers: 2 -> 10 -> 10 -> 10 -> 1. No hidden layers at all make the one-layer network.
  const inputs = [2, ...layers];
  const hidden = layers.flatMap((width, i) => [new nn.Linear(inputs[i]!, width), activation()]);
  const last = new nn.Linear(inputs.at(-1)!, 1);

  // The model: the order of layers and activations. The last sigmoid makes the answer a probability.
  const model = new nn.Sequential(...hidden, last, new nn.Sigmoid()).to(device);

  // Cost and optimizer
  const criterion = new nn.BCELoss().to(device);
  const optimizer = new optim.SGD(model.parameters(), { lr });

  for (let step = 0; step < steps; step++) {
    optimizer.zeroGrad();
    const hypothesis = model.forward(X);
    const cost = criterion.forward(hypothesis, Y);
    cost.backward();
    optimizer.step();

    if (step % 100 === 0) {
      print(step, cost.item());
    }
    if (await watch(step, cost)) break;
  }

  // Accuracy: the prediction is 1 where the hypothesis is above 0.5
  return torch.noGrad(() => {
    const hypothesis = model.forward(X);
    const predicted = hypothesis.gt(0.5).to(torch.float32);
    const accuracy = predicted.eq(Y).to(torch.float32).mean().item();
    return { model, hypothesis, predicted, accuracy };
  });
}

// Run as a script.
if (globalThis.process?.argv[1]?.endsWith("xor.ts")) {
  const { hypothesis, predicted, accuracy } = await xor();
  console.log("\nHypothesis:", hypothesis, "\nCorrect:", predicted, "\nAccuracy:", accuracy);
}
