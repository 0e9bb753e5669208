/** Views, broadcasting and in-place ops against plain nested loops, over random shapes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as torch from "xorch";

const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });

function counting(sizes: readonly number[]): torch.Tensor {
  const count = sizes.reduce((a, b) => a * b, 1);
  return torch.arange(count, { dtype: torch.float64 }).reshape(sizes);
}

/** The tensor seen through a random chain of transposes, slices and new dimensions. */
const viewed = fc
  .tuple(
    shape,
    fc.array(fc.tuple(fc.constantFrom("swap", "slice", "unsqueeze", "flip-order"), fc.nat(), fc.nat()), {
      maxLength: 4,
    }),
  )
  .map(([sizes, steps]) => {
    let x = counting(sizes);
    for (const [what, a, b] of steps) {
      const rank = x.ndim;
      if (what === "unsqueeze") x = x.unsqueeze(a % (rank + 1));
      else if (rank === 0) continue;
      else if (what === "swap") x = x.transpose(a % rank, b % rank);
      else if (what === "flip-order") x = x.permute(x.shape.map((_, d) => rank - 1 - d));
      else x = x.slice(a % rank, b % 3, null, 1 + (b % 2));
    }
    return x;
  });

/** Element by element, through the strides only. */
function elements(x: torch.Tensor): number[] {
  const nested = x.tolist();
  return (Array.isArray(nested) ? nested.flat(10) : [nested]) as number[];
}

describe("views", () => {
  it("agree with their copies in every kind of kernel", () => {
    fc.assert(
      fc.property(viewed, (x) => {
        const copy = torch.tensor(elements(x), { dtype: torch.float64 }).reshape(x.shape);
        expect(x.clone().tolist()).toEqual(copy.tolist());
        expect(x.mul(2).add(x).tolist()).toEqual(copy.mul(3).tolist());
        expect(x.sum().item()).toBe(copy.sum().item());
        if (x.ndim > 0) {
          expect(x.sum(0).tolist()).toEqual(copy.sum(0).tolist());
          expect(x.sum(-1, { keepdim: true }).tolist()).toEqual(copy.sum(-1, { keepdim: true }).tolist());
        }
        if (x.numel() > 0) expect(x.argmax().item()).toBe(copy.argmax().item());
        expect(torch.cat([x.reshape([-1]), copy.reshape([-1])]).tolist()).toEqual([
          ...elements(x),
          ...elements(x),
        ]);
      }),
      { numRuns: 150 },
    );
  });

  it("write through to the memory that they show", () => {
    fc.assert(
      fc.property(viewed, (x) => {
        const before = elements(x);
        x.add_(1000);
        expect(elements(x)).toEqual(before.map((value) => value + 1000));
      }),
      { numRuns: 100 },
    );
  });

  it("reshape to any shape of as many elements, in row-major order", () => {
    fc.assert(
      fc.property(viewed, fc.nat(), (x, choice) => {
        const divisors = Array.from({ length: x.numel() }, (_, i) => i + 1).filter(
          (n) => x.numel() % n === 0,
        );
        const first = divisors[choice % Math.max(divisors.length, 1)] ?? 0;
        const target = first === 0 ? [0, 3] : [first, x.numel() / first];
        expect(elements(x.reshape(target))).toEqual(elements(x));
      }),
    );
  });
});

describe("broadcasting", () => {
  it("repeats sizes of 1 and missing dimensions", () => {
    const target = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
    const masks = fc.tuple(fc.nat({ max: 4 }), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }));
    fc.assert(
      fc.property(target, masks, masks, (sizes, ...operands) => {
        const [a, b] = operands.map(([drop, ones]) =>
          counting(sizes.slice(Math.min(drop, sizes.length)).map((size, d) => (ones[d] ? 1 : size))),
        ) as [torch.Tensor, torch.Tensor];
        const sum = a.mul(100).add(b);
        const [wideA, wideB] = [a.expand(sum.shape), b.expand(sum.shape)];
        const expected = elements(wideA).map((value, i) => value * 100 + elements(wideB)[i]!);
        expect(elements(sum)).toEqual(expected);
        expect(torch.promoteTypes(a.dtype, b.dtype)).toBe(sum.dtype);
      }),
    );
  });
});

describe("promotion", () => {
  it("is PyTorch's for tensors, 0-d tensors and numbers", () => {
    const { float32, float64, int32, int64, uint8, bool } = torch;
    const of = (dtype: torch.DType, sizes: number[] = [2]) => torch.ones(sizes, { dtype });
    expect(of(int32).add(of(int64)).dtype).toBe(int64);
    expect(of(uint8).add(of(int32)).dtype).toBe(int32);
    expect(of(int64).add(of(float32)).dtype).toBe(float32);
    expect(of(float32).add(of(float64)).dtype).toBe(float64);
    expect(of(float32).add(of(float64, [])).dtype).toBe(float32);
    expect(of(int32).add(of(float64, [])).dtype).toBe(float64);
    expect(of(int32).add(1).dtype).toBe(int32);
    expect(of(int32).add(1.5).dtype).toBe(float32);
    expect(of(bool).add(of(bool)).dtype).toBe(bool);
    expect(of(bool).add(1).dtype).toBe(int32);
    expect(of(int32).div(of(int32)).dtype).toBe(float32);
    expect(of(uint8).sum().dtype).toBe(int64);
  });

  it("converts integers to the default float of the moment", () => {
    const x = torch.ones([2], { dtype: torch.int32 });
    expect(x.exp().dtype).toBe(torch.float32);
    torch.setDefaultDtype(torch.float64);
    expect(x.exp().dtype).toBe(torch.float64);
    expect(x.div(x).dtype).toBe(torch.float64);
    torch.setDefaultDtype(torch.float32);
    expect(x.exp().dtype).toBe(torch.float32);
  });
});
