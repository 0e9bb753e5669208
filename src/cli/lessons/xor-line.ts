/** XOR on one layer: gradient descent ends at guessing, and why it must. */

import { type Line, xorLinePlot } from "xorch/plot";
import { gates } from "../../../examples/gates.ts";
import { xor } from "../../../examples/xor.ts";
import { formatRounded } from "../table.ts";
import { gatePoints, lineWords, planeWords } from "./gate-words.ts";
import type { Figure, Lesson, Stage } from "./lesson.ts";
import { trainingLecture, xorTargets } from "./training.ts";
import type { Costs, Prediction } from "./watch.ts";

const name = "xor-line";
const lr = 1;

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

/** Whether the neuron is where it must end, at guessing, and why it must. */
function conclusions(costs: Costs, { accuracy }: Prediction, { t }: Stage): string[] {
  const cost = costs.at(-1)![1];
  const ln2 = formatRounded(Math.LN2);
  const isStuck = Math.abs(cost - Math.LN2) < 1e-3;
  const outcome = isStuck
    ? t("xor-line.stuck", { ln2, accuracy })
    : t("xor-line.notStuck", { cost: formatRounded(cost), accuracy, ln2 });
  return [outcome, t("xor-line.why"), t("xor-line.wayOut")];
}

export const xorLineLesson: Lesson<"seed" | "steps" | "lr"> = {
  name,
  title: "xor-line.title",
  defaults: { seed: 777, steps: 10_001, lr },
  run(settings, stage) {
    const { t } = stage;
    return trainingLecture(
      {
        name,
        network: t("xor-line.network"),
        sizes: "2-1",
        settings,
        usualRate: lr,
        every: 1000,
        intro: [t("xor-line.intro")],
        run: (watcher) => xor({ ...settings, layers: [], ...watcher }),
        parameters: ({ model }) => model.namedParameters(),
        remarks: (costs, result) => conclusions(costs, result, stage),
        figures: () => [impossibleLine(stage)],
      },
      stage,
    );
  },
};
