/** The same gates learned by the perceptron rule, and XOR, which it cannot learn. */

import { gatePlot, type Line } from "xorch/plot";
import { learnGate, targets } from "../../../examples/perceptron.ts";
import { formatRounded, type Table } from "../table.ts";
import { gatePoints, lineWords, planeWords } from "./gate-words.ts";
import type { Figure, Lesson } from "./lesson.ts";

export const perceptronLesson: Lesson<"lr"> = {
  name: "perceptron",
  title: "perceptron.title",
  defaults: { lr: 1 },
  run({ lr }, { screen, t }) {
    const paragraphs = [t("perceptron.intro")];
    const figures: Figure[] = [];
    const rows: string[][] = [];
    const results: Record<string, unknown> = {};
    const [learned, failed]: [string[], string[]] = [[], []];
    screen.paragraph(t("perceptron.intro"));
    for (const [gate, target] of Object.entries(targets)) {
      const { neuron, report, output } = learnGate(target, { lr });
      const { converged, epochs, mistakes, updates, cycleFrom } = report;
      const weights = neuron.weights.tolist() as [number, number];
      const { bias, threshold } = neuron;
      const outputs = output.tolist() as number[];
      results[gate] = { converged, epochs, mistakes, updates, weights, bias, threshold, outputs, target };
      (converged ? learned : failed).push(gate);
      const line: Line = { weights, bias };
      rows.push([
        gate,
        converged ? t("word.yes") : t("word.no"),
        mistakes.join(" "),
        weights.map(formatRounded).join(", "),
        formatRounded(bias),
        formatRounded(threshold),
        outputs.join(" "),
      ]);
      if (!converged) {
        const reason =
          cycleFrom === null
            ? t("perceptron.limit", { epochs })
            : t("perceptron.cycle", { from: cycleFrom, to: epochs });
        paragraphs.push(`${t("perceptron.failed", { gate })}. ${reason}`);
        continue;
      }
      const id = `learned-${gate.toLowerCase()}`;
      const svg = gatePlot({
        ...planeWords(t),
        id,
        title: t("plot.learned.title", { gate }),
        note: t("plot.learned.note", { epochs, updates }),
        description: t("plot.gate.description", {
          gate,
          outputs: target.join(", "),
          line: lineWords(line, t),
        }),
        points: gatePoints(target),
        line,
        lineText: lineWords(line, t),
        sideText: t("plot.side"),
      });
      figures.push({ file: `${id}.svg`, svg });
    }
    const table: Table = {
      head: [
        t("word.gate"),
        t("perceptron.isLearned"),
        t("perceptron.mistakes"),
        t("word.weights"),
        t("word.bias"),
        t("word.threshold"),
        t("word.output"),
      ],
      rows,
    };
    screen.blank();
    screen.table(table);
    screen.blank();
    for (const text of paragraphs.slice(1)) screen.paragraph(text);
    screen.result(
      failed.length > 0
        ? t("perceptron.summary", { learned: learned.join(", "), failed: failed.join(", ") })
        : t("perceptron.summaryAll", { learned: learned.join(", ") }),
    );
    return { paragraphs, tables: [table], figures, data: { gates: results } };
  },
};
