import { describe, expect, it } from "vitest";
import { type CostSeries, costPlot } from "../../src/plot/index.ts";
import { drawingArea, expectAccessible, expectWellFormed, pathPoints, withClass } from "./read.ts";

const draw = (...series: CostSeries[]) =>
  costPlot({
    id: "cost",
    title: "Cost",
    description: "Cost over steps",
    xLabel: "step",
    yLabel: "cost",
    series,
    level: { value: Math.LN2, text: "ln 2" },
  });

const labels = (svg: string, axis: "x" | "y"): string[] => {
  const group = svg.slice(svg.indexOf(`xp-axis-${axis}`));
  return [...group.slice(0, group.indexOf("</g>")).matchAll(/>([^<]+)<\/text>/g)].map((match) => match[1]!);
};

describe("costPlot", () => {
  const falling: CostSeries = {
    name: "falling",
    points: Array.from({ length: 101 }, (_, i) => [i * 100, 10 ** (-i / 20)] as const),
  };

  it("is well-formed and accessible", () => {
    expectWellFormed(draw(falling));
    expectAccessible(draw(falling), "cost", "Cost");
  });

  it("uses a logarithmic axis where costs differ by decades: powers of ten fall on a straight line", () => {
    const svg = draw(falling);
    expect(labels(svg, "y")).toEqual(["0.00001", "0.0001", "0.001", "0.01", "0.1", "1", "cost"]);
    const { left, right, top, bottom, width, height } = drawingArea(svg);
    const curve = pathPoints(withClass(svg, "xp-curve")[0]!.d!);
    expect(curve).toHaveLength(101);
    expect(curve[0]).toEqual([left, top]);
    expect(curve.at(-1)).toEqual([right, bottom]);
    for (const [px, py] of curve) expect((px - left) / width).toBeCloseTo((py - top) / height, 2);
    const level = withClass(svg, "xp-level")[0]!;
    expect((Number(level.y1) - top) / height).toBeCloseTo(-Math.log10(Math.LN2) / 5, 3);
  });

  it("uses a linear axis where they do not", () => {
    const svg = draw({
      name: "one layer",
      points: [
        [0, 0.7274],
        [100, Math.LN2],
        [200, Math.LN2],
      ],
    });
    expectWellFormed(svg);
    const ticks = labels(svg, "y").slice(0, -1).map(Number);
    expect(ticks[0]).toBeLessThanOrEqual(Math.LN2);
    expect(ticks[1]! - ticks[0]!).toBeCloseTo(ticks[2]! - ticks[1]!, 9);
    const level = withClass(svg, "xp-level")[0]!;
    const curve = pathPoints(withClass(svg, "xp-curve")[0]!.d!);
    expect(curve[1]![1]).toBeCloseTo(Number(level.y1), 1);
  });

  it("tells curves apart without colour", () => {
    const svg = draw(falling, { ...falling, name: "second" }, { ...falling, name: "third" });
    const curves = withClass(svg, "xp-curve").slice(3);
    expect(new Set(curves.map((curve) => curve["stroke-dasharray"])).size).toBe(3);
    for (const name of ["falling", "second", "third"]) expect(svg).toContain(`>${name}</text>`);
  });

  it("leaves gaps for costs that are not finite and draws a frame when none is", () => {
    const points: CostSeries["points"] = [
      [0, 1],
      [1, 0.5],
      [2, Number.NaN],
      [3, 0.2],
      [4, Number.POSITIVE_INFINITY],
      [5, 0.1],
    ];
    const svg = draw({ name: "broken", points });
    expectWellFormed(svg);
    expect(withClass(svg, "xp-curve")[0]!.d!.match(/M/g)).toHaveLength(3);
    expectWellFormed(draw({ name: "gone", points: [[0, Number.NaN]] }));
    expectWellFormed(draw({ name: "one point", points: [[0, 0.5]] }));
    expectWellFormed(
      draw({
        name: "exact",
        points: [
          [0, 1],
          [1, 0],
        ],
      }),
    );
  });

  it("labels only some of very many decades", () => {
    const svg = draw({
      name: "wild",
      points: [
        [0, 1e-30],
        [1, 1e30],
      ],
    });
    expectWellFormed(svg);
    expect(labels(svg, "y").length).toBeLessThan(12);
  });
});
