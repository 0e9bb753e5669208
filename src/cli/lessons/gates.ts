/** Gates with weights set by hand: truth tables and the three lines. */

import { gatePlot, type Line } from "xorch/plot";
import { gates, neuron, X } from "../../../examples/gates.ts";
import { formatRounded, type Table } from "../table.ts";
import { formatSum, formatWeights, gatePoints, inputs, lineWords, planeWords } from "./gate-words.ts";
import type { Figure, Lesson } from "./lesson.ts";

export const gatesLesson: Lesson<never> = {
  name: "gates",
  title: "gates.title",
  defaults: {},
  run(_, { screen, t }) {
    const paragraphs = [t("gates.intro")];
    const tables: Table[] = [];
    const figures: Figure[] = [];
    const results: Record<string, unknown> = {};
    let allCorrect = true;
    for (const text of paragraphs) screen.paragraph(text);
    for (const [gate, { w, b, target }] of Object.entries(gates)) {
      const { sum, output } = neuron(X, w, b);
      const sums = sum.tolist() as number[];
      const outputs = output.tolist() as number[];
      const correct = outputs.every((y, i) => y === target[i]);
      allCorrect &&= correct;
      results[gate] = { weights: w, bias: b, threshold: -b, outputs, target, correct };
      const line: Line = { weights: w, bias: b };
      const table: Table = {
        caption: `${gate}   ${formatWeights(line)}`,
        head: ["x₁", "x₂", t("word.sum"), t("word.output"), t("word.target")],
        rows: inputs.map(([x1, x2], i) => [x1, x2, sums[i]!, outputs[i]!, target[i]!].map(formatRounded)),
      };
      screen.table(table);
      tables.push(table);
      const id = `gate-${gate.toLowerCase()}`;
      const svg = gatePlot({
        ...planeWords(t),
        id,
        title: t("plot.gate.title", { gate }),
        note: t("plot.gate.note", { sum: formatSum(line) }),
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
    const names = Object.keys(gates).join(", ");
    screen.result(allCorrect ? t("gates.summary", { gates: names }) : t("gates.summaryWrong"));
    return { paragraphs, tables, figures, data: { gates: results } };
  },
};
