/** Single ops and a chain of them on TensorFlow.js. */
import * as tf from "@tensorflow/tfjs";
import { seeds, values } from "../../inputs.ts";
import { digest, type Preparations, type Prepared } from "../peer.ts";
import { layerNorm } from "./gpt.ts";

/** An op whose result is made (the backend runs at once) and freed. */
function op(compute: () => tf.Tensor): Prepared {
  const run = () => tf.tidy(compute);
  return {
    run: () => run().dispose(),
    check: () => {
      const y = run();
      const numbers = digest(y.dataSync());
      y.dispose();
      return numbers;
    },
  };
}

const left = (n: number) => tf.tensor1d(values(n, seeds.left));
const right = (n: number) => tf.tensor1d(values(n, seeds.right));

export const ops: Preparations = {
  matmul: ({ n, transposeA, transposeB }) => {
    const a = left(n * n).reshape([n, n]);
    const b = right(n * n).reshape([n, n]);
    return op(() => tf.matMul(a, b, transposeA, transposeB));
  },
  elementwise: ({ op: name, n }) => {
    const x = left(n);
    const y = right(n);
    return op({ add: () => tf.add(x, y), exp: () => tf.exp(x), tanh: () => tf.tanh(x) }[name]);
  },
  rows: ({ op: name, n, columns }) => {
    const x = left(n).reshape([n / columns, columns]);
    const weight = right(columns);
    const bias = left(columns);
    return op({ softmax: () => tf.softmax(x), layerNorm: () => layerNorm(x, weight, bias) }[name]);
  },
  chain: ({ n }) => {
    const x = left(n);
    return op(() => x.sub(0.1).mul(1.7).add(0.2).tanh().mul(x).add(x).abs().sqrt());
  },
};
