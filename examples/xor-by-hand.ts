/**
 * Program A: XOR by hand. A hidden layer of two neurons; the forward pass, the cost and every gradient are
 * written out with tensor operations, without autograd.
 *
 *     npx tsx examples/xor-by-hand.ts
 */
import * as torch from "xorch";

/** Sees every hundredth step. */
type Print = (step: number, cost: number) => void;

/** Sees every step; where it answers true, the training ends there. */
type Watch = (step: number, cost: torch.Tensor) => boolean | Promise<boolean>;

/** sigmoid(x) = 1 / (1 + exp(-x)) */
function sigmoid(x: torch.Tensor) {
  return torch.div(1, torch.exp(x.neg()).add(1));
}

/** sigmoid'(x) = sigmoid(x) (1 - sigmoid(x)) */
function sigmoidPrime(x: torch.Tensor) {
  return sigmoid(x).mul(torch.sub(1, sigmoid(x)));
}

export async function xorByHand({
  seed = 777,
  steps = 10_001,
  lr = 1,
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

  // Two layers: 2 -> 2 -> 1, from the standard normal distribution.
  let w1 = torch.empty([2, 2], { device }).normal_();
  let b1 = torch.empty([2], { device }).normal_();
  let w2 = torch.empty([2, 1], { device }).normal_();
  let b2 = torch.empty([1], { device }).normal_();

  for (let step = 0; step < steps; step++) {
    // Forward
    const l1 = torch.add(torch.matmul(X, w1), b1);
    const a1 = sigmoid(l1);
    const l2 = torch.add(torch.matmul(a1, w2), b2);
    const y = sigmoid(l2);

    // Binary cross-entropy: cost = -mean(Y log(y) + (1 - Y) log(1 - y))
    const whereOne = Y.mul(torch.log(y));
    const whereZero = torch.sub(1, Y).mul(torch.log(torch.sub(1, y)));
    const cost = torch.mean(whereOne.add(whereZero)).neg();

    // Backward, by the chain rule: dy = (y - Y) / (y (1 - y) + 1e-7), where 1e-7 keeps the division finite
    const dy = y.sub(Y).div(y.mul(torch.sub(1, y)).add(1e-7));

    // Layer 2
    const dl2 = dy.mul(sigmoidPrime(l2));
    const db2 = dl2;
    const dw2 = torch.matmul(torch.transpose(a1, 0, 1), dl2);

    // Layer 1
    const da1 = torch.matmul(dl2, torch.transpose(w2, 0, 1));
    const dl1 = da1.mul(sigmoidPrime(l1));
    const db1 = dl1;
    const dw1 = torch.matmul(torch.transpose(X, 0, 1), dl1);

    // Update. dw1 and dw2 are sums over the four samples, not means: 4 times what autograd gives for this cost.
    // The course's program does it so, and its numbers depend on it. The biases use the mean.
    w1 = w1.sub(dw1.mul(lr));
    b1 = b1.sub(torch.mean(db1, 0).mul(lr));
    w2 = w2.sub(dw2.mul(lr));
    b2 = b2.sub(torch.mean(db2, 0).mul(lr));

    if (step % 100 === 0) {
      print(step, cost.item());
    }
    if (await watch(step, cost)) break;
  }

  const predict = (x: torch.Tensor) => {
    const a1 = sigmoid(torch.add(torch.matmul(x, w1), b1));
    return sigmoid(torch.add(torch.matmul(a1, w2), b2));
  };

  // Accuracy: the prediction is 1 where the hypothesis is above 0.5
  const hypothesis = predict(X);
  const predicted = hypothesis.gt(0.5).to(torch.float32);
  const accuracy = predicted.eq(Y).to(torch.float32).mean().item();
  return { parameters: { w1, b1, w2, b2 }, predict, hypothesis, predicted, accuracy };
}

// Run as a script.
if (globalThis.process?.argv[1]?.endsWith("xor-by-hand.ts")) {
  const { hypothesis, predicted, accuracy } = await xorByHand();
  console.log("\nHypothesis:", hypothesis, "\nCorrect:", predicted, "\nAccuracy:", accuracy);
}
