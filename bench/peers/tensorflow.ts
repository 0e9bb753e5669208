/** TensorFlow.js on its WebAssembly backend: SIMD, one thread. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
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

const modulePath = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
setWasmPaths(join(dirname(modulePath), "/"));
tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
await tf.setBackend("wasm");
await tf.ready();
if (tf.getBackend() !== "wasm") throw new Error(`runs on ${tf.getBackend()}, not on wasm`);

/** Reads the cost, as a loop that prints it does, and frees it. */
function read(cost: tf.Tensor): number {
  const value = cost.dataSync()[0]!;
  cost.dispose();
  return value;
}

function xorByHand(): Prepared {
  const x = tf.tensor2d(xor.x);
  const target = tf.tensor2d(xor.y);
  const w1 = tf.variable(tf.tensor2d(values(4, 1), [2, 2]));
  const b1 = tf.variable(tf.tensor1d(values(2, 2)));
  const w2 = tf.variable(tf.tensor2d(values(2, 3), [2, 1]));
  const b2 = tf.variable(tf.tensor1d(values(1, 4)));
  const sigmoid = (z: tf.Tensor) => tf.div(1, tf.add(1, tf.exp(tf.neg(z))));
  const sigmoidPrime = (z: tf.Tensor) => sigmoid(z).mul(tf.sub(1, sigmoid(z)));
  const step = () =>
    tf.tidy(() => {
      const l1 = tf.matMul(x, w1).add(b1);
      const a1 = sigmoid(l1);
      const l2 = tf.matMul(a1, w2).add(b2);
      const y = sigmoid(l2);
      const cost = target
        .mul(tf.log(y))
        .add(tf.sub(1, target).mul(tf.log(tf.sub(1, y))))
        .mean()
        .neg();
      const dy = y.sub(target).div(y.mul(tf.sub(1, y)).add(1e-7));
      const dl2 = dy.mul(sigmoidPrime(l2)) as tf.Tensor2D;
      const dw2 = tf.matMul(a1, dl2, true, false);
      const da1 = tf.matMul(dl2, w2, false, true);
      const dl1 = da1.mul(sigmoidPrime(l1)) as tf.Tensor2D;
      const dw1 = tf.matMul(x, dl1, true, false);
      const rate = learningRate.xorByHand;
      w1.assign(w1.sub(dw1.mul(rate)));
      b1.assign(b1.sub(dl1.mean(0).mul(rate)));
      w2.assign(w2.sub(dw2.mul(rate)));
      b2.assign(b2.sub(dl2.mean(0).mul(rate)));
      return cost;
    });
  const run = () => read(step());
  return { run, check: costAfter(run) };
}

/** Variables of fully connected layers, weights as [in, out]. */
function layersOf(sizes: readonly number[]) {
  return denseLayers(sizes).map(({ weight, bias, inputs, outputs }) => ({
    weight: tf.variable(tf.tensor2d(transposed(weight, outputs, inputs), [inputs, outputs])),
    bias: tf.variable(tf.tensor1d(bias)),
  }));
}

function xorModules(): Prepared {
  const x = tf.tensor2d(xor.x);
  const target = tf.tensor2d(xor.y);
  const layers = layersOf(xorSizes);
  const optimizer = tf.train.sgd(learningRate.xorModules);
  const cost = () => {
    let y: tf.Tensor = x;
    for (const { weight, bias } of layers) y = tf.matMul(y, weight).add(bias).sigmoid();
    const ones = target.mul(tf.log(y));
    const zeros = tf.sub(1, target).mul(tf.log(tf.sub(1, y)));
    return ones.add(zeros).mean().neg() as tf.Scalar;
  };
  const run = () => read(optimizer.minimize(cost, true)!);
  return { run, check: costAfter(run) };
}

function classifier(batch: number): Prepared {
  const x = tf.tensor2d(values(batch * 784, 99), [batch, 784]);
  const target = tf.oneHot(tf.tensor1d(labels(batch), "int32"), 10);
  const [hidden, output] = layersOf(classifierSizes) as [
    ReturnType<typeof layersOf>[0],
    ReturnType<typeof layersOf>[0],
  ];
  const optimizer = tf.train.sgd(learningRate.classifier);
  const cost = () => {
    const h = tf.matMul(x, hidden.weight).add(hidden.bias).relu() as tf.Tensor2D;
    const logits = tf.matMul(h, output.weight).add(output.bias);
    return tf.losses.softmaxCrossEntropy(target, logits) as tf.Scalar;
  };
  const run = () => read(optimizer.minimize(cost, true)!);
  return { run, check: costAfter(run) };
}

/** An op whose result is made (the backend runs at once) and freed. */
function op(compute: () => tf.Tensor): Prepared {
  return {
    run: () => compute().dispose(),
    check: () => {
      const y = compute();
      const numbers = digest(y.dataSync());
      y.dispose();
      return numbers;
    },
  };
}

/** Frees every tensor that the workload left. */
const tidied =
  (prepare: (size: number) => Prepared) =>
  (size: number): Prepared => {
    tf.engine().startScope();
    const dispose = () => {
      tf.engine().endScope();
      tf.disposeVariables();
    };
    return { ...prepare(size), dispose };
  };

export const peer: Peer = {
  title: `TensorFlow.js ${tf.version.tfjs} wasm`,
  prepare: {
    xorByHand: tidied(xorByHand),
    xorModules: tidied(xorModules),
    classifier: tidied(classifier),
    matmul: tidied((n) => {
      const a = tf.tensor2d(values(n * n, 1), [n, n]);
      const b = tf.tensor2d(values(n * n, 2), [n, n]);
      return op(() => tf.matMul(a, b));
    }),
    add: tidied((n) => {
      const a = tf.tensor1d(values(n, 1));
      const b = tf.tensor1d(values(n, 2));
      return op(() => tf.add(a, b));
    }),
    exp: tidied((n) => {
      const a = tf.tensor1d(values(n, 1));
      return op(() => tf.exp(a));
    }),
  },
};
