/** A gate's four points with the line of one neuron, and the side on which the neuron answers 1. */
import type { Area } from "./chart.ts";
import type { PlaneText } from "./chart-text.ts";
import { type Line, type Point, positiveSide, segmentInside } from "./half-plane.ts";
import type { LegendItem } from "./legend.ts";
import { type GatePoint, PLANE_MAX, PLANE_MIN, plane } from "./plane.ts";
import { element } from "./svg.ts";
import { fill, stroke } from "./theme.ts";

/** What `gatePlot` draws, and its words. */
export interface GatePlotOptions extends Partial<PlaneText> {
  readonly points: readonly GatePoint[];
  readonly line: Line;
  /** Said of the line, such as its equation. */
  readonly lineText?: string;
  /** Said of the shaded side. */
  readonly sideText?: string;
}

const polygonPath = (area: Area, points: readonly Point[]): string =>
  points.map(([x, y]) => `${area.x(x).toFixed(2)},${area.y(y).toFixed(2)}`).join(" ");

/** The side where the weighted sum is positive, and the line between; the line is left out when there is none. */
export function drawHalfPlane(line: Line, area: Area): string {
  const side = positiveSide(line, PLANE_MIN, PLANE_MAX);
  const segment = segmentInside(line, PLANE_MIN, PLANE_MAX);
  let svg = "";
  if (side.length > 0) {
    svg += element("polygon", {
      points: polygonPath(area, side),
      class: `xp-side ${fill("one")}`,
      "fill-opacity": 0.14,
    });
  }
  if (segment) {
    const [[x1, y1], [x2, y2]] = segment;
    svg += element("line", {
      x1: area.x(x1),
      y1: area.y(y1),
      x2: area.x(x2),
      y2: area.y(y2),
      class: `xp-decision ${stroke("ink")}`,
      "stroke-width": 2.5,
    });
  }
  return svg;
}

export const lineMark: string = element("line", {
  x1: -11,
  x2: 11,
  y1: 0,
  y2: 0,
  class: stroke("ink"),
  "stroke-width": 2.5,
});

export const sideMark: string = element("rect", {
  x: -10,
  y: -7,
  width: 20,
  height: 14,
  rx: 2,
  class: fill("one"),
  "fill-opacity": 0.25,
});

/** The words of a line and its side, where nothing else is said. */
export const lineWords = { lineText: "the line", sideText: "the neuron answers 1" };

/**
 * The four points of a gate, the line w.x + b = 0 of one neuron, and the side on which the neuron answers 1, as an SVG.
 *
 * @example
 * import { gatePlot } from "xorch/plot";
 *
 * const points = [0, 1].flatMap((x) => [0, 1].map((y) => ({ x, y, label: x & y } as { x: number; y: number; label: 0 | 1 })));
 * gatePlot({ title: "AND", points, line: { weights: [0.5, 0.5], bias: -0.7 } }).slice(0, 4); // "<svg"
 */
export function gatePlot(options: GatePlotOptions): string {
  const { lineText, sideText } = { ...lineWords, ...options };
  const key: LegendItem[] = [
    { mark: lineMark, text: lineText },
    { mark: sideMark, text: sideText },
  ];
  return plane(options, options.points, (area) => drawHalfPlane(options.line, area), key);
}
