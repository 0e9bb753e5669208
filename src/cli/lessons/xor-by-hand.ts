/** Program A: XOR with hand-written gradients. */
import { xorByHand } from "../../../examples/xor-by-hand.ts";
import type { Lesson } from "./lesson.ts";
import { toData } from "./parameters.ts";
import { costFigure, costTables, predictionData, predictionTable, regionFigure, watch } from "./training.ts";

const name = "xor-by-hand";

export const xorByHandLesson: Lesson<"seed" | "steps" | "lr"> = {
  name,
  title: "xor-by-hand.title",
  defaults: { seed: 777, steps: 10_001, lr: 1 },
  run(settings, stage) {
    const { screen, t } = stage;
    const { seed, steps, lr } = settings;
    const network = t("xor-by-hand.network");
    const facts = t("train.settings", { sizes: "2-2-1", lr, steps, seed });
    const paragraphs = [t("xor-by-hand.intro"), t("xor-by-hand.quirk")];
    for (const text of paragraphs) screen.paragraph(text);
    screen.heading(facts);
    const { result, costs } = watch(stage, network, steps, 100, (print) => xorByHand({ ...settings, print }));
    const { accuracy } = result;
    const predictions = predictionTable(result, stage);
    screen.table(predictions);
    screen.heading(`${t("word.accuracy")}: ${accuracy}`);
    screen.result(t("train.summary", { lesson: name, cost: costs.at(-1)![1], steps, accuracy }));
    return {
      paragraphs: [...paragraphs, facts, `${t("word.accuracy")}: ${accuracy}`],
      tables: [predictions, ...costTables(costs, stage)],
      figures: [
        regionFigure(name, network, result.predict, accuracy, stage),
        costFigure(name, network, costs, stage),
      ],
      curve: { name: network, points: costs },
      data: {
        initial: toData(Object.entries(xorByHand({ ...settings, steps: 0 }).parameters)),
        costs,
        final: toData(Object.entries(result.parameters)),
        ...predictionData(result),
      },
    };
  },
};
