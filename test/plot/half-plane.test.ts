import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Line, type Point, positiveSide, segmentInside } from "../../src/plot/half-plane.ts";

const area = (polygon: readonly Point[]): number =>
  polygon.reduce((sum, [x, y], i) => {
    const [u, v] = polygon[(i + 1) % polygon.length]!;
    return sum + (x * v - u * y) / 2;
  }, 0);

describe("halfPlane", () => {
  it("cuts AND's triangle out of the square", () => {
    const line: Line = { weights: [0.5, 0.5], bias: -0.7 };
    const [a, b] = segmentInside(line, -0.5, 1.5)!;
    // x + y = 1.4 meets the square at (1.5, -0.1) and (-0.1, 1.5).
    expect(a[0]).toBeCloseTo(1.5);
    expect(a[1]).toBeCloseTo(-0.1);
    expect(b[0]).toBeCloseTo(-0.1);
    expect(b[1]).toBeCloseTo(1.5);
    expect(area(positiveSide(line, -0.5, 1.5))).toBeCloseTo(1.6 ** 2 / 2);
  });

  it("has no segment where the line misses the square or there is no line", () => {
    expect(segmentInside({ weights: [1, 1], bias: 9 }, -0.5, 1.5)).toBeNull();
    expect(positiveSide({ weights: [1, 1], bias: 9 }, -0.5, 1.5)).toHaveLength(4);
    expect(segmentInside({ weights: [0, 0], bias: -1 }, -0.5, 1.5)).toBeNull();
    expect(positiveSide({ weights: [0, 0], bias: 0 }, -0.5, 1.5)).toHaveLength(0);
  });

  it("splits the square into two parts that add up to it", () => {
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(number, number, number, (u, v, bias) => {
        fc.pre(Math.abs(u) + Math.abs(v) > 1e-3);
        const here = area(positiveSide({ weights: [u, v], bias }, -0.5, 1.5));
        const there = area(positiveSide({ weights: [-u, -v], bias: -bias }, -0.5, 1.5));
        expect(here).toBeGreaterThanOrEqual(-1e-9);
        expect(here + there).toBeCloseTo(4, 9);
      }),
    );
  });
});
