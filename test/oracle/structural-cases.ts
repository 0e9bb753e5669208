/** Questions about the ops that are not pointwise: reductions, products, movement, indexing. */
import * as torch from "../../src/index.ts";
import { type Case, type Input, makeInput, type Name, numbers, seedOf } from "./case.ts";
import { edgeQuestions } from "./edge-questions.ts";
import { specialRows } from "./special-rows.ts";
import { windowQuestions } from "./window-questions.ts";

type Call = Case["call"];

export interface Question {
  /** Shapes of the random inputs. */
  readonly shapes: readonly (readonly number[])[];
  readonly python: string;
  readonly call: Call;
  readonly order?: Case["order"];
  readonly dtypes?: readonly Name[];
  /** Inputs that are not random numbers, appended after them. */
  readonly extra?: readonly Input[];
  readonly tolerance?: number;
  /** In place of random values. */
  readonly values?: readonly number[];
  readonly dependsOnValues?: boolean;
}

const F = torch.nn.functional;

export const FLOATS: readonly Name[] = ["float32", "float64"];
export const ALL: readonly Name[] = ["float32", "float64", "int32", "int64", "uint8", "bool"];

export const indices = (shape: readonly number[], values: readonly number[]): Input => ({
  shape,
  dtype: "int64",
  data: values,
});
export const mask = (shape: readonly number[], values: readonly number[]): Input => ({
  shape,
  dtype: "bool",
  data: values.map(Boolean),
});

/** The reductions that take any dimensions, with the Python that calls them. */
const reductions: [
  string,
  (x: torch.Tensor, dim?: number | number[], keepdim?: boolean) => torch.Tensor,
  string[],
][] = [
  [
    "sum",
    (x, dim, keepdim) => x.sum(dim, { keepdim }),
    ["torch.sum(x[0])", "torch.sum(x[0], DIM, keepdim=KEEP)"],
  ],
  [
    "mean",
    (x, dim, keepdim) => x.mean(dim, { keepdim }),
    ["torch.mean(x[0])", "torch.mean(x[0], DIM, keepdim=KEEP)"],
  ],
  [
    "amax",
    (x, dim, keepdim) => x.amax(dim, { keepdim }),
    ["torch.amax(x[0])", "torch.amax(x[0], DIM, keepdim=KEEP)"],
  ],
  [
    "amin",
    (x, dim, keepdim) => x.amin(dim, { keepdim }),
    ["torch.amin(x[0])", "torch.amin(x[0], DIM, keepdim=KEEP)"],
  ],
  [
    "var",
    (x, dim, keepdim) => x.var(dim, { keepdim }),
    ["torch.var(x[0])", "torch.var(x[0], DIM, unbiased=True, keepdim=KEEP)"],
  ],
  [
    "std",
    (x, dim, keepdim) => x.std(dim, { keepdim }),
    ["torch.std(x[0])", "torch.std(x[0], DIM, unbiased=True, keepdim=KEEP)"],
  ],
  [
    "norm",
    (x, dim, keepdim) => x.norm(2, dim, { keepdim }),
    ["torch.norm(x[0])", "torch.norm(x[0], 2, DIM, keepdim=KEEP)"],
  ],
  [
    "logsumexp",
    (x, dim, keepdim) => x.logsumexp(dim ?? [0, 1, 2], { keepdim }),
    ["torch.logsumexp(x[0], (0, 1, 2))", "torch.logsumexp(x[0], DIM, keepdim=KEEP)"],
  ],
];

function reductionQuestions(): Record<string, Question> {
  const questions: Record<string, Question> = {};
  const integers = new Set(["sum", "amax", "amin"]);
  for (const [name, call, [whole, along]] of reductions) {
    const dtypes = integers.has(name) ? ALL : FLOATS;
    questions[`${name} all`] = {
      shapes: [[3, 4, 3]],
      python: whole!,
      call: (x) => call(x[0]!),
      order: 2,
      dtypes,
    };
    for (const dim of [[0], [1], [-1], [0, 2], [1, 2]]) {
      for (const keepdim of [false, true]) {
        questions[`${name} ${dim} ${keepdim ? "keepdim" : "dropped"}`] = {
          shapes: [[3, 4, 3]],
          python: along!.replace("DIM", `(${dim},)`).replace("KEEP", keepdim ? "True" : "False"),
          call: (x) => call(x[0]!, dim, keepdim),
          order: keepdim ? 1 : 2,
          dtypes,
        };
      }
    }
    questions[`${name} large`] = {
      shapes: [[37, 129]],
      python: along!.replace("DIM", "(1,)").replace("KEEP", "False"),
      call: (x) => call(x[0]!, [1], false),
      tolerance: 5e-6,
      dtypes: FLOATS,
    };
  }
  return questions;
}

const ties = [1, 3, 3, -2, 3, 0, -2, -2, 1, 1, 1, 1];
const withNaN = [1, Number.NaN, 3, -2, 3, 0, Infinity, -2, 1, -Infinity, 1, 1];

