/** The last part of a report with several trainings: all costs in one plot. */
import { costPlot } from "xorch/plot";
import type { Section } from "../report/page.ts";
import type { Translate } from "../texts/index.ts";
import type { Lecture } from "./lesson.ts";

/** The section; none where fewer than two were trained. */
export function summary(lectures: readonly Lecture[], t: Translate): Section[] {
  const series = lectures.flatMap((lecture) => lecture.curve ?? []);
  if (series.length < 2) return [];
  const svg = costPlot({
    id: "costs",
    title: t("plot.cost.all"),
    description: t("plot.cost.allDescription", { names: series.map((one) => one.name).join(", ") }),
    xLabel: t("word.step"),
    yLabel: t("word.cost"),
    series,
    level: { value: Math.LN2, text: t("plot.cost.level") },
  });
  return [
    {
      title: t("report.together"),
      paragraphs: [t("report.togetherIntro")],
      figures: [{ file: "costs.svg", svg }],
      tables: [],
    },
  ];
}
