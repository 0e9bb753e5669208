/** The models of the workloads, as a user of Xorch writes them. */
import * as torch from "../../../dist/index.js";
import { values } from "../../inputs.ts";
import type { Parameter } from "../../parameters.ts";

const { nn } = torch;
const F = nn.functional;

/** Fully connected layers, each but the last followed by what `between` makes. */
export const layers = (sizes: readonly number[], between: () => torch.nn.Module): torch.nn.Module[] =>
  sizes.slice(1).flatMap((outputs, i) => [...(i > 0 ? [between()] : []), new nn.Linear(sizes[i]!, outputs)]);

export const cnn = (): torch.nn.Sequential =>
  new nn.Sequential(
    new nn.Conv2d(1, 16, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(16, 32, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Linear(1568, 10),
  );

class Block extends nn.Module {
  norm1: torch.nn.LayerNorm;
  attention: torch.nn.Linear;
  projection: torch.nn.Linear;
  norm2: torch.nn.LayerNorm;
  expand: torch.nn.Linear;
  gelu = new nn.GELU();
  contract: torch.nn.Linear;

  constructor(
    readonly width: number,
    readonly heads: number,
  ) {
    super();
    this.norm1 = new nn.LayerNorm(width);
    this.attention = new nn.Linear(width, 3 * width);
    this.projection = new nn.Linear(width, width);
    this.norm2 = new nn.LayerNorm(width);
    this.expand = new nn.Linear(width, 4 * width);
    this.contract = new nn.Linear(4 * width, width);
  }

  attend(x: torch.Tensor): torch.Tensor {
    const [B, T, C] = x.shape as [number, number, number];
    const parts = this.attention.forward(x).split(C, 2); // [B, T, C] each
    const [q, k, v] = parts.map(
      (part) => part.reshape([B, T, this.heads, C / this.heads]).transpose(1, 2), // [B, heads, T, C / heads]
    ) as [torch.Tensor, torch.Tensor, torch.Tensor];
    const y = F.scaledDotProductAttention(q, k, v, { isCausal: true });
    return this.projection.forward(y.transpose(1, 2).reshape([B, T, C]));
  }

  override forward(x: torch.Tensor): torch.Tensor {
    const h = x.add(this.attend(this.norm1.forward(x)));
    const wide = this.gelu.forward(this.expand.forward(this.norm2.forward(h)));
    return h.add(this.contract.forward(wide));
  }
}

export class Gpt extends nn.Module {
  tokens: torch.nn.Embedding;
  positions: torch.nn.Embedding;
  blocks: torch.nn.Sequential;
  norm: torch.nn.LayerNorm;
  head: torch.nn.Linear;

  constructor(settings: {
    layers: number;
    width: number;
    heads: number;
    context: number;
    vocabulary: number;
  }) {
    super();
    const { layers, width, heads, context, vocabulary } = settings;
    this.tokens = new nn.Embedding(vocabulary, width);
    this.positions = new nn.Embedding(context, width);
    this.blocks = new nn.Sequential(...Array.from({ length: layers }, () => new Block(width, heads)));
    this.norm = new nn.LayerNorm(width);
    this.head = new nn.Linear(width, vocabulary);
  }

  /** Logits [B * T, vocabulary] of the tokens [B, T]. */
  override forward(tokens: torch.Tensor): torch.Tensor {
    const x = this.tokens.forward(tokens).add(this.positions.weight); // [B, T, C]
    return this.head.forward(this.norm.forward(this.blocks.forward(x))).flatten(0, 1);
  }
}

/** The tensor that a parameter of the workload begins as. */
export function initial({ shape, seed, scale, offset }: Parameter): torch.Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  return torch.tensor(values(count, seed, scale, offset)).reshape(shape);
}

/** Gives a model the workload's numbers. */
export function load<M extends torch.nn.Module>(model: M, parameters: readonly Parameter[]): M {
  model.loadStateDict(Object.fromEntries(parameters.map((one) => [one.name, initial(one)])));
  return model;
}
