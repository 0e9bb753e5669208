/** What the three trainings of XOR share: the run, its outcome in words, predictions, cost tables and plots. */
import * as torch from "xorch";
import { costPlot, planeAxis, regionPlot } from "xorch/plot";
import { formatRounded, type Table } from "../table.ts";
import { gatePoints, inputs, planeWords } from "./gate-words.ts";
import type { Figure, Lecture, Stage } from "./lesson.ts";
import { toData } from "./parameters.ts";
import { type Costs, type Prediction, type Training, type Watcher, watch } from "./watch.ts";

/** The outputs of XOR, in the order of `inputs`. */
export const xorTargets = [0, 1, 1, 0] as const;

/** Hypothesis, predicted class and target for each row of XOR, and whether the two agree. */
function predictionTable({ hypothesis, predicted }: Prediction, { t }: Stage): Table {
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
function costTables(costs: Costs, { t }: Stage): Table[] {
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
const predictionData = ({ hypothesis, predicted, accuracy }: Prediction) => ({
  hypothesis: hypothesis.tolist(),
  predicted: predicted.tolist(),
  accuracy,
});

function costFigure(lesson: string, network: string, costs: Costs, { t }: Stage): Figure {
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

/** A training as a lesson describes it. */
export interface TrainingPlan<Result extends Prediction> {
  readonly name: string;
  /** The network in words. */
  readonly network: string;
  /** The widths of its layers, "2-2-1". */
  readonly sizes: string;
  readonly settings: { readonly seed: number; readonly steps: number; readonly lr: number };
  /** The learning rate of the course. */
  readonly usualRate: number;
  /** Steps between two lines on the screen. */
  readonly every: number;
  readonly intro: readonly string[];
  run(watcher: Partial<Watcher> & { steps?: number }): Promise<Result>;
  parameters(result: Result): Iterable<readonly [string, torch.Tensor]>;
  /** What there is to say of a training that came to its end. */
  remarks(costs: Costs, result: Result): readonly string[];
  /** Pictures beside that of the costs; `result` is null where the training diverged. */
  figures(result: Result | null): readonly Figure[];
}

/** How a training ended, where that needs words. */
function endingWords<Result>(
  { settings, usualRate }: TrainingPlan<Result & Prediction>,
  { ending, steps, firstNaN }: Training<Result>,
  { t }: Stage,
): string[] {
  if (ending === "diverged") {
    const words = { step: firstNaN ?? steps, lr: settings.lr };
    const advice = settings.lr > usualRate ? [t("train.smallerRate", { usual: usualRate })] : [];
    return [[t("train.diverged", words), ...advice].join(" ")];
  }
  const texts = ending === "interrupted" ? [t("train.interrupted", { steps, total: settings.steps })] : [];
  if (firstNaN !== null) texts.push(t("train.noCost", { step: firstNaN }));
  return texts;
}

/** Runs a training and says what came of it. */
export async function trainingLecture<Result extends Prediction>(
  plan: TrainingPlan<Result>,
  stage: Stage,
): Promise<Lecture> {
  const { screen, t } = stage;
  const { name, network, intro, settings } = plan;
  const facts = t("train.settings", { sizes: plan.sizes, ...settings });
  for (const text of intro) screen.paragraph(text);
  screen.heading(facts);
  const training = await watch(stage, network, settings.steps, plan.every, (watcher) => plan.run(watcher));
  const { result, costs, ending, steps } = training;
  const accuracy = result ? [`${t("word.accuracy")}: ${result.accuracy}`] : [];
  const predictions = result ? [predictionTable(result, stage)] : [];
  for (const table of predictions) screen.table(table);
  for (const text of accuracy) screen.heading(text);
  const words = endingWords(plan, training, stage);
  const remarks = result && ending === "done" ? plan.remarks(costs, result) : [];
  const conclusions = [...words, ...remarks];
  if (conclusions.length > 0) screen.blank();
  for (const text of conclusions) screen.paragraph(text);
  const end = { lesson: name, cost: costs.at(-1)![1], steps };
  screen.result(
    result ? t("train.summary", { ...end, accuracy: result.accuracy }) : `${name}: ${words.join(" ")}`,
  );
  return {
    paragraphs: [...intro, facts, ...accuracy, ...conclusions],
    tables: [...predictions, ...costTables(costs, stage)],
    figures: [...plan.figures(result), costFigure(name, network, costs, stage)],
    curve: { name: network, points: costs },
    data: {
      initial: toData(plan.parameters(await plan.run({ steps: 0 }))),
      costs,
      ending,
      steps,
      ...(result && { final: toData(plan.parameters(result)), ...predictionData(result) }),
    },
  };
}
