/** Program B: XOR with modules, autograd and an optimizer. */
import { xor } from "../../../examples/xor.ts";
import { makeActivation } from "../activations.ts";
import type { Translate } from "../texts/index.ts";
import type { Lesson } from "./lesson.ts";
import { parametersOf } from "./parameters.ts";
import {
  type Costs,
  costFigure,
  costTables,
  predictionData,
  predictionTable,
  regionFigure,
  watch,
} from "./training.ts";

const name = "xor";

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
  defaults: { seed: 777, steps: 10_001, lr: 3, layers: [10, 10, 10], activation: "sigmoid" },
  run(settings, stage) {
    const { screen, t } = stage;
    const { seed, steps, lr, layers } = settings;
    const sizes = [2, ...layers, 1].join("-");
    const network = t("xor.network", { sizes });
    const facts = t("train.settings", { sizes, lr, steps, seed });
    const options = { seed, steps, lr, layers, activation: () => makeActivation(settings.activation) };
    screen.paragraph(t("xor.intro"));
    screen.heading(facts);
    const { result, costs } = watch(stage, network, steps, 100, (print) => xor({ ...options, print }));
    const { accuracy, model } = result;
    const predictions = predictionTable(result, stage);
    screen.table(predictions);
    screen.heading(`${t("word.accuracy")}: ${accuracy}`);
    const remarks = plateauRemark(costs, t);
    if (remarks.length > 0) screen.blank();
    for (const text of remarks) screen.paragraph(text);
    screen.result(t("train.summary", { lesson: name, cost: costs.at(-1)![1], steps, accuracy }));
    return {
      paragraphs: [t("xor.intro"), ...remarks, facts, `${t("word.accuracy")}: ${accuracy}`],
      tables: [predictions, ...costTables(costs, stage)],
      figures: [
        regionFigure(name, network, (x) => model.forward(x), accuracy, stage),
        costFigure(name, network, costs, stage),
      ],
      curve: { name: network, points: costs },
      data: {
        initial: parametersOf(xor({ ...options, steps: 0 }).model),
        costs,
        final: parametersOf(model),
        ...predictionData(result),
      },
    };
  },
};
