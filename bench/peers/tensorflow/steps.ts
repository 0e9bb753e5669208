/** Training steps on TensorFlow.js, with what its WebAssembly backend has gradients for. */
import * as tf from "@tensorflow/tfjs";
import { labels, permuted, seeds, values, xor } from "../../inputs.ts";
import type { Parameter } from "../../parameters.ts";
import type { Kinds } from "../../workloads.ts";
import { type Preparations, type Prepared, training } from "../peer.ts";

export const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Where the axes of PyTorch's weights go, by their number. */
const layouts: Readonly<Record<number, readonly number[]>> = { 2: [1, 0], 4: [2, 3, 1, 0] };

/** A variable in the layout that TensorFlow.js takes: dense weights [in, out], convolutions [kH, kW, in, out]. */
export function variable({ name, shape, seed, scale, offset }: Parameter): tf.Variable {
  const data = values(count(shape), seed, scale, offset);
  const order = (name.endsWith(".weight") && layouts[shape.length]) || shape.map((_, axis) => axis);
  return tf.variable(
    tf.tensor(
      permuted(data, shape, order),
      order.map((axis) => shape[axis]!),
    ),
  );
}

/** Reads the cost, as a loop that prints it does, and frees it. */
function read(cost: tf.Tensor): number {
  const value = cost.dataSync()[0]!;
  cost.dispose();
  return value;
}

/** Steps of an optimizer on the cost. */
export function descent(optimizer: tf.Optimizer, cost: () => tf.Tensor): Prepared {
  return training(() => read(optimizer.minimize(cost as () => tf.Scalar, true)!));
}

/** The defaults of PyTorch's Adam. */
export const adam = (rate: number): tf.AdamOptimizer => tf.train.adam(rate, 0.9, 0.999, 1e-8);

function crossEntropyOfTwo(y: tf.Tensor, target: tf.Tensor): tf.Tensor {
  const ones = target.mul(tf.log(y));
  const zeros = tf.sub(1, target).mul(tf.log(tf.sub(1, y)));
  return ones.add(zeros).mean().neg();
}

function xorByHand({ rate }: Kinds["xorByHand"], parameters: readonly Parameter[]): Prepared {
  const x = tf.tensor2d(xor.x);
  const target = tf.tensor2d(xor.y);
  const [w1, b1, w2, b2] = parameters.map(variable) as [tf.Variable, tf.Variable, tf.Variable, tf.Variable];
  const sigmoid = (z: tf.Tensor) => tf.div(1, tf.add(1, tf.exp(tf.neg(z))));
  const sigmoidPrime = (z: tf.Tensor) => sigmoid(z).mul(tf.sub(1, sigmoid(z)));
  const step = () =>
    tf.tidy(() => {
      const l1 = tf.matMul(x, w1 as tf.Tensor2D).add(b1);
      const a1 = sigmoid(l1);
      const l2 = tf.matMul(a1, w2).add(b2);
      const y = sigmoid(l2);
      const cost = crossEntropyOfTwo(y, target);
      const dy = y.sub(target).div(y.mul(tf.sub(1, y)).add(1e-7));
      const dl2 = dy.mul(sigmoidPrime(l2)) as tf.Tensor2D;
      const dw2 = tf.matMul(a1, dl2, true, false);
      const da1 = tf.matMul(dl2, w2 as tf.Tensor2D, false, true);
      const dl1 = da1.mul(sigmoidPrime(l1)) as tf.Tensor2D;
      const dw1 = tf.matMul(x, dl1, true, false);
      w1.assign(w1.sub(dw1.mul(rate)));
      b1.assign(b1.sub(dl1.mean(0).mul(rate)));
      w2.assign(w2.sub(dw2.mul(rate)));
      b2.assign(b2.sub(dl2.mean(0).mul(rate)));
      return cost;
    });
  return training(() => read(step()));
}

/** Fully connected layers, given weights and biases in turn. */
function dense(
  x: tf.Tensor,
  variables: readonly tf.Tensor[],
  between: (h: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  let h = x;
  for (let i = 0; i < variables.length; i += 2) {
    if (i > 0) h = between(h);
    h = tf.matMul(h, variables[i]!).add(variables[i + 1]!);
  }
  return h;
}

function xorModules({ rate }: Kinds["xorModules"], parameters: readonly Parameter[]): Prepared {
  const x = tf.tensor2d(xor.x);
  const target = tf.tensor2d(xor.y);
  const variables = parameters.map(variable);
  const cost = () => crossEntropyOfTwo(dense(x, variables, tf.sigmoid).sigmoid(), target);
  return descent(tf.train.sgd(rate), cost);
}

function mlp({ sizes, batch, optimizer, rate }: Kinds["mlp"], parameters: readonly Parameter[]): Prepared {
  const x = tf.tensor2d(values(batch * sizes[0]!, seeds.x), [batch, sizes[0]!]);
  const classes = sizes.at(-1)!;
  const target = tf.oneHot(tf.tensor1d(labels(batch, classes), "int32"), classes);
  const variables = parameters.map(variable);
  const cost = () => tf.losses.softmaxCrossEntropy(target, dense(x, variables, tf.relu));
  return descent(optimizer === "Adam" ? adam(rate) : tf.train.sgd(rate), cost);
}

/**
 * A convolution of 3 x 3 with padding 1 as a matrix product over nine shifted copies: the backend cannot differentiate
 * its own by the filter. x is [B, H, W, C], filter [3, 3, C, O].
 */
function convolution(x: tf.Tensor4D, filter: tf.Tensor, bias: tf.Tensor): tf.Tensor4D {
  const [B, H, W, C] = x.shape;
  const outputs = filter.shape[3]!;
  const padded = tf.pad(x, [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]);
  const shifted = Array.from({ length: 9 }, (_, i) =>
    tf.slice(padded, [0, Math.floor(i / 3), i % 3, 0], [B, H, W, C]),
  );
  const windows = tf.concat(shifted, 3).reshape([B * H * W, 9 * C]);
  return tf
    .matMul(windows, filter.reshape([9 * C, outputs]))
    .add(bias)
    .reshape([B, H, W, outputs]) as tf.Tensor4D;
}

function cnn({ batch, rate }: Kinds["cnn"], parameters: readonly Parameter[]): Prepared {
  const x = tf.tensor4d(values(batch * 784, seeds.x), [batch, 28, 28, 1]);
  const target = tf.oneHot(tf.tensor1d(labels(batch, 10), "int32"), 10);
  const [filter1, bias1, filter2, bias2, weight, bias] = parameters.map(variable) as [
    tf.Variable,
    tf.Variable,
    tf.Variable,
    tf.Variable,
    tf.Variable,
    tf.Variable,
  ];
  const pooled = (h: tf.Tensor4D) => tf.maxPool(tf.relu(h), 2, 2, "valid");
  const cost = () => {
    const h1 = pooled(convolution(x, filter1, bias1));
    const h2 = pooled(convolution(h1, filter2, bias2));
    // The weight counts channels first.
    const flat = tf.transpose(h2, [0, 3, 1, 2]).reshape([batch, 1568]);
    return tf.losses.softmaxCrossEntropy(target, tf.matMul(flat, weight).add(bias));
  };
  return descent(adam(rate), cost);
}

export const steps: Preparations = { xorByHand, xorModules, mlp, cnn };
