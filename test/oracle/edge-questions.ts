/** Questions about what is easily forgotten: factors of 0, nothing to fold, windows larger than what they slide over. */
import * as torch from "../../src/index.ts";
import type { Question } from "./structural-cases.ts";

const F = torch.nn.functional;
const notFinite = [Number.NaN, 1, Infinity, -2, 0, -Infinity];

export const edgeQuestions: Record<string, Question> = {
  "addmm without its bias": {
    shapes: [
      [2, 3],
      [2, 4],
      [4, 3],
    ],
    values: notFinite,
    python: "torch.addmm(*x, beta=0)",
    call: ([c, a, b]) => c!.addmm(a!, b!, { beta: 0 }),
    order: 1,
    tolerance: 5e-6,
  },
  "addmm without the product": {
    shapes: [
      [2, 3],
      [4, 2],
      [3, 4],
    ],
    values: notFinite,
    python: "torch.addmm(x[2].t()[:2, :2] @ x[1].t(), x[0], x[2], alpha=0)[:, :2]",
    call: ([a, b, c]) =>
      torch.addmm(c!.t().slice(0, 0, 2).slice(1, 0, 2).matmul(b!.t()), a!, c!, { alpha: 0 }).slice(1, 0, 2),
    order: 1,
    tolerance: 5e-6,
  },
  "addmm of integers": {
    shapes: [
      [2, 3],
      [2, 4],
      [4, 3],
    ],
    python: "torch.addmm(*x, beta=2, alpha=3)",
    call: ([c, a, b]) => c!.addmm(a!, b!, { beta: 2, alpha: 3 }),
    dtypes: ["int32", "int64", "uint8"],
  },
  "addmm of integers by fractions": {
    shapes: [
      [2, 3],
      [2, 4],
      [4, 3],
    ],
    python: "torch.addmm(*x, beta=0.5, alpha=2.5)",
    call: ([c, a, b]) => c!.addmm(a!, b!, { beta: 0.5, alpha: 2.5 }),
    dtypes: ["int32", "int64", "uint8"],
  },
  "hardtanh of a bound that is no number": {
    shapes: [[2, 3]],
    python: "torch.stack([F.hardtanh(x[0], -1, math.nan), F.hardtanh(x[0], math.nan, 1)])",
    call: ([x]) =>
      torch.stack([
        F.hardtanh(x!, { minVal: -1, maxVal: Number.NaN }),
        F.hardtanh(x!, { minVal: Number.NaN, maxVal: 1 }),
      ]),
    order: 1,
  },
  "div that is overwritten": {
    shapes: [
      [2, 3],
      [2, 3],
    ],
    python: "torch.div(x[0], x[1]).add_(1) * torch.div(2, x[1]).mul_(3)",
    call: ([a, b]) => a!.div(b!).add_(1).mul(torch.div(2, b!).mul_(3)),
    order: 1,
    tolerance: 5e-6,
  },
  "var that is overwritten": {
    shapes: [[3, 4]],
    python: "torch.var(x[0], 1).sigmoid_()",
    call: ([x]) => x!.var(1).sigmoid_(),
    order: 1,
    tolerance: 5e-6,
  },
  "logsumexp of nothing": {
    shapes: [[2, 0, 3]],
    python: "torch.logsumexp(x[0], 1)",
    call: ([x]) => x!.logsumexp(1),
    order: 1,
  },
  "logsumexp of nothing, kept": {
    shapes: [[2, 0]],
    python: "torch.logsumexp(x[0], (0, 1), keepdim=True)",
    call: ([x]) => x!.logsumexp([0, 1], { keepdim: true }),
    order: 1,
  },
  "cat with nothing": {
    shapes: [[0], [2, 3], [0], [2, 1]],
    python: "torch.cat(x, -1)",
    call: (x) => torch.cat(x, -1),
    order: 1,
    dtypes: ["float32", "float64", "int32", "bool"],
  },
  "cat of nothing": { shapes: [[0], [0]], python: "torch.cat(x)", call: (x) => torch.cat(x), order: 1 },
  "cat with nothing of a larger dtype": {
    shapes: [[2], [0]],
    python: "torch.cat([x[0], x[1].double()])",
    call: ([a, b]) => torch.cat([a!, b!.to(torch.float64)]),
    order: 1,
    dtypes: ["float32", "int64"],
  },
  "linear without input features": {
    shapes: [[2, 4, 0], [3, 0], [3]],
    python: "F.linear(*x)",
    call: ([x, w, b]) => F.linear(x!, w!, b!),
    order: 1,
  },
  "linear of a vector of nothing": {
    shapes: [[0], [3, 0]],
    python: "F.linear(*x)",
    call: ([x, w]) => F.linear(x!, w!),
    order: 1,
  },
  "linear without output features": {
    shapes: [
      [2, 3, 4],
      [0, 4],
    ],
    python: "F.linear(*x)",
    call: ([x, w]) => F.linear(x!, w!),
    order: 1,
  },
  "linear without rows": {
    shapes: [[2, 0, 4], [3, 4], [3]],
    python: "F.linear(*x)",
    call: ([x, w, b]) => F.linear(x!, w!, b!),
    order: 1,
  },
  ...Object.fromEntries(
    [torch.uint8, torch.int32, torch.float64, torch.bool].flatMap((dtype): [string, Question][] => [
      [
        `sum in ${dtype.name}`,
        {
          shapes: [[3, 4]],
          python: `torch.sum(x[0] * 100, 1, dtype=${dtype})`,
          call: ([x]) => x!.mul(100).sum(1, { dtype }),
          dtypes: ["float32", "int64", "uint8"],
        },
      ],
      [
        `prod in ${dtype.name}`,
        {
          shapes: [[3, 4]],
          python: `torch.prod(x[0] * 3, 1, dtype=${dtype})`,
          call: ([x]) => x!.mul(3).prod(1, { dtype }),
          dtypes: ["float32", "int64", "uint8"],
        },
      ],
    ]),
  ),
  "maxPool1d in a window beyond both ends": {
    shapes: [[2, 3, 4]],
    python: "F.max_pool1d(x[0], 9, stride=2, padding=4, ceil_mode=True) ** 2",
    call: ([x]) => F.maxPool1d(x!, 9, { stride: 2, padding: 4, ceilMode: true }).pow(2),
    order: 2,
  },
  "maxPool1d in a window of millions": {
    shapes: [[1, 2, 4]],
    python: "F.max_pool1d(x[0], 10**7, stride=10**7, ceil_mode=True)",
    call: ([x]) => F.maxPool1d(x!, 1e7, { stride: 1e7, ceilMode: true }),
    order: 1,
  },
  "maxPool2d indices in windows beyond the ends": {
    shapes: [[2, 5, 4]],
    python:
      "F.max_pool2d(x[0], (7, 3), stride=(6, 2), padding=(3, 1), dilation=(1, 2), ceil_mode=True, return_indices=True)[1]",
    call: ([x]) =>
      F.maxPool2d(x!, [7, 3], {
        stride: [6, 2],
        padding: [3, 1],
        dilation: [1, 2],
        ceilMode: true,
        returnIndices: true,
      }).indices,
  },
  "avgPool2d in windows beyond the ends": {
    shapes: [[2, 5, 4]],
    python: "F.avg_pool2d(x[0], (7, 1000), stride=(2, 999), padding=(3, 0), ceil_mode=True) ** 2",
    call: ([x]) => F.avgPool2d(x!, [7, 1000], { stride: [2, 999], padding: [3, 0], ceilMode: true }).pow(2),
    order: 2,
  },
  "avgPool1d in windows beyond the ends, without the padding": {
    shapes: [[2, 5]],
    python: "F.avg_pool1d(x[0], 8, stride=3, padding=4, ceil_mode=True, count_include_pad=False)",
    call: ([x]) => F.avgPool1d(x!, 8, { stride: 3, padding: 4, ceilMode: true, countIncludePad: false }),
    order: 1,
  },
};
