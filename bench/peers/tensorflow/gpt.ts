/** The stack of transformer blocks on TensorFlow.js. */
import * as tf from "@tensorflow/tfjs";
import { labels, tokens, values } from "../../inputs.ts";
import type { Parameter } from "../../parameters.ts";
import type { Kinds } from "../../workloads.ts";
import { type Prepared, training } from "../peer.ts";
import { adam, count, variable } from "./steps.ts";

const WEIGHT_DECAY = 0.01;
const EPSILON = 1e-5;

type Variables = Readonly<Record<string, tf.Variable>>;

const linear = (x: tf.Tensor, variables: Variables, name: string): tf.Tensor =>
  tf.matMul(x, variables[`${name}.weight`]!).add(variables[`${name}.bias`]!);

export function layerNorm(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  return x
    .sub(mean)
    .div(tf.sqrt(variance.add(EPSILON)))
    .mul(weight)
    .add(bias);
}

const norm = (x: tf.Tensor, variables: Variables, name: string): tf.Tensor =>
  layerNorm(x, variables[`${name}.weight`]!, variables[`${name}.bias`]!);

/** x (1 + erf(x / sqrt 2)) / 2 */
const gelu = (x: tf.Tensor): tf.Tensor => x.mul(tf.erf(x.mul(Math.SQRT1_2)).add(1)).mul(0.5);

/** Embeddings keep their shape; everything else is as `variable` lays it out. */
function variablesOf(parameters: readonly Parameter[]): Record<string, tf.Variable> {
  return Object.fromEntries(
    parameters.map((one) => {
      const { name, shape, seed, scale, offset } = one;
      const isTable = name.startsWith("tokens") || name.startsWith("positions");
      const made = isTable
        ? tf.variable(tf.tensor(values(count(shape), seed, scale, offset), shape))
        : variable(one);
      return [name, made];
    }),
  );
}

export function gpt(settings: Kinds["gpt"], parameters: readonly Parameter[]): Prepared {
  const { layers, width: C, heads, context: T, batch: B, vocabulary, rate } = settings;
  const variables = variablesOf(parameters);
  // A product with one-hot rows: the backend cannot differentiate a gather.
  const chosen = tf.oneHot(tf.tensor1d(tokens(B * T, vocabulary), "int32"), vocabulary).toFloat();
  const target = tf.oneHot(tf.tensor1d(labels(B * T, vocabulary), "int32"), vocabulary);
  const future = tf.tensor2d(
    Float32Array.from({ length: T * T }, (_, i) => (i % T > Math.floor(i / T) ? -1e9 : 0)),
    [T, T],
  );

  const attend = (x: tf.Tensor, block: string): tf.Tensor => {
    const parts = tf.split(linear(x, variables, `${block}.attention`), 3, 1);
    const [q, k, v] = parts.map((part) => part.reshape([B, T, heads, C / heads]).transpose([0, 2, 1, 3])) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const scores = tf
      .matMul(q, k, false, true)
      .mul((C / heads) ** -0.5)
      .add(future);
    const y = tf
      .matMul(tf.softmax(scores), v)
      .transpose([0, 2, 1, 3])
      .reshape([B * T, C]);
    return linear(y, variables, `${block}.projection`);
  };

  const cost = (): tf.Scalar => {
    const embedded = tf.matMul(chosen, variables["tokens.weight"]!).reshape([B, T, C]);
    let x = embedded.add(variables["positions.weight"]!).reshape([B * T, C]);
    for (let i = 0; i < layers; i++) {
      const block = `blocks.${i}`;
      x = x.add(attend(norm(x, variables, `${block}.norm1`), block));
      const wide = gelu(linear(norm(x, variables, `${block}.norm2`), variables, `${block}.expand`));
      x = x.add(linear(wide, variables, `${block}.contract`));
    }
    const logits = linear(norm(x, variables, "norm"), variables, "head");
    return tf.losses.softmaxCrossEntropy(target, logits);
  };

  const optimizer = adam(rate);
  // AdamW: the weights decay by rate * WEIGHT_DECAY, apart from the gradient.
  const step = () =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(cost);
      for (const one of Object.values(variables)) one.assign(one.mul(1 - rate * WEIGHT_DECAY));
      optimizer.applyGradients(grads as Record<string, tf.Variable>);
      return value;
    });
  return training(() => {
    const value = step();
    const number = value.dataSync()[0]!;
    value.dispose();
    return number;
  });
}
