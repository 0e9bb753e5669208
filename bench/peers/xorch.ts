/** Xorch as users have it: the built package, eager. */
import { readFileSync } from "node:fs";
import * as torch from "../../dist/index.js";
import { classifierSizes, denseLayers, labels, learningRate, values, xor, xorSizes } from "../inputs.ts";
import { costAfter, digest, type Peer, type Prepared } from "./peer.ts";

const { nn, optim } = torch;

const vector = (count: number, seed: number) => torch.tensor(values(count, seed));
const matrix = (rows: number, columns: number, seed: number) =>
  vector(rows * columns, seed).reshape([rows, columns]);

function xorByHand(): Prepared {
  const x = torch.tensor(xor.x, { dtype: torch.float32 });
  const target = torch.tensor(xor.y, { dtype: torch.float32 });
  let w1 = matrix(2, 2, 1);
  let b1 = vector(2, 2);
  let w2 = matrix(2, 1, 3);
  let b2 = vector(1, 4);
  const rate = learningRate.xorByHand;
  const sigmoid = (z: torch.Tensor) => torch.div(1, torch.add(1, torch.exp(z.neg())));
  const sigmoidPrime = (z: torch.Tensor) => sigmoid(z).mul(torch.sub(1, sigmoid(z)));
  const run = () => {
    const l1 = torch.add(torch.matmul(x, w1), b1);
    const a1 = sigmoid(l1);
    const l2 = torch.add(torch.matmul(a1, w2), b2);
    const y = sigmoid(l2);
    const ones = target.mul(torch.log(y));
    const zeros = torch.sub(1, target).mul(torch.log(torch.sub(1, y)));
    const cost = ones.add(zeros).mean().neg();
    const dy = y.sub(target).div(y.mul(torch.sub(1, y)).add(1e-7));
    const dl2 = dy.mul(sigmoidPrime(l2));
    const dw2 = torch.matmul(torch.transpose(a1, 0, 1), dl2);
    const da1 = torch.matmul(dl2, torch.transpose(w2, 0, 1));
    const dl1 = da1.mul(sigmoidPrime(l1));
    const dw1 = torch.matmul(torch.transpose(x, 0, 1), dl1);
    w1 = w1.sub(dw1.mul(rate));
    b1 = b1.sub(torch.mean(dl1, 0).mul(rate));
    w2 = w2.sub(dw2.mul(rate));
    b2 = b2.sub(torch.mean(dl2, 0).mul(rate));
    return cost.item();
  };
  return { run, check: costAfter(run) };
}

/** Fully connected layers with the given numbers, each followed by what `after` makes for its position. */
function network(sizes: readonly number[], after: (layer: number) => torch.nn.Module[]) {
  const layers = denseLayers(sizes).flatMap(({ inputs, outputs, weight, bias }, i) => {
    const linear = new nn.Linear(inputs, outputs);
    linear.loadStateDict({
      weight: torch.tensor(weight).reshape([outputs, inputs]),
      bias: torch.tensor(bias),
    });
    return [linear, ...after(i)];
  });
  return new nn.Sequential(...layers);
}

interface Loss {
  forward(y: torch.Tensor, target: torch.Tensor): torch.Tensor;
}

function training(
  model: torch.nn.Sequential,
  criterion: Loss,
  x: torch.Tensor,
  target: torch.Tensor,
  lr: number,
): Prepared {
  const optimizer = new optim.SGD(model.parameters(), { lr });
  const run = () => {
    optimizer.zeroGrad();
    const cost = criterion.forward(model.forward(x), target);
    cost.backward();
    optimizer.step();
    return cost.item();
  };
  return { run, check: costAfter(run) };
}

function xorModules(): Prepared {
  const model = network(xorSizes, () => [new nn.Sigmoid()]);
  const x = torch.tensor(xor.x, { dtype: torch.float32 });
  const target = torch.tensor(xor.y, { dtype: torch.float32 });
  return training(model, new nn.BCELoss(), x, target, learningRate.xorModules);
}

function classifier(batch: number): Prepared {
  const model = network(classifierSizes, (layer) => (layer === 0 ? [new nn.ReLU()] : []));
  const target = torch.tensor(labels(batch), { dtype: torch.int64 });
  return training(model, new nn.CrossEntropyLoss(), matrix(batch, 784, 99), target, learningRate.classifier);
}

function op(run: () => torch.Tensor): Prepared {
  return { run, check: () => digest(run().toTypedArray() as Float32Array) };
}

const manifest = new URL("../../package.json", import.meta.url);
const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };

export const peer: Peer = {
  title: `Xorch ${version}`,
  prepare: {
    xorByHand,
    xorModules,
    classifier,
    matmul: (n) => {
      const a = matrix(n, n, 1);
      const b = matrix(n, n, 2);
      return op(() => torch.matmul(a, b));
    },
    add: (n) => {
      const a = vector(n, 1);
      const b = vector(n, 2);
      return op(() => torch.add(a, b));
    },
    exp: (n) => {
      const a = vector(n, 1);
      return op(() => torch.exp(a));
    },
  },
};
