/** How a training step's cost grows with the width of the layers and with the batch: two plots, both axes logarithmic. */
import { scaleLog } from "d3-scale";
import { line } from "d3-shape";
import { type Area, type Axis, chart } from "../src/plot/chart.ts";
import { element } from "../src/plot/svg.ts";
import { type Colour, fill, stroke } from "../src/plot/theme.ts";
import { pytorch } from "./contestants.ts";
import { best, formatTime, type Row } from "./report.ts";
import { growth } from "./workloads.ts";

interface Curve {
  name: string;
  members: readonly string[];
  colour: Colour;
  dash?: string;
}

const curves: readonly Curve[] = [
  { name: "PyTorch, its best", members: pytorch, colour: "one", dash: "9 3" },
  { name: "Xorch eager", members: ["eager"], colour: "third", dash: "2 3" },
  { name: "compiled, no BLAS", members: ["compiled", "compiled-threads"], colour: "alert", dash: "6 3 2 3" },
  { name: "compiled, BLAS", members: ["compiled-blas"], colour: "zero" },
];

type Point = readonly [x: number, nanoseconds: number];

const strokeOf = ({ colour, dash }: Curve) => ({
  fill: "none",
  class: `xp-curve ${stroke(colour)}`,
  "stroke-width": 2.25,
  "stroke-dasharray": dash,
  "stroke-linejoin": "round",
});

function draw(area: Area, curve: Curve, points: readonly Point[]): string {
  const path = line<Point>()
    .x(([x]) => area.x(x))
    .y(([, time]) => area.y(time))
    .digits(2);
  const dots = points.map(([x, time]) =>
    element("circle", { cx: area.x(x), cy: area.y(time), r: 3, class: fill(curve.colour) }),
  );
  return element("path", { d: path(points) ?? "", ...strokeOf(curve) }) + dots.join("");
}

/** From a power of ten to a power of ten. */
function timeAxis(times: readonly number[]): Axis {
  const first = Math.floor(Math.log10(Math.min(...times)));
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...times))));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
  const format = (value: number) => formatTime(value).replace(/\.0+ /, " ");
  return {
    scale: scaleLog().domain([ticks[0]!, ticks.at(-1)!]),
    ticks,
    format,
    label: "a training step",
  };
}

function growthPlot(
  id: string,
  title: string,
  label: string,
  ticks: readonly number[],
  rowOf: (x: number) => Row | undefined,
): string {
  const drawn = curves
    .map((curve) => {
      const points = ticks.flatMap((x): Point[] => {
        const row = rowOf(x);
        const quickest = row && best(row, curve.members);
        return quickest ? [[x, quickest.time]] : [];
      });
      return { curve, points };
    })
    .filter(({ points }) => points.length > 0);
  const times = drawn.flatMap(({ points }) => points.map(([, time]) => time));
  const ends = (points: readonly Point[]) =>
    `${formatTime(points[0]![1])} to ${formatTime(points.at(-1)![1])}`;
  return chart(
    {
      id,
      title,
      description: drawn.map(({ curve, points }) => `${curve.name}: ${ends(points)}`).join("; "),
      plotWidth: 520,
      plotHeight: 320,
      marginLeft: 90,
      marginRight: 28,
      x: { scale: scaleLog().domain([ticks[0]!, ticks.at(-1)!]), ticks, format: String, label },
      y: timeAxis(times),
      legend: drawn.map(({ curve }) => ({
        mark: element("path", { d: "M-12,0H12", ...strokeOf(curve) }),
        text: curve.name,
      })),
    },
    (area) => drawn.map(({ curve, points }) => draw(area, curve, points)).join(""),
  );
}

/** The plots as SVG, by name; null where a run has not measured what they show. */
export function growthPlots(rows: readonly Row[]): { width: string; batch: string } | null {
  const measured = rows.filter(({ workload }) => workload.group === "growth");
  const find = (width: number, batch: number) =>
    measured.find(
      ({ workload }) =>
        workload.kind === "mlp" && workload.settings.sizes[0] === width && workload.settings.batch === batch,
    );
  const { width, batch } = growth;
  const someTime = measured.some((row) => curves.some(({ members }) => best(row, members)));
  if (!someTime) return null;
  return {
    width: growthPlot(
      "growth-width",
      `Cost of a training step by width (three layers, batch ${width.batch})`,
      "width of the layers",
      width.values,
      (value) => find(value, width.batch),
    ),
    batch: growthPlot(
      "growth-batch",
      `Cost of a training step by batch (three layers, ${batch.width} wide)`,
      "samples in a batch",
      batch.values,
      (value) => find(batch.width, value),
    ),
  };
}
