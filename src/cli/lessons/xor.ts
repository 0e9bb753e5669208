/** Program B: XOR with modules, autograd and an optimizer. */
import { xor } from "../../../examples/xor.ts";
import { makeActivation } from "../activations.ts";
import type { Translate } from "../texts/index.ts";
import type { Lesson } from "./lesson.ts";
import { regionFigure, trainingLecture } from "./training.ts";
import type { Costs } from "./watch.ts";

const name = "xor";
const lr = 3;

/** Within a hundredth of ln 2 nothing has been learned yet; five printed costs there make a plateau. */
const NEAR = 0.01;
const PLATEAU = 5;

/** What there is to say of a cost that stands at ln 2: nothing, that it did, or that it still does. */
function plateauRemark(costs: Costs, t: Translate): string[] {
  const near = costs.filter(([, cost]) => Math.abs(cost - Math.LN2) < NEAR);
  if (near.length < PLATEAU) return [];
  const step = near.at(-1)![0];
  return [step === costs.at(-1)![0] ? t("xor.stuck") : t("xor.plateau", { step })];
}

export const xorLesson: Lesson<"seed" | "steps" | "lr" | "layers" | "activation"> = {
  name,
  title: "xor.title",
  defaults: { seed: 777, steps: 10_001, lr, layers: [10, 10, 10], activation: "sigmoid" },
  run({ activation, ...settings }, stage) {
    const { t } = stage;
    const sizes = [2, ...settings.layers, 1].join("-");
    const network = t("xor.network", { sizes });
    const options = { ...settings, activation: () => makeActivation(activation) };
    return trainingLecture(
      {
        name,
        network,
        sizes,
        settings,
        usualRate: lr,
        every: 100,
        intro: [t("xor.intro")],
        run: (watcher) => xor({ ...options, ...watcher }),
        parameters: ({ model }) => model.namedParameters(),
        remarks: (costs) => plateauRemark(costs, t),
        figures: (result) =>
          result ? [regionFigure(name, network, (x) => result.model.forward(x), result.accuracy, stage)] : [],
      },
      stage,
    );
  },
};
