/** Program A: XOR with hand-written gradients. */
import { xorByHand } from "../../../examples/xor-by-hand.ts";
import type { Lesson } from "./lesson.ts";
import { regionFigure, trainingLecture } from "./training.ts";

const name = "xor-by-hand";
const lr = 1;

export const xorByHandLesson: Lesson<"seed" | "steps" | "lr"> = {
  name,
  title: "xor-by-hand.title",
  defaults: { seed: 777, steps: 10_001, lr },
  run(settings, stage) {
    const { t } = stage;
    const network = t("xor-by-hand.network");
    return trainingLecture(
      {
        name,
        network,
        sizes: "2-2-1",
        settings,
        usualRate: lr,
        every: 100,
        intro: [t("xor-by-hand.intro"), t("xor-by-hand.quirk")],
        run: (watcher) => xorByHand({ ...settings, ...watcher }),
        parameters: ({ parameters }) => Object.entries(parameters),
        remarks: () => [],
        figures: (result) =>
          result ? [regionFigure(name, network, result.predict, result.accuracy, stage)] : [],
      },
      stage,
    );
  },
};
