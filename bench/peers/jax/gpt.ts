/** The stack of transformer blocks on jax-js. */
import { nn, numpy as np } from "@jax-js/jax";
import { labels, tokens } from "../../inputs.ts";
import type { Parameter } from "../../parameters.ts";
import type { Kinds } from "../../workloads.ts";
import type { Prepared } from "../peer.ts";
import { adam, crossEntropy, initial, oneHot } from "./steps.ts";

const WEIGHT_DECAY = 0.01;

/** Takes each parameter once, by name. */
type Take = (name: string) => np.Array;

const linear = (x: np.Array, take: Take, name: string): np.Array =>
  np.matmul(x, take(`${name}.weight`)).add(take(`${name}.bias`));

export const layerNorm = (x: np.Array, weight: np.Array, bias: np.Array): np.Array =>
  nn.standardize(x, -1).mul(weight).add(bias);

const norm = (x: np.Array, take: Take, name: string): np.Array =>
  layerNorm(x, take(`${name}.weight`), take(`${name}.bias`));

export function gpt(settings: Kinds["gpt"], parameters: readonly Parameter[]): Prepared {
  const { layers, width: C, heads, context: T, batch: B, vocabulary, rate } = settings;
  // A product with one-hot rows is the lookup whose gradient is a product too.
  const chosen = oneHot(tokens(B * T, vocabulary), vocabulary);
  const target = oneHot(labels(B * T, vocabulary), vocabulary);
  const past = np.tri(T, T, 0, { dtype: np.bool });

  const attend = (x: np.Array, take: Take, block: string): np.Array => {
    const parts = np.split(linear(x, take, `${block}.attention`), 3, -1);
    const [q, k, v] = parts.map((part) => part.reshape([B, T, heads, C / heads]).transpose([0, 2, 1, 3])) as [
      np.Array,
      np.Array,
      np.Array,
    ];
    // nn.dotProductAttention needs a newer Node than 20.
    const scores = np.matmul(q, k.transpose([0, 1, 3, 2])).mul((C / heads) ** -0.5);
    const weights = nn.softmax(np.where(past.ref, scores, -1e9), -1);
    const y = np
      .matmul(weights, v)
      .transpose([0, 2, 1, 3])
      .reshape([B * T, C]);
    return linear(y, take, `${block}.projection`);
  };

  const cost = (now: np.Array[]): np.Array => {
    const take: Take = (name) => now[parameters.findIndex((one) => one.name === name)]!;
    const embedded = np.matmul(chosen.ref, take("tokens.weight")).reshape([B, T, C]);
    let x = embedded.add(take("positions.weight")).reshape([B * T, C]);
    for (let i = 0; i < layers; i++) {
      const block = `blocks.${i}`;
      x = x.ref.add(attend(norm(x, take, `${block}.norm1`), take, block));
      const wide = linear(norm(x.ref, take, `${block}.norm2`), take, `${block}.expand`);
      x = x.add(linear(nn.gelu(wide, { approximate: false }), take, `${block}.contract`));
    }
    return crossEntropy(linear(norm(x, take, "norm"), take, "head"), target);
  };
  const tables = new Set(["tokens.weight", "positions.weight"]);
  // The tables of the embeddings keep their shape, as if they were no weights of dense layers.
  const start = parameters.map((one) => initial(tables.has(one.name) ? { ...one, name: "table" } : one));
  return adam(start, rate, cost, WEIGHT_DECAY);
}
