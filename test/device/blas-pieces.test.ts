/** How products by the BLAS are cut for threads. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blasPieces } from "../../src/device/cpu/program/blas-pieces.ts";

describe("the pieces of a product by the BLAS", () => {
  it("are one for each processor where there is enough to do, eight at most", () => {
    const large = 1024 ** 3;
    const counts = [1, 2, 3, 6, 8, 64].map((processors) => blasPieces(1024, large, processors).count);
    expect(counts).toEqual([1, 2, 3, 6, 8, 8]);
    expect(blasPieces(1024, large, 2).width).toBe(512);
  });

  it("are fewer, and a power of two, where each would be small", () => {
    // 64 x 784 x 128: three times what a piece should have.
    expect(blasPieces(128, 64 * 784 * 128, 8)).toEqual({ count: 2, width: 64 });
    expect(blasPieces(128, 64 * 64 * 128, 8)).toEqual({ count: 1, width: 128 });
  });

  it("hold every row or column once, and none of them is empty", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 2 ** 34 }),
        fc.integer({ min: 1, max: 64 }),
        (extent, work, processors) => {
          const { count, width } = blasPieces(extent, work, processors);
          expect((count - 1) * width).toBeLessThan(extent);
          expect(count * width).toBeGreaterThanOrEqual(extent);
          expect(count).toBeLessThanOrEqual(processors);
        },
      ),
    );
  });
});
