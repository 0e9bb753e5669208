/** Losses, and what else torch.nn.functional has beside the ops. */
import { type Builder, FLOATS } from "../builder.ts";
import type { Argument, Reference } from "../program.ts";
import { call, type Options, type Rule, type Rules } from "./rule.ts";

const reduction = (b: Builder): Options =>
  b.draw.chance(0.6) ? { reduction: b.draw.pick(["mean", "sum", "none"]) } : {};

/** Of two tensors of one shape and dtype. */
const ofTwo =
  (options: (b: Builder) => Options = () => ({})): Rule =>
  (b) => {
    const x = b.tensor({ dtypes: FLOATS });
    const target = b.like(b.shapeOf(x), [b.dtypeOf(x)]);
    return call([x, target], { ...reduction(b), ...options(b) });
  };

const size =
  (name: string) =>
  (b: Builder): Options =>
    b.draw.chance(0.5) ? { [name]: b.draw.pick([0.5, 1, 2]) } : {};

/** Numbers from 0 to 1. */
function probabilities(b: Builder, shape: readonly number[], dtype: "float32" | "float64"): Reference {
  const count = shape.reduce((product, n) => product * n, 1);
  const data = Array.from({ length: count }, () =>
    b.draw.weighted([
      [0, 1],
      [1, 1],
      [b.draw.int(1, 99) / 100, 8],
    ] as const),
  );
  return b.add({ dtype, shape: [...shape], data });
}

const binaryCrossEntropy: Rule = (b) => {
  const [shape, dtype] = [b.shape(), b.draw.pick(["float32", "float64"] as const)];
  const weight = b.draw.chance(0.3) ? { weight: b.like(b.below(shape), [dtype]) } : {};
  return call([probabilities(b, shape, dtype), probabilities(b, shape, dtype)], {
    ...reduction(b),
    ...weight,
  });
};

const withLogits: Rule = (b) => {
  const x = b.tensor({ dtypes: FLOATS });
  const own = [b.dtypeOf(x)];
  const shape = b.shapeOf(x);
  const factor = (name: string): Options =>
    b.draw.chance(0.3) ? { [name]: b.like(b.below(shape), own) } : {};
  return call([x, b.like(shape, own)], { ...reduction(b), ...factor("weight"), ...factor("posWeight") });
};

/** Scores of classes, [C], [N, C] or [N, C, ...], and class numbers. */
const classes =
  (isCrossEntropy: boolean): Rule =>
  (b) => {
    const count = b.draw.int(1, 4);
    const rest = b.draw.weighted([
      [0, 1],
      [1, 4],
      [2, 2],
    ] as const);
    const places = Array.from({ length: rest }, () => b.draw.int(1, 3));
    const shape = rest === 0 ? [count] : [places[0]!, count, ...places.slice(1)];
    const x = b.like(shape, FLOATS);
    const own = [b.dtypeOf(x)];
    const weight = b.draw.chance(0.3) ? { weight: b.like([count], own) } : {};
    const smoothing = isCrossEntropy && b.draw.chance(0.3) ? { labelSmoothing: 0.25 } : {};
    if (isCrossEntropy && b.draw.chance(0.25)) {
      const target = probabilities(b, shape, own[0] as "float32" | "float64");
      return call([x, target], { ...reduction(b), ...weight, ...smoothing });
    }
    const ignored = b.draw.chance(0.3) ? { ignoreIndex: b.draw.int(0, count - 1) } : {};
    const target = b.positions(places, count);
    return call([x, target], { ...reduction(b), ...weight, ...smoothing, ...ignored });
  };

export const lossRules: Rules = {
  mseLoss: ofTwo(),
  l1Loss: ofTwo(),
  smoothL1Loss: ofTwo(size("beta")),
  huberLoss: ofTwo(size("delta")),
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits: withLogits,
  crossEntropy: classes(true),
  nllLoss: classes(false),
  normalize: (b) => {
    const x = b.tensor({ dtypes: FLOATS, rank: [1, 4] });
    const p = b.draw.chance(0.3) ? { p: b.draw.pick<Argument>([1, 3, { number: "inf" }]) } : {};
    return call([x], { dim: b.dim(x), ...p, ...(b.draw.chance(0.2) ? { eps: 0.5 } : {}) });
  },
  cosineSimilarity: (b) => {
    const x = b.tensor({ dtypes: FLOATS, rank: [1, 3] });
    const other = b.like(b.below(b.shapeOf(x)), [b.dtypeOf(x)]);
    return call([x, other], { dim: b.dim(x), ...(b.draw.chance(0.2) ? { eps: 0.5 } : {}) });
  },
  embedding: (b) => {
    const table = b.tensor({ dtypes: FLOATS, rank: [2, 2] });
    const rows = b.shapeOf(table)[0]!;
    const index = b.positions(rows === 0 ? [0] : b.shape(0, 2), rows);
    return call(
      [index, table],
      rows > 0 && b.draw.chance(0.3) ? { paddingIdx: b.draw.int(-rows, rows - 1) } : {},
    );
  },
  oneHot: (b) => {
    const count = b.draw.int(1, 4);
    const index = b.positions(b.shape(0, 2), count);
    return { args: b.draw.chance(0.4) ? [index] : [index, count + b.draw.int(0, 1)] };
  },
};
