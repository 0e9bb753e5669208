/** What a trained network answers everywhere in the plane: shaded probability, and the curve where it is 0.5. */
import { contours } from "d3-contour";
import type { Area } from "./chart.ts";
import type { PlaneText } from "./chart-text.ts";
import { lineMark } from "./gate-plot.ts";
import type { LegendItem } from "./legend.ts";
import { type GatePoint, PLANE_MAX, PLANE_MIN, plane } from "./plane.ts";
import { element } from "./svg.ts";
import { type Colour, fill, stroke } from "./theme.ts";

/** What `regionPlot` draws, and its words. */
export interface RegionPlotOptions extends Partial<PlaneText> {
  readonly points: readonly GatePoint[];
  /** Samples along each axis, from -0.5 to 1.5 inclusive. */
  readonly resolution: number;
  /** probability[row * resolution + column] at x = axis[column], y = axis[row]. */
  readonly probability: ArrayLike<number>;
  /** Said of the curve where the probability is 0.5. */
  readonly boundaryText?: string;
  /** Said of the shades. */
  readonly shadeText?: string;
}

/**
 * The positions of the samples: from -0.5 to 1.5 in equal steps, both ends included.
 *
 * @example
 * import { planeAxis } from "xorch/plot";
 *
 * planeAxis(5); // [-0.5, 0, 0.5, 1, 1.5]
 */
export function planeAxis(resolution: number): number[] {
  return Array.from(
    { length: resolution },
    (_, i) => PLANE_MIN + (i * (PLANE_MAX - PLANE_MIN)) / (resolution - 1),
  );
}

/** Each band lies on top of the one before it, so that shades add up towards certainty. */
const BANDS = [0.5, 0.6, 0.7, 0.8, 0.9];
const BAND_OPACITY = 0.11;

/** Paths around all places where a field is at least the threshold; samples lie at the cells' centres in d3. */
function contourPath(values: number[], resolution: number, threshold: number, area: Area): string {
  const step = (PLANE_MAX - PLANE_MIN) / (resolution - 1);
  const place = ([column, row]: number[]): string => {
    const x = area.x(PLANE_MIN + (column! - 0.5) * step);
    const y = area.y(PLANE_MIN + (row! - 0.5) * step);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  };
  const shape = contours().size([resolution, resolution]).contour(values, threshold);
  return shape.coordinates.flatMap((rings) => rings.map((ring) => `M${ring.map(place).join("L")}Z`)).join("");
}

function shade(values: number[], resolution: number, colour: Colour, area: Area): string {
  return BANDS.map((threshold) =>
    element("path", {
      d: contourPath(values, resolution, threshold, area),
      class: `xp-band ${fill(colour)}`,
      "fill-opacity": BAND_OPACITY,
    }),
  ).join("");
}

const shadeMark = [0.15, 0.3, 0.5]
  .flatMap((opacity, i) => [
    element("rect", {
      x: 4 * i,
      y: -7,
      width: 4,
      height: 14,
      class: fill("one"),
      "fill-opacity": opacity,
    }),
    element("rect", {
      x: -4 * (i + 1),
      y: -7,
      width: 4,
      height: 14,
      class: fill("zero"),
      "fill-opacity": opacity,
    }),
  ])
  .join("");

const words = { boundaryText: "prediction 0.5", shadeText: "surer of 0, surer of 1" };

/**
 * What a network answers for every point of the plane of two inputs, and the curve where its answer is 0.5, as an SVG.
 *
 * @example
 * import { planeAxis, regionPlot } from "xorch/plot";
 *
 * const axis = planeAxis(41);
 * const grid = torch.tensor(axis.flatMap((y) => axis.map((x) => [x, y])));
 * const probability = torch.noGrad(() => model.forward(grid)).toTypedArray() as Float32Array;
 * regionPlot({ points: [], resolution: 41, probability }).slice(0, 4); // "<svg"
 */
export function regionPlot(options: RegionPlotOptions): string {
  const { resolution, points, boundaryText, shadeText } = { ...words, ...options };
  // A diverged network answers NaN: it is undecided there, and contours need numbers.
  const toOne = Array.from(options.probability, (p) => (Number.isNaN(p) ? 0.5 : p));
  const toZero = toOne.map((p) => 1 - p);
  const background = (area: Area): string =>
    shade(toZero, resolution, "zero", area) +
    shade(toOne, resolution, "one", area) +
    element("path", {
      d: contourPath(toOne, resolution, 0.5, area),
      fill: "none",
      class: `xp-boundary ${stroke("ink")}`,
      "stroke-width": 2.5,
      "stroke-linejoin": "round",
    });
  const key: LegendItem[] = [
    { mark: lineMark, text: boundaryText },
    { mark: shadeMark, text: shadeText },
  ];
  return plane(options, points, background, key);
}
