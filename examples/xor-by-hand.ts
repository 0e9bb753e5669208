/**
 * Program A: XOR by hand. A hidden layer of two neurons; the forward pass, the cost and every gradient are
 * written out with tensor operations, without autograd.
 *
 *     npx tsx examples/xor-by-hand.ts
 */
import * as torch from "xorch";

/** Sees every hundredth step. */
type Print = (step: number, cost: number) => void;

/** sigmoid(x) = 1 / (1 + exp(-x)) */
function sigmoid(x: torch.Tensor) {
  return torch.div(1, torch.add(1, torch.exp(torch.neg(x))));
}

/** sigmoid'(x) = sigmoid(x) (1 - sigmoid(x)) */
function sigmoidPrime(x: torch.Tensor) {
  return torch.mul(sigmoid(x), torch.sub(1, sigmoid(x)));
}

export function xorByHand({ seed = 777, steps = 10_001, lr = 1, print = console.log as Print } = {}) {
  torch.manualSeed(seed);

  const X = torch.tensor([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  const Y = torch.tensor([[0], [1], [1], [0]]);

  // Two layers: 2 -> 2 -> 1, from the standard normal distribution.
  let w1 = torch.empty([2, 2]).normal_();
  let b1 = torch.empty([2]).normal_();
  let w2 = torch.empty([2, 1]).normal_();
  let b2 = torch.empty([1]).normal_();

  for (let step = 0; step < steps; step++) {
    // Forward
    const l1 = torch.add(torch.matmul(X, w1), b1);
    const a1 = sigmoid(l1);
    const l2 = torch.add(torch.matmul(a1, w2), b2);
    const y = sigmoid(l2);

    // Binary cross-entropy: -mean(Y log(y) + (1 - Y) log(1 - y))
    const cost = torch.neg(
      torch.mean(
        torch.add(torch.mul(Y, torch.log(y)), torch.mul(torch.sub(1, Y), torch.log(torch.sub(1, y)))),
      ),
    );

    // Backward, by the chain rule; 1e-7 keeps the division finite where y is 0 or 1
    const dy = torch.div(torch.sub(y, Y), torch.add(torch.mul(y, torch.sub(1, y)), 1e-7));

    const dl2 = torch.mul(dy, sigmoidPrime(l2));
    const db2 = dl2;
    const dw2 = torch.matmul(torch.transpose(a1, 0, 1), dl2);

    const da1 = torch.matmul(dl2, torch.transpose(w2, 0, 1));
    const dl1 = torch.mul(da1, sigmoidPrime(l1));
    const db1 = dl1;
    const dw1 = torch.matmul(torch.transpose(X, 0, 1), dl1);

    // Update. dw1 and dw2 are sums over the four samples, not means: 4 times what autograd gives for this cost.
    w1 = torch.sub(w1, torch.mul(lr, dw1));
    b1 = torch.sub(b1, torch.mul(lr, torch.mean(db1, 0)));
    w2 = torch.sub(w2, torch.mul(lr, dw2));
    b2 = torch.sub(b2, torch.mul(lr, torch.mean(db2, 0)));

    if (step % 100 === 0) {
      print(step, cost.item());
    }
  }

  const predict = (x: torch.Tensor) => {
    const a1 = sigmoid(torch.add(torch.matmul(x, w1), b1));
    return sigmoid(torch.add(torch.matmul(a1, w2), b2));
  };

  const hypothesis = predict(X);
  const predicted = torch.gt(hypothesis, 0.5).to(torch.float32);
  const accuracy = torch.mean(torch.eq(predicted, Y).to(torch.float32)).item();
  return { parameters: { w1, b1, w2, b2 }, predict, hypothesis, predicted, accuracy };
}

// Run as a script.
if (globalThis.process?.argv[1]?.endsWith("xor-by-hand.ts")) {
  const { hypothesis, predicted, accuracy } = xorByHand();
  console.log("\nHypothesis:", hypothesis, "\nCorrect:", predicted, "\nAccuracy:", accuracy);
}
