/** Training steps, eager or compiled. */
import * as torch from "../../../dist/index.js";
import { labels, seeds, tokens, values, xor } from "../../inputs.ts";
import { type Preparations, type Prepared, training } from "../peer.ts";
import { cnn, Gpt, initial, layers, load } from "./models.ts";

const { nn, optim } = torch;

/** What stands for `torch.compile`: itself, or nothing in eager mode. */
export type Compile = <T>(run: () => T) => () => T;

/** Program A: five tensors from four weights, the cost and the gradients, made by hand. */
function gradientsByHand(x: torch.Tensor, target: torch.Tensor, weights: readonly torch.Tensor[]) {
  const [w1, b1, w2, b2] = weights as [torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor];
  const sigmoid = (z: torch.Tensor) => torch.div(1, torch.add(1, torch.exp(z.neg())));
  const sigmoidPrime = (z: torch.Tensor) => sigmoid(z).mul(torch.sub(1, sigmoid(z)));
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
  return { cost, gradients: [dw1, torch.mean(dl1, 0), dw2, torch.mean(dl2, 0)] };
}

const xorInputs = () => ({
  x: torch.tensor(xor.x, { dtype: torch.float32 }),
  target: torch.tensor(xor.y, { dtype: torch.float32 }),
});

interface Loss {
  forward(y: torch.Tensor, target: torch.Tensor): torch.Tensor;
}

/** The training step that every model has. */
function stepOf(
  compile: Compile,
  model: torch.nn.Module,
  criterion: Loss,
  optimizer: { zeroGrad(): void; step(): unknown },
  x: torch.Tensor,
  target: torch.Tensor,
): Prepared {
  const step = compile(() => {
    optimizer.zeroGrad();
    const cost = criterion.forward(model.forward(x) as torch.Tensor, target);
    cost.backward();
    optimizer.step();
    return cost;
  });
  return training(() => step().item());
}

const integers = (numbers: readonly number[], shape: readonly number[]) =>
  torch.tensor(numbers, { dtype: torch.int64 }).reshape(shape);

export const steps = (compile: Compile, compiled: boolean): Preparations => ({
  xorByHand: ({ rate }, parameters) => {
    const { x, target } = xorInputs();
    let weights = parameters.map(initial);
    // The course's program replaces its weights; a compiled one changes them in place.
    const step = compile(() => {
      const { cost, gradients } = gradientsByHand(x, target, weights);
      if (compiled) for (const [i, w] of weights.entries()) w.sub_(gradients[i]!.mul(rate));
      else weights = weights.map((w, i) => w.sub(gradients[i]!.mul(rate)));
      return cost;
    });
    return training(() => step().item());
  },
  xorModules: ({ sizes, rate }, parameters) => {
    const { x, target } = xorInputs();
    const model = new nn.Sequential(...layers(sizes, () => new nn.Sigmoid()), new nn.Sigmoid());
    const optimizer = new optim.SGD(load(model, parameters).parameters(), { lr: rate });
    return stepOf(compile, model, new nn.BCELoss(), optimizer, x, target);
  },
  mlp: ({ sizes, batch, optimizer, rate }, parameters) => {
    const model = load(new nn.Sequential(...layers(sizes, () => new nn.ReLU())), parameters);
    const x = torch.tensor(values(batch * sizes[0]!, seeds.x)).reshape([batch, sizes[0]!]);
    const target = integers(labels(batch, sizes.at(-1)!), [batch]);
    const rule = new optim[optimizer](model.parameters(), { lr: rate });
    return stepOf(compile, model, new nn.CrossEntropyLoss(), rule, x, target);
  },
  cnn: ({ batch, rate }, parameters) => {
    const model = load(cnn(), parameters);
    const x = torch.tensor(values(batch * 784, seeds.x)).reshape([batch, 1, 28, 28]);
    const target = integers(labels(batch, 10), [batch]);
    const optimizer = new optim.Adam(model.parameters(), { lr: rate });
    return stepOf(compile, model, new nn.CrossEntropyLoss(), optimizer, x, target);
  },
  gpt: (settings, parameters) => {
    const { batch, context, vocabulary, rate } = settings;
    const model = load(new Gpt(settings), parameters);
    const x = integers(tokens(batch * context, vocabulary), [batch, context]);
    const target = integers(labels(batch * context, vocabulary), [batch * context]);
    const optimizer = new optim.AdamW(model.parameters(), { lr: rate });
    return stepOf(compile, model, new nn.CrossEntropyLoss(), optimizer, x, target);
  },
});