const questions: Record<string, Question> = {
  ...reductionQuestions(),
  ...windowQuestions,
  ...edgeQuestions,
  ...specialRows,

  "amax ties": {
    shapes: [[3, 4]],
    values: ties,
    python: "torch.amax(x[0], 1)",
    call: ([x]) => x!.amax(1),
    order: 1,
  },
  "max all ties": {
    shapes: [[3, 4]],
    values: ties,
    python: "torch.max(x[0])",
    call: ([x]) => x!.max(),
    order: 1,
  },
  "max dim values": {
    shapes: [[3, 4]],
    values: ties,
    python: "torch.max(x[0], 1).values",
    call: ([x]) => x!.max(1).values,
    order: 1,
  },
  "min dim values": {
    shapes: [[3, 4]],
    values: ties,
    python: "torch.min(x[0], 0, keepdim=True).values",
    call: ([x]) => x!.min(0, { keepdim: true }).values,
    order: 1,
  },
  "amax NaN": {
    shapes: [[3, 4]],
    values: withNaN,
    python: "torch.amax(x[0], 1)",
    call: ([x]) => x!.amax(1),
    order: 0,
  },
  "sum NaN": {
    shapes: [[3, 4]],
    values: withNaN,
    python: "torch.sum(x[0], 1)",
    call: ([x]) => x!.sum(1),
    order: 0,
  },
  "argmax NaN": {
    shapes: [[3, 4]],
    values: withNaN,
    python: "torch.argmax(x[0], 1)",
    call: ([x]) => x!.argmax(1),
  },
  "argmin NaN": {
    shapes: [[3, 4]],
    values: withNaN,
    python: "torch.argmin(x[0], 1)",
    call: ([x]) => x!.argmin(1),
  },
  "argmax all": {
    shapes: [[3, 4]],
    python: "torch.argmax(x[0])",
    call: ([x]) => x!.argmax(),
    dtypes: ["float32", "float64", "int32", "int64", "uint8"],
  },
  "argmax dim": {
    shapes: [[2, 3, 4]],
    python: "torch.argmax(x[0], 1, keepdim=True)",
    call: ([x]) => x!.argmax(1, { keepdim: true }),
    dtypes: FLOATS,
  },
  "argmin dim": {
    shapes: [[2, 3, 4]],
    python: "torch.argmin(x[0], 0)",
    call: ([x]) => x!.argmin(0),
    dtypes: ["float32", "float64", "int32", "int64", "uint8"],
  },
  "all dim": {
    shapes: [[2, 3]],
    python: "torch.all(x[0], 1)",
    call: ([x]) => x!.all(1),
    dtypes: ALL,
  },
  "any dim": {
    shapes: [[2, 3]],
    python: "torch.any(x[0], 1, keepdim=True)",
    call: ([x]) => x!.any(1, { keepdim: true }),
    dtypes: ALL,
  },
  "all whole": {
    shapes: [[2, 3]],
    python: "torch.all(x[0])",
    call: ([x]) => x!.all(),
    dtypes: ALL,
  },
  "prod all": {
    shapes: [[2, 3]],
    python: "torch.prod(x[0])",
    call: ([x]) => x!.prod(),
    order: 2,
    dtypes: ALL,
  },
  "prod dim": {
    shapes: [[2, 3, 4]],
    python: "torch.prod(x[0], 1, keepdim=True)",
    call: ([x]) => x!.prod(1, { keepdim: true }),
    order: 2,
  },
  "prod one zero": {
    shapes: [[2, 3]],
    values: [2, 0, 3, 4, 5, 6],
    python: "torch.prod(x[0], 1)",
    call: ([x]) => x!.prod(1),
    order: 1,
  },
  "prod two zeros": {
    shapes: [[2, 3]],
    values: [0, 0, 3, 0, 5, 6],
    python: "torch.prod(x[0], 1)",
    call: ([x]) => x!.prod(1),
    order: 1,
  },
  "prod long one zero": {
    shapes: [[1, 70]],
    values: Array.from({ length: 70 }, (_, i) => (i === 9 ? 0 : 1 + i / 700)),
    python: "torch.prod(x[0], 1)",
    call: ([x]) => x!.prod(1),
    order: 1,
  },
  "norm 1": { shapes: [[2, 3]], python: "torch.norm(x[0], 1, 1)", call: ([x]) => x!.norm(1, 1), order: 1 },
  "norm 3": {
    shapes: [[2, 3]],
    python: "torch.norm(x[0], 3, 1)",
    call: ([x]) => x!.norm(3, 1),
    order: 1,
    tolerance: 1e-5,
  },
  "norm inf": {
    shapes: [[2, 3]],
    python: "torch.norm(x[0], float('inf'), 1)",
    call: ([x]) => x!.norm(Infinity, 1),
    order: 1,
  },
  "norm zero vector": {
    shapes: [[3]],
    values: [0, 0, 0],
    python: "torch.norm(x[0])",
    call: ([x]) => x!.norm(),
    order: 1,
  },
  "var biased": {
    shapes: [[2, 3]],
    python: "torch.var(x[0], 1, unbiased=False)",
    call: ([x]) => x!.var(1, { correction: 0 }),
    order: 2,
  },
  "sum of nothing": { shapes: [[0, 3]], python: "torch.sum(x[0], 0)", call: ([x]) => x!.sum(0), dtypes: ALL },
  "mean of nothing": { shapes: [[2, 0]], python: "torch.mean(x[0], 1)", call: ([x]) => x!.mean(1) },

  softmax: {
    shapes: [[3, 4]],
    python: "torch.softmax(x[0], 1)",
    call: ([x]) => x!.softmax(1),
    order: 2,
    tolerance: 5e-6,
  },
  "softmax of rows in a view": {
    shapes: [[3, 2, 20]],
    python: "torch.softmax(x[0][:, :, 1:].transpose(0, 2) * 3, -1)",
    call: ([x]) => x!.slice(2, 1).transpose(0, 2).mul(3).softmax(-1),
    order: 2,
    tolerance: 5e-6,
  },
  "softmax of one number": {
    shapes: [[]],
    python: "torch.softmax(x[0], 0) + torch.log_softmax(x[0], -1)",
    call: ([x]) => x!.softmax(0).add(x!.logSoftmax(-1)),
    order: 1,
  },
  "softmax of nothing": {
    shapes: [[2, 0]],
    python: "torch.softmax(x[0], 1) + torch.log_softmax(x[0], 0)",
    call: ([x]) => x!.softmax(1).add(x!.logSoftmax(0)),
    order: 1,
  },
  "logSoftmax dim 1": {
    shapes: [[2, 3, 4]],
    python: "torch.log_softmax(x[0] * 2, 1)",
    call: ([x]) => x!.mul(2).logSoftmax(1),
    order: 2,
    tolerance: 5e-6,
  },
  "softmax dim 0": {
    shapes: [[3, 4, 2]],
    python: "torch.softmax(x[0], 0)",
    call: ([x]) => x!.softmax(0),
    order: 1,
    tolerance: 5e-6,
  },
  logSoftmax: {
    shapes: [[3, 4]],
    python: "torch.log_softmax(x[0], -1)",
    call: ([x]) => x!.logSoftmax(-1),
    order: 2,
    tolerance: 5e-6,
  },
  "softmax huge": {
    shapes: [[2, 2]],
    values: [1000, 999, -1000, -1e30],
    python: "torch.softmax(x[0], 1)",
    call: ([x]) => x!.softmax(1),
    order: 1,
  },
  "logSoftmax huge": {
    shapes: [[2, 2]],
    values: [1000, 999, -1000, -1e30],
    python: "torch.log_softmax(x[0], 1)",
    call: ([x]) => x!.logSoftmax(1),
    order: 1,
  },
  softmin: {
    shapes: [[3, 4]],
    python: "F.softmin(x[0], 1)",
    call: ([x]) => x!.softmin(1),
    order: 1,
    tolerance: 5e-6,
  },

  scaledDotProductAttention: {
    shapes: [
      [2, 3, 4],
      [2, 5, 4],
      [2, 5, 6],
    ],
    python: "torch.softmax(x[0] @ x[1].transpose(-2, -1) / 2, -1) @ x[2]",
    call: ([q, k, v]) => F.scaledDotProductAttention(q!, k!, v!),
    order: 2,
    tolerance: 1e-5,
  },
  "scaledDotProductAttention causal": {
    shapes: [
      [2, 2, 4, 3],
      [2, 2, 6, 3],
      [2, 2, 6, 3],
    ],
    python:
      "torch.softmax((x[0] @ x[1].transpose(-2, -1) / math.sqrt(3)).masked_fill(torch.ones(4, 6).triu(1).bool(), -math.inf), -1) @ x[2]",
    call: ([q, k, v]) => F.scaledDotProductAttention(q!, k!, v!, { isCausal: true }),
    order: 2,
    tolerance: 1e-5,
  },
  "scaledDotProductAttention with a scale, of matrices": {
    shapes: [
      [3, 4],
      [5, 4],
      [5, 2],
    ],
    python: "torch.softmax(x[0] @ x[1].t() * 0.3, -1) @ x[2]",
    call: ([q, k, v]) => F.scaledDotProductAttention(q!, k!, v!, { scale: 0.3 }),
    order: 2,
    tolerance: 1e-5,
  },
  "scaledDotProductAttention with a mask": {
    shapes: [
      [2, 2, 3, 4],
      [2, 2, 5, 4],
      [2, 2, 5, 3],
    ],
    extra: [
      mask(
        [2, 1, 3, 5],
        Array.from({ length: 30 }, (_, i) => (i % 4 === 0 ? 0 : 1)),
      ),
    ],
    python: "torch.softmax((x[0] @ x[1].transpose(-2, -1) / 2).masked_fill(~x[3], -math.inf), -1) @ x[2]",
    call: ([q, k, v, m]) => F.scaledDotProductAttention(q!, k!, v!, { attnMask: m! }),
    order: 2,
    tolerance: 1e-5,
  },
  "scaledDotProductAttention with an added mask": {
    shapes: [
      [2, 3, 4],
      [1, 5, 4],
      [2, 5, 3],
      [3, 5],
    ],
    python: "torch.softmax(x[0] @ x[1].transpose(-2, -1) * 0.7 + x[3], -1) @ x[2]",
    call: ([q, k, v, m]) => F.scaledDotProductAttention(q!, k!, v!, { attnMask: m!, scale: 0.7 }),
    order: 2,
    tolerance: 1e-5,
  },
  "scaledDotProductAttention of a query without keys": {
    shapes: [
      [2, 4],
      [3, 4],
      [3, 2],
    ],
    extra: [mask([2, 3], [1, 0, 1, 0, 0, 0])],
    python: "torch.nan_to_num(torch.softmax((x[0] @ x[1].t() / 2).masked_fill(~x[3], -math.inf), -1)) @ x[2]",
    call: ([q, k, v, m]) => F.scaledDotProductAttention(q!, k!, v!, { attnMask: m! }),
    tolerance: 1e-5,
  },

  "matmul 1x1": {
    shapes: [[4], [4]],
    python: "torch.matmul(*x)",
    call: ([a, b]) => a!.matmul(b!),
    order: 2,
    tolerance: 5e-6,
  },
  "matmul 2x1": {
    shapes: [[3, 4], [4]],
    python: "torch.matmul(*x)",
    call: ([a, b]) => a!.matmul(b!),
    order: 2,
    tolerance: 5e-6,
  },
  "matmul 1x2": {
    shapes: [[4], [4, 3]],
    python: "torch.matmul(*x)",
    call: ([a, b]) => a!.matmul(b!),
    order: 1,
    tolerance: 5e-6,
  },
  "matmul 2x2": {
    shapes: [
      [3, 4],
      [4, 5],
    ],
    python: "torch.matmul(*x)",
    call: ([a, b]) => a!.matmul(b!),
    order: 2,
    dtypes: ["float32", "float64", "int32", "int64", "uint8"],
    tolerance: 5e-6,
  },
  "matmul 3x2": {
    shapes: [
      [2, 3, 4],
      [4, 5],
    ],
    python: "torch.matmul(*x)",
    call: ([a, b]) => a!.matmul(b!),
    order: 2,
    tolerance: 5e-6,
  },
  "matmul 1x3": {
    shapes: [[4], [2, 4, 5]],
    python: "torch.matmul(*x)",
    call: ([a, b]) => a!.matmul(b!),
    order: 1,
    tolerance: 5e-6,
  },
  "matmul batches": {
    shapes: [
      [2, 1, 3, 4],
      [3, 4, 2],
    ],
    python: "torch.matmul(*x)",
    call: ([a, b]) => a!.matmul(b!),
    order: 2,
    tolerance: 5e-6,
  },
  "matmul no inner": {
    shapes: [
      [2, 0],
      [0, 3],
    ],
    python: "torch.matmul(*x)",
    call: ([a, b]) => a!.matmul(b!),
  },
  "matmul transposed": {
    shapes: [
      [4, 3],
      [5, 4],
    ],
    python: "torch.matmul(x[0].t(), x[1].t())",
    call: ([a, b]) => a!.t().matmul(b!.t()),
    order: 1,
    tolerance: 5e-6,
  },
  "matmul large": {
    shapes: [
      [33, 70],
      [70, 41],
    ],
    python: "torch.matmul(*x)",
    call: ([a, b]) => a!.matmul(b!),
    order: 1,
    tolerance: 2e-5,
  },
  mm: {
    shapes: [
      [3, 4],
      [4, 5],
    ],
    python: "torch.mm(*x)",
    call: ([a, b]) => a!.mm(b!),
    order: 1,
    tolerance: 5e-6,
  },
  bmm: {
    shapes: [
      [2, 3, 4],
      [2, 4, 5],
    ],
    python: "torch.bmm(*x)",
    call: ([a, b]) => a!.bmm(b!),
    order: 1,
    tolerance: 5e-6,
  },
  mv: {
    shapes: [[3, 4], [4]],
    python: "torch.mv(*x)",
    call: ([a, b]) => a!.mv(b!),
    order: 1,
    tolerance: 5e-6,
  },
  dot: {
    shapes: [[4], [4]],
    python: "torch.dot(*x)",
    call: ([a, b]) => a!.dot(b!),
    order: 1,
    tolerance: 5e-6,
  },
  outer: { shapes: [[3], [4]], python: "torch.outer(*x)", call: ([a, b]) => a!.outer(b!), order: 2 },
  addmm: {
    shapes: [[5], [3, 4], [4, 5]],
    python: "torch.addmm(*x)",
    call: ([c, a, b]) => c!.addmm(a!, b!),
    order: 2,
    tolerance: 5e-6,
  },
  "addmm scaled": {
    shapes: [
      [3, 5],
      [3, 4],
      [4, 5],
    ],
    python: "torch.addmm(*x, beta=0.5, alpha=2)",
    call: ([c, a, b]) => c!.addmm(a!, b!, { beta: 0.5, alpha: 2 }),
    order: 2,
    tolerance: 5e-6,
  },
  linear: {
    shapes: [[3, 4], [5, 4], [5]],
    python: "F.linear(*x)",
    call: ([x, w, b]) => x!.linear(w!, b!),
    order: 2,
    tolerance: 5e-6,
  },
  "linear rows": {
    shapes: [
      [2, 3, 4],
      [5, 4],
    ],
    python: "F.linear(*x)",
    call: ([x, w]) => x!.linear(w!),
    order: 2,
    tolerance: 5e-6,
  },
  "linear vector": {
    shapes: [[4], [5, 4], [5]],
    python: "F.linear(*x)",
    call: ([x, w, b]) => x!.linear(w!, b!),
    order: 1,
    tolerance: 5e-6,
  },

  reshape: {
    shapes: [[2, 6]],
    python: "x[0].reshape(3, -1) * 2",
    call: ([x]) => x!.reshape([3, -1]).mul(2),
    order: 1,
    dtypes: ALL.slice(0, 5),
  },
  "reshape transposed": {
    shapes: [[2, 6]],
    python: "x[0].t().reshape(3, 4)",
    call: ([x]) => x!.t().reshape([3, 4]),
    order: 1,
  },
  "view of part": {
    shapes: [[4, 6]],
    python: "x[0][1:3].view(2, 2, 3)",
    call: ([x]) => x!.slice(0, 1, 3).view([2, 2, 3]),
    order: 1,
  },
  permute: {
    shapes: [[2, 3, 4]],
    python: "x[0].permute(2, 0, 1)",
    call: ([x]) => x!.permute([2, 0, 1]),
    order: 1,
    dtypes: ALL,
  },
  transpose: {
    shapes: [[2, 3, 4]],
    python: "x[0].transpose(0, -1)",
    call: ([x]) => x!.transpose(0, -1),
    order: 1,
  },
  movedim: {
    shapes: [[2, 3, 4]],
    python: "torch.movedim(x[0], 0, 2)",
    call: ([x]) => x!.movedim(0, 2),
    order: 1,
  },
  expand: {
    shapes: [[3, 1]],
    python: "x[0].expand(2, -1, 4) * 1",
    call: ([x]) => x!.expand([2, -1, 4]).mul(1),
    order: 1,
  },
  unsqueeze: { shapes: [[2, 3]], python: "x[0].unsqueeze(-1)", call: ([x]) => x!.unsqueeze(-1), order: 1 },
  squeeze: { shapes: [[1, 2, 1, 3]], python: "x[0].squeeze()", call: ([x]) => x!.squeeze(), order: 1 },
  "squeeze dim": {
    shapes: [[1, 2, 1, 3]],
    python: "x[0].squeeze(0)",
    call: ([x]) => x!.squeeze(0),
    order: 1,
  },
  flatten: { shapes: [[2, 3, 4]], python: "x[0].flatten(1)", call: ([x]) => x!.flatten(1), order: 1 },
  unflatten: {
    shapes: [[2, 12]],
    python: "x[0].unflatten(1, (3, 4))",
    call: ([x]) => x!.unflatten(1, [3, -1]),
    order: 1,
  },
  slice: {
    shapes: [[5, 6]],
    python: "x[0][1:5:2, -3:]",
    call: ([x]) => x!.slice(0, 1, 5, 2).slice(1, -3),
    order: 2,
    dtypes: ALL,
  },
  select: { shapes: [[3, 4]], python: "x[0].select(1, -2)", call: ([x]) => x!.select(1, -2), order: 1 },
  narrow: { shapes: [[5, 2]], python: "x[0].narrow(0, 1, 3)", call: ([x]) => x!.narrow(0, 1, 3), order: 1 },
  split: {
    shapes: [[5, 2]],
    python: "torch.split(x[0], 2)[2] * 3 + torch.split(x[0], 2)[0].sum()",
    call: ([x]) => x!.split(2)[2]!.mul(3).add(x!.split(2)[0]!.sum()),
    order: 1,
  },
  "split sizes": {
    shapes: [[2, 5]],
    python: "torch.split(x[0], [1, 4], 1)[1]",
    call: ([x]) => x!.split([1, 4], 1)[1]!,
    order: 1,
  },
  chunk: { shapes: [[7, 2]], python: "torch.chunk(x[0], 3)[1]", call: ([x]) => x!.chunk(3)[1]!, order: 1 },
  unbind: {
    shapes: [[3, 2]],
    python: "x[0].unbind(0)[1] * x[0].unbind(0)[2]",
    call: ([x]) => x!.unbind()[1]!.mul(x!.unbind()[2]!),
    order: 2,
  },
  cat: {
    shapes: [
      [2, 3],
      [4, 3],
    ],
    python: "torch.cat(x)",
    call: (x) => torch.cat(x),
    order: 2,
    dtypes: ALL,
  },
  "cat dim 1": {
    shapes: [
      [2, 3],
      [2, 1],
      [2, 2],
    ],
    python: "torch.cat(x, 1)",
    call: (x) => torch.cat(x, 1),
    order: 1,
  },
  stack: {
    shapes: [
      [2, 3],
      [2, 3],
    ],
    python: "torch.stack(x, 1)",
    call: (x) => torch.stack(x, 1),
    order: 1,
  },
  repeat: { shapes: [[2, 3]], python: "x[0].repeat(2, 1, 3)", call: ([x]) => x!.repeat([2, 1, 3]), order: 1 },
  tril: {
    shapes: [[3, 4]],
    python: "torch.tril(x[0], -1)",
    call: ([x]) => x!.tril(-1),
    order: 1,
    dtypes: ["float32", "float64", "int32", "bool"],
  },
  triu: { shapes: [[2, 3, 4]], python: "torch.triu(x[0], 1)", call: ([x]) => x!.triu(1), order: 1 },

  layerNorm: {
    shapes: [[2, 3, 5], [5], [5]],
    python: "F.layer_norm(x[0], (5,), x[1], x[2])",
    call: ([x, weight, bias]) => torch.layerNorm(x!, [5], { weight, bias }),
    order: 2,
    tolerance: 5e-6,
  },
  "layerNorm several dimensions": {
    shapes: [
      [4, 2, 3],
      [2, 3],
    ],
    python: "F.layer_norm(x[0], (2, 3), x[1], eps=0.5)",
    call: ([x, weight]) => torch.layerNorm(x!, [2, 3], { weight, eps: 0.5 }),
    order: 2,
    tolerance: 5e-6,
  },
  "layerNorm bias of a transposed row": {
    shapes: [[7, 1], [7]],
    python: "F.layer_norm(x[0].t(), (7,), None, x[1])",
    call: ([x, bias]) => torch.layerNorm(x!.t(), [7], { bias }),
    order: 1,
    tolerance: 5e-6,
  },
  "layerNorm plain": {
    shapes: [[6]],
    python: "F.layer_norm(x[0], (6,))",
    call: ([x]) => torch.layerNorm(x!, [6]),
    order: 2,
    tolerance: 5e-6,
  },
  "layerNorm no rows": {
    shapes: [[0, 3], [3]],
    python: "F.layer_norm(x[0], (3,), x[1])",
    call: ([x, weight]) => torch.layerNorm(x!, [3], { weight }),
    order: 1,
  },
  "layerNorm large": {
    shapes: [[33, 270], [270], [270]],
    python: "F.layer_norm(x[0], (270,), x[1], x[2])",
    call: ([x, weight, bias]) => torch.layerNorm(x!, [270], { weight, bias }),
    order: 1,
    tolerance: 1e-5,
  },
  groupNorm: {
    shapes: [[2, 4, 3], [4], [4]],
    python: "F.group_norm(x[0], 2, x[1], x[2])",
    call: ([x, weight, bias]) => torch.groupNorm(x!, 2, { weight, bias }),
    order: 2,
    tolerance: 5e-6,
  },
  "groupNorm channels": {
    shapes: [[3, 6], [6]],
    python: "F.group_norm(x[0], 3, x[1], None, 0.25)",
    call: ([x, weight]) => torch.groupNorm(x!, 3, { weight, eps: 0.25 }),
    order: 2,
    tolerance: 5e-6,
  },
  "groupNorm plain": {
    shapes: [[2, 3, 2, 2]],
    python: "F.group_norm(x[0], 1)",
    call: ([x]) => torch.groupNorm(x!, 1),
    order: 1,
    tolerance: 5e-6,
  },
  batchNorm: {
    shapes: [[5, 3], [3], [3]],
    python: "F.batch_norm(x[0], None, None, x[1], x[2], True)",
    call: ([x, weight, bias]) => torch.batchNorm(x!, null, null, { weight, bias, training: true }),
    order: 2,
    tolerance: 5e-6,
  },
  "batchNorm images": {
    shapes: [[2, 3, 2, 4], [3], [3]],
    python: "F.batch_norm(x[0], None, None, x[1], x[2], True, eps=0.5)",
    call: ([x, weight, bias]) => torch.batchNorm(x!, null, null, { weight, bias, training: true, eps: 0.5 }),
    order: 2,
    tolerance: 5e-6,
  },
  "batchNorm plain": {
    shapes: [[2, 3, 4]],
    python: "F.batch_norm(x[0], None, None, training=True)",
    call: ([x]) => torch.batchNorm(x!, null, null, { training: true }),
    order: 2,
    tolerance: 5e-6,
  },
  "batchNorm evaluation": {
    shapes: [[2, 3, 4], [3], [3], [3]],
    python: "F.batch_norm(x[0], x[3].detach(), x[3].detach().square(), x[1], x[2], False, eps=0.1)",
    call: ([x, weight, bias, mean]) =>
      torch.batchNorm(x!, mean!.detach(), mean!.detach().square(), { weight, bias, eps: 0.1 }),
    order: 2,
    tolerance: 5e-6,
  },
  "batchNorm running mean": {
    shapes: [[4, 2, 3], [2]],
    python: "(m := x[1].clone(), F.batch_norm(x[0], m, m.abs(), training=True, momentum=0.3), m)[-1]",
    call: ([x, mean]) => {
      const m = mean!.clone();
      torch.batchNorm(x!, m, m.abs(), { training: true, momentum: 0.3 });
      return m;
    },
  },
  "batchNorm running variance": {
    shapes: [[4, 2, 3], [2]],
    python: "(v := x[1].abs(), F.batch_norm(x[0], v.clone(), v, training=True, momentum=0.3), v)[-1]",
    call: ([x, variance]) => {
      const v = variance!.abs();
      const momentum = torch.tensor(0.3, { dtype: torch.float64 });
      torch.batchNorm(x!, v.clone(), v, { training: true, momentum });
      return v;
    },
  },
  "batchNorm large": {
    shapes: [[40, 17, 9], [17], [17]],
    python: "F.batch_norm(x[0], None, None, x[1], x[2], True)",
    call: ([x, weight, bias]) => torch.batchNorm(x!, null, null, { weight, bias, training: true }),
    order: 1,
    tolerance: 1e-5,
  },
  embedding: {
    shapes: [[5, 3]],
    extra: [indices([2, 3], [1, 0, 4, 1, 1, 3])],
    python: "F.embedding(x[1], x[0]) ** 3",
    call: ([weight, index]) => torch.nn.functional.embedding(index!, weight!).pow(3),
    order: 2,
  },
  "embedding padding": {
    shapes: [[5, 3]],
    extra: [indices([2, 3], [1, 0, 4, 1, 1, 3])],
    python: "F.embedding(x[1], x[0], padding_idx=-4) ** 3",
    call: ([weight, index]) => torch.nn.functional.embedding(index!, weight!, { paddingIdx: -4 }).pow(3),
    order: 2,
  },
  "embedding of one number": {
    shapes: [[4, 2]],
    extra: [indices([], [2])],
    python: "F.embedding(x[1], x[0])",
    call: ([weight, index]) => torch.nn.functional.embedding(index!, weight!),
    order: 1,
  },
  "embedding of nothing": {
    shapes: [[4, 2]],
    extra: [indices([0, 3], [])],
    python: "F.embedding(x[1], x[0])",
    call: ([weight, index]) => torch.nn.functional.embedding(index!, weight!),
    order: 1,
  },

  gather: {
    shapes: [[3, 4]],
    extra: [indices([2, 4], [0, 1, 2, 0, 2, 2, 1, 0])],
    python: "torch.gather(x[0], 0, x[1])",
    call: ([x, i]) => x!.gather(0, i!),
    order: 1,
    dtypes: ALL,
  },
  "gather dim 1": {
    shapes: [[2, 3]],
    extra: [indices([2, 4], [0, 1, 2, 0, 2, 2, 1, 0])],
    python: "torch.gather(x[0], 1, x[1])",
    call: ([x, i]) => x!.gather(1, i!),
    order: 2,
  },
  scatterAdd: {
    shapes: [
      [3, 4],
      [2, 4],
    ],
    extra: [indices([2, 4], [0, 1, 2, 0, 0, 2, 1, 0])],
    python: "x[0].scatter_add(0, x[2], x[1])",
    call: ([x, source, i]) => x!.scatterAdd(0, i!, source!),
    order: 2,
  },
  "scatterAdd part of the source": {
    shapes: [
      [3, 4],
      [3, 5],
    ],
    extra: [indices([2, 4], [0, 1, 2, 0, 0, 2, 1, 0])],
    python: "x[0].scatter_add(0, x[2], x[1][:2, :4])",
    call: ([x, source, i]) => x!.scatterAdd(0, i!, source!),
    order: 1,
    dtypes: ALL,
  },
  scatterAdd_: {
    shapes: [
      [2, 3],
      [2, 4],
    ],
    extra: [indices([2, 4], [0, 1, 2, 0, 0, 2, 1, 0])],
    python: "(x[0] * 2).scatter_add_(1, x[2], x[1]) * x[0]",
    call: ([x, source, i]) => x!.mul(2).scatterAdd_(1, i!, source!).mul(x!),
    order: 2,
  },
  scatter: {
    shapes: [
      [3, 5],
      [2, 4],
    ],
    extra: [indices([2, 4], [0, 1, 2, 0, 1, 2, 0, 1])],
    python: "x[0].scatter(0, x[2], x[1])",
    call: ([x, source, i]) => x!.scatter(0, i!, source!),
    order: 2,
    dtypes: ALL,
  },
  "scatter part of the source": {
    shapes: [
      [2, 3],
      [4, 3],
    ],
    extra: [indices([2, 2], [0, 1, 2, 1])],
    python: "x[0].scatter(-1, x[2], x[1][:2, :2])",
    call: ([x, source, i]) => x!.scatter(-1, i!, source!),
    order: 1,
  },
  "scatter a number": {
    shapes: [[3, 4]],
    extra: [indices([3, 1], [2, 0, 3])],
    python: "x[0].scatter(1, x[1], 1.5)",
    call: ([x, i]) => x!.scatter(1, i!, 1.5),
    order: 2,
  },
  scatter_: {
    shapes: [
      [3, 4],
      [3, 2],
    ],
    extra: [indices([3, 2], [2, 0, 1, 3, 3, 1])],
    python: "(x[0] * x[0]).scatter_(1, x[2], x[1]) * x[0]",
    call: ([x, source, i]) => x!.mul(x!).scatter_(1, i!, source!).mul(x!),
    order: 2,
  },
  "scatter_ in a view": {
    shapes: [[3, 4]],
    extra: [indices([1, 2], [2, 0])],
    python: "(lambda y, i: (y[1:].t().scatter_(0, i.t(), 7), y)[1])(x[0] * 2, x[1]) * x[0]",
    call: ([x, i]) => {
      const y = x!.mul(2);
      y.slice(0, 1).t().scatter_(0, i!.t(), 7);
      return y.mul(x!);
    },
    order: 2,
  },
  indexAdd: {
    shapes: [
      [4, 3],
      [3, 3],
    ],
    extra: [indices([3], [2, 0, 2])],
    python: "torch.index_add(x[0], 0, x[2], x[1], alpha=2)",
    call: ([x, source, i]) => x!.indexAdd(0, i!, source!, { alpha: 2 }),
    order: 2,
  },
  indexAdd_: {
    shapes: [
      [2, 4, 3],
      [2, 2, 3],
    ],
    extra: [indices([2], [3, 3])],
    python: "(x[0] * 2).index_add_(1, x[2], x[1])",
    call: ([x, source, i]) => x!.mul(2).indexAdd_(1, i!, source!),
    order: 1,
  },
  takeAlongDim: {
    shapes: [[2, 3]],
    extra: [indices([1, 2], [2, 0])],
    python: "torch.take_along_dim(x[0], x[1], 1)",
    call: ([x, i]) => x!.takeAlongDim(i!, 1),
    order: 2,
    dtypes: ALL,
  },
  "takeAlongDim flat": {
    shapes: [[2, 3]],
    extra: [indices([2, 2], [5, 0, 1, 5])],
    python: "torch.take_along_dim(x[0], x[1])",
    call: ([x, i]) => x!.takeAlongDim(i!),
    order: 1,
  },
  "indexSelect inside": {
    shapes: [[2, 4, 3]],
    extra: [indices([3], [3, 0, 3])],
    python: "torch.index_select(x[0], 1, x[1])",
    call: ([x, i]) => x!.indexSelect(1, i!),
    order: 2,
  },
  indexSelect: {
    shapes: [[4, 3]],
    extra: [indices([3], [2, 0, 2])],
    python: "torch.index_select(x[0], 0, x[1])",
    call: ([x, i]) => x!.indexSelect(0, i!),
    order: 1,
    dtypes: ALL,
  },
  take: {
    shapes: [[2, 3]],
    extra: [indices([2, 2], [5, 0, 1, 5])],
    python: "torch.take(x[0], x[1])",
    call: ([x, i]) => x!.take(i!),
    order: 1,
  },
  "index numbers": {
    shapes: [[3, 4, 5]],
    python: "x[0][1, :, 2]",
    call: ([x]) => x!.index(1, ":", 2),
    order: 1,
  },
  "index slice": {
    shapes: [[3, 4, 5]],
    python: "x[0][..., 1:5:2]",
    call: ([x]) => x!.index("...", new torch.Slice(1, 5, 2)),
    order: 1,
  },
  "index new axis": {
    shapes: [[3, 4]],
    python: "x[0][:, None, -1]",
    call: ([x]) => x!.index(":", null, -1),
    order: 1,
  },
  "index tensor": {
    shapes: [[3, 4]],
    extra: [indices([2, 2], [2, 0, -1, 1])],
    python: "x[0][x[1]]",
    call: ([x, i]) => x!.index(i!),
    order: 1,
  },
  "index two tensors": {
    shapes: [[3, 4, 2]],
    extra: [indices([2], [2, 0]), indices([2], [1, 3])],
    python: "x[0][x[1], x[2]]",
    call: ([x, i, j]) => x!.index(i!, j!),
    order: 1,
  },
  "index apart": {
    shapes: [[3, 4, 2]],
    extra: [indices([2], [2, 0]), indices([2], [1, 0])],
    python: "x[0][x[1], :, x[2]]",
    call: ([x, i, j]) => x!.index(i!, ":", j!),
    order: 1,
  },
  "index middle": {
    shapes: [[3, 4, 2]],
    extra: [indices([3], [2, 0, 3])],
    python: "x[0][:, x[1]]",
    call: ([x, i]) => x!.index(":", i!),
    order: 1,
  },
  "index mask": {
    shapes: [[2, 3]],
    extra: [mask([2, 3], [1, 0, 1, 0, 0, 1])],
    python: "x[0][x[1]]",
    call: ([x, m]) => x!.index(m!),
    order: 1,
    dtypes: ALL,
    dependsOnValues: true,
  },
  "index row mask": {
    shapes: [[3, 2]],
    extra: [mask([3], [1, 0, 1])],
    python: "x[0][x[1]]",
    call: ([x, m]) => x!.index(m!),
    order: 1,
    dependsOnValues: true,
  },
  maskedFill: {
    shapes: [[2, 3]],
    extra: [mask([3], [1, 0, 1])],
    python: "x[0].masked_fill(x[1], 7)",
    call: ([x, m]) => x!.maskedFill(m!, 7),
    order: 1,
    dtypes: ALL.slice(0, 5),
  },
  maskedSelect: {
    shapes: [[2, 3]],
    extra: [mask([2, 3], [1, 0, 1, 1, 0, 0])],
    python: "torch.masked_select(x[0], x[1])",
    call: ([x, m]) => x!.maskedSelect(m!),
    order: 1,
    dependsOnValues: true,
  },
  nonzero: {
    shapes: [[2, 3]],
    values: [0, 1, 0, 2, 0, 3],
    python: "torch.nonzero(x[0])",
    call: ([x]) => x!.nonzero(),
    dtypes: ALL,
    dependsOnValues: true,
  },
  indexPut_: {
    shapes: [
      [3, 4],
      [2, 4],
    ],
    extra: [indices([2], [2, 0])],
    python: "(x[0] * 1).index_put_((x[2],), x[1])",
    call: ([x, v, i]) => x!.mul(1).indexPut_([i!], v!),
    order: 1,
  },
  "indexPut_ columns": {
    shapes: [[3, 4], [3]],
    extra: [indices([2], [-1, 1])],
    python: "(x[0] * 1).index_put_((torch.arange(3)[:, None], x[2]), x[1][:, None]) * x[0]",
    call: ([x, v, i]) => x!.mul(1).indexPut_([":", i!], v!.unsqueeze(1)).mul(x!),
    order: 2,
  },
  "indexPut_ apart": {
    shapes: [
      [3, 4, 2],
      [2, 4],
    ],
    extra: [indices([2], [2, 0]), indices([2], [1, 0])],
    python: "(x[0] * 1).index_put_((x[2], torch.arange(4)[:, None], x[3]), x[1].t())",
    call: ([x, v, i, j]) => x!.mul(1).indexPut_([i!, ":", j!], v!),
    order: 1,
  },
  "indexPut_ accumulate": {
    shapes: [
      [3, 4],
      [3, 4],
    ],
    extra: [indices([3], [2, 0, 2])],
    python: "(x[0] * 1).index_put_((x[2],), x[1], accumulate=True)",
    call: ([x, v, i]) => x!.mul(1).indexPut_([i!], v!, { accumulate: true }),
    order: 1,
  },
  "add bools times nothing": {
    shapes: [[2, 5], [5]],
    python: "torch.add(x[0], x[1], alpha=0)",
    call: ([x, y]) => x!.add(y!, { alpha: 0 }),
    dtypes: ["bool", "int32"],
  },
  "clamp min": {
    shapes: [[2, 5]],
    python: "torch.clamp(x[0], min=-1)",
    call: ([x]) => x!.clamp(-1),
    order: 1,
    dtypes: ["float32", "float64", "int32"],
  },
  "clamp max": {
    shapes: [[2, 5]],
    python: "torch.clamp(x[0], max=0.5)",
    call: ([x]) => x!.clamp(null, 0.5),
    order: 1,
  },
  "clamp at the bounds": {
    shapes: [[5]],
    values: [-1, 0, 1, 2, -2],
    python: "torch.clamp(x[0], -1, 1)",
    call: ([x]) => x!.clamp(-1, 1),
    order: 1,
  },
  "where broadcast": {
    shapes: [[2, 1], [3]],
    extra: [mask([2, 3], [1, 0, 1, 0, 1, 0])],
    python: "torch.where(x[2], x[0], x[1])",
    call: ([a, b, m]) => m!.where(a!, b!),
    order: 1,
  },
  "to float64": {
    shapes: [[2, 3]],
    python: "x[0].to(torch.float64)",
    call: ([x]) => x!.to(torch.float64),
    order: 1,
    dtypes: ALL,
  },
  "to int32": {
    shapes: [[2, 3]],
    python: "x[0].to(torch.int32)",
    call: ([x]) => x!.to(torch.int32),
    dtypes: ALL,
  },
  "to bool": {
    shapes: [[2, 3]],
    python: "x[0].to(torch.bool)",
    call: ([x]) => x!.to(torch.bool),
    dtypes: ALL,
  },
  "sum of squares in a chain": {
    shapes: [[3, 4]],
    python: "((x[0] - x[0].mean(0)) / x[0].std(0)).pow(2).sum(1).sqrt()",
    call: ([x]) => x!.sub(x!.mean(0)).div(x!.std(0)).pow(2).sum(1).sqrt(),
    order: 2,
    tolerance: 2e-5,
  },
};

/** A case for each dtype of each question. */
export function casesOf(asked: Readonly<Record<string, Question>>): Case[] {
  return Object.entries(asked).flatMap(([name, question]) =>
    (question.dtypes ?? FLOATS).map((dtype): Case => {
      const inputs = question.shapes.map((shape, k) => {
        const count = shape.reduce((a, b) => a * b, 1);
        const values =
          k === 0 && question.values ? question.values : numbers(seedOf(`${name}${k}`), count, -2, 2);
        return makeInput(dtype, shape, values);
      });
      const isFloat = dtype === "float32" || dtype === "float64";
      const wanted = question.tolerance ?? 2e-6;
      return {
        id: `${name} ${dtype}`,
        inputs: [...inputs, ...(question.extra ?? [])],
        python: question.python,
        call: question.call,
        order: isFloat ? (question.order ?? 0) : 0,
        tolerance: dtype === "float64" ? 1e-12 : wanted,
        ...(question.dependsOnValues && { dependsOnValues: true }),
      };
    }),
  );
}

export const structuralCases: readonly Case[] = casesOf(questions);
