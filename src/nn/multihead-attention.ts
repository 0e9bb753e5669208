/** Attention in several heads, each over its own part of the features. */
import {
  flag,
  keyword,
  nullable,
  optional,
  probability,
  required,
  signature,
  wholeFrom,
} from "../base/arguments/index.ts";
import { bool, formatShape, type Shape, ShapeError, ValueError } from "../base/index.ts";
import { tensor } from "../ops/kinds.ts";
import { linear } from "../ops/matmul.ts";
import { add, logicalAnd, logicalNot, where } from "../ops/pointwise/index.ts";
import { mean } from "../ops/reductions.ts";
import { reshape, squeeze, unsqueeze } from "../ops/reshaping.ts";
import { narrow } from "../ops/slicing.ts";
import { empty, type Tensor, zeros } from "../tensor/index.ts";
import { attend, causalMask } from "./functional/attention.ts";
import type { PartKinds } from "./holder.ts";
import { xavierUniform_, zeros_ } from "./init/index.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { type PlacementOptions, placed, placement } from "./placement.ts";

/** Options of `MultiheadAttention`. */
export interface MultiheadAttentionOptions extends PlacementOptions {
  /** Probability with which an attention weight is left out in training; 0 unless said. */
  dropout?: number;
  /** Whether the projections have biases; true unless said. */
  bias?: boolean;
  /** Features of the keys; embedDim unless said. */
  kdim?: number | null;
  /** Features of the values; embedDim unless said. */
  vdim?: number | null;
  /** Whether the batch comes before the sequence in the shapes of inputs and output; false unless said. */
  batchFirst?: boolean;
}

const attentionParameters = signature(
  "MultiheadAttention",
  required("embedDim", wholeFrom(1)),
  required("numHeads", wholeFrom(1)),
  optional("dropout", probability, 0),
  optional("bias", flag, true),
  keyword("kdim", nullable(wholeFrom(1)), null),
  keyword("vdim", nullable(wholeFrom(1)), null),
  keyword("batchFirst", flag, false),
  placement,
);

const forwardParameters = signature(
  "MultiheadAttention.forward",
  required("query", tensor),
  required("key", tensor),
  required("value", tensor),
  optional("keyPaddingMask", nullable(tensor), null),
  optional("needWeights", flag, true),
  optional("attnMask", nullable(tensor), null),
  optional("averageAttnWeights", flag, true),
  optional("isCausal", flag, false),
);

/** Options of `MultiheadAttention.forward`. */
export interface AttendOptions {
  /** Keys to be ignored: [N, S], or [S] without a batch. bool: true is ignored; floating point: added to the scores. */
  keyPaddingMask?: Tensor | null;
  /** Whether the weights are given back; true unless said. */
  needWeights?: boolean;
  /** [L, S] or [N * heads, L, S]. bool: true may not be attended to; floating point: added to the scores. */
  attnMask?: Tensor | null;
  /** Whether the weights given back are the mean over the heads; true unless said. */
  averageAttnWeights?: boolean;
  /** Lets query i attend to keys 0 to i only; false unless said. */
  isCausal?: boolean;
}

const parts = ["q", "k", "v"] as const;

/**
 * Multi-head attention: query, key and value are each projected, split into `numHeads` heads of embedDim / numHeads features,
 * and attended with (see `scaledDotProductAttention`); the heads' results, side by side, are projected once more. Shapes: query
 * [L, N, embedDim], key [S, N, kdim], value [S, N, vdim]; with `batchFirst` the batch N comes first, and it may be left out.
 * Gives [output, weights]: the output in the query's shape, the weights [N, L, S] (each head's own: [N, numHeads, L, S]) or
 * null. Parameters: `inProjWeight` [3 embedDim, embedDim], Glorot-uniform at first, or where kdim or vdim differ `qProjWeight`,
 * `kProjWeight` and `vProjWeight`; `inProjBias` [3 embedDim], 0 at first; `outProj`, a Linear.
 *
 * @throws ValueError unless embedDim is a multiple of numHeads; ShapeError where shapes do not fit.
 * Source: Vaswani et al. 2017; https://pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html
 *
 * @example
 * const attention = new torch.nn.MultiheadAttention(8, 2, { batchFirst: true });
 * const x = torch.rand([3, 5, 8]);
 * const [output, weights] = attention.forward(x, x, x);
 * output.shape; // [3, 5, 8]
 * weights?.shape; // [3, 5, 5]
 */
