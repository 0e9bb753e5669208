/**
 * Why no line can do XOR: the two 1s and the two 0s lie on the two diagonals of a square, which cross. A line that
 * has both ends of a diagonal on one side has the whole diagonal there, the crossing point too; but the crossing
 * point cannot be on both sides. The plot also shows one attempt and rings the points it gets wrong.
 */
import type { Area } from "./chart.ts";
import { drawHalfPlane, lineMark, sideMark } from "./gate-plot.ts";
import type { Line } from "./half-plane.ts";
import type { LegendItem } from "./legend.ts";
import { type GatePoint, type PlaneText, plane } from "./plane.ts";
import { element } from "./svg.ts";
import { fill, stroke } from "./theme.ts";

export interface XorLinePlotOptions extends PlaneText {
  readonly points: readonly GatePoint[];
  /** The line that is tried. */
  readonly line: Line;
  readonly lineText: string;
  readonly sideText: string;
  readonly wrongText: string;
  readonly diagonalsText: string;
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

export function xorLinePlot(options: XorLinePlotOptions): string {
  const { points, line } = options;
  const wrong = points.filter((point) => isWrong(line, point));
  const background = (area: Area): string =>
    drawHalfPlane(line, area) +
    diagonal(points, 0, area) +
    diagonal(points, 1, area) +
    element("circle", { cx: area.x(0.5), cy: area.y(0.5), r: 5, class: `xp-crossing ${fill("ink")}` }) +
    wrong.map((point) => ring(area.x(point.x), area.y(point.y), 21)).join("");
  const key: LegendItem[] = [
    { mark: lineMark, text: options.lineText },
    { mark: sideMark, text: options.sideText },
    { mark: ring(0, 0, 8), text: options.wrongText },
    { mark: diagonalsMark, text: options.diagonalsText },
  ];
  return plane(options, points, background, key);
}
