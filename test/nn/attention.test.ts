/** Attention beyond what is recorded: the causal mask of the modules, queries without keys, errors. */
import { describe, expect, it } from "vitest";
import * as torch from "xorch";

const { nn } = torch;
const attend = nn.functional.scaledDotProductAttention;

describe("MultiheadAttention", () => {
  const attention = new nn.MultiheadAttention(4, 2);
  const x = torch.rand([3, 2, 4]);
  const later = torch.ones([3, 3], { dtype: torch.bool }).triu(1);

  it("makes the causal mask by itself, beside others", () => {
    const padding = torch.tensor([
      [false, true, false],
      [false, false, false],
    ]);
    for (const keyPaddingMask of [null, padding, torch.where(padding, -1, torch.zeros([]))]) {
      const [own, ownWeights] = attention.forward(x, x, x, { isCausal: true, keyPaddingMask });
      const [given, weights] = attention.forward(x, x, x, { attnMask: later, keyPaddingMask });
      expect(own.tolist()).toEqual(given.tolist());
      expect(ownWeights!.tolist()).toEqual(weights!.tolist());
      expect(ownWeights!.triu(1).sum().item()).toBe(0);
    }
  });

  it("gives weights of 0, and gradients without NaN, to a query that may attend to nothing", () => {
    const nothing = torch.ones([2, 3], { dtype: torch.bool });
    const leaf = x.clone().requiresGrad_();
    const [output, weights] = attention.forward(leaf, leaf, leaf, { keyPaddingMask: nothing });
    expect(weights!.abs().sum().item()).toBe(0);
    output.sum().backward();
    expect(leaf.grad!.abs().sum().item()).toBe(0);
  });

  it("leaves dropout out in evaluation", () => {
    const dropping = new nn.MultiheadAttention(4, 2, { dropout: 1 });
    expect(dropping.forward(x, x, x)[1]!.sum().item()).toBe(0);
    expect(dropping.eval().forward(x, x, x)[1]!.sum().item()).toBeCloseTo(6, 5);
  });

  const narrow = torch.rand([3, 2, 3]);
  const cases: [string, () => unknown, new (...args: never[]) => Error, RegExp][] = [
    ["heads", () => new nn.MultiheadAttention(4, 3), torch.ValueError, /embedDim 4 .* numHeads 3/],
    [
      "option",
      () => new nn.MultiheadAttention(4, 2, { batchfirst: true } as object),
      torch.ValueError,
      /unknown option "batchfirst".*batchFirst/,
    ],
    [
      "dropout",
      () => new nn.MultiheadAttention(4, 2, { dropout: 2 }),
      torch.ValueError,
      /between 0 and 1, got/,
    ],
    [
      "batches",
      () => attention.forward(x, x.narrow(1, 0, 1), x),
      torch.ShapeError,
      /\[3, 2, 4\], \[3, 1, 4\], \[3, 2, 4\]; expected \[length, batch, features\]/,
    ],
    [
      "keys",
      () => attention.forward(x, x.narrow(0, 0, 2), x),
      torch.ShapeError,
      /keys and values of one length/,
    ],
    ["features", () => attention.forward(narrow, x, x), torch.ShapeError, /linear: .*takes 4 features/],
    [
      "mask",
      () => attention.forward(x, x, x, { attnMask: torch.zeros([2, 3]) }),
      torch.ShapeError,
      /attnMask has shape \[2, 3\], expected \[3, 3\]/,
    ],
    [
      "padding",
      () => attention.forward(x, x, x, { keyPaddingMask: torch.zeros([3]) }),
      torch.ShapeError,
      /keyPaddingMask has shape \[3\], expected \[2, 3\]/,
    ],
    [
      "activation",
      () => new nn.TransformerEncoderLayer(4, 2, { activation: "tanh" as "relu" }),
      torch.ValueError,
      /activation must be "relu" or "gelu" or a function, got the string "tanh"/,
    ],
  ];
  it.each(cases)("names a bad %s", (_, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});

describe("scaledDotProductAttention", () => {
  const x = torch.rand([3, 2]);
  const cases: [string, () => unknown, new (...args: never[]) => Error, RegExp][] = [
    ["rank", () => attend(x, torch.rand([2]), x), torch.ShapeError, /the key must have shape .* got \[2\]/],
    [
      "features",
      () => attend(x, torch.rand([3, 4]), x),
      torch.ShapeError,
      /\[3, 2\], the key \[3, 4\].*last/,
    ],
    ["lengths", () => attend(x, x, torch.rand([4, 2])), torch.ShapeError, /value \[4, 2\].*second-last/],
    [
      "dtype",
      () => attend(x, x.to(torch.float64), x),
      torch.DTypeError,
      /query is torch.float32, the key torch.f/,
    ],
    [
      "mask dtype",
      () => attend(x, x, x, { attnMask: torch.ones([3, 3], { dtype: torch.int32 }) }),
      torch.DTypeError,
      /mask must be torch.bool or, as the query, torch.float32, got torch.int32/,
    ],
    [
      "mask shape",
      () => attend(x, x, x, { attnMask: torch.ones([2, 3]) }),
      torch.ShapeError,
      /the mask of shape \[2, 3\] does not broadcast to \[3, 3\]/,
    ],
    [
      "pair of masks",
      () => attend(x, x, x, { attnMask: torch.ones([3, 3]), isCausal: true }),
      torch.ValueError,
      /isCausal makes a mask of its own/,
    ],
    ["dropout", () => attend(x, x, x, { dropoutP: 1.5 }), torch.ValueError, /between 0 and 1/],
  ];
  it.each(cases)("names a bad %s", (_, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});