export class MultiheadAttention extends Module {
  /** The size of queries and results. */
  readonly embedDim: number;
  /** How many heads attend side by side. */
  readonly numHeads: number;
  /** The probability that an attention weight is dropped in training. */
  readonly dropout: number;
  /** Whether inputs are [B, T, C] rather than [T, B, C]. */
  readonly batchFirst: boolean;
  /** The projections of queries, keys and values, one above the other; null where their sizes differ. */
  declare inProjWeight: Parameter | null;
  /** The projection of queries, where the sizes differ; else null. */
  declare qProjWeight: Parameter | null;
  /** The projection of keys, where the sizes differ; else null. */
  declare kProjWeight: Parameter | null;
  /** The projection of values, where the sizes differ; else null. */
  declare vProjWeight: Parameter | null;
  /** The biases of the three projections, or null. */
  declare inProjBias: Parameter | null;
  /** The layer that mixes the heads. */
  declare outProj: Linear;

  protected static get partKinds(): PartKinds {
    return {
      inProjWeight: "parameter",
      qProjWeight: "parameter",
      kProjWeight: "parameter",
      vProjWeight: "parameter",
      inProjBias: "parameter",
      outProj: "module",
    };
  }

  constructor(
    embedDim: number,
    numHeads: number,
    dropout?: number,
    bias?: boolean,
    options?: Omit<MultiheadAttentionOptions, "dropout" | "bias">,
  );
  constructor(embedDim: number, numHeads: number, options?: MultiheadAttentionOptions);
  constructor(...given: unknown[]) {
    super();
    const all = attentionParameters.named(given);
    const { embedDim, numHeads } = all;
    if (embedDim % numHeads !== 0) {
      throw new ValueError(
        `MultiheadAttention: embedDim ${embedDim} is not a multiple of numHeads ${numHeads}`,
      );
    }
    this.embedDim = embedDim;
    this.numHeads = numHeads;
    this.dropout = all.dropout;
    this.batchFirst = all.batchFirst;
    const kdim = all.kdim ?? embedDim;
    const vdim = all.vdim ?? embedDim;
    const place = placed(all);
    const weight = (rows: number, columns: number): Parameter => new Parameter(empty([rows, columns], place));
    if (kdim === embedDim && vdim === embedDim) this.inProjWeight = weight(3 * embedDim, embedDim);
    else {
      this.qProjWeight = weight(embedDim, embedDim);
      this.kProjWeight = weight(embedDim, kdim);
      this.vProjWeight = weight(embedDim, vdim);
    }
    if (all.bias) this.inProjBias = new Parameter(zeros([3 * embedDim], place));
    this.outProj = new Linear(embedDim, embedDim, all.bias, place);
    this.resetParameters();
  }

  /** Draws the weights of the projections and sets the biases to 0; the weight of `outProj` stays. */
  resetParameters(): void {
    for (const weight of [this.inProjWeight, this.qProjWeight, this.kProjWeight, this.vProjWeight]) {
      if (weight !== null) xavierUniform_(weight);
    }
    for (const bias of [this.inProjBias, this.outProj.bias]) if (bias !== null) zeros_(bias);
  }

