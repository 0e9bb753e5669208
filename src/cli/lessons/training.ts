/** What the three trainings of XOR share: step lines, progress, predictions, cost tables and plots. */
import * as torch from "xorch";
import { costPlot, planeAxis, regionPlot } from "../../plot/index.ts";
import { formatRounded, type Table } from "../table.ts";
import { gatePoints, inputs, planeWords } from "./gate-words.ts";
import type { Figure, Stage } from "./lesson.ts";

/** The outputs of XOR, in the order of `inputs`. */
export const xorTargets = [0, 1, 1, 0] as const;

/** [step, cost], as a program printed them. */
export type Costs = [number, number][];

/** What the two programs return of their predictions. */
export interface Prediction {
  readonly hypothesis: torch.Tensor;
  readonly predicted: torch.Tensor;
  readonly accuracy: number;
}

/**
 * Runs a program with a `print` that keeps the costs, moves the progress bar and prints every so many steps. The
 * programs print each 100 steps.
 */
export function watch<Result>(
  stage: Stage,
  label: string,
  steps: number,
  every: number,
  program: (print: (step: number, cost: number) => void) => Result,
): { result: Result; costs: Costs } {
  const costs: Costs = [];
  stage.progress.start(label, steps);
  try {
    const result = program((step, cost) => {
      costs.push([step, cost]);
      stage.progress.update(step);
      if (step % every === 0) stage.screen.step(step, cost);
    });
    return { result, costs };
  } finally {
    stage.progress.stop();
  }
}

/** Hypothesis, predicted class and target for each row of XOR, and whether the two agree. */
export function predictionTable({ hypothesis, predicted }: Prediction, { t }: Stage): Table {
  const answers = hypothesis.flatten().tolist() as number[];
  const classes = predicted.flatten().tolist() as number[];
  return {
    caption: t("train.results"),
    head: ["x₁", "x₂", t("word.hypothesis"), t("word.predicted"), t("word.target"), t("word.correct")],
    rows: inputs.map((x, i) => [
      ...[...x, answers[i], classes[i], xorTargets[i]].map(String),
      classes[i] === xorTargets[i] ? t("word.yes") : t("word.no"),
    ]),
  };
}

/** The costs at about ten steps, and all of them folded away. */
export function costTables(costs: Costs, { t }: Stage): Table[] {
  const head = [t("word.step"), t("word.cost")];
  const rows = (some: Costs) => some.map((pair) => pair.map(String));
  const stride = Math.max(1, Math.round((costs.length - 1) / 10));
  const some = costs.filter((_, i) => i % stride === 0 || i === costs.length - 1);
  const every = stride * 100;
  const short: Table = { caption: t("train.every", { every }), head, rows: rows(some) };
  if (some.length === costs.length) return [short];
  const caption = t("report.allCosts", { count: costs.length });
  return [short, { caption, head, rows: rows(costs), folded: true }];
}

/** The predictions for data files. */
export const predictionData = ({ hypothesis, predicted, accuracy }: Prediction) => ({
  hypothesis: hypothesis.tolist(),
  predicted: predicted.tolist(),
  accuracy,
});

export function costFigure(lesson: string, network: string, costs: Costs, { t }: Stage): Figure {
  const [first, last] = [costs[0]!, costs.at(-1)!];
  const svg = costPlot({
    id: `cost-${lesson}`,
    title: t("plot.cost.title", { network }),
    description: t("plot.cost.description", {
      steps: last[0],
      first: formatRounded(first[1]),
      last: formatRounded(last[1]),
    }),
    xLabel: t("word.step"),
    yLabel: t("word.cost"),
    series: [{ name: network, points: costs }],
    level: { value: Math.LN2, text: t("plot.cost.level") },
  });
  return { file: `cost-${lesson}.svg`, svg };
}

/** Samples along each side of the plane: the curve is smooth and the file small. */
const RESOLUTION = 81;

/** Asks the network about the whole plane. */
export function regionFigure(
  lesson: string,
  network: string,
  predict: (x: torch.Tensor) => torch.Tensor,
  accuracy: number,
  { t }: Stage,
): Figure {
  const axis = planeAxis(RESOLUTION);
  const grid = torch.tensor(
    axis.flatMap((y) => axis.map((x) => [x, y])),
    { dtype: torch.float32 },
  );
  const probability = torch.noGrad(() => predict(grid)).toTypedArray() as Float32Array;
  const svg = regionPlot({
    ...planeWords(t),
    id: `region-${lesson}`,
    title: t("plot.region.title", { network }),
    note: t("plot.region.note"),
    description: t("plot.region.description", { accuracy }),
    points: gatePoints(xorTargets),
    resolution: RESOLUTION,
    probability,
    boundaryText: t("plot.region.boundary"),
    shadeText: t("plot.region.shades"),
  });
  return { file: `region-${lesson}.svg`, svg };
}
