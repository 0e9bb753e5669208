/** Operands in the memory of the result: PyTorch's rules, and the values, at sizes of one block and of many. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Extent, overlapOf, repeatsElements } from "../../src/base/index.ts";
import * as torch from "../../src/index.ts";

/** The places of all elements, in order. */
function placesOf({ shape, strides, offset }: Extent): number[] {
  let places = [offset];
  for (const [d, size] of shape.entries()) {
    places = places.flatMap((at) => Array.from({ length: size }, (_, i) => at + i * strides[d]!));
  }
  return places;
}

/** A view of a tensor of 4 x 6 x 2, by some steps. */
const view = fc
  .array(
    fc.tuple(
      fc.constantFrom("narrow", "step", "select", "transpose", "expand"),
      fc.nat(),
      fc.nat(),
      fc.nat(),
    ),
    {
      maxLength: 4,
    },
  )
  .map((steps) => {
    let x = torch.arange(48).view([4, 6, 2]);
    for (const [name, a, b, c] of steps) {
      if (x.ndim === 0) break;
      const dim = a % x.ndim;
      const size = x.shape[dim]!;
      const from = b % (size + 1);
      if (name === "narrow") x = x.narrow(dim, from, c % (size - from + 1));
      else if (name === "step") x = x.slice(dim, b % 2, size, 2);
      else if (name === "select" && size > 0) x = x.select(dim, b % size);
      else if (name === "transpose") x = x.transpose(dim, b % x.ndim);
      else if (name === "expand")
        x = x.unsqueeze(dim).expand([...x.shape.slice(0, dim), 2, ...x.shape.slice(dim)]);
    }
    return x;
  });

describe("what two views of one storage have in common", () => {
  it("is what their elements say", () => {
    fc.assert(
      fc.property(view, view, (a, b) => {
        const [inA, inB] = [placesOf(a), placesOf(b)];
        const shared = inA.some((place) => inB.includes(place));
        const overlap = overlapOf(a, b);
        if (overlap === "none") expect(shared).toBe(false);
        else if (overlap !== "unclear") expect(shared).toBe(true);
        if (overlap === "same") expect(inA).toEqual(inB);
        if (overlap === "partial") {
          for (const places of [inA, inB]) {
            const sorted = places.toSorted((x, y) => x - y);
            expect(sorted).toEqual(sorted.map((_, i) => sorted[0]! + i));
          }
        }
        expect(repeatsElements(a)).toBe(new Set(inA).size < inA.length);
      }),
      { numRuns: 2000 },
    );
  });

  it("tells rows, columns, blocks and every other element apart", () => {
    const x = torch.zeros([6, 8]);
    for (const [a, b] of [
      [x.select(0, 1), x.select(0, 2)],
      [x.select(1, 1), x.select(1, 2)],
      [x.narrow(1, 0, 4), x.narrow(1, 4, 4)],
      [x.slice(1, 0, 8, 2), x.slice(1, 1, 8, 2)],
      [x.narrow(0, 0, 3).narrow(1, 0, 2), x.narrow(0, 2, 4).narrow(1, 2, 6).t()],
    ] as const) {
      expect(overlapOf(a, b)).toBe("none");
    }
  });
});

describe.each([4, 150])("matrices of side %i", (n) => {
  const numbers = (): torch.Tensor =>
    torch
      .arange(n * n)
      .to(torch.float64)
      .view([n, n]);

  it("are refused where PyTorch sees that what is read has been overwritten", () => {
    const x = numbers();
    const flat = x.view([n * n]);
    const before = x.tolist();
    const refused = [
      () => x.add_(x.t()),
      () => x.copy_(x.t()),
      () => flat.narrow(0, 1, n).add_(flat.narrow(0, 0, n)),
      () => x.sub_(x.select(0, 0)),
      () => x.select(0, 0).expand([n, n]).mul_(numbers()),
      () => x.select(0, 0).expand([n, n]).copy_(numbers()),
      () => x.select(0, 0).expand([n, n]).normal_(),
      () => x.select(0, 0).expand([n, n]).relu_(),
      () => x.scatter_(0, torch.zeros([n, n], { dtype: torch.int64 }), x),
      () => x.indexAdd_(0, torch.arange(n), x),
      () => x.indexPut_([torch.arange(n)], x.t()),
      () => x.indexPut_([torch.arange(n)], x.select(0, 1)),
    ];
    for (const change of refused) {
      expect(change, String(change)).toThrow(
        /(clone\(\) the operand|clone\(\) it) first. Nothing has been changed/,
      );
    }
    expect(x.tolist()).toEqual(before);
  });

  it("are changed where each element is read before it is written", () => {
    const x = numbers();
    expect(x.clone().add_(x).tolist()).toEqual(x.mul(2).tolist());
    const y = numbers();
    expect(y.add_(y.view([n, n])).tolist()).toEqual(x.mul(2).tolist());
    const filled = numbers();
    filled.fill_(filled.select(0, 1).select(0, 2));
    expect(
      filled
        .eq(n + 2)
        .all()
        .item(),
    ).toBe(1);
    const row = torch.arange(n).to(torch.float64);
    row.expand([2, n]).fill_(3);
    expect(row.eq(3).all().item()).toBe(1);
  });

  it("are changed as if what is read had been read before, where there are gaps", () => {
    for (const [into, from] of [
      [(x: torch.Tensor) => x.narrow(1, 1, n - 1), (x: torch.Tensor) => x.narrow(1, 0, n - 1)],
      [(x: torch.Tensor) => x, (x: torch.Tensor) => x.narrow(1, 0, 1)],
      [(x: torch.Tensor) => x, (x: torch.Tensor) => x.select(0, 0).expand([n, n])],
      [(x: torch.Tensor) => x.slice(1, 0, n, 2), (x: torch.Tensor) => x.slice(1, 1, n, 2)],
    ]) {
      const x = numbers();
      const wanted = into!(x).add(from!(x));
      into!(x).add_(from!(x));
      expect(into!(x).tolist()).toEqual(wanted.tolist());
    }
  });
});
