/** Questions about reductions of singular rows: equal values, zeros, ties, NaN and infinities. */
import * as torch from "../../src/index.ts";
import type { Question } from "./structural-cases.ts";

const F = torch.nn.functional;
const inf = Infinity;

const rows = [
  [1, 1, 1],
  [0, 0, 0],
  [-0, 0, -0],
  [0, 2, -1],
  [0, 0, 3],
  [2, 3, 3],
  [-2, -2, -3],
  [Number.NaN, 1, 2],
  [inf, 1, 2],
  [-inf, 1, 2],
  [inf, -inf, 1],
  [inf, inf, 1],
  [-inf, -inf, -inf],
];

type Call = (x: torch.Tensor) => torch.Tensor;

const norms = [0, 0.5, 1, 2, 3, -1, -2.5, inf, -inf].map((p): [string, string, Call] => [
  `norm ${p}`,
  `torch.norm(x[0], ${Number.isFinite(p) ? p : `float("${p}")`}, 1)`,
  (x) => x.norm(p, 1),
]);

const calls: [string, string, Call][] = [
  ["sum", "x[0].sum(1)", (x) => x.sum(1)],
  ["mean", "x[0].mean(1)", (x) => x.mean(1)],
  ["prod", "x[0].prod(1)", (x) => x.prod(1)],
  ["amax", "x[0].amax(1)", (x) => x.amax(1)],
  ["amin", "x[0].amin(1)", (x) => x.amin(1)],
  ["max", "x[0].max(1).values", (x) => x.max(1).values],
  ["min", "x[0].min(1).values", (x) => x.min(1).values],
  ["var", "x[0].var(1)", (x) => x.var(1)],
  ["var biased", "x[0].var(1, correction=0)", (x) => x.var(1, { correction: 0 })],
  ["var without freedom", "x[0].var(1, correction=3)", (x) => x.var(1, { correction: 3 })],
  ["std", "x[0].std(1)", (x) => x.std(1)],
  ["std biased", "x[0].std(1, correction=0)", (x) => x.std(1, { correction: 0 })],
  ["std without freedom", "x[0].std(1, correction=3)", (x) => x.std(1, { correction: 3 })],
  ["logsumexp", "x[0].logsumexp(1)", (x) => x.logsumexp(1)],
  ["softmax", "x[0].softmax(1)", (x) => x.softmax(1)],
  ["logSoftmax", "x[0].log_softmax(1)", (x) => x.logSoftmax(1)],
  ["softmin", "F.softmin(x[0], 1)", (x) => x.softmin(1)],
  ["normalize", "F.normalize(x[0])", (x) => F.normalize(x)],
  ["normalize 1", "F.normalize(x[0], 1)", (x) => F.normalize(x, { p: 1 })],
  ["layerNorm", "F.layer_norm(x[0], (3,))", (x) => F.layerNorm(x, [3])],
  ["groupNorm", "F.group_norm(x[0], 1)", (x) => F.groupNorm(x, 1)],
  [
    "cosineSimilarity",
    "F.cosine_similarity(x[0], x[0].roll(1, 1))",
    (x) => F.cosineSimilarity(x, torch.cat([x.slice(1, 2), x.slice(1, 0, 2)], 1)),
  ],
  ...norms,
];

/** A small deviation from a large mean: in float64, so that PyTorch keeps all digits, too. */
const far = [1e5, 1e5 + 1, 1e5 + 2, 1e5 + 3, -32768.5, -32768.25, -32768.125, -32767.5];
const farCalls: [string, string, Call][] = [
  ["layerNorm", "F.layer_norm(X, (4,))", (x) => F.layerNorm(x, [4])],
  ["groupNorm", "F.group_norm(X, 1)", (x) => F.groupNorm(x, 1)],
  [
    "batchNorm",
    "F.batch_norm(X.t(), None, None, training=True)",
    (x) => F.batchNorm(x.t(), null, null, { training: true }),
  ],
  [
    "batchNorm evaluation",
    "F.batch_norm(X.t(), X.mean(1).detach(), X.var(1).detach())",
    (x) => F.batchNorm(x.t(), x.mean(1).detach(), x.var(1).detach()),
  ],
  ["var", "X.var(1)", (x) => x.var(1)],
  ["std", "X.std(1)", (x) => x.std(1)],
];

function questions(
  name: string,
  given: readonly [string, string, Call][],
  shared: Partial<Question>,
  values: number[],
  columns: number,
) {
  return given.map(([op, python, call]): [string, Question] => [
    `${op} ${name}`,
    { shapes: [[values.length / columns, columns]], values, python, call: ([x]) => call(x!), ...shared },
  ]);
}

export const specialRows: Record<string, Question> = Object.fromEntries([
  ...questions("of special rows", calls, { order: 2, tolerance: 5e-6 }, rows.flat(), 3),
  ...questions(
    "far from 0",
    farCalls.map(([op, python, call]) => [
      op,
      `${python.replaceAll("X", "x[0].double()")}.to(x[0].dtype)`,
      call,
    ]),
    { order: 1, tolerance: 5e-6, dtypes: ["float32"] },
    far,
    4,
  ),
  ...questions(
    "of one value",
    [["layerNorm", "F.layer_norm(x[0], (1,))", (x) => F.layerNorm(x, [1])]],
    { order: 1 },
    [-8.47, 0.1, 0],
    1,
  ),
]);
