import { describe, expect, it } from "vitest";
import { type GatePoint, gatePlot, planeAxis, regionPlot, xorLinePlot } from "../../src/plot/index.ts";
import { isWrong } from "../../src/plot/xor-line-plot.ts";
import {
  drawingArea,
  expectAccessible,
  expectWellFormed,
  pathPoints,
  planeValue,
  withClass,
} from "./read.ts";

const points = (labels: readonly (0 | 1)[]): GatePoint[] =>
  labels.map((label, i) => ({ x: i >> 1, y: i & 1, label }));

const text = {
  id: "test",
  title: "A gate & its line",
  description: "Four points",
  note: "A note",
  xLabel: "x1",
  yLabel: "x2",
  zero: "zero",
  one: "one",
};

const and = () =>
  gatePlot({
    ...text,
    points: points([0, 0, 0, 1]),
    line: { weights: [0.5, 0.5], bias: -0.7 },
    lineText: "line",
    sideText: "side",
  });

const xor = points([0, 1, 1, 0]);

describe("gatePlot", () => {
  it("is well-formed and accessible", () => {
    expectWellFormed(and());
    expectAccessible(and(), "test", "A gate &amp; its line");
  });

  it("puts the four points where their inputs are, each with its output", () => {
    const svg = and();
    const drawn = withClass(svg, "xp-point");
    expect(drawn.map((point) => point["data-label"])).toEqual(["0", "0", "0", "1"]);
    for (const point of drawn) {
      const [px, py] = /translate\(([\d.]+),([\d.]+)\)/.exec(point.transform!)!.slice(1).map(Number);
      const [x, y] = planeValue(svg, px!, py!);
      expect(x).toBeCloseTo(Number(point["data-x"]), 2);
      expect(y).toBeCloseTo(Number(point["data-y"]), 2);
    }
  });

  it("draws the line where the weighted sum is 0 and shades where it is positive", () => {
    const svg = and();
    const [line] = withClass(svg, "xp-decision");
    for (const end of ["1", "2"]) {
      const [x, y] = planeValue(svg, Number(line![`x${end}`]), Number(line![`y${end}`]));
      expect(0.5 * x + 0.5 * y - 0.7).toBeCloseTo(0, 3);
    }
    for (const [px, py] of pathPoints(withClass(svg, "xp-side")[0]!.points!)) {
      const [x, y] = planeValue(svg, px, py);
      expect(0.5 * x + 0.5 * y - 0.7).toBeGreaterThan(-1e-3);
    }
  });

  it("draws neither line nor side for a neuron whose weights are 0", () => {
    const line = { weights: [0, 0], bias: 0 } as const;
    const svg = gatePlot({ ...text, points: xor, line, lineText: "", sideText: "" });
    expectWellFormed(svg);
    expect(withClass(svg, "xp-decision")).toHaveLength(0);
    expect(withClass(svg, "xp-side")).toHaveLength(0);
  });

  it("keeps every legend row inside the picture", () => {
    const svg = and();
    const height = Number(/viewBox="0 0 [\d.]+ ([\d.]+)"/.exec(svg)![1]);
    const key = svg.slice(svg.indexOf("xp-legend"));
    const rows = [...key.matchAll(/<text x="([\d.]+)" y="([\d.]+)"/g)].map((match) => Number(match[2]));
    expect(Math.max(...rows)).toBeLessThan(height - 8);
    expect(Math.min(...rows)).toBeGreaterThan(drawingArea(svg).bottom + 40);
  });
});

describe("xorLinePlot", () => {
  const line = { weights: [0.6, 0.6], bias: -0.5 } as const;
  const svg = xorLinePlot({
    ...text,
    points: xor,
    line,
    lineText: "line",
    sideText: "side",
    wrongText: "wrong",
    diagonalsText: "cross",
  });

  it("rings exactly the points that the line gets wrong", () => {
    const wrong = xor.filter((point) => isWrong(line, point));
    expect(wrong).toEqual([{ x: 1, y: 1, label: 0 }]);
    // The legend shows one ring more.
    const rings = withClass(svg, "xp-wrong");
    expect(rings).toHaveLength(wrong.length + 1);
    const [x, y] = planeValue(svg, Number(rings[0]!.cx), Number(rings[0]!.cy));
    expect([x, y].map(Math.round)).toEqual([1, 1]);
  });

  it("joins equal outputs by diagonals that cross in the middle", () => {
    expectWellFormed(svg);
    const middles = withClass(svg, "xp-diagonal").map((d) => [
      (Number(d.x1) + Number(d.x2)) / 2,
      (Number(d.y1) + Number(d.y2)) / 2,
    ]);
    const [crossing] = withClass(svg, "xp-crossing");
    expect(middles).toHaveLength(2);
    for (const [x, y] of middles) {
      expect(x).toBeCloseTo(Number(crossing!.cx), 2);
      expect(y).toBeCloseTo(Number(crossing!.cy), 2);
    }
  });
});

describe("regionPlot", () => {
  const resolution = 81;
  const axis = planeAxis(resolution);
  const draw = (probability: (x: number, y: number) => number) =>
    regionPlot({
      ...text,
      points: xor,
      resolution,
      probability: axis.flatMap((y) => axis.map((x) => probability(x, y))),
      boundaryText: "0.5",
      shadeText: "shades",
    });

  it("samples the plane from edge to edge", () => {
    expect(axis[0]).toBe(-0.5);
    expect(axis.at(-1)).toBe(1.5);
    expect(axis[40]).toBe(0.5);
  });

  it("draws the boundary where the probability is 0.5", () => {
    // A circle of radius 0.6 around (0.6, 0.4): not symmetric, so that swapped or flipped axes show.
    const svg = draw((x, y) => 1 / (1 + Math.exp(10 * ((x - 0.6) ** 2 + (y - 0.4) ** 2 - 0.36))));
    expectWellFormed(svg);
    const [boundary] = withClass(svg, "xp-boundary");
    const ring = pathPoints(boundary!.d!);
    expect(ring.length).toBeGreaterThan(50);
    for (const [px, py] of ring) {
      const [x, y] = planeValue(svg, px, py);
      expect(Math.hypot(x - 0.6, y - 0.4)).toBeCloseTo(0.6, 2);
    }
  });

  it("shades certainty on both sides and nothing beyond it where the network is undecided", () => {
    const sure = withClass(
      draw((x) => (x > 0.5 ? 1 : 0)),
      "xp-band",
    );
    expect(sure.filter((band) => band.d !== "")).toHaveLength(10);
    const flat = withClass(
      draw(() => 0.55),
      "xp-band",
    );
    expect(flat.filter((band) => band.d !== "")).toHaveLength(1);
  });

  it("survives a diverged network", () => {
    expectWellFormed(draw(() => Number.NaN));
  });
});
