/** One layer of a transformer's encoder. */
import {
  callback,
  choice,
  either,
  flag,
  nullable,
  number,
  optional,
  probability,
  required,
  signature,
  wholeFrom,
} from "../base/arguments/index.ts";
import { tensor } from "../ops/kinds.ts";
import { add, gelu, relu } from "../ops/pointwise/index.ts";
import type { Tensor } from "../tensor/index.ts";
import { Dropout } from "./dropout.ts";
import type { PartKinds } from "./holder.ts";
import { LayerNorm } from "./layer-norm.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";
import { MultiheadAttention } from "./multihead-attention.ts";
import { type PlacementOptions, placed, placement } from "./placement.ts";

const activations = { relu, gelu };

type Activation = keyof typeof activations | ((x: Tensor) => Tensor);

/** Options of `TransformerEncoderLayer`. */
export interface TransformerEncoderLayerOptions extends PlacementOptions {
  /** Features between the two linear layers; 2048 unless said. */
  dimFeedforward?: number;
  /** Probability of every dropout in the layer; 0.1 unless said. */
  dropout?: number;
  /** Between the two linear layers; "relu" unless said. */
  activation?: Activation;
  /** Added to the variance in both normalisations; 1e-5 unless said. */
  layerNormEps?: number;
  /** Whether inputs are [batch, length, features] rather than [length, batch, features]; false unless said. */
  batchFirst?: boolean;
  /** Whether to normalise what goes into attention and linear layers rather than the sums after them; false unless said. */
  normFirst?: boolean;
  /** Whether linear layers, attention and normalisations have biases; true unless said. */
  bias?: boolean;
}

const layerParameters = signature(
  "TransformerEncoderLayer",
  required("dModel", wholeFrom(1)),
  required("nhead", wholeFrom(1)),
  optional("dimFeedforward", wholeFrom(1), 2048),
  optional("dropout", probability, 0.1),
  optional("activation", either(choice("relu", "gelu"), callback), "relu"),
  optional("layerNormEps", number, 1e-5),
  optional("batchFirst", flag, false),
  optional("normFirst", flag, false),
  optional("bias", flag, true),
  placement,
);

const forwardParameters = signature(
  "TransformerEncoderLayer.forward",
  required("src", tensor),
  optional("srcMask", nullable(tensor), null),
  optional("srcKeyPaddingMask", nullable(tensor), null),
  optional("isCausal", flag, false),
);

/** Options of `TransformerEncoderLayer.forward`. */
export interface EncodeOptions {
  /** [L, L] or [N * heads, L, L], see `MultiheadAttention`. */
  srcMask?: Tensor | null;
  /** [N, L], or [L] without a batch. */
  srcKeyPaddingMask?: Tensor | null;
  /** Lets each position attend only to itself and those before; false unless said. */
  isCausal?: boolean;
}

/**
 * Self-attention and two linear layers, each with dropout, a connection around it and layer normalisation:
 *
 *     x <- norm1(x + attention(x)), x <- norm2(x + linear2(activation(linear1(x))))
 *
 * and with `normFirst` x <- x + attention(norm1(x)), x <- x + linear2(activation(linear1(norm2(x)))). Shapes: [L, N, dModel],
 * [N, L, dModel] with `batchFirst`, or [L, dModel] -> the same.
 *
 * @throws ValueError for an unknown activation, and unless dModel is a multiple of `nhead`.
 * Source: Vaswani et al. 2017; https://pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html
 *
 * @example
 * const layer = new torch.nn.TransformerEncoderLayer(8, 2, { dimFeedforward: 16, batchFirst: true, activation: "gelu" });
 * layer.forward(torch.rand([3, 5, 8]), { isCausal: true }).shape; // [3, 5, 8]
 */
export class TransformerEncoderLayer extends Module {
  /** Whether normalization comes before attention and the feedforward part, rather than after. */
  readonly normFirst: boolean;
  /** The attention of the sequence to itself. */
  declare selfAttn: MultiheadAttention;
  /** The first layer of the feedforward part. */
  declare linear1: Linear;
  /** Dropout inside the feedforward part. */
  declare dropout: Dropout;
  /** The second layer of the feedforward part. */
  declare linear2: Linear;
  /** The normalization of the attention part. */
  declare norm1: LayerNorm;
  /** The normalization of the feedforward part. */
  declare norm2: LayerNorm;
  /** Dropout after attention. */
  declare dropout1: Dropout;
  /** Dropout after the feedforward part. */
  declare dropout2: Dropout;
  readonly #activation: (x: Tensor) => Tensor;

  protected static get partKinds(): PartKinds {
    return {
      selfAttn: "module",
      linear1: "module",
      dropout: "module",
      linear2: "module",
      norm1: "module",
      norm2: "module",
      dropout1: "module",
      dropout2: "module",
    };
  }

  constructor(
    dModel: number,
    nhead: number,
    dimFeedforward?: number,
    dropout?: number,
    activation?: Activation,
    options?: Omit<TransformerEncoderLayerOptions, "dimFeedforward" | "dropout" | "activation">,
  );
  constructor(dModel: number, nhead: number, options?: TransformerEncoderLayerOptions);
  constructor(...given: unknown[]) {
    super();
    const all = layerParameters.named(given);
    const { dModel, nhead, dimFeedforward, dropout, layerNormEps: eps, batchFirst, bias } = all;
    const common = { bias, ...placed(all) };
    this.normFirst = all.normFirst;
    this.selfAttn = new MultiheadAttention(dModel, nhead, { dropout, batchFirst, ...common });
    this.linear1 = new Linear(dModel, dimFeedforward, common);
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, dModel, common);
    this.norm1 = new LayerNorm(dModel, { eps, ...common });
    this.norm2 = new LayerNorm(dModel, { eps, ...common });
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
    const activation = all.activation as Activation;
    this.#activation = typeof activation === "function" ? activation : activations[activation];
  }

  override forward(src: Tensor, options?: EncodeOptions): Tensor;
  override forward(...given: unknown[]): Tensor {
    const { src, ...options } = forwardParameters.named(given);
    if (this.normFirst) {
      const x = add(src, this.#attend(this.norm1.forward(src), options));
      return add(x, this.#feed(this.norm2.forward(x)));
    }
    const x = this.norm1.forward(add(src, this.#attend(src, options)));
    return this.norm2.forward(add(x, this.#feed(x)));
  }

  #attend(x: Tensor, { srcMask, srcKeyPaddingMask, isCausal }: EncodeOptions): Tensor {
    const [attended] = this.selfAttn.forward(x, x, x, {
      attnMask: srcMask,
      keyPaddingMask: srcKeyPaddingMask,
      isCausal,
      needWeights: false,
    });
    return this.dropout1.forward(attended);
  }

  #feed(x: Tensor): Tensor {
    const inner = this.#activation(this.linear1.forward(x));
    return this.dropout2.forward(this.linear2.forward(this.dropout.forward(inner)));
  }
}
