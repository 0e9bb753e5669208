/** Cost over steps: one curve a run, a level line where guessing stands, a logarithmic axis where decades differ. */
import { scaleLinear, scaleLog } from "d3-scale";
import { line } from "d3-shape";
import { type Area, type Axis, chart } from "./chart.ts";
import type { ChartText } from "./chart-text.ts";
import { element, textElement } from "./svg.ts";
import { textWidth } from "./text.ts";
import { type Colour, fill, fontSize, stroke } from "./theme.ts";

/** One curve. */
export interface CostSeries {
  readonly name: string;
  /** [step, cost], in order of steps. Costs that are not finite leave a gap. */
  readonly points: readonly (readonly [number, number])[];
}

/** What `costPlot` draws, and its words. */
export interface CostPlotOptions extends Partial<ChartText> {
  readonly xLabel?: string;
  readonly yLabel?: string;
  readonly series: readonly CostSeries[];
  /** A level to mark, such as ln 2, the cost of answering 0.5 to everything. */
  readonly level?: { readonly value: number; readonly text: string };
}

const looks: readonly { colour: Colour; dash: string | undefined }[] = [
  { colour: "zero", dash: undefined },
  { colour: "one", dash: "9 3" },
  { colour: "third", dash: "2 3" },
];

const isDrawn = (cost: number, logarithmic: boolean): boolean =>
  Number.isFinite(cost) && (!logarithmic || cost > 0);

const decimal = (value: number): string => String(Number(value.toPrecision(6))).replace("-", "−");

function logAxis(low: number, high: number, label: string): Axis {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => Number(`1e${first + i}`));
  // Very many decades (a diverged run) get a label at every few only.
  const every = Math.ceil(ticks.length / 9);
  const format = (value: number): string => {
    const power = Math.round(Math.log10(value));
    if ((power - first) % every !== 0) return "";
    return Math.abs(power) > 5 ? value.toExponential(0).replace("e-", "e−") : decimal(value);
  };
  return { scale: scaleLog().domain([ticks[0]!, ticks.at(-1)!]), ticks, format, label };
}

function linearAxis(low: number, high: number, label: string, ticks: number): Axis {
  const room = high > low ? 0 : Math.max(Math.abs(high), 1) * 0.05;
  const scale = scaleLinear()
    .domain([low - room, high + room])
    .nice(ticks);
  return { scale, ticks: scale.ticks(ticks), format: decimal, label };
}

/** Height of the ground behind the level's words. */
const LEVEL_BOX = 17;

function drawLevel(level: { value: number; text: string }, area: Area): string {
  const y = area.y(level.value);
  const width = textWidth(level.text, fontSize.small) + 10;
  // The words stand above the line, or below it where the frame leaves no room.
  const box = y - LEVEL_BOX - 4 > area.top ? y - LEVEL_BOX - 4 : y + 5;
  return (
    element("line", {
      x1: area.left,
      x2: area.right,
      y1: y,
      y2: y,
      class: `xp-level ${stroke("muted")}`,
      "stroke-width": 1.5,
      "stroke-dasharray": "1 4",
      "stroke-linecap": "round",
    }) +
    element("rect", {
      x: area.right - width - 4,
      y: box,
      width,
      height: LEVEL_BOX,
      class: fill("paper"),
      "fill-opacity": 0.85,
    }) +
    textElement(level.text, {
      x: area.right - 9,
      y: box + 12.5,
      "text-anchor": "end",
      class: `xp-small ${fill("muted")}`,
    })
  );
}

const words = { id: "cost", title: "Cost", description: "Cost over steps", xLabel: "step", yLabel: "cost" };

/**
 * Curves of costs over steps, as an SVG; the axis is logarithmic where the costs span more than a decade.
 *
 * @example
 * import { costPlot } from "xorch/plot";
 *
 * const points = [1, 2, 3].map((step): [number, number] => [step, 1 / step]);
 * costPlot({ title: "Cost of my network", series: [{ name: "SGD", points }] }).slice(0, 4); // "<svg"
 */
export function costPlot(options: CostPlotOptions): string {
  const text = { ...words, ...options };
  const { series, level } = text;
  const all = series.flatMap((one) => one.points);
  const steps = all.map(([step]) => step);
  const costs = all.map(([, cost]) => cost);
  if (level) costs.push(level.value);
  const positive = costs.filter((cost) => isDrawn(cost, true));
  const logarithmic = positive.length > 0 && Math.max(...positive) / Math.min(...positive) >= 10;
  const drawn = costs.filter((cost) => isDrawn(cost, logarithmic));
  // Nothing finite to draw: an empty frame from 0 to 1.
  const [low, high] = drawn.length > 0 ? [Math.min(...drawn), Math.max(...drawn)] : [0, 1];
  const y = logarithmic ? logAxis(low, high, text.yLabel) : linearAxis(low, high, text.yLabel, 6);
  const x = linearAxis(0, Math.max(1, ...steps), text.xLabel, 6);
  const curve = (area: Area) =>
    line<readonly [number, number]>()
      .defined(([, cost]) => isDrawn(cost, logarithmic))
      .x(([step]) => area.x(step))
      .y(([, cost]) => area.y(cost))
      .digits(2);
  const look = (i: number) => looks[i % looks.length]!;
  const strokeOf = (i: number) => ({
    fill: "none",
    class: `xp-curve ${stroke(look(i).colour)}`,
    "stroke-width": 2.25,
    "stroke-dasharray": look(i).dash,
    "stroke-linejoin": "round",
  });
  return chart(
    {
      ...text,
      plotWidth: 520,
      plotHeight: 300,
      marginLeft: 84,
      marginRight: 28,
      x,
      y,
      legend: series.map((one, i) => ({
        mark: element("path", { d: "M-12,0H12", ...strokeOf(i) }),
        text: one.name,
      })),
    },
    (area) =>
      (level ? drawLevel(level, area) : "") +
      series.map((one, i) => element("path", { d: curve(area)(one.points) ?? "", ...strokeOf(i) })).join(""),
  );
}
