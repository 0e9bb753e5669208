/** `xorch/plot`: pictures of costs and decision regions as SVG, and how far a loop has come. */
export type { ChartText, PlaneText } from "./chart-text.ts";
export { type CostPlotOptions, type CostSeries, costPlot } from "./cost-plot.ts";
export { type GatePlotOptions, gatePlot } from "./gate-plot.ts";
export type { Line } from "./half-plane.ts";
export type { GatePoint } from "./plane.ts";
export { type ProgressOptions, progress } from "./progress.ts";
export { ProgressBar, type ProgressOutput } from "./progress-bar.ts";
export { planeAxis, type RegionPlotOptions, regionPlot } from "./region-plot.ts";
export { type XorLinePlotOptions, xorLinePlot } from "./xor-line-plot.ts";
