/** New tensors, and conversions. */
import { ALL, type Builder, FLOATS } from "../builder.ts";
import type { Reference } from "../program.ts";
import { call, type Options, type Rule, type Rules } from "./rule.ts";

const dtypeIf = (b: Builder): Options => (b.draw.chance(0.4) ? { dtype: { dtype: b.dtype(ALL) } } : {});

const shaped: Rule = (b) => call([b.shape()], dtypeIf(b));

const likeAnother: Rule = (b) => call([b.tensor()], dtypeIf(b));

/** Whole numbers alone would be of another dtype than in PyTorch. */
const withDtype = (b: Builder): Options => ({ dtype: { dtype: b.dtype() } });

export const creationRules: Rules = {
  zeros: shaped,
  ones: shaped,
  full: (b) => {
    const dtype = b.dtype();
    return call([b.shape(), b.number(dtype)], { dtype: { dtype } });
  },
  zerosLike: likeAnother,
  onesLike: likeAnother,
  fullLike: (b) => {
    const x = b.tensor();
    return { args: [x, b.number(b.dtypeOf(x))] };
  },
  eye: (b) => call(b.draw.chance(0.5) ? [b.size()] : [b.size(), b.size()], dtypeIf(b)),
  arange: (b) => {
    const [start, step] = [b.draw.int(-8, 8) / 2, b.draw.pick([1, 2, 0.5, -1, 0.75])];
    return call([start, start + (step * b.draw.int(0, 16)) / 2, step], withDtype(b));
  },
  linspace: (b) => ({
    args: [b.draw.int(-8, 8) / 4, b.draw.int(-8, 8) / 4, b.draw.int(0, 9)],
    options: { dtype: { dtype: b.dtype(FLOATS) } },
  }),
  to: (b) => {
    const x = b.tensor();
    const target = b.dtype();
    // What C leaves open: numbers that the dtype cannot hold.
    const holds =
      FLOATS.includes(target) || target === "bool" || !FLOATS.includes(b.dtypeOf(x)) || fits(b, x, target);
    return holds ? { args: [x, { dtype: target }] } : null;
  },
};

function fits(b: Builder, x: Reference, target: string): boolean {
  const [low, high] = target === "uint8" ? [0, 255] : [-(2 ** 31) + 1, 2 ** 31 - 129];
  return Array.from(b.at(x).toTypedArray(), Number).every((value) => value >= low! && value <= high!);
}
