/** What PyTorch refuses of sizes and options of reductions, products, windows, normalisations and losses. */
import * as torch from "../../src/index.ts";
import type { Input } from "./case.ts";
import type { Refusal } from "./refusals.ts";

const F = torch.nn.functional;

const counted = (shape: readonly number[], dtype: Input["dtype"] = "float32"): Input => ({
  shape,
  dtype,
  data: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
});

export const numberRefusals: Record<string, Omit<Refusal, "id">> = {
  "squeeze of a dimension twice": {
    inputs: [counted([1, 2])],
    python: "x[0].squeeze((0, -2))",
    call: ([x]) => x!.squeeze([0, -2]),
  },
  "tril of half a diagonal": {
    inputs: [counted([2, 2])],
    python: "x[0].tril(0.5)",
    call: ([x]) => x!.tril(0.5),
  },
  "mean of integers": {
    inputs: [counted([2], "int32")],
    python: "x[0].mean()",
    call: ([x]) => x!.mean(),
  },
  "mean in integers": {
    inputs: [counted([2])],
    python: "x[0].mean(dtype=torch.int32)",
    call: ([x]) => x!.mean({ dtype: torch.int32 }),
  },
  "amax of nothing": {
    inputs: [counted([2, 0])],
    python: "x[0].amax(1)",
    call: ([x]) => x!.amax(1),
  },
  "cat of tensors without elements but with dimensions": {
    inputs: [counted([0, 2]), counted([2, 3])],
    python: "torch.cat(x)",
    call: (x) => torch.cat(x),
  },
  "cat of 0-d tensors": {
    inputs: [counted([]), counted([])],
    python: "torch.cat(x)",
    call: (x) => torch.cat(x),
  },
  "groupNorm of no channels": {
    inputs: [counted([2, 0, 3])],
    python: "F.group_norm(x[0], 1)",
    call: ([x]) => F.groupNorm(x!, 1),
  },
  "groupNorm of no places": {
    inputs: [counted([2, 4, 0])],
    python: "F.group_norm(x[0], 2)",
    call: ([x]) => F.groupNorm(x!, 2),
  },
  "batchNorm in training with eps 0": {
    inputs: [counted([4, 3])],
    python: "F.batch_norm(x[0], None, None, training=True, eps=0)",
    call: ([x]) => F.batchNorm(x!, null, null, { training: true, eps: 0 }),
  },
  "batchNorm in evaluation with a negative eps": {
    inputs: [counted([4, 3])],
    python: "F.batch_norm(x[0], x[0][0], x[0][1], eps=-1e-5)",
    call: ([x]) => F.batchNorm(x!, x!.select(0, 0), x!.select(0, 1), { eps: -1e-5 }),
  },
  "crossEntropy of probabilities with a class to ignore": {
    inputs: [counted([2, 3]), counted([2, 3])],
    python: "F.cross_entropy(*x, ignore_index=1)",
    call: ([x, t]) => F.crossEntropy(x!, t!, { ignoreIndex: 1 }),
  },
  "hardtanh of bounds in the wrong order": {
    inputs: [counted([2])],
    python: "F.hardtanh(x[0], 2, 1)",
    call: ([x]) => F.hardtanh(x!, { minVal: 2, maxVal: 1 }),
  },
  "pow of an integer by a negative number": {
    inputs: [counted([2], "int64")],
    python: "x[0].pow(-1)",
    call: ([x]) => x!.pow(-1),
  },
  "sub of bool": {
    inputs: [counted([2]), { shape: [2], dtype: "bool", data: [true, false] }],
    python: "x[0] - x[1]",
    call: ([a, b]) => a!.sub(b!),
  },
  "add_ of a fraction to integers": {
    inputs: [counted([2], "int64")],
    python: "x[0].add_(1.5)",
    call: ([x]) => x!.add_(1.5),
  },
  "alpha of a fraction": {
    inputs: [counted([2], "int64")],
    python: "torch.add(x[0], x[0], alpha=0.5)",
    call: ([x]) => torch.add(x!, x!, { alpha: 0.5 }),
  },
  "maxPool1d of a window that does not fit": {
    inputs: [counted([1, 1, 4])],
    python: "F.max_pool1d(x[0], 7)",
    call: ([x]) => F.maxPool1d(x!, 7),
  },
  "maxPool2d of a window that does not fit, counted up": {
    inputs: [counted([1, 4, 4])],
    python: "F.max_pool2d(x[0], 7, stride=1, ceil_mode=True)",
    call: ([x]) => F.maxPool2d(x!, 7, { stride: 1, ceilMode: true }),
  },
  "avgPool1d of a window that does not fit, counted up": {
    inputs: [counted([1, 4])],
    python: "F.avg_pool1d(x[0], 6, stride=2, ceil_mode=True)",
    call: ([x]) => F.avgPool1d(x!, 6, { stride: 2, ceilMode: true }),
  },
  "maxPool1d of more padding than half a window": {
    inputs: [counted([1, 4])],
    python: "F.max_pool1d(x[0], 3, padding=2)",
    call: ([x]) => F.maxPool1d(x!, 3, { padding: 2 }),
  },
};
