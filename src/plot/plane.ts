/** The plane of two inputs in which the gates live: [-0.5, 1.5] squared, with the four points marked. */
import { scaleLinear } from "d3-scale";
import { symbol, symbolCircle, symbolSquare } from "d3-shape";
import { type Area, chart } from "./chart.ts";
import { type PlaneText, planeText } from "./chart-text.ts";
import type { LegendItem } from "./legend.ts";
import { element, textElement } from "./svg.ts";
import { fill, stroke } from "./theme.ts";

export const PLANE_MIN = -0.5;
export const PLANE_MAX = 1.5;

/** A point of a gate and the output that is right for it. */
export interface GatePoint {
  readonly x: number;
  readonly y: number;
  readonly label: 0 | 1;
}

/** Area of the symbols in square pixels, as d3-shape counts; the legend's are smaller. */
const POINT_AREA = 420;
const LEGEND_AREA = 190;

/** Class 0 is a hollow circle, class 1 a filled square, each with its digit: no colour is needed to tell them. */
function pointMark(label: 0 | 1, size: number): string {
  const shape = symbol(label === 0 ? symbolCircle : symbolSquare, size)()!;
  const colour = label === 0 ? "zero" : "one";
  return (
    element("path", {
      d: shape,
      class: `${label === 0 ? fill("paper") : fill(colour)} ${stroke(colour)}`,
      "stroke-width": 2.5,
    }) +
    textElement(String(label), {
      y: size * 0.005 + 2.4,
      "text-anchor": "middle",
      "font-weight": 700,
      class: `xp-small ${label === 0 ? fill("zero") : fill("paper")}`,
    })
  );
}

function drawPoint(point: GatePoint, area: Area): string {
  return element(
    "g",
    {
      class: "xp-point",
      transform: `translate(${area.x(point.x)},${area.y(point.y)})`,
      "data-x": point.x,
      "data-y": point.y,
      "data-label": point.label,
    },
    pointMark(point.label, POINT_AREA),
  );
}

/** Draws the plane, what `background` puts into it, and the points on top. */
export function plane(
  words: Partial<PlaneText>,
  points: readonly GatePoint[],
  background: (area: Area) => string,
  legend: readonly LegendItem[],
): string {
  const text = { ...planeText, ...words };
  const axis = (label: string) => ({
    scale: scaleLinear().domain([PLANE_MIN, PLANE_MAX]),
    ticks: [-0.5, 0, 0.5, 1, 1.5],
    format: (value: number) => String(value).replace("-", "−"),
    label,
  });
  return chart(
    {
      ...text,
      plotWidth: 320,
      plotHeight: 320,
      marginLeft: 64,
      marginRight: 28,
      x: axis(text.xLabel),
      y: axis(text.yLabel),
      legend: [
        { mark: pointMark(0, LEGEND_AREA), text: text.zero },
        { mark: pointMark(1, LEGEND_AREA), text: text.one },
        ...legend,
      ],
    },
    (area) => background(area) + points.map((point) => drawPoint(point, area)).join(""),
  );
}
