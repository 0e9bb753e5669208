/** Questions about what slides over a tensor: convolutions, pooling, and the padding around it. */
import * as torch from "../../src/index.ts";
import type { Question } from "./structural-cases.ts";

const F = torch.nn.functional;

/** Small whole numbers with many equals, and a NaN and infinities among them. */
const ties = Array.from({ length: 2 * 6 * 7 }, (_, i) => ((i * 37) % 11) - ((i * 5) % 7));
const special = ties.map((value, i) => {
  if (i % 29 === 3) return Number.NaN;
  return i % 13 === 5 ? -Infinity : i % 31 === 30 ? Infinity : value;
});

export const windowQuestions: Record<string, Question> = {
  conv1d: {
    shapes: [[2, 3, 9], [4, 3, 2], [4]],
    python: "F.conv1d(*x)",
    call: ([x, w, b]) => torch.conv1d(x!, w!, b!),
    order: 2,
    tolerance: 1e-5,
  },
  "conv1d all options": {
    shapes: [[2, 4, 11], [6, 2, 3], [6]],
    python: "F.conv1d(*x, stride=2, padding=3, dilation=2, groups=2)",
    call: ([x, w, b]) => torch.conv1d(x!, w!, b!, { stride: 2, padding: 3, dilation: 2, groups: 2 }),
    order: 2,
    tolerance: 1e-5,
  },
  "conv1d same, even": {
    shapes: [
      [3, 8],
      [2, 3, 4],
    ],
    python: "F.conv1d(*x, padding='same')",
    call: ([x, w]) => torch.conv1d(x!, w!, null, { padding: "same" }),
    order: 2,
    tolerance: 1e-5,
  },
  conv2d: {
    shapes: [
      [2, 3, 5, 6],
      [4, 3, 3, 2],
    ],
    python: "F.conv2d(*x)",
    call: ([x, w]) => torch.conv2d(x!, w!),
    order: 2,
    dtypes: ["float32", "float64", "int32", "int64", "uint8"],
    tolerance: 1e-5,
  },
  "conv2d bias": {
    shapes: [[2, 2, 4, 4], [3, 2, 3, 3], [3]],
    python: "F.conv2d(*x, padding=1)",
    call: ([x, w, b]) => torch.conv2d(x!, w!, b!, { padding: 1 }),
    order: 2,
    tolerance: 1e-5,
  },
  "conv2d stride": {
    shapes: [
      [2, 2, 7, 8],
      [3, 2, 3, 3],
    ],
    python: "F.conv2d(*x, stride=(2, 3), padding=(1, 2))",
    call: ([x, w]) => torch.conv2d(x!, w!, null, { stride: [2, 3], padding: [1, 2] }),
    order: 2,
    tolerance: 1e-5,
  },
  "conv2d stride beyond the window": {
    shapes: [
      [1, 2, 8, 8],
      [2, 2, 1, 2],
    ],
    python: "F.conv2d(*x, stride=3)",
    call: ([x, w]) => torch.conv2d(x!, w!, null, { stride: 3 }),
    order: 2,
    tolerance: 1e-5,
  },
  "conv2d stride and dilation with a common factor": {
    shapes: [
      [1, 1, 11, 10],
      [2, 1, 3, 3],
    ],
    python: "F.conv2d(*x, stride=(2, 4), dilation=(4, 2), padding=3)",
    call: ([x, w]) => torch.conv2d(x!, w!, null, { stride: [2, 4], dilation: [4, 2], padding: 3 }),
    order: 2,
    tolerance: 1e-5,
  },
  "conv2d depthwise": {
    shapes: [[2, 3, 5, 5], [6, 1, 3, 3], [6]],
    python: "F.conv2d(*x, padding=1, groups=3)",
    call: ([x, w, b]) => torch.conv2d(x!, w!, b!, { padding: 1, groups: 3 }),
    order: 2,
    tolerance: 1e-5,
  },
  "conv2d same, dilated": {
    shapes: [
      [2, 2, 6, 5],
      [3, 2, 2, 3],
    ],
    python: "F.conv2d(*x, padding='same', dilation=(3, 2))",
    call: ([x, w]) => torch.conv2d(x!, w!, null, { padding: "same", dilation: [3, 2] }),
    order: 2,
    tolerance: 1e-5,
  },
  "conv2d valid, of a part, without a batch": {
    shapes: [
      [3, 6, 7],
      [2, 2, 2, 2],
    ],
    python: "F.conv2d(x[0].transpose(1, 2)[1:, 1:6:2], x[1].transpose(2, 3), padding='valid')",
    call: ([x, w]) =>
      torch.conv2d(x!.transpose(1, 2).slice(0, 1).slice(1, 1, 6, 2), w!.transpose(2, 3), null, {
        padding: "valid",
      }),
    order: 2,
    tolerance: 1e-5,
  },
  "conv2d 1 by 1": {
    shapes: [
      [2, 5, 3, 3],
      [4, 5, 1, 1],
    ],
    python: "F.conv2d(*x)",
    call: ([x, w]) => torch.conv2d(x!, w!),
    order: 2,
    tolerance: 1e-5,
  },
  "conv2d padding wider than the window": {
    shapes: [
      [1, 2, 3, 3],
      [2, 2, 2, 2],
    ],
    python: "F.conv2d(*x, padding=3)",
    call: ([x, w]) => torch.conv2d(x!, w!, null, { padding: 3 }),
    order: 2,
    tolerance: 1e-5,
  },
  "conv2d no batch elements": {
    shapes: [
      [0, 2, 4, 4],
      [3, 2, 3, 3],
    ],
    python: "F.conv2d(*x)",
    call: ([x, w]) => torch.conv2d(x!, w!),
    order: 1,
  },
  "conv2d large": {
    shapes: [[3, 8, 15, 14], [12, 8, 3, 3], [12]],
    python: "F.conv2d(*x, padding=1)",
    call: ([x, w, b]) => torch.conv2d(x!, w!, b!, { padding: 1 }),
    order: 1,
    tolerance: 3e-5,
  },
  conv3d: {
    shapes: [[2, 2, 4, 5, 4], [3, 2, 2, 3, 2], [3]],
    python: "F.conv3d(*x, stride=(1, 2, 1), padding=(1, 0, 1))",
    call: ([x, w, b]) => torch.conv3d(x!, w!, b!, { stride: [1, 2, 1], padding: [1, 0, 1] }),
    order: 2,
    tolerance: 1e-5,
  },

  maxPool1d: {
    shapes: [[2, 3, 9]],
    python: "F.max_pool1d(x[0], 2)",
    call: ([x]) => torch.maxPool1d(x!, 2),
    order: 2,
  },
  "maxPool1d all options": {
    shapes: [[3, 11]],
    python: "F.max_pool1d(x[0], 3, stride=2, padding=1, dilation=2, ceil_mode=True) ** 2",
    call: ([x]) => torch.maxPool1d(x!, 3, { stride: 2, padding: 1, dilation: 2, ceilMode: true }).pow(2),
    order: 2,
  },
  maxPool2d: {
    shapes: [[2, 3, 5, 6]],
    python: "F.max_pool2d(x[0], 2)",
    call: ([x]) => torch.maxPool2d(x!, 2),
    order: 2,
  },
  "maxPool2d squared": {
    shapes: [[2, 4, 6]],
    python: "F.max_pool2d(x[0] * x[0], (2, 3)) ** 2",
    call: ([x]) => torch.maxPool2d(x!.mul(x!), [2, 3]).pow(2),
    order: 2,
  },
  "maxPool2d overlapping": {
    shapes: [[2, 2, 6, 7]],
    python: "F.max_pool2d(x[0], 3, stride=2, padding=1) ** 2",
    call: ([x]) => torch.maxPool2d(x!, 3, { stride: 2, padding: 1 }).pow(2),
    order: 2,
  },
  "maxPool2d many elements": {
    shapes: [[2, 1, 11, 12]],
    python: "F.max_pool2d(x[0], (5, 4), stride=(5, 1)) ** 2",
    call: ([x]) => torch.maxPool2d(x!, [5, 4], { stride: [5, 1] }).pow(2),
    order: 2,
  },
  "maxPool2d many elements apart": {
    shapes: [[1, 10, 12]],
    python: "F.max_pool2d(x[0], (5, 4)) ** 2",
    call: ([x]) => torch.maxPool2d(x!, [5, 4]).pow(2),
    order: 2,
  },
  "maxPool2d ties": {
    shapes: [[2, 6, 7]],
    values: ties,
    python: "F.max_pool2d(x[0], 3, stride=2, dilation=(2, 1))",
    call: ([x]) => torch.maxPool2d(x!, 3, { stride: 2, dilation: [2, 1] }),
    order: 1,
  },
  "maxPool2d special": {
    shapes: [[2, 6, 7]],
    values: special,
    python: "F.max_pool2d(x[0], 2, stride=(2, 1), ceil_mode=True)",
    call: ([x]) => torch.maxPool2d(x!, 2, { stride: [2, 1], ceilMode: true }),
    order: 1,
  },
  "maxPool2d indices": {
    shapes: [[2, 6, 7]],
    values: special,
    python:
      "F.max_pool2d(x[0], (3, 2), stride=2, padding=1, dilation=(1, 2), ceil_mode=True, return_indices=True)[1]",
    call: ([x]) =>
      torch.maxPool2d(x!, [3, 2], {
        stride: 2,
        padding: 1,
        dilation: [1, 2],
        ceilMode: true,
        returnIndices: true,
      }).indices,
  },
  "maxPool1d indices": {
    shapes: [[2, 42]],
    values: special,
    python: "F.max_pool1d(x[0], 4, stride=3, padding=2, return_indices=True)[1]",
    call: ([x]) => torch.maxPool1d(x!, 4, { stride: 3, padding: 2, returnIndices: true }).indices,
  },
  avgPool1d: {
    shapes: [[2, 3, 9]],
    python: "F.avg_pool1d(x[0], 2)",
    call: ([x]) => torch.avgPool1d(x!, 2),
    order: 1,
  },
  "avgPool1d all options": {
    shapes: [[3, 10]],
    python: "F.avg_pool1d(x[0], 4, stride=3, padding=2, ceil_mode=True, count_include_pad=False) ** 2",
    call: ([x]) =>
      torch.avgPool1d(x!, 4, { stride: 3, padding: 2, ceilMode: true, countIncludePad: false }).pow(2),
    order: 2,
  },
  avgPool2d: {
    shapes: [[2, 3, 5, 6]],
    python: "F.avg_pool2d(x[0], 2)",
    call: ([x]) => torch.avgPool2d(x!, 2),
    order: 1,
  },
  "avgPool2d overlapping": {
    shapes: [[2, 2, 6, 7]],
    python: "F.avg_pool2d(x[0], 3, stride=2, padding=1, ceil_mode=True) ** 2",
    call: ([x]) => torch.avgPool2d(x!, 3, { stride: 2, padding: 1, ceilMode: true }).pow(2),
    order: 2,
  },
  "avgPool2d without the padding": {
    shapes: [[2, 6, 7]],
    python: "F.avg_pool2d(x[0], (3, 2), padding=1, count_include_pad=False)",
    call: ([x]) => torch.avgPool2d(x!, [3, 2], { padding: 1, countIncludePad: false }),
    order: 1,
  },
  "avgPool2d divisor": {
    shapes: [[2, 9, 10]],
    python: "F.avg_pool2d(x[0], 5, stride=2, divisor_override=7) ** 2",
    call: ([x]) => torch.avgPool2d(x!, 5, { stride: 2, divisorOverride: 7 }).pow(2),
    order: 2,
  },
  adaptiveAvgPool2d: {
    shapes: [[2, 3, 6, 4]],
    python: "F.adaptive_avg_pool2d(x[0], (3, 2))",
    call: ([x]) => torch.adaptiveAvgPool2d(x!, [3, 2]),
    order: 1,
  },
  "adaptiveAvgPool2d to one": {
    shapes: [[2, 3, 5, 4]],
    python: "F.adaptive_avg_pool2d(x[0], 1) ** 2",
    call: ([x]) => torch.adaptiveAvgPool2d(x!, 1).pow(2),
    order: 2,
  },
  "adaptiveAvgPool2d unequal": {
    shapes: [[2, 7, 5]],
    python: "F.adaptive_avg_pool2d(x[0], (3, None)) + F.adaptive_avg_pool2d(x[0], (3, 2)).sum() ** 2",
    call: ([x]) =>
      torch.adaptiveAvgPool2d(x!, [3, null]).add(torch.adaptiveAvgPool2d(x!, [3, 2]).sum().pow(2)),
    order: 2,
    tolerance: 1e-5,
  },

  pad: {
    shapes: [[2, 3]],
    python: "F.pad(x[0], (1, 2, 3, 0))",
    call: ([x]) => F.pad(x!, [1, 2, 3, 0]),
    order: 1,
    dtypes: ["float32", "float64", "int32", "int64", "uint8", "bool"],
  },
  "pad a value": {
    shapes: [[2, 1, 3]],
    python: "F.pad(x[0], (0, 2), value=1.5) ** 2",
    call: ([x]) => F.pad(x!, [0, 2], { value: 1.5 }).pow(2),
    order: 2,
  },
  "pad less": {
    shapes: [[4, 5]],
    python: "F.pad(x[0], (-1, 2, 1, -2), value=-7) ** 2",
    call: ([x]) => F.pad(x!, [-1, 2, 1, -2], { value: -7 }).pow(2),
    order: 2,
  },
};
