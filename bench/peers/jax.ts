/** jax-js on its WebAssembly backend. Everything goes through `jit`, as its guide advises: it is faster so. */
import { readFileSync } from "node:fs";
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import {
  classifierSizes,
  denseLayers,
  labels,
  learningRate,
  transposed,
  values,
  xor,
  xorSizes,
} from "../inputs.ts";
import { costAfter, digest, type Peer, type Prepared } from "./peer.ts";

await init("wasm");
defaultDevice("wasm");

const matrix = (data: Float32Array<ArrayBuffer>, rows: number, columns: number) =>
  np.array(data).reshape([rows, columns]);

function free(arrays: readonly np.Array[]): void {
  for (const array of arrays) array.dispose();
}

/** A step from parameters to new parameters and the cost, run over and over. */
function training(parameters: np.Array[], step: (p: np.Array[]) => [np.Array[], np.Array]): Prepared {
  const compiled = jit(step);
  const run = () => {
    const [next, cost] = compiled(parameters);
    parameters = next;
    return cost.item() as number;
  };
  return { run, check: costAfter(run), dispose: () => free(parameters) };
}

/** Mean binary cross-entropy of y against the target; consumes y. */
function crossEntropy(y: np.Array, target: np.Array): np.Array {
  const ones = target.ref.mul(np.log(y.ref));
  const zeros = np.subtract(1, target.ref).mul(np.log(np.subtract(1, y)));
  return np.negative(np.mean(ones.add(zeros)));
}

function xorByHand(): Prepared {
  const x = np.array(xor.x);
  const target = np.array(xor.y);
  const sigmoid = (z: np.Array) => np.divide(1, np.add(1, np.exp(np.negative(z))));
  const sigmoidPrime = (z: np.Array) => sigmoid(z.ref).mul(np.subtract(1, sigmoid(z)));
  const parameters = [
    matrix(values(4, 1), 2, 2),
    np.array(values(2, 2)),
    matrix(values(2, 3), 2, 1),
    np.array(values(1, 4)),
  ];
  return training(parameters, ([w1, b1, w2, b2]) => {
    const l1 = np.matmul(x.ref, w1!.ref).add(b1!.ref);
    const a1 = sigmoid(l1.ref);
    const l2 = np.matmul(a1.ref, w2!.ref).add(b2!.ref);
    const y = sigmoid(l2.ref);
    const cost = crossEntropy(y.ref, target);
    const dy = y.ref.sub(target.ref).div(y.ref.mul(np.subtract(1, y)).add(1e-7));
    const dl2 = dy.mul(sigmoidPrime(l2));
    const dw2 = np.matmul(np.transpose(a1), dl2.ref);
    const da1 = np.matmul(dl2.ref, np.transpose(w2!.ref));
    const dl1 = da1.mul(sigmoidPrime(l1));
    const dw1 = np.matmul(np.transpose(x.ref), dl1.ref);
    const rate = learningRate.xorByHand;
    const next = [
      w1!.sub(dw1.mul(rate)),
      b1!.sub(np.mean(dl1, 0).mul(rate)),
      w2!.sub(dw2.mul(rate)),
      b2!.sub(np.mean(dl2, 0).mul(rate)),
    ];
    return [next, cost];
  });
}

/** Weights as [in, out] and biases of fully connected layers, in one list. */
function parametersOf(sizes: readonly number[]): np.Array[] {
  return denseLayers(sizes).flatMap(({ weight, bias, inputs, outputs }) => [
    matrix(transposed(weight, outputs, inputs), inputs, outputs),
    np.array(bias),
  ]);
}

/** A step of gradient descent on the cost that a network's parameters give. */
function descent(sizes: readonly number[], rate: number, cost: (p: np.Array[]) => np.Array): Prepared {
  const costAndGradient = valueAndGrad(cost);
  return training(parametersOf(sizes), (parameters) => {
    const [value, gradients] = costAndGradient(parameters.map((p) => p.ref));
    return [parameters.map((p, i) => p.sub(gradients[i]!.mul(rate))), value];
  });
}

function xorModules(): Prepared {
  const x = np.array(xor.x);
  const target = np.array(xor.y);
  return descent(xorSizes, learningRate.xorModules, (parameters) => {
    let y = x.ref;
    for (let i = 0; i < parameters.length; i += 2) {
      y = nn.sigmoid(np.matmul(y, parameters[i]!).add(parameters[i + 1]!));
    }
    return crossEntropy(y, target);
  });
}

function classifier(batch: number): Prepared {
  const x = matrix(values(batch * 784, 99), batch, 784);
  const target = nn.oneHot(np.array(labels(batch), { dtype: np.int32 }), 10);
  return descent(classifierSizes, learningRate.classifier, ([w1, b1, w2, b2]) => {
    const h = nn.relu(np.matmul(x.ref, w1!).add(b1!));
    const logits = np.matmul(h, w2!).add(b2!);
    return np.negative(np.mean(np.sum(target.ref.mul(nn.logSoftmax(logits, -1)), -1)));
  });
}

/** An op whose result is waited for and freed. */
function op(compute: (...inputs: np.Array[]) => np.Array, inputs: np.Array[]): Prepared {
  const compiled = jit(compute);
  const call = () => compiled(...inputs.map((x) => x.ref));
  return {
    run: async () => (await blockUntilReady(call())).dispose(),
    check: () => digest(call().dataSync() as Float32Array),
    dispose: () => free(inputs),
  };
}

const manifest = new URL("../package.json", import.meta.resolve("@jax-js/jax"));
const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };

export const peer: Peer = {
  title: `jax-js ${version} wasm`,
  prepare: {
    xorByHand,
    xorModules,
    classifier,
    matmul: (n) => {
      const inputs = [matrix(values(n * n, 1), n, n), matrix(values(n * n, 2), n, n)];
      return op((a, b) => np.matmul(a!, b!), inputs);
    },
    add: (n) => op((a, b) => np.add(a!, b!), [np.array(values(n, 1)), np.array(values(n, 2))]),
    exp: (n) => op((a) => np.exp(a!), [np.array(values(n, 1))]),
  },
};
