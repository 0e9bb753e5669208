/**
 * Why no line can do XOR: the two 1s and the two 0s lie on the two diagonals of a square, which cross. A line that
 * has both ends of a diagonal on one side has the whole diagonal there, the crossing point too; but the crossing
 * point cannot be on both sides. The plot also shows one attempt and rings the points it gets wrong.
 */
import type { Area } from "./chart.ts";
import type { PlaneText } from "./chart-text.ts";
import { drawHalfPlane, lineMark, lineWords, sideMark } from "./gate-plot.ts";
import type { Line } from "./half-plane.ts";
import type { LegendItem } from "./legend.ts";
import { type GatePoint, plane } from "./plane.ts";
import { element } from "./svg.ts";
import { fill, stroke } from "./theme.ts";

/** What `xorLinePlot` draws, and its words. */
export interface XorLinePlotOptions extends Partial<PlaneText> {
  readonly points: readonly GatePoint[];
  /** The line that is tried. */
  readonly line: Line;
  readonly lineText?: string;
  readonly sideText?: string;
  readonly wrongText?: string;
  readonly diagonalsText?: string;
}

/** Whether the neuron with this line answers differently from the point's label. */
export function isWrong(line: Line, point: GatePoint): boolean {
  const sum = line.weights[0] * point.x + line.weights[1] * point.y + line.bias;
  return sum > 0 !== (point.label === 1);
}

const ring = (x: number, y: number, radius: number): string =>
  element("circle", {
    cx: x,
    cy: y,
    r: radius,
    fill: "none",
    class: `xp-wrong ${stroke("alert")}`,
    "stroke-width": 2.5,
    "stroke-dasharray": "5 3",
  });

function diagonal(points: readonly GatePoint[], label: 0 | 1, area: Area): string {
  const ends = points.filter((point) => point.label === label);
  return element("line", {
    x1: area.x(ends[0]!.x),
    y1: area.y(ends[0]!.y),
    x2: area.x(ends[1]!.x),
    y2: area.y(ends[1]!.y),
    class: `xp-diagonal ${stroke(label === 0 ? "zero" : "one")}`,
    "stroke-width": 2,
    "stroke-dasharray": "2 5",
    "stroke-linecap": "round",
  });
}

const diagonalsMark =
  element("line", { x1: -9, y1: 7, x2: 9, y2: -7, class: stroke("zero"), "stroke-width": 2 }) +
  element("line", { x1: -9, y1: -7, x2: 9, y2: 7, class: stroke("one"), "stroke-width": 2 }) +
  element("circle", { r: 3, class: fill("ink") });

const words = { ...lineWords, wrongText: "wrong", diagonalsText: "equal outputs, joined" };

/**
 * The points of XOR, a line that is tried with the points that it gets wrong, and the diagonals that no line can separate, as
 * an SVG.
 *
 * @example
 * import { xorLinePlot } from "xorch/plot";
 *
 * const points = [0, 1].flatMap((x) => [0, 1].map((y) => ({ x, y, label: x ^ y } as { x: number; y: number; label: 0 | 1 })));
 * xorLinePlot({ points, line: { weights: [0.6, 0.6], bias: -0.5 } }).slice(0, 4); // "<svg"
 */
export function xorLinePlot(options: XorLinePlotOptions): string {
  const { points, line, lineText, sideText, wrongText, diagonalsText } = { ...words, ...options };
  const wrong = points.filter((point) => isWrong(line, point));
  const background = (area: Area): string =>
    drawHalfPlane(line, area) +
    diagonal(points, 0, area) +
    diagonal(points, 1, area) +
    element("circle", { cx: area.x(0.5), cy: area.y(0.5), r: 5, class: `xp-crossing ${fill("ink")}` }) +
    wrong.map((point) => ring(area.x(point.x), area.y(point.y), 21)).join("");
  const key: LegendItem[] = [
    { mark: lineMark, text: lineText },
    { mark: sideMark, text: sideText },
    { mark: ring(0, 0, 8), text: wrongText },
    { mark: diagonalsMark, text: diagonalsText },
  ];
  return plane(options, points, background, key);
}
