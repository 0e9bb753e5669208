/** The words of plots. */

/** What every plot takes: its place in a page and its words. */
export interface ChartText {
  /** Unique in the page: ids of the title, the description and the clip path are made from it. */
  readonly id: string;
  readonly title: string;
  /** For those who cannot see the picture. */
  readonly description: string;
  /** A sentence or two under the title. */
  readonly note?: string;
}

/** The words beside the marks of a plot of the plane of two inputs. */
export interface PlaneText extends ChartText {
  readonly xLabel: string;
  readonly yLabel: string;
  readonly zero: string;
  readonly one: string;
}

/** Those of plots of the plane, where nothing else is said. */
export const planeText: PlaneText = {
  id: "plane",
  title: "The plane of two inputs",
  description: "The plane of two inputs",
  xLabel: "input x₁",
  yLabel: "input x₂",
  zero: "output 0",
  one: "output 1",
};
