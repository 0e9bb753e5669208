/** Training steps on jax-js. Arrays are counted references: a function consumes its arguments, `.ref` keeps one. */
import { jit, lax, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import { labels, permuted, seeds, values, xor } from "../../inputs.ts";
import type { Parameter } from "../../parameters.ts";
import type { Kinds } from "../../workloads.ts";
import { type Preparations, type Prepared, training } from "../peer.ts";

export function free(arrays: readonly np.Array[]): void {
  for (const array of arrays) array.dispose();
}

/** Weights of dense layers as [in, out]; all else as PyTorch has it. */
export function initial({ name, shape, seed, scale, offset }: Parameter): np.Array {
  const data = values(
    shape.reduce((a, b) => a * b, 1),
    seed,
    scale,
    offset,
  );
  if (!name.endsWith(".weight") || shape.length !== 2) return np.array(data).reshape(shape);
  return np.array(permuted(data, shape, [1, 0])).reshape([shape[1]!, shape[0]!]);
}

/** A step from a state to the next state and the cost, run over and over. */
function repeated(state: np.Array[], step: (state: np.Array[]) => [np.Array[], np.Array]): Prepared {
  const compiled = jit(step);
  const run = () => {
    const [next, cost] = compiled(state);
    state = next;
    return cost.item() as number;
  };
  return { ...training(run), dispose: () => free(state) };
}

type Cost = (parameters: np.Array[]) => np.Array;

/** A step of gradient descent on the cost. */
function sgd(parameters: np.Array[], rate: number, cost: Cost): Prepared {
  const costAndGradient = valueAndGrad(cost);
  return repeated(parameters, (now) => {
    const [value, gradients] = costAndGradient(now.map((p) => p.ref));
    return [now.map((p, i) => p.sub(gradients[i]!.mul(rate))), value];
  });
}

/**
 * A step of Adam, with the defaults of PyTorch: m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2,
 * p = p (1 - rate decay) - rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + 1e-8). The powers are part of the state.
 */
export function adam(parameters: np.Array[], rate: number, cost: Cost, decay = 0): Prepared {
  const [b1, b2] = [0.9, 0.999];
  const costAndGradient = valueAndGrad(cost);
  const count = parameters.length;
  const moments = [...parameters, ...parameters].map((p) => np.zeros(p.shape));
  const powers = [np.array(1), np.array(1)];
  return repeated([...parameters, ...moments, ...powers], (state) => {
    const now = state.slice(0, count);
    const [value, gradients] = costAndGradient(now.map((p) => p.ref));
    const power1 = state[3 * count]!.mul(b1);
    const power2 = state[3 * count + 1]!.mul(b2);
    const first = now.map((_, i) => state[count + i]!.mul(b1).add(gradients[i]!.ref.mul(1 - b1)));
    const second = now.map((_, i) => state[2 * count + i]!.mul(b2).add(np.square(gradients[i]!).mul(1 - b2)));
    const next = now.map((p, i) => {
      const m = first[i]!.ref.div(np.subtract(1, power1.ref));
      const v = second[i]!.ref.div(np.subtract(1, power2.ref));
      const change = m.mul(rate).div(np.sqrt(v).add(1e-8));
      return (decay === 0 ? p : p.mul(1 - rate * decay)).sub(change);
    });
    return [[...next, ...first, ...second, power1, power2], value];
  });
}

/** Mean binary cross-entropy of y against the target; consumes y. */
function crossEntropyOfTwo(y: np.Array, target: np.Array): np.Array {
  const ones = target.ref.mul(np.log(y.ref));
  const zeros = np.subtract(1, target.ref).mul(np.log(np.subtract(1, y)));
  return np.negative(np.mean(ones.add(zeros)));
}

/** Mean cross-entropy of logits against one-hot rows; consumes the logits. */
export const crossEntropy = (logits: np.Array, target: np.Array): np.Array =>
  np.negative(np.mean(np.sum(target.ref.mul(nn.logSoftmax(logits, -1)), -1)));

export const oneHot = (numbers: readonly number[], classes: number): np.Array =>
  nn.oneHot(np.array([...numbers], { dtype: np.int32 }), classes);

function xorByHand({ rate }: Kinds["xorByHand"], parameters: readonly Parameter[]): Prepared {
  const x = np.array(xor.x);
  const target = np.array(xor.y);
  const sigmoid = (z: np.Array) => np.divide(1, np.add(1, np.exp(np.negative(z))));
  const sigmoidPrime = (z: np.Array) => sigmoid(z.ref).mul(np.subtract(1, sigmoid(z)));
  return repeated(parameters.map(initial), ([w1, b1, w2, b2]) => {
    const l1 = np.matmul(x.ref, w1!.ref).add(b1!.ref);
    const a1 = sigmoid(l1.ref);
    const l2 = np.matmul(a1.ref, w2!.ref).add(b2!.ref);
    const y = sigmoid(l2.ref);
    const cost = crossEntropyOfTwo(y.ref, target);
    const dy = y.ref.sub(target.ref).div(y.ref.mul(np.subtract(1, y)).add(1e-7));
    const dl2 = dy.mul(sigmoidPrime(l2));
    const dw2 = np.matmul(np.transpose(a1), dl2.ref);
    const da1 = np.matmul(dl2.ref, np.transpose(w2!.ref));
    const dl1 = da1.mul(sigmoidPrime(l1));
    const dw1 = np.matmul(np.transpose(x.ref), dl1.ref);
    const next = [
      w1!.sub(dw1.mul(rate)),
      b1!.sub(np.mean(dl1, 0).mul(rate)),
      w2!.sub(dw2.mul(rate)),
      b2!.sub(np.mean(dl2, 0).mul(rate)),
    ];
    return [next, cost];
  });
}

/** Fully connected layers, given weights and biases in turn; consumes them and not x. */
function dense(x: np.Array, parameters: readonly np.Array[], between: (h: np.Array) => np.Array): np.Array {
  let h = x.ref;
  for (let i = 0; i < parameters.length; i += 2) {
    if (i > 0) h = between(h);
    h = np.matmul(h, parameters[i]!).add(parameters[i + 1]!);
  }
  return h;
}

function xorModules({ rate }: Kinds["xorModules"], parameters: readonly Parameter[]): Prepared {
  const x = np.array(xor.x);
  const target = np.array(xor.y);
  const cost: Cost = (now) => crossEntropyOfTwo(nn.sigmoid(dense(x, now, nn.sigmoid)), target);
  return sgd(parameters.map(initial), rate, cost);
}

function mlp({ sizes, batch, optimizer, rate }: Kinds["mlp"], parameters: readonly Parameter[]): Prepared {
  const x = np.array(values(batch * sizes[0]!, seeds.x)).reshape([batch, sizes[0]!]);
  const classes = sizes.at(-1)!;
  const target = oneHot(labels(batch, classes), classes);
  const cost: Cost = (now) => crossEntropy(dense(x, now, nn.relu), target);
  return (optimizer === "Adam" ? adam : sgd)(parameters.map(initial), rate, cost);
}

function cnn({ batch, rate }: Kinds["cnn"], parameters: readonly Parameter[]): Prepared {
  const x = np.array(values(batch * 784, seeds.x)).reshape([batch, 1, 28, 28]);
  const target = oneHot(labels(batch, 10), 10);
  const convolution = (h: np.Array, weight: np.Array, bias: np.Array) =>
    lax
      .conv(
        h,
        weight,
        [1, 1],
        [
          [1, 1],
          [1, 1],
        ],
      )
      .add(bias.reshape([-1, 1, 1]));
  const pooled = (h: np.Array) => {
    const [B, C, H, W] = h.shape as [number, number, number, number];
    return np.max(nn.relu(h).reshape([B, C, H / 2, 2, W / 2, 2]), [3, 5]);
  };
  const cost: Cost = ([weight1, bias1, weight2, bias2, weight, bias]) => {
    const h1 = pooled(convolution(x.ref, weight1!, bias1!));
    const h2 = pooled(convolution(h1, weight2!, bias2!));
    return crossEntropy(np.matmul(h2.reshape([batch, 1568]), weight!).add(bias!), target);
  };
  return adam(parameters.map(initial), rate, cost);
}

export const steps: Preparations = { xorByHand, xorModules, mlp, cnn };
