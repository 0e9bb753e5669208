/** Bad input to convolutions, pooling and padding: what the messages name. */
import { describe, expect, it } from "vitest";
import * as torch from "xorch";

const { nn } = torch;
const x = torch.ones([2, 3, 5, 6]);
const weight = torch.ones([4, 3, 3, 3]);
const ints = torch.ones([1, 4, 4], { dtype: torch.int32 });

const cases: [string, () => unknown, new (...args: never[]) => Error, RegExp][] = [
  [
    "channels",
    () => torch.conv2d(torch.ones([2, 4, 5, 6]), weight),
    torch.ShapeError,
    /conv2d: an input of shape \[2, 4, 5, 6\] and a weight of shape \[4, 3, 3, 3\].*takes 3 channels, the input has 4/,
  ],
  [
    "channels of groups",
    () => torch.conv2d(x, weight, null, { groups: 2 }),
    torch.ShapeError,
    /takes 6 channels \(3 for each of 2 groups\), the input has 3/,
  ],
  [
    "outputs of groups",
    () => torch.conv2d(x, torch.ones([4, 1, 3, 3]), null, { groups: 3 }),
    torch.ShapeError,
    /4 output channels cannot be divided into 3 groups/,
  ],
  ["no groups", () => torch.conv2d(x, weight, null, { groups: 0 }), torch.ValueError, /groups.*number 0/],
  [
    "rank of the input",
    () => torch.conv2d(torch.ones([5, 6]), weight),
    torch.ShapeError,
    /conv2d: expected an input of 4 dimensions.*or of 3 without a batch.*\[5, 6\] and \[4, 3, 3, 3\]/,
  ],
  ["rank of the weight", () => torch.conv1d(torch.ones([3, 8]), weight), torch.ShapeError, /a weight of 3/],
  [
    "window",
    () => torch.conv2d(x, weight, null, { dilation: [1, 4], padding: [0, 1] }),
    torch.ShapeError,
    /conv2d: a window of \[3, 9\] does not fit into an input of shape \[2, 3, 5, 6\], \[5, 8\] with padding/,
  ],
  ["bias", () => torch.conv2d(x, weight, torch.ones([3])), torch.ShapeError, /bias.*\[3\], expected \[4\]/],
  [
    "dtypes",
    () => torch.conv2d(x, weight.to(torch.float64)),
    torch.DTypeError,
    /one dtype.*float32 and torch.float64/,
  ],
  ["bools", () => torch.conv2d(x.gt(0), weight.gt(0)), torch.DTypeError, /bool/],
  [
    "stride",
    () => torch.conv2d(x, weight, null, { stride: [1, 0] }),
    torch.ValueError,
    /stride must be a whole number of at least 1, or an array of 2; got \[1, 0\]/,
  ],
  [
    "stride of one dimension",
    () => torch.conv1d(torch.ones([3, 8]), torch.ones([1, 3, 2]), null, { stride: 1.5 }),
    torch.ValueError,
    /stride must be a whole number or an array of whole numbers, got number 1.5/,
  ],
  ["padding", () => torch.conv2d(x, weight, null, { padding: -1 }), torch.ValueError, /padding.*-1/],
  [
    "padding by a word",
    () => torch.conv2d(x, weight, null, { padding: "full" as "same" }),
    torch.ValueError,
    /"same" or "valid", got the string "full"/,
  ],
  [
    "same with a stride",
    () => torch.conv2d(x, weight, null, { padding: "same", stride: 2 }),
    torch.ValueError,
    /"same" needs a stride of 1, got \[2, 2\]/,
  ],
  ["pooling of integers", () => torch.maxPool2d(ints, 2), torch.DTypeError, /maxPool2d.*int32/],
  ["rank of pooling", () => torch.avgPool1d(x, 2), torch.ShapeError, /avgPool1d: expected an input of 3/],
  [
    "window of pooling",
    () => torch.maxPool2d(x, [2, 7]),
    torch.ShapeError,
    /maxPool2d: a window of \[2, 7\].*\[2, 3, 5, 6\]/,
  ],
  [
    "padding of pooling",
    () => torch.avgPool2d(x, 3, { padding: 2 }),
    torch.ValueError,
    /padding \[2, 2\] is more than half of the window \[3, 3\]/,
  ],
  ["divisor", () => torch.avgPool2d(x, 2, { divisorOverride: 0 }), torch.ValueError, /divisorOverride/],
  ["no window", () => torch.maxPool2d(x, undefined as never), torch.ArgumentError, /kernelSize is missing/],
  ["adaptive size", () => torch.adaptiveAvgPool2d(x, [2, 0]), torch.ValueError, /outputSize.*\[2, 0\]/],
  [
    "adaptive rank",
    () => torch.adaptiveAvgPool2d(torch.ones([5, 7]), 3),
    torch.ShapeError,
    /adaptiveAvgPool2d: expected an input of 4/,
  ],
  [
    "pad in odd numbers",
    () => torch.pad(x, [1, 2, 3]),
    torch.ValueError,
    /pairs.*\[2, 3, 5, 6\].*\[1, 2, 3\]/,
  ],
  ["pad too many", () => torch.pad(torch.ones([2]), [1, 1, 1, 1]), torch.ValueError, /at most 1 dim/],
  ["pad away", () => torch.pad(x, [-4, -3]), torch.ShapeError, /\[-4, -3\] takes more away/],
  ["pad mode", () => torch.pad(x, [1, 1], { mode: "reflect" as "constant" }), torch.ValueError, /"reflect"/],
  [
    "groups of a layer",
    () => new nn.Conv2d(4, 6, 3, { groups: 4 }),
    torch.ValueError,
    /Conv2d: 4 input and 6 output channels cannot be divided into 4 groups/,
  ],
  [
    "channels of a layer",
    () => new nn.Conv1d(4, 1.5, 3),
    torch.ValueError,
    /Conv1d: outChannels must be a whole number.*1.5/,
  ],
  [
    "window of a layer",
    () => new nn.Conv2d(4, 2, [3]),
    torch.ValueError,
    /Conv2d: kernelSize must be a whole number of at least 1, or an array of 2; got \[3\]/,
  ],
  [
    "option of a layer",
    () => new nn.Conv2d(4, 2, 3, { paddingMode: "reflect" } as object),
    torch.ValueError,
    /Conv2d: unknown option "paddingMode"/,
  ],
  [
    "option of a pooling",
    () => new nn.MaxPool2d(2, { ceil: true } as object),
    torch.ValueError,
    /MaxPool2d: unknown option "ceil"/,
  ],
  [
    "input of a layer",
    () => new nn.Sequential(new nn.Conv2d(3, 8, 3), new nn.Conv2d(4, 2, 1)).forward(x),
    torch.ShapeError,
    /^in 1 \(Conv2d\): conv2d: .*\[2, 8, 3, 4\].*\[2, 4, 1, 1\]/,
  ],
];

describe("bad input to what slides over a tensor", () => {
  it.each(cases)("%s", (_name, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});
