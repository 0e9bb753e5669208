/** The frame that every plot shares: title, note, axes with ticks and labels, clipped drawing area, legend. */
import type { ChartText } from "./chart-text.ts";
import { type LegendItem, legend } from "./legend.ts";
import { element, escapeText, textElement } from "./svg.ts";
import { textWidth, wrapText } from "./text.ts";
import { fill, fontSize, stroke, styleSheet } from "./theme.ts";

/** What is used of a scale of d3. */
export interface Scale {
  (value: number): number;
  copy(): { range(range: readonly [number, number]): Scale };
}

export interface Axis {
  /** With its domain set; the chart sets the range. */
  readonly scale: Scale;
  readonly ticks: readonly number[];
  /** How a tick's value is written; an empty text leaves the grid line unlabelled. */
  readonly format: (value: number) => string;
  readonly label: string;
}

export interface ChartOptions extends ChartText {
  /** Size of the drawing area in pixels; the rest is laid out around it. */
  readonly plotWidth: number;
  readonly plotHeight: number;
  readonly marginLeft: number;
  readonly marginRight: number;
  readonly x: Axis;
  readonly y: Axis;
  readonly legend: readonly LegendItem[];
}

export interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly x: Scale;
  readonly y: Scale;
}

const PADDING = 16;
const LINE = 17;

function header(options: ChartOptions, width: number): { svg: string; bottom: number } {
  const inner = width - 2 * PADDING;
  const parts: string[] = [];
  let y = PADDING + 14;
  // Semibold letters run about a tenth wider than the estimate for regular ones.
  const titleFits = (line: string) => textWidth(line, fontSize.title * 1.1) <= inner;
  const noteFits = (line: string) => textWidth(line, fontSize.text) <= inner;
  for (const line of wrapText(options.title, titleFits)) {
    parts.push(textElement(line, { x: PADDING, y, class: `xp-title ${fill("ink")}` }));
    y += 20;
  }
  for (const line of options.note ? wrapText(options.note, noteFits) : []) {
    parts.push(textElement(line, { x: PADDING, y, class: `xp-text ${fill("muted")}` }));
    y += LINE;
  }
  return { svg: parts.join(""), bottom: y };
}

function xAxis(axis: Axis, area: Area): string {
  const parts: string[] = [];
  for (const tick of axis.ticks) {
    const x = area.x(tick);
    const label = axis.format(tick);
    parts.push(element("line", { x1: x, x2: x, y1: area.top, y2: area.bottom, class: stroke("grid") }));
    if (label === "") continue;
    parts.push(
      textElement(label, {
        x,
        y: area.bottom + 18,
        "text-anchor": "middle",
        class: `xp-small ${fill("muted")}`,
      }),
    );
  }
  parts.push(
    textElement(axis.label, {
      x: (area.left + area.right) / 2,
      y: area.bottom + 38,
      "text-anchor": "middle",
      class: `xp-text ${fill("ink")}`,
    }),
  );
  return element("g", { class: "xp-axis-x" }, ...parts);
}

function yAxis(axis: Axis, area: Area): string {
  const parts: string[] = [];
  for (const tick of axis.ticks) {
    const y = area.y(tick);
    const label = axis.format(tick);
    parts.push(element("line", { x1: area.left, x2: area.right, y1: y, y2: y, class: stroke("grid") }));
    if (label === "") continue;
    parts.push(
      textElement(label, {
        x: area.left - 8,
        y: y + 4,
        "text-anchor": "end",
        class: `xp-small ${fill("muted")}`,
      }),
    );
  }
  const middle = (area.top + area.bottom) / 2;
  parts.push(
    textElement(axis.label, {
      transform: `translate(${PADDING + 6},${middle}) rotate(-90)`,
      "text-anchor": "middle",
      class: `xp-text ${fill("ink")}`,
    }),
  );
  return element("g", { class: "xp-axis-y" }, ...parts);
}

/** A standalone SVG document. `draw` returns what lies in the drawing area; it is clipped to it. */
export function chart(options: ChartOptions, draw: (area: Area) => string): string {
  const { id, plotWidth, plotHeight, marginLeft, marginRight } = options;
  const width = marginLeft + plotWidth + marginRight;
  const head = header(options, width);
  const top = head.bottom + 4;
  const left = marginLeft;
  const right = left + plotWidth;
  const bottom = top + plotHeight;
  const area: Area = {
    left,
    right,
    top,
    bottom,
    x: options.x.scale.copy().range([left, right]),
    y: options.y.scale.copy().range([bottom, top]),
  };
  const key = legend(options.legend, PADDING, bottom + 50, width - 2 * PADDING);
  const height = bottom + 50 + key.height + PADDING;
  const box = { x: left, y: top, width: plotWidth, height: plotHeight };
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      class: "xp",
      role: "img",
      "aria-labelledby": `${id}-title ${id}-desc`,
    },
    element("title", { id: `${id}-title` }, escapeText(options.title)),
    element("desc", { id: `${id}-desc` }, escapeText(options.description)),
    element("style", {}, styleSheet),
    element("clipPath", { id: `${id}-clip` }, element("rect", box)),
    element("rect", { width, height, rx: 8, class: fill("paper") }),
    head.svg,
    xAxis(options.x, area),
    yAxis(options.y, area),
    element("g", { "clip-path": `url(#${id}-clip)` }, draw(area)),
    element("rect", { ...box, fill: "none", class: stroke("muted"), "stroke-opacity": 0.6 }),
    key.svg,
  );
}
