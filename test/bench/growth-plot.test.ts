import { describe, expect, it } from "vitest";
import { growthPlots } from "../../bench/growth-plot.ts";
import { drawingArea, expectAccessible, expectWellFormed, pathPoints, withClass } from "../plot/read.ts";
import { fullRows, rowOf } from "./sample-run.ts";

/** Time proportional to the width squared and to the batch. */
const rows = fullRows((_, { kind, settings }) =>
  kind === "mlp" ? settings.sizes[0]! ** 2 * settings.batch : 1,
);

describe("growthPlots", () => {
  const { width, batch } = growthPlots(rows)!;

  it("are well-formed and accessible", () => {
    for (const svg of [width, batch]) expectWellFormed(svg);
    expectAccessible(width, "growth-width", "Cost of a training step by width (three layers, batch 64)");
    expectAccessible(batch, "growth-batch", "Cost of a training step by batch (three layers, 128 wide)");
  });

  it("have logarithmic axes: powers lie on straight lines of their slope", () => {
    const slope = (svg: string, decadesAcross: number) => {
      const { left, right, top, bottom } = drawingArea(svg);
      const points = pathPoints(withClass(svg, "xp-curve").find((curve) => curve.d!.includes("L"))!.d!);
      const [first, last] = [points[0]!, points.at(-1)!];
      expect(first[0]).toBeCloseTo(left, 1);
      expect(last[0]).toBeCloseTo(right, 1);
      for (const [x, y] of points) {
        const share = (x - first[0]) / (last[0] - first[0]);
        expect(y).toBeCloseTo(first[1] + share * (last[1] - first[1]), 0);
      }
      return ((first[1] - last[1]) / (bottom - top)) * decadesAcross;
    };
    // From 16^2 * 64 = 16 us to 1024^2 * 64 = 67 ms: drawn from 10 us to 100 ms.
    expect(slope(width, 4)).toBeCloseTo(2 * Math.log10(1024 / 16), 2);
    // From 128^2 = 16 us to 128^2 * 256 = 4.2 ms: drawn from 10 us to 10 ms.
    expect(slope(batch, 3)).toBeCloseTo(Math.log10(256), 2);
  });

  it("leave out who was not measured", () => {
    const some = growthPlots([rowOf("MLP 16-16-16-10, batch 64, SGD", { eager: 1000, pytorch: 2000 })])!;
    expect(some.width).toContain("Xorch eager");
    expect(some.width).not.toContain("BLAS");
    expectWellFormed(some.width);
    expectWellFormed(some.batch);
    expect(growthPlots([])).toBeNull();
  });
});
