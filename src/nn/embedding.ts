/** Tables of vectors that are learnt. */
import {
  count,
  flag,
  keyword,
  nullable,
  optional,
  required,
  signature,
  whole,
} from "../base/arguments/index.ts";
import { formatShape, ShapeError, sameShape } from "../base/index.ts";
import { embedding, paddingRow } from "../ops/embedding.ts";
import { withoutTape } from "../ops/executor.ts";
import { tensor } from "../ops/kinds.ts";
import { select } from "../ops/slicing.ts";
import { empty, type Tensor } from "../tensor/index.ts";
import type { PartKinds } from "./holder.ts";
import { normal_, zeros_ } from "./init/index.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { type PlacementOptions, placed, placement } from "./placement.ts";

/** Options of an embedding. */
export interface EmbeddingOptions extends PlacementOptions {
  /** A row that begins as zeros and is not trained, counted from the end if negative; none unless said. */
  paddingIdx?: number | null;
  /** The table to begin with, [numEmbeddings, embeddingDim], which is copied; drawn unless given. */
  weight?: Tensor | null;
}

const embeddingParameters = signature(
  "Embedding",
  required("numEmbeddings", count),
  required("embeddingDim", count),
  optional("paddingIdx", nullable(whole), null),
  keyword("weight", nullable(tensor), null),
  placement,
);

const pretrainedParameters = signature(
  "Embedding.fromPretrained",
  required("weight", tensor),
  optional("freeze", flag, true),
  optional("paddingIdx", nullable(whole), null),
);

/** Options of `Embedding.fromPretrained`. */
export interface PretrainedOptions {
  /** Whether the table stays as it is; true unless said. */
  freeze?: boolean;
  /** A row that is not trained; none unless said. */
  paddingIdx?: number | null;
}

/**
 * A table of vectors: y[..., :] = weight[index[...]]. Shapes: [...] of int64 or int32 -> [..., embeddingDim]; `weight`
 * [numEmbeddings, embeddingDim], at first drawn from N(0, 1) with PyTorch's numbers, the padding row 0.
 *
 * @throws IndexError where an index is no row of the table.
 * Source: https://pytorch.org/docs/stable/generated/torch.nn.Embedding.html
 *
 * @example
 * const letters = new torch.nn.Embedding(26, 8);
 * letters.forward(torch.tensor([[0, 1, 2]], { dtype: torch.int32 })).shape; // [1, 3, 8]
 */
export class Embedding extends Module {
  /** How many vectors there are. */
  readonly numEmbeddings: number;
  /** The length of each vector. */
  readonly embeddingDim: number;
  /** The row that gets no gradient; null if there is none. */
  readonly paddingIdx: number | null;
  /** The vectors: [numEmbeddings, embeddingDim]. */
  declare weight: Parameter;

  protected static get partKinds(): PartKinds {
    return { weight: "parameter" };
  }

  constructor(
    numEmbeddings: number,
    embeddingDim: number,
    paddingIdx?: number | null,
    options?: Omit<EmbeddingOptions, "paddingIdx">,
  );
  constructor(numEmbeddings: number, embeddingDim: number, options?: EmbeddingOptions);
  constructor(...given: unknown[]) {
    super();
    const all = embeddingParameters.named(given);
    const { numEmbeddings, embeddingDim } = all;
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    this.paddingIdx = paddingRow("Embedding", all.paddingIdx, numEmbeddings);
    const shape = [numEmbeddings, embeddingDim];
    if (all.weight !== null && !sameShape(all.weight.shape, shape)) {
      throw new ShapeError(
        `Embedding: the weight has shape ${formatShape(all.weight.shape)}, expected ${formatShape(shape)}`,
      );
    }
    this.weight = new Parameter(all.weight ?? empty(shape, placed(all)));
    if (all.weight === null) this.resetParameters();
  }

  /**
   * An embedding with this table, [numEmbeddings, embeddingDim], which is copied.
   *
   * @throws ShapeError unless the table has 2 dimensions.
   * Source: https://pytorch.org/docs/stable/generated/torch.nn.Embedding.html
   *
   * @example
   * const table = torch.nn.Embedding.fromPretrained(torch.tensor([[1, 2], [3, 4]]));
   * table.forward(torch.tensor([1], { dtype: torch.int64 })); // tensor([[3., 4.]])
   */
  static fromPretrained(weight: Tensor, freeze?: boolean, paddingIdx?: number | null): Embedding;
  static fromPretrained(weight: Tensor, options?: PretrainedOptions): Embedding;
  static fromPretrained(...given: unknown[]): Embedding {
    const [weight, freeze, paddingIdx] = pretrainedParameters.read(given);
    if (weight.shape.length !== 2) {
      throw new ShapeError(
        `Embedding.fromPretrained: the table must have shape [rows, columns], got ${formatShape(weight.shape)}`,
      );
    }
    const made = new Embedding(weight.shape[0]!, weight.shape[1]!, { paddingIdx, weight });
    made.weight.requiresGrad = !freeze;
    return made;
  }

  /** Draws the table anew; the padding row becomes 0. */
  resetParameters(): void {
    const { paddingIdx, weight } = this;
    normal_(weight);
    if (paddingIdx !== null) withoutTape(() => zeros_(select(weight, 0, paddingIdx)));
  }

  override forward(index: Tensor): Tensor {
    return embedding(index, this.weight, this.paddingIdx);
  }

  override extraRepr(): string {
    const padding = this.paddingIdx === null ? "" : `, padding_idx=${this.paddingIdx}`;
    return `${this.numEmbeddings}, ${this.embeddingDim}${padding}`;
  }
}
