/** XOR on one layer: gradient descent ends at guessing, and why it must. */
import { gates } from "../../../examples/gates.ts";
import { xor } from "../../../examples/xor.ts";
import { type Line, xorLinePlot } from "../../plot/index.ts";
import { formatRounded } from "../table.ts";
import { gatePoints, lineWords, planeWords } from "./gate-words.ts";
import type { Figure, Lesson, Stage } from "./lesson.ts";
import { parametersOf } from "./parameters.ts";
import { costFigure, costTables, predictionData, predictionTable, watch, xorTargets } from "./training.ts";

const name = "xor-line";

/** OR's line is as good as a line gets: three of the four points. */
function impossibleLine({ t }: Stage): Figure {
  const line: Line = { weights: gates.OR.w, bias: gates.OR.b };
  const svg = xorLinePlot({
    ...planeWords(t),
    id: name,
    title: t("plot.xor.title"),
    note: t("plot.xor.note"),
    description: t("plot.xor.description"),
    points: gatePoints(xorTargets),
    line,
    lineText: t("plot.xor.attempt", { line: lineWords(line, t) }),
    sideText: t("plot.side"),
    wrongText: t("plot.xor.wrong"),
    diagonalsText: t("plot.xor.diagonals"),
  });
  return { file: `${name}.svg`, svg };
}

export const xorLineLesson: Lesson<"seed" | "steps" | "lr"> = {
  name,
  title: "xor-line.title",
  defaults: { seed: 777, steps: 10_001, lr: 1 },
  run(settings, stage) {
    const { screen, t } = stage;
    const { seed, steps, lr } = settings;
    const network = t("xor-line.network");
    const facts = t("train.settings", { sizes: "2-1", lr, steps, seed });
    screen.paragraph(t("xor-line.intro"));
    screen.heading(facts);
    const { result, costs } = watch(stage, network, steps, 1000, (print) =>
      xor({ ...settings, layers: [], print }),
    );
    const cost = costs.at(-1)![1];
    const isStuck = Math.abs(cost - Math.LN2) < 1e-3;
    const [ln2, accuracy] = [formatRounded(Math.LN2), result.accuracy];
    const outcome = isStuck
      ? t("xor-line.stuck", { ln2, accuracy })
      : t("xor-line.notStuck", { cost: formatRounded(cost), accuracy, ln2 });
    const conclusions = [outcome, t("xor-line.why"), t("xor-line.wayOut")];
    const predictions = predictionTable(result, stage);
    screen.table(predictions);
    screen.blank();
    for (const text of conclusions) screen.paragraph(text);
    screen.result(t("train.summary", { lesson: name, cost, steps, accuracy }));
    return {
      paragraphs: [t("xor-line.intro"), facts, ...conclusions],
      tables: [predictions, ...costTables(costs, stage)],
      figures: [impossibleLine(stage), costFigure(name, network, costs, stage)],
      curve: { name: network, points: costs },
      data: {
        initial: parametersOf(xor({ ...settings, layers: [], steps: 0 }).model),
        costs,
        final: parametersOf(result.model),
        ...predictionData(result),
      },
    };
  },
};