  override forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    options?: AttendOptions,
  ): [Tensor, Tensor | null];
  override forward(...given: unknown[]): [Tensor, Tensor | null] {
    const { query, key, value, ...options } = forwardParameters.named(given);
    const { needWeights, averageAttnWeights } = options;
    const batched = query.shape.length === 3;
    const batchDim = this.batchFirst ? 0 : 1;
    const inputs = [query, key, value].map((x) => (batched ? x : unsqueeze(x, batchDim)));
    this.#checkShapes(inputs, batched);
    const heads = inputs.map((x, part) => this.#toHeads(this.#project(x, part))); // [N, H, L or S, D]
    const [q, k, v] = heads as [Tensor, Tensor, Tensor];
    const attended = attend(q, k, v, {
      attnMask: this.#mask(q, k, options),
      dropoutP: this.training ? this.dropout : 0,
      isCausal: false,
      scale: null,
    });
    const output = this.outProj.forward(this.#fromHeads(attended.output));
    const shown = (x: Tensor, dim: number): Tensor => (batched ? x : squeeze(x, dim));
    if (!needWeights) return [shown(output, batchDim), null];
    const weights = averageAttnWeights ? mean(attended.weights, 1) : attended.weights;
    return [shown(output, batchDim), shown(weights, 0)];
  }

  /** Inputs have a batch dimension by now. */
  #checkShapes(inputs: readonly Tensor[], batched: boolean): void {
    const [query, key, value] = inputs as [Tensor, Tensor, Tensor];
    const batchDim = this.batchFirst ? 0 : 1;
    const fits =
      inputs.every((x) => x.shape.length === 3 && x.shape[batchDim] === query.shape[batchDim]) &&
      key.shape[1 - batchDim] === value.shape[1 - batchDim];
    if (fits) return;
    const shapes = inputs.map(({ shape }) =>
      formatShape(batched ? shape : shape.filter((_, d) => d !== batchDim)),
    );
    const order = this.batchFirst ? "[batch, length, features]" : "[length, batch, features]";
    throw new ShapeError(
      `MultiheadAttention: query, key and value have shapes ${shapes.join(", ")}; expected ${order} for all (or all without a batch), with one batch, and keys and values of one length`,
    );
  }

  #project(x: Tensor, part: number): Tensor {
    const { embedDim, inProjWeight, inProjBias } = this;
    const own = (whole: Parameter): Tensor => narrow(whole, 0, part * embedDim, embedDim);
    const weight = inProjWeight === null ? this[`${parts[part]!}ProjWeight`]! : own(inProjWeight);
    return linear(x, weight, inProjBias && own(inProjBias));
  }

  /** [L, N, E] (or [N, L, E]) -> [N, H, L, D] */
  #toHeads(x: Tensor): Tensor {
    const [first, second] = x.shape as [number, number];
    const split = reshape(x, [first, second, this.numHeads, this.embedDim / this.numHeads]);
    return split.permute(this.batchFirst ? [0, 2, 1, 3] : [1, 2, 0, 3]);
  }

  /** [N, H, L, D] -> [L, N, E] (or [N, L, E]) */
  #fromHeads(x: Tensor): Tensor {
    const joined = x.permute(this.batchFirst ? [0, 2, 1, 3] : [2, 0, 1, 3]);
    return reshape(joined, [...joined.shape.slice(0, 2), this.embedDim]);
  }

  /** All masks as one that broadcasts to [N, H, L, S]: bool, true where something takes part, or to be added. */
  #mask(q: Tensor, k: Tensor, { attnMask, keyPaddingMask, isCausal }: AttendOptions): Tensor | null {
    const [N, H, L] = q.shape as [number, number, number];
    const S = k.shape[2]!;
    const masks: Tensor[] = [];
    if (attnMask) {
      const isCommon = attnMask.shape.length === 2;
      checkMask("attnMask", attnMask, isCommon ? [L, S] : [N * H, L, S]);
      masks.push(isCommon ? attnMask : reshape(attnMask, [N, H, L, S]));
    }
    if (keyPaddingMask) {
      checkMask(
        "keyPaddingMask",
        keyPaddingMask,
        keyPaddingMask.shape.length === 1 && N === 1 ? [S] : [N, S],
      );
      masks.push(reshape(keyPaddingMask, [N, 1, 1, S]));
    }
    const allowed = masks.filter(({ dtype }) => dtype === bool).map((mask) => logicalNot(mask));
    if (isCausal) allowed.push(causalMask(q, L, S));
    const added = masks.filter(({ dtype }) => dtype !== bool);
    const all = allowed.length > 0 ? allowed.reduce((a, b) => logicalAnd(a, b)) : null;
    const sum = added.length > 0 ? added.reduce((a, b) => add(a, b)) : null;
    return all !== null && sum !== null ? where(all, sum, -Infinity) : (all ?? sum);
  }
}

function checkMask(what: string, mask: Tensor, expected: Shape): void {
  if (String(mask.shape) === String(expected)) return;
  throw new ShapeError(
    `MultiheadAttention: ${what} has shape ${formatShape(mask.shape)}, expected ${formatShape(expected)}`,
  );
}
