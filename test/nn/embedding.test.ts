/** Embedding: what the recorded answers do not show. */
import { describe, expect, it } from "vitest";
import * as torch from "xorch";

const { nn } = torch;
const F = nn.functional;
const index = (values: number[]) => torch.tensor(values, { dtype: torch.int32 });

describe("Embedding", () => {
  it("takes a table as it is, and draws nothing", () => {
    const table = torch.tensor(
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      { dtype: torch.float64 },
    );
    torch.manualSeed(1);
    const frozen = nn.Embedding.fromPretrained(table, { paddingIdx: 0 });
    const free = nn.Embedding.fromPretrained(table, { freeze: false });
    const drawn = torch.rand([1]).item();
    torch.manualSeed(1);
    expect(torch.rand([1]).item()).toBe(drawn);
    expect(String(frozen)).toBe("Embedding(3, 2, padding_idx=0)");
    expect(frozen.weight.requiresGrad).toBe(false);
    expect(free.weight.requiresGrad).toBe(true);
    table.fill_(0);
    expect(frozen.forward(index([2, 0])).tolist()).toEqual([
      [5, 6],
      [1, 2],
    ]);
    expect(free.weight.dtype).toBe(torch.float64);
  });

  it("gives no gradient to the padding, in any order and after changes in place", () => {
    const weight = torch.ones([3, 2], { dtype: torch.float64, requiresGrad: true });
    const at = index([2, 1, 2]);
    const y = F.embedding(at, weight, { paddingIdx: 2 });
    y.mul_(3);
    y.sum().backward();
    expect(weight.grad!.tolist()).toEqual([
      [0, 0],
      [3, 3],
      [0, 0],
    ]);

    const [first] = torch.autograd.grad(F.embedding(at, weight, { paddingIdx: 2 }).pow(3).sum(), weight, {
      createGraph: true,
    });
    const [second] = torch.autograd.grad(first!.sum(), weight);
    expect(second!.tolist()).toEqual([
      [0, 0],
      [6, 6],
      [0, 0],
    ]);
  });

  it("names an index that is no row, and the size of the table", () => {
    const table = new nn.Embedding(5, 2);
    expect(() => table.forward(index([1, 5]))).toThrow(
      "embedding: index 5 at [1] is out of range for dimension 0 of size 5",
    );
    expect(() => new nn.Sequential(table).forward(index([-1]))).toThrow(
      "in 0 (Embedding): embedding: index -1",
    );
    expect(() => table.forward(torch.tensor([1.5]))).toThrow("index 1.5 at [0] is not a whole number");
    expect(() => table.forward(torch.tensor([true]))).toThrow(torch.DTypeError);
  });

  it("refuses tables, paddings and options that make no sense", () => {
    expect(() => F.embedding(index([0]), torch.ones([3]))).toThrow("[rows, columns], got [3]");
    expect(() => nn.Embedding.fromPretrained(torch.ones([3]))).toThrow("[rows, columns], got [3]");
    expect(() => new nn.Embedding(3, 2, { weight: torch.ones([2, 3]) })).toThrow("[2, 3], expected [3, 2]");
    expect(() => new nn.Embedding(3, 2, { paddingIdx: 3 })).toThrow("paddingIdx must be a row");
    expect(() => new nn.Embedding(3.5, 2)).toThrow("numEmbeddings must be a whole number");
    expect(() => new nn.Embedding(3, 2, { maxNorm: 1 } as object)).toThrow('unknown option "maxNorm"');
  });
});
